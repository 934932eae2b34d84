from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from mediacheck.align.sound import SoundAlignment
from mediacheck.checks.channels import measure
from mediacheck.evidence import Evidence
from mediacheck.features.spectrum import RATE
from mediacheck.media.sound import Sound
from mediacheck.model import Alignment, Finding, Measured, Null, StreamInfo
from mediacheck.progress import SILENT
from mediacheck.wording import summary

from ..align.making import between, voice
from .making import judged, media, numbers, record, told


def channels(*rows: tuple[str, float | None]) -> list[Finding]:
    return judged("channels", record(measured=[numbers("channels", *rows)]))


def said(finding: Finding) -> str:
    made = record()
    return summary(finding, made.words, made.transcripts, made.timeline)


KEPT = (("clip_left_loudness", -20.0), ("clip_right_loudness", -22.0), ("sides_alike", 0.98))


def test_a_stereo_copy_has_nothing_to_tell() -> None:
    assert channels(("clip_channels", 2.0), ("original_channels", 2.0)) == []
    assert channels(*KEPT) == []


def test_exchanged_channels_are_a_note() -> None:
    (found,) = channels(*KEPT[:2], ("sides_alike", -0.9))
    assert told([found]) == [("metadata_tracks", "note")]
    assert "left and right channels exchanged" in said(found)


@pytest.mark.parametrize(
    ("levels", "silent", "left"),
    [((-20.0, -120.0), "right", "left"), ((-90.0, -20.0), "left", "right")],
)
def test_a_silent_channel_is_named(levels: tuple[float, float], silent: str, left: str) -> None:
    rows = zip(("clip_left_loudness", "clip_right_loudness"), levels, strict=True)
    (found,) = channels(*rows)
    assert told([found]) == [("metadata_tracks", "note")]
    assert found.channel == silent
    assert f"{silent} channel is silent: its sound is in the {left} one only" in said(found)


def test_a_channel_that_is_silent_in_the_original_too_is_no_news() -> None:
    both = [(f"{file}_{side}_loudness", level) for file in ("clip", "original")
            for side, level in (("left", -20.0), ("right", -120.0))]  # fmt: skip
    assert channels(*both) == []


@pytest.mark.parametrize(
    ("value", "said_of_it"),
    [(40.0, "holds the original's sound."), (6.0, "was not found at the same places in it.")],
)
def test_a_further_track_is_said_to_hold_the_originals_sound_never_that_it_does_not(
    value: float, said_of_it: str
) -> None:
    measured = numbers("channels", ("track_1_presence", value))
    taken = replace(measured.measurements[0], null=Null(5.0, 1.0, 9.0, 100))
    made = record(measured=[Measured("channels", 1, (taken,))])
    (found,) = judged("channels", made)
    assert told([found]) == [("metadata_tracks", "note")]
    assert said(found).startswith("A further sound track of the clip (stream 1 of the file")
    assert said(found).endswith(said_of_it)
    assert "not hold" not in said(found)


def test_a_copy_of_one_channel_of_the_original_is_said_to_be_one() -> None:
    (found,) = channels(("original_channel_copied", 2.0))
    assert told([found]) == [("metadata_tracks", "note")]
    assert said(found) == "The clip's sound was made from the right channel of the original alone."


WHOLE = Alignment(0.0)


def stereo(left: np.ndarray, right: np.ndarray, index: int = 1) -> Sound:
    mono, side = (np.asarray(each, np.int16) for each in ((left + right) / 2, (left - right) / 2))
    return Sound(mono, RATE, 0.0, len(mono) / RATE, index, side)


def measured(
    clip: Sound,
    original: Sound,
    *further: Sound,
    line: Alignment = WHOLE,
    speed: float = 1.0,
    channels: int | None = 2,
) -> Measured:
    """What the check measures of sounds that are placed already."""
    streams = tuple(
        StreamInfo(each.stream_index, "sound", "aac", 0.0, 20.0, rate=RATE, channels=channels)
        for each in (clip, *further)
    )
    aligned = SoundAlignment(clip.samples, speed, False, (line,), (10,))
    evidence: Any = SimpleNamespace(
        sounds=(clip, original),
        clip=SimpleNamespace(media=media("c", streams=streams), sounds=(clip, *further)),
        original=SimpleNamespace(media=media("0", streams=streams)),
        sound=aligned,
        progress=SILENT,
    )
    return measure(cast(Evidence, evidence))


