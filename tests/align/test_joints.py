from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.joints import Stretch, stretches
from mediacheck.align.timeline import NOWHERE, MotionTrack
from mediacheck.calibration import Calibration
from mediacheck.model import Alignment
from mediacheck.timeline import LIMITS

LIMIT = Calibration.load().limits("timeline", LIMITS)
CLIP_S = 20.0
CENTRES = np.round(np.arange(0.4, CLIP_S, 0.2), 3)
FRAMES = np.round(np.arange(0.0, CLIP_S, 0.08), 3)
COPY, ELSEWHEN, OTHER_SCENE = 1.0, 60.0, 1500.0  # thousandths by which frames differ
HALF_S = 0.041  # of the interval of frames


def between(times: np.ndarray, start: float, end: float) -> np.ndarray:
    return (times >= start) & (times < end)


def line(
    *copies: tuple[float, float],
    off: float = ELSEWHEN,
    motion: float = np.nan,
    bits: float = np.nan,
) -> MotionTrack:
    """A line on which frames are copies in these parts of the clip; motion and hashes say one thing throughout."""
    differ = np.full(len(FRAMES), off)
    for start, end in copies:
        differ[between(FRAMES, start, end)] = COPY
    nothing = np.empty(0)
    hash_times = np.arange(0.5, CLIP_S)
    hashes = np.full(len(hash_times), bits)
    along = np.full(len(CENTRES), motion)
    return MotionTrack(Alignment(0.0), along, nothing, hash_times, hashes, differ, None)


def path(*parts: tuple[float, float, int]) -> np.ndarray:
    found = np.full(len(CENTRES), NOWHERE)
    for start, end, index in parts:
        found[between(CENTRES, start, end)] = index
    return found


def told(
    coarse: np.ndarray,
    *lines: MotionTrack,
    heard: tuple[tuple[float, float, int], ...] = (),
    held: tuple[float, float] = (0.0, 0.0),
    still: bool = False,
) -> list[Stretch]:
    moving = np.full(len(FRAMES), not still)
    found = stretches(
        CENTRES, coarse, FRAMES, lines, moving, between(FRAMES, *held), heard, CLIP_S, LIMIT
    )
    assert (found[0].start, found[-1].end) == (0.0, CLIP_S)
    return found


def borders(found: list[Stretch]) -> list[float]:
    return [stretch.end for stretch in found[:-1]]


def order(found: list[Stretch]) -> list[int]:
    return [stretch.line for stretch in found]


def test_a_joint_that_motion_placed_a_second_off_is_exact_to_the_frame() -> None:
    found = told(path((0, 9, 0), (9, 20, 1)), line((0, 8.0)), line((8.0, 20)))
    assert order(found) == [0, 1]
    assert borders(found) == [pytest.approx(8.0, abs=HALF_S)]


def test_a_line_of_half_a_second_that_motion_missed_is_found() -> None:
    found = told(path((0, 20, 0)), line((0, 12), (12.48, 20)), line((12, 12.48)))
    assert order(found) == [0, 1, 0]


def test_a_frame_or_two_of_another_line_are_none() -> None:
    found = told(path((0, 20, 0)), line((0, 12), (12.16, 20)), line((12, 12.16)))
    assert order(found) == [0]


def test_a_line_that_explains_no_better_is_not_taken() -> None:
    assert order(told(path((0, 20, 0)), line((0, 20)), line((0, 20)))) == [0]


def test_foreign_footage_has_its_exact_borders_within_what_motion_left_open() -> None:
    made = line((0, 11.8), (12.6, 20), off=OTHER_SCENE)
    found = told(path((0, 10.5, 0), (13.1, 20, 0)), made)
    assert order(found) == [0, NOWHERE, 0]
    assert borders(found) == [pytest.approx(11.8, abs=HALF_S), pytest.approx(12.6, abs=HALF_S)]


def test_blur_through_which_motion_goes_on_is_no_gap() -> None:
    found = told(path((0, 20, 0)), line((0, 11.8), (12.6, 20), off=100.0))
    assert order(found) == [0]


def test_a_flash_is_no_gap() -> None:
    made = line((0, 11.8), (12.0, 20), off=250.0)
    assert order(told(path((0, 11, 0), (12.6, 20, 0)), made)) == [0]


def test_a_banner_over_the_picture_is_no_gap() -> None:
    """It differs like another scene; what is left of the picture moves on, or has the same outline."""
    banner = (0, 8), (12, 20)
    coarse = path((0, 20, 0))
    assert order(told(coarse, line(*banner, off=OTHER_SCENE, motion=0.9))) == [0]
    assert order(told(coarse, line(*banner, off=OTHER_SCENE, bits=9.0))) == [0]
    foreign = line(*banner, off=OTHER_SCENE, motion=0.2, bits=30.0)
    assert order(told(coarse, foreign)) == [0, NOWHERE, 0]


def test_a_held_frame_stays_on_its_line_though_the_original_cuts_away() -> None:
    made = line((0, 8), (11, 20), off=OTHER_SCENE)
    open_there = path((0, 8, 0), (11, 20, 0))
    assert order(told(open_there, made, held=(8, 11))) == [0]
    assert order(told(open_there, made, held=(8.1, 11))) == [0, NOWHERE, 0]


