from __future__ import annotations

from dataclasses import replace

import pytest

from mediacheck.model import Finding, Measured, Null
from mediacheck.wording import summary

from .making import judged, numbers, record, told


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


@pytest.mark.parametrize(("value", "holds"), [(40.0, "holds"), (6.0, "does not hold")])
def test_a_further_track_is_said_to_hold_the_originals_sound_or_not(
    value: float, holds: str
) -> None:
    measured = numbers("channels", ("track_2_presence", value))
    taken = replace(measured.measurements[0], null=Null(5.0, 1.0, 9.0, 100))
    made = record(measured=[Measured("channels", 1, (taken,))])
    (found,) = judged("channels", made)
    assert told([found]) == [("metadata_tracks", "note")]
    assert said(found).startswith("Sound track 2 of the clip")
    assert f"{holds} the original's sound" in said(found)


def test_a_copy_of_one_channel_of_the_original_is_said_to_be_one() -> None:
    (found,) = channels(("original_channel_copied", 2.0))
    assert told([found]) == [("metadata_tracks", "note")]
    assert said(found) == "The clip's sound was made from the right channel of the original alone."
