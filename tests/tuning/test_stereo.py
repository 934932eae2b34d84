"""Each channel of a doctored clip, and of an original with two voices, holds what its truth says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from mediacheck.tuning.stereo import FURTHER_S

from .making import RATE, late_s, samples, stretch

Make = Callable[[str], SimpleNamespace]
SAME_SOUND = 0.98  # correlation after one encoding
SAMPLE_S = 1 / RATE


def channels(path: Path) -> np.ndarray:
    """(2, n), in the file's order."""
    both = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].codec_context.layout.nb_channels == 2
        blocks = [
            block.to_ndarray()
            for frame in container.decode(audio=0)
            for block in both.resample(frame)
        ]
    return np.concatenate(blocks, axis=1)


def level(sound: np.ndarray) -> float:
    return float(np.sqrt((sound.astype(np.float64) ** 2).mean()))


def alike(one: np.ndarray, other: np.ndarray) -> float:
    count = min(len(one), len(other))
    return float(np.corrcoef(one[:count], other[:count])[0, 1])


def original_of(clip: SimpleNamespace, sound: np.ndarray) -> np.ndarray:
    start_s, end_s = clip.heard[0]["original"]
    return stretch(sound, start_s, end_s - start_s)


def test_one_channel_holds_the_original_and_the_other_another_voice(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("channel-replaced")
    there = original_of(clip, speaker.sound)
    likenesses = [alike(channel, there) for channel in channels(clip.folder / "clip.mp4")]
    assert max(likenesses) > SAME_SOUND
    assert abs(min(likenesses)) < 0.2
    assert clip.truth["answer"] == "altered"
    assert clip.findings["mixed"]["value"] == 0.0
    assert clip.heard[0]["state"] == "mixed"


def test_the_original_in_one_channel_stands_beside_silence(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("channel-only")
    heard = channels(clip.folder / "clip.mp4")
    loud, quiet = sorted(heard, key=level, reverse=True)
    assert alike(loud, original_of(clip, speaker.sound)) > SAME_SOUND
    assert level(quiet) < 1e-4
    assert clip.heard[0]["state"] == "same"


def test_an_inverted_channel_adds_up_to_silence(make: Make) -> None:
    left, right = channels(make("channel-inverted").folder / "clip.mp4")
    assert alike(left, -right) > SAME_SOUND
    assert level(left + right) < 0.1 * level(left)


@pytest.mark.parametrize(("name", "later"), [("channels-kept", 1), ("channels-swapped", 0)])
def test_the_further_microphone_is_right_unless_channels_were_swapped(
    make: Make, name: str, later: int
) -> None:
    folder = make(name).folder
    heard, original = (channels(folder / f"{file}.mp4") for file in ("clip", "original"))
    for both, last in ((heard, later), (original, 1)):
        lag_s = late_s(both[last], 0.5, both[1 - last], 0.5)
        assert lag_s == pytest.approx(FURTHER_S, abs=SAMPLE_S)
        assert level(both[last]) < level(both[1 - last])


def leftover(heard: np.ndarray, *parts: np.ndarray) -> float:
    """Share of the heard level that no mix of the parts explains."""
    count = min(len(heard), *(len(part) for part in parts))
    mixed = np.stack([part[:count] for part in parts], axis=1).astype(np.float64)
    factors = np.linalg.lstsq(mixed, heard[:count].astype(np.float64), rcond=None)[0]
    return level(heard[:count] - mixed @ factors) / level(heard[:count])


def test_one_channel_holds_another_voice_for_some_seconds_only(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("voice-in-part-of-channel")
    before, words, after = clip.heard
    assert [part["state"] for part in clip.heard] == ["same", "mixed", "same"]
    assert clip.truth["answer"] == "altered"
    assert clip.findings["mixed"]["clip"] == words["clip"]
    both = channels(clip.folder / "clip.mp4")
    for part, other in ((before, 1.0), (words, 0.0), (after, 1.0)):
        start_s, end_s = part["clip"][0] + 0.05, part["clip"][1] - 0.05
        first_s = part["original"][0] + 0.05
        there = stretch(speaker.sound, first_s, end_s - start_s)
        likenesses = [alike(stretch(each, start_s, end_s - start_s), there) for each in both]
        assert max(likenesses) > SAME_SOUND
        assert min(likenesses) == pytest.approx(other, abs=0.2)


def test_the_clip_has_one_language_of_the_originals_two(make: Make) -> None:
    clip = make("language-of-two")
    both = channels(clip.folder / "original.mp4")
    likenesses = [alike(clip.sound, original_of(clip, channel)) for channel in both]
    assert max(likenesses) > SAME_SOUND
    assert abs(min(likenesses)) < 0.2
    assert min(level(channel) for channel in both) > 0.5 * max(level(channel) for channel in both)
    assert [part["state"] for part in clip.heard] == ["same"]
    assert clip.truth["answer"] == "no-alteration-found"


def test_narrowed_channels_are_mixes_of_the_originals_and_less_apart(make: Make) -> None:
    clip = make("stereo-narrowed")
    heard = channels(clip.folder / "clip.mp4")
    there = [original_of(clip, channel) for channel in channels(clip.folder / "original.mp4")]
    for channel in heard:
        coded = leftover(channel, *there)
        assert coded < 0.15
        assert min(leftover(channel, each) for each in there) > 1.5 * coded
    assert alike(*heard) > alike(*there) + 0.1
    assert clip.truth["answer"] == "no-alteration-found"


def test_a_second_voice_stands_in_the_original_and_is_raised_in_the_clip(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("levelled-second-voice")
    both = original_of(clip, samples(clip.folder / "original.mp4"))
    first = original_of(clip, speaker.sound)
    below_db = 20 * np.log10(leftover(both, first))
    assert -28 < below_db < -14
    assert 20 * np.log10(leftover(clip.sound, first)) > below_db + 3
    at_s = 0.5 * clip.picture[0]["clip"][1]
    assert abs(late_s(clip.sound, at_s, both, at_s)) <= 2 * SAMPLE_S
    assert [part["state"] for part in clip.heard] == ["same"]
    assert clip.truth["answer"] == "no-alteration-found"
