from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.picture import WINDOW_S, Motion, polished
from mediacheck.align.steps import stepped
from mediacheck.model import Alignment

from .making import clock, moving_cells

ORIGINAL = Motion.of(clock(40.0), moving_cells(clock(40.0)))
EXACT_S = 0.03


def film(places: np.ndarray, times: np.ndarray) -> Motion:
    rough = np.random.default_rng(9).normal(0, 0.5, (len(times), 8, 8))
    return Motion.of(times, np.asarray(moving_cells(places) + rough, np.float32))


def centres(seconds: float) -> np.ndarray:
    return np.arange(WINDOW_S / 2, seconds, 0.2)


@pytest.mark.parametrize("step_s", [0.2, -0.2, 0.4])
@pytest.mark.parametrize("seconds", [3.0, 6.0])
def test_time_taken_out_of_the_middle_is_a_step(step_s: float, seconds: float) -> None:
    times = clock(seconds, fps=25.0)
    cut = film(9.0 + times + np.where(times < seconds / 2, 0.0, step_s), times)
    slope = polished(cut, ORIGINAL, Alignment(9.0 + step_s / 2), centres(seconds))
    first, second = stepped(cut, ORIGINAL, slope, 1.0, centres(seconds))
    assert (first.speed, second.speed) == (1.0, 1.0)
    assert first.offset_s == pytest.approx(9.0, abs=EXACT_S)
    assert second.offset_s == pytest.approx(9.0 + step_s, abs=EXACT_S)


@pytest.mark.parametrize("speed", [0.9, 1.1])
def test_another_speed_is_no_step(speed: float) -> None:
    times = clock(5.0, fps=25.0)
    faster = film(9.0 + speed * times, times)
    assert stepped(faster, ORIGINAL, Alignment(9.0, speed), 1.0, centres(5.0)) == ()


def test_without_a_step_there_are_no_two_lines() -> None:
    times = clock(5.0, fps=25.0)
    assert stepped(film(9.0 + times, times), ORIGINAL, Alignment(9.0), 1.0, centres(5.0)) == ()


def test_a_second_is_too_short_for_two_lines() -> None:
    times = clock(1.2, fps=25.0)
    assert stepped(film(9.0 + times, times), ORIGINAL, Alignment(9.0), 1.0, centres(1.2)) == ()
