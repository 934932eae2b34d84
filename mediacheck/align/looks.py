"""Do the frames that a line puts beside each other look alike, one by one?

Motion over most of a second tells one moment of a scene from another; a single frame does as well, once its geometry
is known: a still speaker's pose a second later differs by ten to a thousand times what compression changes. So each
frame speaks for itself, and a joint is known to the frame. All times in seconds, the clip's unless named otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.features.motion import cell_luma
from mediacheck.model import Alignment, Box, Span

CELLS = 16
STEP_S = 0.08  # the sampling interval of the frames
LEAST_CONTRAST = 4.0  # grey levels: a frame with less is blank and resembles every other blank one
PIECE = 6  # frames that look for their place together: half a second
LEAST_DIFFERENCE = 0.3  # thousandths: what compression leaves on the best copies
BLOCK = 4096  # frames that are held twice at a time: all of two hours take 92 MB
ELSEWHERE_S = 0.5  # from a frame's place, where a moment of the original is another one
PAIRS = 1_000_000  # of frames that are compared at a time: 4 MB, held six times over
NOTHING_ALIKE = 4000.0  # thousandths: a frame and its negative; where a line leaves the original


@dataclass(frozen=True, slots=True)
class Looks:
    """Frames freed from brightness and contrast. rows: (n, CELLS * CELLS) float32 of mean 0 and power 1."""

    times: np.ndarray
    rows: np.ndarray

    @classmethod
    def of(cls, times: np.ndarray, thumbs: np.ndarray, box: Box, mirrored: bool = False) -> Looks:
        """thumbs: (n, h, w) uint8; box and mirrored as in `features.motion.cell_luma`."""
        rows = cell_luma(thumbs, box, mirrored, CELLS).reshape(len(thumbs), -1)
        for first in range(0, len(rows), BLOCK):
            some = rows[first : first + BLOCK]
            some -= some.mean(axis=1, keepdims=True)
            contrast = np.sqrt((some**2).mean(axis=1, keepdims=True))
            some /= np.maximum(contrast, LEAST_CONTRAST)
        return cls(times, rows)


def differences(
    clip: Looks, original: Looks, line: Alignment, at: np.ndarray, stretch: Span | None = None
) -> np.ndarray:
    """How much the clip's frame nearest to each time differs from its place on the line; (len(at),).

    In thousandths of the frames' own power: 0 for copies, 2000 for frames that have nothing in common. The nearest
    frame of the original is tried, and what lies between two. NaN where the line leaves the original, and outside the
    stretch of the clip that the line was found for, if it is given.
    """
    differ = _compared(clip, original, line, at, nearest_too=True)
    if stretch is None:
        return differ
    return np.where((at >= stretch.start) & (at < stretch.end), differ, np.nan)


def astray(differ: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Logarithm of how much more a frame differs from its place than from the likest other moment, see `elsewhere`."""
    return np.asarray(np.log((differ + LEAST_DIFFERENCE) / (other + LEAST_DIFFERENCE)))


def changes(clip: Looks, at: np.ndarray) -> np.ndarray:
    """How much each frame differs from the one before it, in thousandths; (len(at),), 0 for the first."""
    shown = nearest(clip.times, at)
    rows = clip.rows[shown]
    # Two times may have one frame; what it changed is told at both.
    before = clip.rows[np.maximum(shown - 1, 0)]
    return np.asarray(1000.0 * ((rows - before) ** 2).mean(axis=1))


def elsewhere(
    clip: Looks, original: Looks, lines: Sequence[Alignment], at: np.ndarray
) -> np.ndarray:
    """How much the clip's frame nearest to each time differs from the likest of all other moments; (lines, len(at)).

    In thousandths as `differences`. Other moments are those of the whole original that lie ELSEWHERE_S and more from
    the place that a line gives the frame: at its own moment a frame is likest, however little a speaker moves. NaN
    where the original has no other moments.
    """
    shown = nearest(clip.times, at)
    power = np.einsum("ij,ij->i", original.rows, original.rows) / CELLS**2
    least = np.full((len(lines), len(at)), np.nan)
    size = max(1, PAIRS // len(original.times))
    for first in range(0, len(at), size):
        some = slice(first, first + size)
        rows = clip.rows[shown[some]]
        differ = (rows**2).mean(axis=1)[:, None] + power - 2 * rows @ original.rows.T / CELLS**2
        until = np.minimum.accumulate(differ, axis=1)
        since = np.minimum.accumulate(differ[:, ::-1], axis=1)[:, ::-1]
        none, index = np.full((len(rows), 1), np.inf, np.float32), np.arange(len(rows))
        until, since = np.hstack([none, until]), np.hstack([since, none])
        for number, line in enumerate(lines):
            place = line.offset_s + line.speed * clip.times[shown[some]]
            before = np.searchsorted(original.times, place - ELSEWHERE_S, side="right")
            after = np.searchsorted(original.times, place + ELSEWHERE_S)
            least[number, some] = np.minimum(until[index, before], since[index, after])
    return np.where(np.isfinite(least), 1000.0 * np.maximum(least, 0.0), np.nan)


def _compared(
    clip: Looks, original: Looks, line: Alignment, at: np.ndarray, *, nearest_too: bool
) -> np.ndarray:
    shown = nearest(clip.times, at)
    place = line.offset_s + line.speed * clip.times[shown]
    after = np.clip(np.searchsorted(original.times, place), 1, len(original.times) - 1)
    before = after - 1
    gap = original.times[after] - original.times[before]
    share = np.clip((place - original.times[before]) / gap, 0.0, 1.0)[:, None].astype(np.float32)
    first, last = original.rows[before], original.rows[after]
    tried = [first + share * (last - first)]
    if nearest_too:
        tried.append(np.where(share < 0.5, first, last))
    rows = clip.rows[shown]
    differ = np.min([((rows - there) ** 2).mean(axis=1) for there in tried], axis=0)
    inside = (place >= original.times[0] - STEP_S) & (place <= original.times[-1] + STEP_S)
    return np.where(inside, 1000.0 * differ, np.nan)


def nearest(times: np.ndarray, at: np.ndarray) -> np.ndarray:
    after = np.clip(np.searchsorted(times, at), 1, len(times) - 1)
    return np.asarray(after - (at - times[after - 1] < times[after] - at))


def frame_grid(times: np.ndarray) -> np.ndarray:
    """Times at which differences are taken: every STEP_S from the first frame to the last."""
    return np.arange(float(times[0]), float(times[-1]) + STEP_S / 2, STEP_S)


def filled(
    clip: Looks, original: Looks, line: Alignment, grid: np.ndarray, nearest_too: bool = True
) -> np.ndarray:
    """As `differences`, with NOTHING_ALIKE where the line leaves the original."""
    differ = _compared(clip, original, line, grid, nearest_too=nearest_too)
    return np.where(np.isfinite(differ), differ, NOTHING_ALIKE)