def values(taken: Measured, name: str) -> np.ndarray:
    (series,) = (each for each in taken.series if each.name == name)
    return np.array(series.values, float)


HOST, GUEST, STRANGER = (voice(15.0, seed).astype(float) for seed in (1, 2, 3))
TURN = np.arange(len(HOST)) < 10 * RATE  # two thirds of the time the host speaks
HALLS = np.random.default_rng(4).normal(0, 6, (2, len(HOST)))
PANNED = np.where(TURN, HOST, 0.0) + HALLS[0], np.where(TURN, 0.0, GUEST) + HALLS[1]


@pytest.mark.parametrize("kept", [0.15, 0.3, 0.5])
def test_narrowed_stereo_holds_no_other_voice(kept: float) -> None:
    left, right = PANNED
    narrow = stereo(left + kept * right, right + kept * left)
    taken = measured(narrow, stereo(left, right))
    for side in ("left", "right"):
        assert values(taken, f"{side}_residual").max() < -5.0


def test_widened_stereo_holds_no_other_voice() -> None:
    left, right = 0.35 * HOST + 0.3 * STRANGER, GUEST + 0.3 * STRANGER
    wide = stereo(left - 0.3 * right, right - 0.3 * left)
    taken = measured(wide, stereo(left, right))
    for side in ("left", "right"):
        assert values(taken, f"{side}_residual").max() < -5.0


def test_a_strangers_voice_over_one_channel_of_narrowed_stereo_is_left_over() -> None:
    left, right = PANNED
    over = np.zeros(len(left))
    over[4 * RATE : 8 * RATE] = 1.5 * STRANGER[4 * RATE : 8 * RATE]
    taken = measured(stereo(left + 0.3 * right + over, right + 0.3 * left), stereo(left, right))
    inside = slice(45, 75)
    assert np.median(values(taken, "left_residual")[inside]) > 0.0
    assert np.median(values(taken, "right_residual")[inside]) < -15.0


@pytest.mark.parametrize(("said_there", "stored"), [(None, None), (2, 2.0)])
def test_an_unknown_count_of_channels_is_stored_as_none(
    said_there: int | None, stored: float | None
) -> None:
    sound = stereo(HOST, HOST)
    taken = measured(sound, sound, channels=said_there).measurements
    counts = {each.name: each.value for each in taken if each.unit == "channels"}
    assert counts == {"clip_channels": stored, "original_channels": stored}


def track(*parts: np.ndarray) -> Sound:
    samples = np.asarray(np.concatenate(parts), np.int16)
    return Sound(samples, RATE, 0.0, len(samples) / RATE, 4)


def presences(made: Sound, line: Alignment, speed: float = 1.0) -> dict[str, float]:
    """Of a clip with this further track, whose own one lies on the line: presence in it, in times of chance."""
    own = Sound(between(ORIGINAL.samples, 2.0, 12.0), RATE, 0.0, 10.0, 1)
    taken = measured(own, ORIGINAL, made, line=line, speed=speed).measurements
    return {
        each.name: each.value / each.null.mean
        for each in taken
        if each.name.startswith("track_") and each.value is not None and each.null is not None
    }


ORIGINAL = Sound(voice(40.0, 5), RATE, 0.0, 40.0, 1)


def from_original(*places: tuple[float, float]) -> list[np.ndarray]:
    return [between(ORIGINAL.samples, *each) for each in places]


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (track(*from_original((2, 12))), Alignment(2.0)),
        (track(*from_original((2, 6), (20, 24), (30, 34))), Alignment(2.0)),
        (track(voice(12.0, 6), *from_original((2, 10))), Alignment(-10.0)),
    ],
    ids=["one place", "three places", "behind an intro"],
)
def test_a_further_track_holds_what_it_holds_in_part(made: Sound, line: Alignment) -> None:
    assert presences(made, line)["track_4_presence"] > 6.0


def test_a_further_track_of_another_voice_is_like_chance() -> None:
    assert presences(track(voice(12.0, 6)), Alignment(2.0))["track_4_presence"] < 2.0


def test_of_further_tracks_of_a_clip_that_was_sped_up_nothing_is_said() -> None:
    assert presences(track(*from_original((2, 12))), Alignment(2.0, 1.04), speed=1.04) == {}
