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
from mediacheck.model import Alignment, Box

CELLS = 16
STEP_S = 0.08  # the sampling interval of the frames
LEAST_CONTRAST = 4.0  # grey levels: a frame with less is blank and resembles every other blank one
PIECE = 6  # frames that look for their place together: half a second
TIMES_BETTER = 4.0  # than every known line, to be worth a new one
LEAST_DIFFERENCE = 0.3  # thousandths: what compression leaves on the best copies
MOST_LINES = 6
MOST_PIECES = 250  # each is compared with every frame of the original
BLOCK = 4096  # frames that are held twice at a time: all of two hours take 92 MB
MOST_FRAMES = 1500  # of which a line's place is taken; a minute has 750
CLIMB_S = 0.24
COPY = 4.0  # thousandths: clean copies stay below
NO_COPIES = (
    60.0  # thousandths: poor copies stay below; more, and the geometry is off or the line is
)
ALL = 0.9  # of the frames
NOTHING_ALIKE = 4000.0  # thousandths: a frame and its negative; where a line leaves the original
SAME_S = 0.02  # lines that run so close at both ends are one
ALIKE_SPEED = 0.002  # difference of speeds that no picture tells
SIMPLER = 0.1  # by which the logarithm of likeness must grow for a changed speed to be believed


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


def differences(clip: Looks, original: Looks, line: Alignment, at: np.ndarray) -> np.ndarray:
    """How much the clip's frame nearest to each time differs from its place on the line; (len(at),).

    In thousandths of the frames' own power: 0 for copies, 2000 for frames that have nothing in common. The nearest
    frame of the original is tried, and what lies between two. NaN where the line leaves the original.
    """
    return _compared(clip, original, line, at, nearest_too=True)


def changes(clip: Looks, at: np.ndarray) -> np.ndarray:
    """How much each frame differs from the one before it, in thousandths; (len(at),), 0 for the first."""
    shown = _nearest(clip.times, at)
    rows = clip.rows[shown]
    # Two times may have one frame; what it changed is told at both.
    before = clip.rows[np.maximum(shown - 1, 0)]
    return np.asarray(1000.0 * ((rows - before) ** 2).mean(axis=1))


def _compared(
    clip: Looks, original: Looks, line: Alignment, at: np.ndarray, *, nearest_too: bool
) -> np.ndarray:
    shown = _nearest(clip.times, at)
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


def _nearest(times: np.ndarray, at: np.ndarray) -> np.ndarray:
    after = np.clip(np.searchsorted(times, at), 1, len(times) - 1)
    return np.asarray(after - (at - times[after - 1] < times[after] - at))


def frame_grid(times: np.ndarray) -> np.ndarray:
    """Times at which differences are taken: every STEP_S from the first frame to the last."""
    return np.arange(float(times[0]), float(times[-1]) + STEP_S / 2, STEP_S)


def with_missing(
    clip: Looks, original: Looks, known: Sequence[Alignment], heard: Sequence[float] = ()
) -> list[Alignment]:
    """The known lines moved to where the frames are most alike, then the lines that they were missing.

    A new line explains PIECE frames in a row TIMES_BETTER than every other line. It has unchanged speed, or the
    first line's. heard: speeds of the sound, which is far more exact; no other speed is preferred to them.
    """
    if len(clip.times) < PIECE or len(original.times) < 2 or not known:
        return list(known)
    grid = frame_grid(clip.times)
    lines = list(known)
    tracks = [_filled(clip, original, line, grid) for line in lines]
    for number in range(len(lines)):
        lines[number] = _climbed(
            clip, original, lines[number], grid, np.array(tracks), number, heard
        )
        tracks[number] = _filled(clip, original, lines[number], grid)
    places = _places(clip, original, grid, np.min(tracks, axis=0), lines[0].speed)
    while places and len(lines) < len(known) + MOST_LINES:
        best = np.min(tracks, axis=0)
        gains = [
            (float(best[each.first : each.first + PIECE].mean()) + LEAST_DIFFERENCE)
            / (each.difference + LEAST_DIFFERENCE)
            for each in places
        ]
        index = int(np.argmax(gains))
        if gains[index] < TIMES_BETTER:
            break
        line = places.pop(index).line
        tracks.append(_filled(clip, original, line, grid))
        line = _climbed(clip, original, line, grid, np.array(tracks), len(tracks) - 1, heard)
        tracks[-1] = _filled(clip, original, line, grid)
        if _explained(tracks[-1], best) < PIECE - 1:
            tracks.pop()
        else:
            lines.append(line)
    return _distinct(_needed(lines, np.array(tracks), heard), float(grid[-1]))


def _needed(
    lines: Sequence[Alignment], tracks: np.ndarray, heard: Sequence[float]
) -> list[Alignment]:
    """Without lines at a speed of their own wherever unchanged speed explains the same frames as well."""
    plain = np.array([line.speed == 1.0 for line in lines])
    if plain.all() or not plain.any():
        return list(lines)
    best = tracks[plain].min(axis=0)
    kept = []
    for line, track in zip(lines, tracks, strict=True):
        copies = track <= COPY
        as_well = best[copies] <= track[copies] + LEAST_DIFFERENCE
        if _expected(line.speed, heard) or not copies.any() or as_well.mean() < ALL:
            kept.append(line)
    return kept