def test_a_held_frame_is_no_part_from_elsewhere_however_alike() -> None:
    freeze, alike = line((0, 8), (11, 20)), line((9, 11))
    assert order(told(path((0, 20, 0)), freeze, alike, held=(8.1, 11))) == [0]
    assert order(told(path((0, 20, 0)), freeze, alike)) == [0, 1, 0]


def test_where_nothing_is_established_likeness_says_nothing() -> None:
    assert order(told(path(), line((0, 20)))) == [NOWHERE]


def test_the_sound_establishes_a_still_picture() -> None:
    found = told(path(), line((0, 12)), line((12, 20)), heard=((0, 12, 0), (12.1, 20, 1)))
    assert order(found) == [0, 1]
    assert borders(found) == [pytest.approx(12.0, abs=HALF_S)]


def test_a_still_picture_is_placed_only_where_its_sound_is_heard() -> None:
    found = told(path(), line((0, 20)), heard=((0, 9, 0),), still=True)
    assert order(found) == [0, NOWHERE]
    assert borders(found) == [pytest.approx(9.0, abs=HALF_S)]


STILL = (0, 20)  # a speaker who hardly moves looks alike at both times
CUT_IN_SOUND = ((0, 8.0, 0), (8.0, 20, 1))


def moving_until(at_s: float, before: float, after: float) -> MotionTrack:
    made = line(STILL)
    made.motion[:] = np.where(at_s > CENTRES, before, after)
    return made


def test_a_cut_of_a_still_speaker_is_where_the_sound_jumps_and_motion_follows() -> None:
    lines = moving_until(8.0, 0.4, 0.0), moving_until(8.0, 0.0, 0.6)
    found = told(path((0, 20, 1)), *lines, heard=CUT_IN_SOUND)
    assert order(found) == [0, 1]
    assert borders(found) == [pytest.approx(8.0, abs=HALF_S)]


def test_sound_that_jumps_alone_moves_no_picture() -> None:
    """Motion runs on along one line, or tells neither; or the sound's line shows other frames."""
    along, aside = moving_until(8.0, 0.4, 0.4), moving_until(8.0, 0.0, 0.0)
    assert order(told(path((0, 20, 1)), aside, along, heard=CUT_IN_SOUND)) == [1]
    assert order(told(path((0, 20, 1)), aside, aside, heard=CUT_IN_SOUND)) == [1]
    other = line((8.0, 20), motion=0.6)
    assert order(told(path((0, 20, 1)), other, aside, heard=CUT_IN_SOUND)) == [1]


SHOWN_TWICE = path(
    (0, 8, 0), (8, 20, 1)
)  # as told by chance: a footage that the original shows twice


def test_a_clip_jumps_between_two_showings_of_one_footage_only_where_it_must() -> None:
    """The second showing goes on for all of the clip, a little rougher in places; the first one does not."""
    first = line((0, 12), off=OTHER_SCENE, motion=0.97)
    second = line((0, 20), motion=0.93)
    second.differences[:20] = 8 * COPY
    assert order(told(SHOWN_TWICE, first, second)) == [1]


def test_a_jump_to_footage_that_was_shown_nowhere_else_stays() -> None:
    """Other motion, or other frames than those of the showing before; or frames that differ clearly more."""
    first = line((0, 8.0), motion=0.97)
    rougher = line((0, 20), motion=0.97)
    rougher.differences[FRAMES < 8] = 8 * COPY
    assert order(told(SHOWN_TWICE, first, rougher)) == [0, 1]
    assert order(told(SHOWN_TWICE, first, line((0, 20), motion=0.6))) == [0, 1]
    assert order(told(SHOWN_TWICE, first, line((8.0, 20), motion=0.97))) == [0, 1]


def test_a_speaker_who_hardly_moves_and_whose_motion_tells_nothing_may_have_been_cut() -> None:
    alike = line((0, 20), motion=0.1)
    assert order(told(SHOWN_TWICE, line((0, 8.0), motion=0.1), alike)) == [0, 1]


def test_sound_over_other_pictures_establishes_nothing() -> None:
    assert order(told(path(), line(off=OTHER_SCENE), heard=((0, 20, 0),))) == [NOWHERE]


def test_a_clip_whose_frames_are_no_copies_keeps_what_motion_found() -> None:
    far = line(off=90.0)
    assert order(told(path((0, 9, 0), (9, 20, 1)), far, far)) == [0, 1]


def test_a_joint_lies_at_a_frame_of_the_file_and_not_between_two() -> None:
    """Of 25 frames a second every second one is seen: a joint is at one of the two that end at the first behind it."""
    lines = (line((0, 8)), line((8, 20)))
    coarse = path((0, 8, 0), (8, 20, 1))
    moving, still = np.full(len(FRAMES), True), np.full(len(FRAMES), False)
    joints = [
        stretches(
            CENTRES, coarse, FRAMES, lines, moving, still, (), CLIP_S, LIMIT, frame_s=seconds
        )[1].start
        for seconds in (0.0, 0.04, 0.08, 1.0)
    ]
    assert joints == [7.96, 7.98, 8.0, 8.0]
