from __future__ import annotations

from dataclasses import replace

import pytest

from mediacheck.model import (
    Finding,
    Kind,
    PictureSegment,
    Question,
    SoundSegment,
    SoundState,
    Span,
)
from mediacheck.wording import explanations

from .making import PICTURE, SOUND, heard, judged, media, numbers, record, shown, told

LATE = numbers("sync", ("sound_late", 0.1))


def sync(picture: list[PictureSegment], sound: list[SoundSegment]) -> list[Finding]:
    return judged("sync", record(picture, sound, [LATE]))


COPY = [shown((0, 20), (30, 50))]


def late_by(seconds: float) -> list[SoundSegment]:
    """The original's sound, so much later than its picture."""
    return [heard((0, 20), (30 - seconds, 50 - seconds))]


@pytest.mark.parametrize("seconds", [0.0, 0.05, -0.06])
def test_sound_in_step_is_not_reported(seconds: float) -> None:
    assert sync(COPY, late_by(seconds)) == []


@pytest.mark.parametrize("seconds", [0.08, 0.12, -0.2, 0.3])
def test_a_small_constant_shift_is_presentation(seconds: float) -> None:
    (found,) = sync(COPY, late_by(seconds))
    assert told([found]) == [("desync", "presentation")]
    assert found.value == pytest.approx(seconds)
    assert found.unit == "s"
    assert found.because == ("sync.m1",)


@pytest.mark.parametrize("seconds", [0.5, -1.0, 4.0])
def test_a_large_shift_is_an_alteration_positive_where_the_sound_is_late(seconds: float) -> None:
    (found,) = sync(COPY, late_by(seconds))
    assert told([found]) == [("desync", "alteration")]
    assert found.value == pytest.approx(seconds)


def test_frames_that_are_shown_for_a_second_tell_no_half_second() -> None:
    slow = replace(PICTURE, fps=1.0)
    for seconds, severity in ((0.5, "presentation"), (1.5, "alteration")):
        made = record(COPY, late_by(seconds), [LATE], clip=media("c", streams=(slow, SOUND)))
        assert told(judged("sync", made)) == [("desync", severity)]


def test_a_step_is_an_alteration_however_small_both_shifts_are() -> None:
    sound = [heard((0, 10), (29.9, 39.9)), heard((10, 20), (40.15, 50.15))]
    (found,) = sync(COPY, sound)
    assert told([found]) == [("desync", "alteration")]
    assert found.clip is not None
    assert tuple(found.clip) == (0, 20)


def test_a_drift_is_an_alteration() -> None:
    (found,) = sync(COPY, [heard((0, 20), (30, 50.3))])
    assert told([found]) == [("desync", "alteration")]


def test_a_cut_in_both_streams_is_in_step() -> None:
    picture = [shown((0, 10), (30, 40)), shown((10, 20), (45, 55))]
    sound = [heard((0, 10.1), (30.02, 40.12)), heard((10.1, 20), (45.12, 55.02))]
    assert sync(picture, sound) == []


def test_both_faster_are_in_step() -> None:
    picture = [shown((0, 20), (30, 52), speed=1.1)]
    assert sync(picture, [heard((0, 20), (30.02, 52.02))]) == []
    (found,) = sync(picture, [heard((0, 20), (28.9, 50.9))])
    assert found.value == pytest.approx(1.0)  # seconds of the clip, not of the original


def test_sound_that_is_not_the_originals_has_no_step() -> None:
    for state in (SoundState.REPLACED, SoundState.FOREIGN, SoundState.SILENT):
        assert sync(COPY, [heard((0, 20), (10, 30), state)]) == []


def test_speech_in_a_pause_has_no_place_to_be_in_step_with() -> None:
    assert sync(COPY, [heard((0, 20), (29, 49), SoundState.MIXED, presence=None)]) == []


def test_a_picture_that_only_the_sound_placed_says_nothing_about_step() -> None:
    assert sync([shown((0, 20), (30, 50), basis="sound")], late_by(1.0)) == []


def test_half_a_second_is_not_enough_to_tell() -> None:
    assert (
        sync(COPY, [heard((0, 0.6), (29, 29.6)), heard((0.6, 20), None, SoundState.FOREIGN)]) == []
    )


def test_stretches_too_short_for_a_shift_tell_a_step_while_one_part_runs_on() -> None:
    sound = [heard((0, 1), (30, 31)), heard((1, 1.9), (30.7, 31.6))]
    (found,) = sync([shown((0, 1.9), (30, 31.9))], sound)
    assert told([found]) == [("desync", "alteration")]
    assert found.value == pytest.approx(0.3)
    assert found.clip is not None
    assert tuple(found.clip) == (0, 1.9)