def _expected(speed: float, heard: Sequence[float]) -> bool:
    return speed == 1.0 or any(abs(speed - each) <= ALIKE_SPEED for each in heard)


def _distinct(lines: Sequence[Alignment], end_s: float) -> list[Alignment]:
    kept: list[Alignment] = []
    for line in lines:
        if all(
            abs(line.offset_s - other.offset_s) > SAME_S
            or abs(line.original_at(end_s) - other.original_at(end_s)) > SAME_S
            for other in kept
        ):
            kept.append(line)
    return kept


def _filled(
    clip: Looks, original: Looks, line: Alignment, grid: np.ndarray, nearest_too: bool = True
) -> np.ndarray:
    differ = _compared(clip, original, line, grid, nearest_too=nearest_too)
    return np.where(np.isfinite(differ), differ, NOTHING_ALIKE)


def _explained(track: np.ndarray, best: np.ndarray) -> int:
    """The longest stretch of frames in which a track is TIMES_BETTER than the best of the others."""
    better = TIMES_BETTER * (track + LEAST_DIFFERENCE) < best + LEAST_DIFFERENCE
    longest = count = 0
    for each in better:
        count = count + 1 if each else 0
        longest = max(longest, count)
    return longest


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the original a few frames of the clip in a row are most alike, wherever that is."""

    first: int
    line: Alignment
    difference: float


def _places(
    clip: Looks, original: Looks, grid: np.ndarray, best: np.ndarray, speed: float
) -> list[_Place]:
    """The places of the pieces that the known lines explain worst, MOST_PIECES of them at most."""
    clock = np.arange(float(original.times[0]), float(original.times[-1]), STEP_S)
    rows = clip.rows[_nearest(clip.times, grid)]
    firsts = np.arange(0, len(rows) - PIECE + 1, PIECE // 2)
    now = np.array([best[first : first + PIECE].mean() for first in firsts])
    worst = np.argsort(-now, kind="stable")[:MOST_PIECES]
    wanted = sorted(firsts[worst[now[worst] >= TIMES_BETTER * LEAST_DIFFERENCE]].tolist())
    paces = {
        pace: np.round(np.arange(PIECE) * pace).astype(int) for pace in dict.fromkeys((1.0, speed))
    }
    overlap = max(int(steps[-1]) for steps in paces.values())
    found: dict[tuple[int, float], _Place] = {}
    for begin in range(0, len(clock), BLOCK):
        some = clock[begin : begin + BLOCK + overlap]
        there = original.rows[_nearest(original.times, some)]
        power = (there**2).mean(axis=1)
        for first in wanted:
            piece = rows[first : first + PIECE]
            each = (piece**2).mean(axis=1)[:, None] + power - 2 * piece @ there.T / rows.shape[1]
            for pace, steps in paces.items():
                room = min(BLOCK, len(there) - int(steps[-1]))
                if room < 1:
                    continue
                shown = [each[k, step : step + room] for k, step in enumerate(steps)]
                along = np.mean(shown, axis=0)
                column = int(along.argmin())
                differ = 1000.0 * max(0.0, float(along[column]))
                if (first, pace) not in found or differ < found[first, pace].difference:
                    line = Alignment(float(some[column]) - pace * float(grid[first]), pace)
                    found[first, pace] = _Place(first, line, differ)
    return [found[key] for key in ((f, pace) for f in wanted for pace in paces) if key in found]


def _climbed(
    clip: Looks,
    original: Looks,
    line: Alignment,
    grid: np.ndarray,
    tracks: np.ndarray,
    own: int,
    heard: Sequence[float],
) -> Alignment:
    """The line moved by up to CLIMB_S, and to unchanged speed, where the frames that it explains best are as alike.

    Frames between two sampled ones are interpolated, so that the place is finer than their interval.
    """
    others = np.delete(tracks, own, axis=0)
    mine = tracks[own] <= others.min(axis=0) if len(others) else np.ones(len(grid), bool)
    if mine.sum() < PIECE or np.median(tracks[own][mine]) > NO_COPIES:
        return line
    at = grid[mine]
    at = at[:: -(-len(at) // MOST_FRAMES)]
    middle = float(np.median(at))

    def moved(shift_s: float, speed: float) -> Alignment:
        return Alignment(line.original_at(middle) + shift_s - speed * middle, speed)

    def merit(shift_s: float, speed: float) -> float:
        filled = _filled(clip, original, moved(shift_s, speed), at, nearest_too=False)
        return float(np.log(filled + LEAST_DIFFERENCE).mean())

    def climbed(speed: float) -> tuple[float, float]:
        shift, step_s = 0.0, CLIMB_S / 2
        best = merit(shift, speed)
        while step_s >= 0.004:
            tried = [(merit(each, speed), each) for each in (shift - step_s, shift + step_s)]
            if min(tried)[0] < best - 1e-3 and abs(min(tried)[1]) <= CLIMB_S:
                best, shift = min(tried)
            else:
                step_s /= 2
        return best, shift

    best, shift = climbed(line.speed)
    if not _expected(line.speed, heard):
        plain, there = climbed(1.0)
        if plain <= best + SIMPLER:
            return moved(there, 1.0)
    return moved(shift, line.speed)
