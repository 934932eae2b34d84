from __future__ import annotations

import numpy as np
import pytest

from mediacheck.features.motion import CELLS, STEP_S, cell_luma, movement, signature
from mediacheck.model import Box

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
FPS = 25.0


def times(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * FPS)) / FPS


def moving_cells(at: np.ndarray, seed: int = 1, size: float = 10.0) -> np.ndarray:
    """Cells that swing each in its own slow way; (n, 8, 8), a function of time."""
    rng = np.random.default_rng(seed)
    rate = rng.uniform(0.3, 2.5, (CELLS, CELLS, 4))
    phase = rng.uniform(0, 2 * np.pi, (CELLS, CELLS, 4))
    waves = np.sin(2 * np.pi * at[:, None, None, None] * rate + phase)
    return np.asarray(100 + size * waves.sum(axis=3), np.float32)


def stepped(height: int, width: int) -> np.ndarray:
    """One frame whose pixel is ten times its column plus its row."""
    rows, columns = np.indices((height, width))
    return np.asarray(10 * columns + rows, np.uint8)[None]


def test_cells_are_the_means_of_an_even_grid() -> None:
    frame = np.repeat(np.repeat(np.arange(64, dtype=np.uint8).reshape(8, 8), 3, 0), 4, 1)
    assert np.allclose(cell_luma(frame[None], WHOLE)[0], np.arange(64).reshape(8, 8))


def test_mirrored_cells_are_those_of_the_flipped_frame() -> None:
    frame = stepped(16, 24)
    box = Box(0.1, 0.2, 0.5, 0.6)
    flipped = np.ascontiguousarray(frame[:, :, ::-1])
    assert np.allclose(cell_luma(frame, box, mirrored=True), cell_luma(flipped, box), atol=1e-3)
    assert not np.allclose(cell_luma(frame, box, mirrored=True), cell_luma(frame, box), atol=1)


def test_a_box_on_pixel_edges_counts_exactly_its_pixels() -> None:
    frame = stepped(24, 24)
    inside = frame[:, 4:20, 8:24]
    box = Box(8 / 24, 4 / 24, 16 / 24, 16 / 24)
    assert np.allclose(cell_luma(frame, box), cell_luma(inside, WHOLE), atol=1e-3)


def test_pixels_on_the_edge_of_a_cell_count_by_their_share() -> None:
    # Eight cells over six columns: each is 0.75 wide. The second reaches from 0.75 to 1.5.
    columns = np.array([0, 90, 30, 60, 200, 10], np.uint8)
    frame = np.tile(columns, (8, 1))[None]
    found = cell_luma(frame, WHOLE)[0, 0]
    assert found[0] == pytest.approx(0)
    assert found[1] == pytest.approx((0.25 * 0 + 0.5 * 90) / 0.75, abs=1e-3)
    assert found[2] == pytest.approx((0.5 * 90 + 0.25 * 30) / 0.75, abs=1e-3)
    assert found[7] == pytest.approx(10)


def test_a_still_picture_has_no_signature() -> None:
    clock = times(4)
    still = np.broadcast_to(moving_cells(np.zeros(1)), (len(clock), CELLS, CELLS))
    start_s, rows = signature(clock, still)
    assert start_s == pytest.approx(STEP_S)  # half of the two steps that a difference spans
    assert len(rows) > 40
    assert np.abs(rows).max() < 1e-4
    assert np.abs(movement(clock, still)).max() < 1e-4


def test_what_brightens_all_cells_alike_leaves_no_signature() -> None:
    clock = times(6)
    cells = moving_cells(clock)
    flickering = cells + 20 * np.sin(2 * np.pi * 0.7 * clock)[:, None, None].astype(np.float32)
    assert np.allclose(signature(clock, cells)[1], signature(clock, flickering)[1], atol=1e-3)


def test_a_steady_drift_leaves_no_signature_but_is_movement() -> None:
    clock = times(8)
    slope = np.linspace(-5, 5, 64, dtype=np.float32).reshape(CELLS, CELLS)
    drifting = 100 + clock[:, None, None].astype(np.float32) * slope
    _, rows = signature(clock, drifting)
    assert (
        np.abs(rows[25:-25]).max() < 0.02
    )  # away from the ends, where the mean over 2 s is one-sided
    assert movement(clock, drifting).min() > 0.3


def test_one_cut_weighs_no_more_than_a_strong_gesture() -> None:
    clock = times(4)
    cells = np.zeros((len(clock), CELLS, CELLS), np.float32)
    cells[len(clock) // 2 :, :4] = 200.0
    _, rows = signature(clock, cells)
    assert np.abs(rows).max() <= 24.0  # the clip of 12 levels, and as much again for the mean


def test_dropped_frames_change_little() -> None:
    clock = times(8)
    cells = moving_cells(clock)
    kept = np.delete(np.arange(len(clock)), np.arange(5, len(clock), 7))
    whole, thinned = signature(clock, cells)[1], signature(clock[kept], cells[kept])[1]
    count = min(len(whole), len(thinned))
    assert np.corrcoef(whole[:count].ravel(), thinned[:count].ravel())[0, 1] > 0.99


@pytest.mark.parametrize("speed", [0.5, 0.9, 1.25, 2.0])
def test_a_faster_clip_lies_on_the_clock_of_its_original(speed: float) -> None:
    original, clip = times(12), times(12 / speed)
    start_s, rows = signature(clip, moving_cells(clip * speed), speed)
    start_there_s, there = signature(original, moving_cells(original))
    assert start_s == pytest.approx(start_there_s)
    count = min(len(rows), len(there))
    assert count > 0.95 * len(there)
    assert np.corrcoef(rows[:count].ravel(), there[:count].ravel())[0, 1] > 0.99


@pytest.mark.parametrize("seconds", [0.04, 0.16, 0.2])
def test_too_short_a_file_has_an_empty_signature(seconds: float) -> None:
    clock = times(seconds)
    assert signature(clock, moving_cells(clock))[1].shape == (0, CELLS * CELLS)
    assert movement(clock, moving_cells(clock)).shape == (0,)
