"""What is heard in a doctored clip, read back here, is what its truth says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace

import imageio_ffmpeg
import numpy as np
import pytest

from mediacheck.tuning.doctor import doctor, recipe_named
from mediacheck.tuning.footage import open_footage
from mediacheck.tuning.recipes import Scene, Unsuitable, spoken
from mediacheck.tuning.soundtrack import pauses

from .making import PAUSES, RATE, SEED, TONE_HZ, late_s, likeness, stretch

Make = Callable[[str], SimpleNamespace]
IN_STEP_S = 0.002  # a program may ring, but must not move the sound


def level(sound: np.ndarray) -> float:
    return float(np.sqrt((sound.astype(np.float64) ** 2).mean()))


def speech_starts(clip: SimpleNamespace, margin_s: float = 1.2) -> list[float]:
    """Clip times at which a second and more without a pause begins; from the pauses that the film was made with."""
    start_s, end_s = clip.picture[0]["original"][0], clip.picture[-1]["original"][1]
    after = [0.0, *(end for _, end in PAUSES)]
    before = [*(first for first, _ in PAUSES), end_s]
    spoken = [
        max(first, start_s + 0.1)
        for first, end in zip(after, before, strict=True)
        if min(end, end_s) - max(first, start_s + 0.1) > margin_s
    ]
    return [at - start_s for at in spoken]


def test_whoever_speaks_between_pauses_is_found(make: Make) -> None:
    assert len(speech_starts(make("excerpt"))) >= 2


@pytest.mark.parametrize(
    "name",
    [
        "gain-automatic",
        "loudness-normalised",
        "compressor",
        "denoised",
        "reverberation",
        "phone-filming-screen",
        "aac-64k",
        "opus-24k",
        "mp3-24k",
        "screen-recording-60",
    ],
)
def test_innocent_sound_stays_where_it_was(make: Make, speaker: SimpleNamespace, name: str) -> None:
    clip = make(name)
    (heard,) = clip.heard
    assert heard["state"] == "same"
    for at_s in speech_starts(clip):
        there_s = heard["original"][0] + at_s
        assert abs(late_s(clip.sound, at_s, speaker.sound, there_s)) <= IN_STEP_S


def pause_under_speech_db(clip: SimpleNamespace, first_s: float) -> float:
    """How far the middle of a pause lies below the second of speech before it."""
    spoken = level(stretch(clip.sound, first_s - 1.0, 0.9))
    return 20 * np.log10(spoken / level(stretch(clip.sound, first_s + 0.9, 0.25)))


def inner_pause(clip: SimpleNamespace) -> float:
    start_s, end_s = clip.picture[0]["original"]
    return next(
        first - start_s for first, end in PAUSES if first - 1 > start_s and end + 0.2 < end_s
    )


def test_programs_and_rooms_do_to_the_pauses_what_they_are_known_for(make: Make) -> None:
    depths = {
        name: pause_under_speech_db(make(name), inner_pause(make(name)))
        for name in ("excerpt", "gain-automatic", "noise", "denoised", "compressor")
    }
    assert depths["excerpt"] > 30
    assert depths["gain-automatic"] < depths["excerpt"] - 2  # it rises by 3 to 6 dB a second
    assert depths["compressor"] < depths["excerpt"] - 4
    assert depths["denoised"] > depths["noise"] + 4


def test_an_echo_outlasts_the_speech(make: Make) -> None:
    def fallen_db(name: str) -> float:
        clip = make(name)
        first_s = inner_pause(clip)
        spoken = level(stretch(clip.sound, first_s - 0.5, 0.45))
        return 20 * np.log10(spoken / level(stretch(clip.sound, first_s + 0.05, 0.1)))

    assert fallen_db("reverberation") < fallen_db("excerpt") - 6
    assert fallen_db("phone-filming-screen") < fallen_db("excerpt") - 6


def test_normalised_speech_is_as_loud_as_platforms_want_it(make: Make) -> None:
    def loudest(name: str) -> float:
        clip = make(name)
        return max(level(stretch(clip.sound, at_s, 1.0)) for at_s in speech_starts(clip))

    assert loudest("loudness-normalised") > 1.3 * loudest("excerpt")


@pytest.mark.parametrize(
    ("name", "under_db"),
    [("voice-over-6db", -6.0), ("voice-over", -15.0), ("voice-over-25db", -25.0)],
)
def test_the_original_lies_so_far_under_the_voice_over(
    make: Make, speaker: SimpleNamespace, name: str, under_db: float
) -> None:
    clip = make(name)
    (heard,) = clip.heard
    there = stretch(
        speaker.sound, heard["original"][0], clip.truth["timeline"]["sound"][0]["clip"][1]
    )
    here = clip.sound[: len(there)]
    there = there[: len(here)]
    gain = float(here @ there / (there @ there))
    assert heard["state"] == "mixed"
    assert clip.findings["mixed"]["value"] == under_db
    assert 20 * np.log10(gain) == pytest.approx(under_db, abs=2.0)
    assert level(here - gain * there) > 0.5 * level(there)


@pytest.mark.parametrize("name", ["own-voice-whole", "own-voice-2s", "own-voice-0.5s"])
def test_own_voice_comes_from_the_time_that_truth_names(
    make: Make, speaker: SimpleNamespace, name: str
) -> None:
    clip = make(name)
    (part,) = [each for each in clip.heard if each["state"] == "replaced"]
    finding = clip.findings["replaced"]
    at_s = part["clip"][0] + 0.05
    shown_s = clip.picture[0]["original"][0] + at_s
    assert finding["original"][0] == pytest.approx(shown_s - 0.05, abs=0.001)
    assert abs(part["original"][0] + 0.05 - shown_s) > 5
    assert likeness(clip.sound, at_s, speaker.sound, part["original"][0] + 0.05) > 0.9
    assert abs(likeness(clip.sound, at_s, speaker.sound, shown_s)) < 0.3


@pytest.mark.parametrize("name", ["machine-voice-whole", "machine-voice-1s"])
def test_another_voice_speaks_at_the_same_times(
    make: Make, speaker: SimpleNamespace, name: str
) -> None:
    clip = make(name)
    (part,) = [each for each in clip.heard if each["state"] == "replaced"]
    at_s = part["clip"][0] + 0.1
    there_s = clip.picture[0]["original"][0] + at_s
    assert likeness(clip.sound, at_s, speaker.voice_sound, there_s) > 0.9
    assert abs(likeness(clip.sound, at_s, speaker.sound, there_s)) < 0.3


def test_a_machine_voice_needs_the_very_same_pictures(
    speaker: SimpleNamespace, tmp_path: Path
) -> None:
    with pytest.raises(Unsuitable, match="does not show what the source shows"):
        doctor(recipe_named("machine-voice-1s"), speaker.source, speaker.donor, tmp_path, SEED)


@pytest.mark.parametrize("name", ["words-in-pause", "words-in-pause-0.5s", "words-in-pause-1s"])
def test_words_stand_in_a_pause_and_nowhere_else(
    make: Make, speaker: SimpleNamespace, name: str
) -> None:
    clip = make(name)
    before, words, after = clip.heard
    first_s, end_s = words["original"]
    assert any(first <= first_s and end_s <= end for first, end in PAUSES)
    length_s = end_s - first_s
    here = level(stretch(clip.sound, words["clip"][0], length_s))
    assert here > 10 * level(stretch(speaker.sound, first_s, length_s))
    assert likeness(clip.sound, before["clip"][1] - 0.5, speaker.sound, first_s - 0.5) > 0.9
    assert likeness(clip.sound, after["clip"][0] + 0.2, speaker.sound, end_s + 0.2) > 0.9


@pytest.mark.parametrize("length_s", [0.5, 1.0])
def test_words_in_a_pause_last_as_long_as_their_name_says(make: Make, length_s: float) -> None:
    clip = make(f"words-in-pause-{length_s:g}s")
    first_s, end_s = clip.findings["mixed"]["clip"]
    assert end_s - first_s == pytest.approx(length_s, abs=0.002)


@pytest.mark.parametrize("name", ["music-bed", "music-beat"])
def test_music_lies_under_the_speech_and_fills_the_pauses(
    make: Make, speaker: SimpleNamespace, name: str
) -> None:
    clip = make(name)
    assert clip.findings["music_added"]["clip"] == [0.0, pytest.approx(clip.heard[-1]["clip"][1])]
    at_s = speech_starts(clip)[0] + 0.1
    there_s = clip.picture[0]["original"][0] + at_s
    assert likeness(clip.sound, at_s, speaker.sound, there_s) > 0.6
    assert pause_under_speech_db(clip, inner_pause(clip)) < 20
    assert pause_under_speech_db(make("excerpt"), inner_pause(make("excerpt"))) > 30


def test_who_never_pauses_gets_no_words_put_into_a_pause(
    footage: SimpleNamespace, tmp_path: Path
) -> None:
    with pytest.raises(Unsuitable, match="no pause"):
        doctor(recipe_named("words-in-pause"), footage.source, footage.donor, tmp_path, SEED)


@pytest.mark.parametrize("name", ["muted-1s", "muted-3s"])
def test_muted_stretch_is_as_long_as_its_name_says(make: Make, name: str) -> None:
    clip = make(name)
    first_s, end_s = clip.findings["muted"]["clip"]
    assert end_s - first_s == pytest.approx(float(name[6:-1]), abs=0.002)
    # AAC smears an edge by up to one of its windows, 2048 samples.
    assert np.abs(stretch(clip.sound, first_s + 0.05, end_s - first_s - 0.1)).max() == 0


@pytest.mark.parametrize(
    ("name", "by_s"),
    [
        ("offset-40ms", 0.04),
        ("offset-250ms", 0.25),
        ("offset-120ms-early", -0.12),
        ("desync-0.5s", 0.5),
        ("desync-2s", 2.0),
    ],
)
def test_constant_offsets_are_the_same_all_along(
    make: Make, speaker: SimpleNamespace, name: str, by_s: float
) -> None:
    clip = make(name)
    shown_s = clip.picture[0]["original"][0]
    assert clip.findings["desync"]["value"] == by_s
    for at_s in (2.5, 7.0, 9.5):
        if level(stretch(clip.sound, at_s, 1.0)) > 0.01:
            due_s = shown_s + at_s - by_s
            assert abs(late_s(clip.sound, at_s, speaker.sound, due_s)) <= IN_STEP_S


@pytest.mark.parametrize(
    ("name", "by_s"), [("desync-step-0.3s", 0.3), ("desync-step-1s-early", -1)]
)
def test_stepping_sound_is_in_step_first_and_then_off(
    make: Make, speaker: SimpleNamespace, name: str, by_s: float
) -> None:
    clip = make(name)
    shown_s = clip.picture[0]["original"][0]
    step_s = clip.findings["desync"]["clip"][0]
    for at_s, off_s in ((step_s - 1.3, 0.0), (step_s + 0.3, by_s), (step_s + 2.0, by_s)):
        if level(stretch(clip.sound, at_s, 1.0)) > 0.01:
            found = late_s(clip.sound, at_s, speaker.sound, shown_s + at_s - off_s)
            assert abs(found) <= IN_STEP_S


def test_drifting_sound_falls_behind_evenly(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("desync-drift-0.6s")
    start_s, end_s = clip.picture[0]["original"]
    assert clip.findings["desync"]["value"] == pytest.approx(0.3)
    for at_s in np.arange(0.5, end_s - start_s - 1.5, 1.0):
        if level(stretch(clip.sound, at_s, 1.0)) > 0.02:
            due_s = 0.6 * (at_s + 0.5) / (end_s - start_s)
            found = late_s(clip.sound, at_s, speaker.sound, start_s + at_s, reach_s=0.8)
            # atempo moves syllables by some hundredths while it stretches them.
            assert found == pytest.approx(due_s, abs=0.05)


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("pitch-3", 2 ** (3 / 12)),
        ("pitch-down-2", 2 ** (-2 / 12)),
        ("speed-1.1", 1.0),
        ("punch-in-speed", 1.0),
        ("speed-0.9", 1.0),
        ("speed-1.1-pitch", 1.1),
        ("speed-0.9-pitch", 0.9),
        ("speed-25-24", 25 / 24),
        ("speed-24-25", 24 / 25),
        ("speed-1000-1001", 1000 / 1001),
        ("slow-part-4s", 1.0),
    ],
)
def test_the_voices_tone_is_where_pitch_and_speed_put_it(
    make: Make, name: str, factor: float
) -> None:
    clip = make(name)
    spectrum = np.abs(np.fft.rfft(clip.sound * np.hanning(len(clip.sound)), 4 * len(clip.sound)))
    hertz = np.fft.rfftfreq(4 * len(clip.sound), 1 / RATE)
    near = (hertz > 300) & (hertz < 600)
    tone = float(hertz[near][np.argmax(spectrum[near])])
    assert tone == pytest.approx(TONE_HZ * factor, rel=0.004 if factor == 1.0 else 0.002)


def test_slowed_part_and_its_surroundings_sound_as_they_are_shown(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("slow-part-4s")
    before, slow, after = clip.heard
    assert slow["clip"] == clip.findings["speed"]["clip"]
    assert (slow["original"][1] - slow["original"][0]) == pytest.approx(3.2, abs=0.05)
    assert clip.findings["speed"]["value"] == pytest.approx(0.8, abs=0.01)
    checked = 0
    for part in (before, after):
        for at_s in np.arange(part["clip"][0] + 0.1, part["clip"][1] - 0.5, 0.5):
            if level(stretch(clip.sound, at_s, 0.4)) > 0.02:
                there_s = part["original"][0] + at_s - part["clip"][0]
                assert likeness(clip.sound, at_s, speaker.sound, there_s) > 0.9
                checked += 1
    assert checked >= 4


def silenced(path: Path, folder: Path) -> Path:
    """The same picture with a track on which nothing is heard."""
    muted = folder / f"silent-{path.stem}.mkv"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", str(path)]
    command += ["-c:v", "copy", "-c:a", "pcm_s16le", "-filter:a", "volume=0", str(muted)]
    subprocess.run(command, check=True)
    return muted


@pytest.mark.parametrize("recipe", ["dub-whole", "dub-part-0.5s", "voice-over", "words-in-pause"])
def test_silence_is_nobodys_voice(speaker: SimpleNamespace, tmp_path: Path, recipe: str) -> None:
    donor = silenced(speaker.donor, tmp_path)
    with pytest.raises(Unsuitable, match="no sound to take"):
        doctor(recipe_named(recipe), speaker.source, donor, tmp_path / "made", 1)


@pytest.mark.parametrize("recipe", ["dub-whole", "own-voice-0.5s", "muted-1s", "desync-1s"])
def test_silence_cannot_be_altered(speaker: SimpleNamespace, tmp_path: Path, recipe: str) -> None:
    source = silenced(speaker.source, tmp_path)
    with pytest.raises(Unsuitable, match="no sound to alter"):
        doctor(recipe_named(recipe), source, speaker.donor, tmp_path / "made", 1)


def test_a_pause_is_no_place_to_dub(speaker: SimpleNamespace) -> None:
    footage = open_footage(speaker.source)
    found = pauses(footage, 0.5, footage.sound_s - 0.5, 0.3)
    first_s, end_s = max(found, key=lambda pause: pause[1] - pause[0])
    scene = Scene(footage, None, Random(1))
    with pytest.raises(Unsuitable, match="nobody speaks"):
        spoken(scene, footage, first_s, end_s, (end_s - first_s) / 2)
