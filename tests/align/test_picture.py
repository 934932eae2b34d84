from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.picture import (
    REMEMBERED_S,
    SPEEDS,
    STANDARD_SPEEDS,
    WINDOW_S,
    Motion,
    along,
    decoys,
    own_movement,
    polished,
    refined,
    search,
)
from mediacheck.features.motion import STEP_S
from mediacheck.model import Alignment

from .making import clock, moving_cells

SECONDS = 40.0
ORIGINAL = Motion.of(clock(SECONDS), moving_cells(clock(SECONDS)))
EXACT_S = 0.02  # a quarter of the sampling interval


def clip(start_s: float, seconds: float, speed: float = 1.0, noise: float = 0.5) -> Motion:
    """Seconds of the original from start_s on at a speed, at another frame rate and with codec noise."""
    times = clock(seconds, fps=10.0)
    cells = moving_cells(start_s + speed * times)
    rough = np.random.default_rng(9).normal(0, noise, cells.shape)
    return Motion.of(times, np.asarray(cells + rough, np.float32))


def centres(seconds: float) -> np.ndarray:
    return np.arange(WINDOW_S / 2, seconds, 0.2)


def mean_along(shown: Motion, line: Alignment, seconds: float) -> float:
    return float(np.nan_to_num(along(shown, ORIGINAL, line, centres(seconds))[0]).mean())


@pytest.mark.parametrize("start_s", [0.0, 7.3, 27.9])
def test_a_clip_is_found_where_it_was_taken(start_s: float) -> None:
    line, _ = search(clip(start_s, 12.0), ORIGINAL, (1.0,))[0]
    assert line.offset_s == pytest.approx(start_s, abs=STEP_S)


@pytest.mark.parametrize("speed", [0.8, 1.1, 1.6])
def test_a_speed_is_found_and_refined(speed: float) -> None:
    shown = clip(5.0, 12.0, speed)
    best, _ = search(shown, ORIGINAL, SPEEDS)[0]
    assert best.speed == pytest.approx(speed, rel=0.04)
    fine = polished(shown, ORIGINAL, refined(shown, ORIGINAL, best), centres(12.0))
    assert fine.speed == pytest.approx(speed, abs=0.003)
    assert fine.original_at(6.0) == pytest.approx(5.0 + 6.0 * speed, abs=EXACT_S)


def test_a_clip_that_is_not_there_gets_no_strong_vote() -> None:
    times = clock(12.0)
    stranger = Motion.of(times, moving_cells(times, seed=77))
    own = search(clip(7.3, 12.0), ORIGINAL, (1.0,))[0][1]
    assert all(weight < 0.3 * own for _, weight in search(stranger, ORIGINAL, (1.0,)))


def test_refining_repairs_an_offset_and_a_speed() -> None:
    fine = refined(clip(9.0, 14.0, 1.02), ORIGINAL, Alignment(9.3, 1.0))
    assert fine.speed == pytest.approx(1.02, abs=0.002)
    assert fine.original_at(7.0) == pytest.approx(9.0 + 1.02 * 7.0, abs=EXACT_S)


def test_refining_a_line_that_nothing_supports_leaves_it() -> None:
    wrong = Alignment(21.0, 1.0)
    assert refined(clip(9.0, 10.0), ORIGINAL, wrong) == wrong


def test_polishing_moves_a_few_seconds_into_place_and_keeps_plain_speed() -> None:
    shown = clip(9.0, 4.0)
    fine = polished(shown, ORIGINAL, Alignment(9.15, 1.0), centres(4.0))
    assert fine.speed == 1.0
    assert fine.offset_s == pytest.approx(9.0, abs=EXACT_S)


@pytest.mark.parametrize("seconds", [2.0, 3.0, 4.0])
@pytest.mark.parametrize("speed", [1.0, 24 / 25, 25 / 24])
def test_a_few_seconds_are_polished_to_a_speed_that_is_common(speed: float, seconds: float) -> None:
    shown = clip(9.0, seconds, speed, noise=0.3)
    fine = polished(shown, ORIGINAL, Alignment(9.03, speed * 1.02), centres(seconds))
    assert fine.speed in STANDARD_SPEEDS
    assert fine.original_at(seconds / 2) == pytest.approx(9.0 + speed * seconds / 2, abs=EXACT_S)


