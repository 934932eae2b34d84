from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.looks import filled, frame_grid
from mediacheck.align.missing import with_missing
from mediacheck.align.ramps import LEAST_SHIFT_S, Ramp, ramps
from mediacheck.model import Alignment

from .filming import looks, times

ORIGINAL = looks(times(30.0))
ENDS_S = 0.3  # at its ends a stretch and the lines around it show nearly the same
SPEED = 0.02


def found(shown: np.ndarray, at: np.ndarray, lines: list[Alignment]) -> list[Ramp]:
    clip, grid = looks(at, shown), frame_grid(at)
    tracks = np.array([filled(clip, ORIGINAL, line, grid) for line in lines])
    return ramps(clip, ORIGINAL, lines, tracks, grid)


def slowed(at: np.ndarray, speed: float, start: float = 4.0, end: float = 8.0) -> np.ndarray:
    """What a clip shows that runs from 5.0 of the original on, and in one part of it at another speed."""
    within = np.clip(at, start, end) - start
    return np.asarray(5.0 + at + (speed - 1.0) * within)


@pytest.mark.parametrize("speed", [0.5, 0.8, 0.9, 1.25, 2.0])
def test_a_part_at_another_speed_is_found_with_its_ends(speed: float) -> None:
    at = times(12.0)
    after = Alignment(5.0 + 4.0 * (speed - 1.0))
    (ramp,) = found(slowed(at, speed), at, [Alignment(5.0), after])
    assert ramp.line.speed == pytest.approx(speed, abs=SPEED)
    assert (ramp.start, ramp.end) == (
        pytest.approx(4.0, abs=ENDS_S),
        pytest.approx(8.0, abs=ENDS_S),
    )
    assert ramp.part.start < 4.0 < 8.0 < ramp.part.end


def test_a_cut_is_no_stretch_at_another_speed() -> None:
    at = times(12.0)
    for removed_s in (0.4, 1.0, 3.0):
        shown = np.where(at < 6.0, at + 5.0, at + 5.0 + removed_s)
        assert found(shown, at, [Alignment(5.0), Alignment(5.0 + removed_s)]) == []


def test_neither_is_a_repeat_nor_an_insert() -> None:
    at = times(12.0)
    again = np.where(at < 6.0, at + 5.0, at + 3.0)
    assert found(again, at, [Alignment(5.0), Alignment(3.0)]) == []
    pushed = np.where(at < 4.0, at + 5.0, np.where(at < 7.0, 31.0 - at, at + 2.0))
    assert found(pushed, at, [Alignment(5.0), Alignment(2.0)]) == []


def test_of_a_picture_that_stands_still_no_speed_is_told() -> None:
    at = times(12.0)
    shown = slowed(at, 0.8)
    shown[(at > 3.5) & (at < 8.5)] = shown[(at > 3.5)][0]
    assert found(shown, at, [Alignment(5.0), Alignment(4.2)]) == []


def test_one_line_leads_nowhere() -> None:
    at = times(12.0)
    assert found(at + 5.0, at, [Alignment(5.0)]) == []
    assert found(at + 5.0, at, [Alignment(5.0), Alignment(5.0 + LEAST_SHIFT_S / 2)]) == []


def test_steps_that_stood_in_for_the_stretch_are_given_up() -> None:
    at = times(12.0)
    steps = [Alignment(5.0 - part) for part in (0.0, 0.8, 0.3, 0.55)]
    lines = with_missing(looks(at, slowed(at, 0.8)), ORIGINAL, steps)
    assert sorted(round(line.speed, 1) for line in lines) == [0.8, 1.0, 1.0]
    (part,) = (part for part in lines.values() if part is not None)
    assert part.length == pytest.approx(4.8, abs=2 * ENDS_S)


def test_a_slope_that_was_laid_through_the_whole_is_given_up_for_the_stretch() -> None:
    at = times(12.0)
    known = [Alignment(5.1, 0.9), Alignment(5.0), Alignment(4.2)]
    lines = with_missing(looks(at, slowed(at, 0.8)), ORIGINAL, known)
    assert sorted(round(line.speed, 1) for line in lines) == [0.8, 1.0, 1.0]


def test_every_second_frame_lost_is_no_other_speed() -> None:
    at = times(12.0)
    shown = np.repeat((at + 5.0)[::2], 2)[: len(at)]
    assert found(shown, at, [Alignment(5.0), Alignment(5.5)]) == []
