"""What moves where and when: a signature that tells one moment of a scene from another.

A frame's 8 x 8 luma is differenced in time, freed from what moves all cells alike (exposure, fades), clipped
so that one cut does not outweigh a minute of gestures, and freed from its slow mean (drift of a camera).
Two recordings of one set agree in their frames and disagree in this.
"""

from __future__ import annotations

import numpy as np

from mediacheck.model import Box

STEP_S = 0.08  # the clock on which signatures live; the sampling interval of the frames
CELLS = 8
_SPAN_S = 0.16  # the difference is taken over two steps: dropped and doubled frames move it by one
_CLIP = 12.0  # grey levels; a gesture moves a cell by 1 to 8, a cut by 20 and more
_SLOW_S = 2.0
_BLOCK = 256  # frames that fit a processor's cache: 2 MB


def cell_luma(
    thumbs: np.ndarray,
    box: Box,
    mirrored: bool = False,
    cells_a_side: int = CELLS,
) -> np.ndarray:
    """Mean luma of a grid laid over part of each frame; (n, 8, 8) float32, or as many cells as are asked for.

    thumbs: (n, h, w) uint8. box: the part, in the frame as displayed; mirrored: the frame is flipped left
    to right first, so that box counts in the mirrored frame.
    """
    count, height, width = thumbs.shape
    rows = _coverage(height, box.y, box.height, cells_a_side)
    columns = _coverage(width, box.x, box.width, cells_a_side)
    if mirrored:
        columns = columns[::-1]
    cells = np.empty((count, cells_a_side, cells_a_side), np.float32)
    for start in range(0, count, _BLOCK):
        block = thumbs[start : start + _BLOCK].astype(np.float32)
        cells[start : start + _BLOCK] = rows.T @ (block @ columns)
    return cells


def _coverage(size: int, start: float, length: float, cells: int) -> np.ndarray:
    """(size, cells): the share that each pixel has in the mean of each cell, pixel edges cut exactly."""
    edges = (start + length * np.linspace(0, 1, cells + 1)) * size
    pixels = np.arange(size)
    low = np.clip(edges[:-1][None, :], pixels[:, None], pixels[:, None] + 1)
    high = np.clip(edges[1:][None, :], pixels[:, None], pixels[:, None] + 1)
    covered = high - low
    total = covered.sum(axis=0, keepdims=True)
    return np.asarray(covered / np.maximum(total, 1e-9), np.float32)


def signature(times: np.ndarray, cells: np.ndarray, speed: float = 1.0) -> tuple[float, np.ndarray]:
    """(time of the first row, signature (m, 64) float32) on a clock of STEP_S.

    times: (n,) seconds; cells: (n, 8, 8). With a speed s the clock counts s seconds per second of the file,
    so that a clip that plays s times as fast as the original lies on the original's clock; the first row's
    time is on that clock. Too short a file gives shape (0, 64).
    """
    start_s, rows = change(times, cells, speed)
    return start_s, rows - _running_mean(rows, round(_SLOW_S / STEP_S)) if len(rows) else rows


def change(times: np.ndarray, cells: np.ndarray, speed: float = 1.0) -> tuple[float, np.ndarray]:
    """As `signature`, with the slow mean left in: 0 where the picture stands still, whatever is around it."""
    clock = times * speed
    first, last = float(clock[0]), float(clock[-1])
    count = int((last - first - _SPAN_S) / STEP_S) + 1
    if count < 2:
        return first, np.zeros((0, CELLS * CELLS), np.float32)
    at = first + _SPAN_S / 2 + STEP_S * np.arange(count)
    flat = cells.reshape(len(cells), -1)
    rows = _at(clock, flat, at + _SPAN_S / 2) - _at(clock, flat, at - _SPAN_S / 2)
    rows -= np.median(rows, axis=1, keepdims=True)
    np.clip(rows, -_CLIP, _CLIP, out=rows)
    return float(at[0]), rows


def _at(clock: np.ndarray, flat: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Rows of flat, linearly between the frames around each time."""
    after = np.clip(np.searchsorted(clock, at), 1, len(clock) - 1)
    before = after - 1
    share = (at - clock[before]) / np.maximum(clock[after] - clock[before], 1e-6)
    share = np.clip(share, 0.0, 1.0)[:, None].astype(np.float32)
    return np.asarray(flat[before] * (1 - share) + flat[after] * share)


def _running_mean(rows: np.ndarray, width: int) -> np.ndarray:
    """Centred mean over `width` rows, shorter at the ends."""
    summed = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    count = len(rows)
    low = np.maximum(np.arange(count) - width // 2, 0)
    high = np.minimum(np.arange(count) + width // 2 + 1, count)
    return np.asarray((summed[high] - summed[low]) / (high - low)[:, None], np.float32)


def movement(times: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Root mean square of `change` over the cells, in grey levels; (m,), on the signature's clock."""
    _, rows = change(times, cells)
    return np.asarray(np.sqrt((rows**2).mean(axis=1)))