def test_of_speeds_that_fit_alike_the_sound_s_is_taken() -> None:
    shown = clip(9.0, 2.0, 1.02)
    line = Alignment(9.03, 1.02)
    assert polished(shown, ORIGINAL, line, centres(2.0), heard=(1.02,)).speed == 1.02
    assert polished(shown, ORIGINAL, line, centres(2.0), heard=(0.8,)).speed != 0.8


def test_a_short_original_holds_a_short_clip() -> None:
    times = clock(4.0)
    short = Motion.of(times, moving_cells(9.0 + times))
    line, _ = search(clip(9.6, 2.8), short, (1.0,))[0]
    assert line.offset_s == pytest.approx(0.6, abs=STEP_S)


def test_polishing_on_too_few_windows_leaves_the_line() -> None:
    line = Alignment(9.15, 1.0)
    assert polished(clip(9.0, 4.0), ORIGINAL, line, centres(4.0)[:2]) == line


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_correlation_is_high_along_the_true_line_only(speed: float) -> None:
    shown = clip(9.0, 10.0, speed, noise=0.1)
    assert mean_along(shown, Alignment(9.0, speed), 10.0) > 0.8
    for wrong in (Alignment(10.0, speed), Alignment(9.0, speed * 1.2), Alignment(3.0, speed)):
        assert mean_along(shown, wrong, 10.0) < 0.4


def test_windows_outside_the_original_are_not_taken() -> None:
    correlation, movement = along(clip(0.0, 10.0), ORIGINAL, Alignment(-4.0), centres(10.0))
    outside = centres(10.0) < 4.0 - WINDOW_S / 2
    assert np.isnan(correlation[outside]).all()
    assert np.isnan(movement[outside]).all()
    assert np.isfinite(correlation[centres(10.0) > 4.0 + WINDOW_S]).all()


def test_half_speed_windows_outside_the_original_are_not_taken_either() -> None:
    correlation, _ = along(clip(0.0, 10.0, 0.5), ORIGINAL, Alignment(-2.0, 0.5), centres(10.0))
    assert np.isnan(correlation[centres(10.0) < 4.0 - WINDOW_S / 2]).all()
    assert np.isfinite(correlation[centres(10.0) > 4.0 + WINDOW_S]).all()


def test_stills_correlate_with_nothing() -> None:
    times = clock(10.0)
    faint = 0.003 * (moving_cells(5.0 + times) - 100.0)  # the true movement, far below codec noise
    still = Motion.of(times, np.asarray(moving_cells(np.zeros(1)) + faint, np.float32))
    assert np.abs(along(still, ORIGINAL, Alignment(5.0), centres(10.0))[0]).max() < 0.15
    assert own_movement(still, centres(10.0)).max() < 0.1
    assert own_movement(clip(5.0, 10.0), centres(10.0))[5:-5].min() > 0.5


def test_movement_of_the_original_is_told_at_the_place_of_the_line() -> None:
    times = clock(20.0)
    cells = moving_cells(times)
    cells[times >= 10.0] = cells[times >= 10.0][0]
    stops = Motion.of(times, cells)
    shown = clip(6.0, 8.0)
    _, movement = along(shown, stops, Alignment(6.0), centres(8.0))
    at = centres(8.0)
    assert np.nanmin(movement[at < 3.0]) > 0.5
    assert np.nanmax(movement[at > 5.0]) < 0.05


def test_decoys_are_other_moments_and_the_same_each_time() -> None:
    line = Alignment(20.0, 1.1)
    found = decoys(line, clip_s=10.0, original_s=60.0)
    assert found == decoys(line, 10.0, 60.0)
    assert 10 < len(found) <= 24
    assert all(each.speed == 1.1 and abs(each.offset_s - 20.0) >= 3.0 for each in found)
    assert not decoys(Alignment(0.0), clip_s=2.0, original_s=2.0)


def test_a_search_through_the_speeds_of_a_long_clip_remembers_none() -> None:
    original = clip(0.0, 20.0)
    short, long = clip(4.0, 10.0), clip(0.0, REMEMBERED_S + 2.0)
    for shown in (short, long):
        search(shown, original, (0.98, 1.0, 1.02))
    assert sorted(short._at_speeds) == [0.98, 1.02]
    assert not long._at_speeds