def test_a_short_stretch_beside_a_joint_of_the_picture_tells_no_step() -> None:
    sound = [heard((0, 1), (30, 31)), heard((1, 1.9), (30.7, 31.6))]
    for joint in (0.8, 1.0, 1.2):
        picture = [shown((0, joint), (30, 30 + joint)), shown((joint, 1.9), (35 + joint, 36.9))]
        assert sync(picture, sound) == []


@pytest.mark.parametrize(("length_s", "step_s"), [(0.4, 0.3), (1.0, 0.15)])
def test_moments_of_sound_and_small_steps_tell_nothing(length_s: float, step_s: float) -> None:
    first, end = 1.0, 1.0 + length_s
    sound = [
        heard((0, first), (30, 31)),
        heard((first, end), (31 - step_s, 31 - step_s + length_s)),
    ]
    assert sync([shown((0, end), (30, 30 + end))], sound) == []


@pytest.mark.parametrize(
    ("asked", "in_step"),
    [
        (Span(33.0, 60.0), True),  # the search began where the picture does
        (Span(10.0, 35.5), True),  # it ended soon after
        (Span(0.0, 60.0), False),  # all was searched: the picture is short by itself
        (Span(10.0, 50.0), False),  # the search went on on both sides
    ],
)
def test_a_stub_at_the_border_of_the_searched_part_is_placed_too_roughly(
    asked: Span, in_step: bool
) -> None:
    made = record([shown((18, 20), (33, 35))], [heard((18, 20), (32.8, 34.8))], [LATE])
    made = replace(made, question=Question(original_range=asked))
    assert (judged("sync", made) == []) is in_step


def test_a_long_picture_at_the_border_of_the_searched_part_is_placed_well() -> None:
    made = record([shown((10, 20), (33, 43))], [heard((18, 20), (40.5, 42.5))], [LATE])
    made = replace(made, question=Question(original_range=Span(33.0, 60.0)))
    assert told(judged("sync", made)) == [("desync", "alteration")]


@pytest.mark.parametrize(("beyond_s", "in_step"), [(1.5, True), (-1.5, True), (2.5, False)])
def test_a_shift_beside_a_joint_that_the_part_beside_it_explains_is_the_joints(
    beyond_s: float, in_step: bool
) -> None:
    picture = [shown((0, 10), (30, 40)), shown((10, 20), (45, 55))]
    joint = 10 + beyond_s
    sound = [heard((0, joint), (30, 30 + joint)), heard((joint, 20), (35 + joint, 55))]
    assert (sync(picture, sound) == []) is in_step


def test_a_shift_beside_a_joint_that_no_part_explains_is_a_finding() -> None:
    picture = [shown((0, 10), (30, 40)), shown((10, 20), (45, 55))]
    sound = [
        heard((0, 10), (30, 40)),
        heard((10, 11.5), (50, 51.5)),
        heard((11.5, 20), (46.5, 55)),
    ]
    assert told(sync(picture, sound)) == [("desync", "alteration")]


def test_of_all_pairs_of_lines_the_one_that_is_told_is_quoted() -> None:
    late = numbers("sync", ("sound_late", 0.0), ("sound_late", 0.98), ("sound_late", -7.0))
    (found,) = judged("sync", record(COPY, late_by(1.0), [late]))
    assert found.because == ("sync.m2",)


def test_a_step_quotes_both_sides() -> None:
    late = numbers("sync", ("sound_late", 0.1), ("sound_late", 5.0), ("sound_late", -0.15))
    sound = [heard((0, 10), (29.9, 39.9)), heard((10, 20), (40.15, 50.15))]
    (found,) = judged("sync", record(COPY, sound, [late]))
    assert found.because == ("sync.m1", "sync.m3")


@pytest.mark.parametrize(
    ("delay", "accounts"), [(0.5, True), (0.46, True), (0.0, False), (-0.5, False)]
)
def test_start_times_of_the_files_account_for_a_shift_or_not(delay: float, accounts: bool) -> None:
    measured = numbers("sync", ("sound_late", 0.5), ("container_delay", delay))
    (found,) = judged("sync", record(COPY, late_by(0.5), [measured]))
    assert ("sync.m2" in found.because) == accounts


def test_the_explanation_says_whether_start_times_account_for_the_shift() -> None:
    first = explanations(Kind.DESYNC, delay_s=0.5, accounts=True)[0]
    assert "0.50 s later" in first
    assert "that accounts for the shift" in first
    assert "the shift was made in the sound" in explanations(Kind.DESYNC, delay_s=0.0)[0]
    assert "not account for all of the shift" in explanations(Kind.DESYNC, delay_s=0.2)[0]
    assert explanations(Kind.CUT, delay_s=0.5, accounts=True) == explanations(Kind.CUT)
