"""Which lines are missing, and where exactly do the known ones run? What single frames tell, see looks.py.

The windows of motion and the sound establish where the clip comes from; here its frames move those lines to their
place, and add the parts that are too short for a window or run at a speed of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.align.lines import ALIKE_SPEED, distinct
from mediacheck.align.looks import (
    BLOCK,
    LEAST_DIFFERENCE,
    PIECE,
    STEP_S,
    Looks,
    filled,
    frame_grid,
    nearest,
)
from mediacheck.align.ramps import Ramp, ramps
from mediacheck.model import Alignment, Span

TIMES_BETTER = 4.0  # than every known line, to be worth a new one
MOST_LINES = 6
MOST_PIECES = 250  # each is compared with every frame of the original
MOST_FRAMES = 1500  # of which a line's place is taken; a minute has 750
CLIMB_S = 0.24
NO_COPIES = (
    60.0  # thousandths: poor copies stay below; more, and the geometry is off or the line is
)
ALL = 0.9  # of the frames
SAME_S = 0.02  # lines that run so close at both ends are one
SIMPLER = 0.1  # by which the logarithm of likeness must grow for a changed speed to be believed
COPY = 4.0  # thousandths: clean copies stay below


def with_missing(
    clip: Looks, original: Looks, known: Sequence[Alignment], heard: Sequence[float] = ()
) -> dict[Alignment, Span | None]:
    """The known lines moved to where the frames are most alike, then the lines that they were missing; with the part
    of the clip outside which a line means nothing, None for all but those that lead from one line to another.

    A new line explains PIECE frames in a row TIMES_BETTER than every other line. It has unchanged speed, or the
    first line's, or leads from one line to another, see ramps.py. heard: speeds of the sound, which is far more
    exact; no other speed is preferred to them.
    """
    if len(clip.times) < PIECE or len(original.times) < 2 or not known:
        return dict.fromkeys(known)
    grid = frame_grid(clip.times)
    lines = list(known)
    tracks = [filled(clip, original, line, grid) for line in lines]
    for number in range(len(lines)):
        lines[number] = _climbed(
            clip, original, lines[number], grid, np.array(tracks), number, heard
        )
        tracks[number] = filled(clip, original, lines[number], grid)
    sloped = _with_ramps(clip, original, lines, tracks, grid)
    known_too = len(lines)
    _with_places(clip, original, lines, tracks, grid, heard)
    if len(lines) > known_too:
        sloped += _with_ramps(clip, original, lines, tracks, grid)
    lines = _needed(*_without_stairs(lines, tracks, sloped, grid), sloped, heard)
    parts = {ramp.line: ramp.part for ramp in sloped}
    return {line: parts.get(line) for line in distinct(lines, float(grid[-1]), SAME_S)}


def _with_ramps(
    clip: Looks,
    original: Looks,
    lines: list[Alignment],
    tracks: list[np.ndarray],
    grid: np.ndarray,
) -> list[Ramp]:
    """Adds the lines of stretches that run at a speed of their own, and their tracks."""
    found = ramps(clip, original, lines, np.array(tracks), grid)
    for ramp in found:
        lines.append(ramp.line)
        tracks.append(filled(clip, original, ramp.line, grid))
    return found


def _with_places(
    clip: Looks,
    original: Looks,
    lines: list[Alignment],
    tracks: list[np.ndarray],
    grid: np.ndarray,
    heard: Sequence[float],
) -> None:
    """Adds the lines on which pieces lie that no known one explains, and their tracks."""
    most = len(lines) + MOST_LINES
    places = _places(clip, original, grid, np.min(tracks, axis=0), lines[0].speed)
    while places and len(lines) < most:
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
        tracks.append(filled(clip, original, line, grid))
        line = _climbed(clip, original, line, grid, np.array(tracks), len(tracks) - 1, heard)
        tracks[-1] = filled(clip, original, line, grid)
        if _explained(tracks[-1], best) < PIECE - 1:
            tracks.pop()
        else:
            lines.append(line)


def _without_stairs(
    lines: Sequence[Alignment],
    tracks: Sequence[np.ndarray],
    sloped: Sequence[Ramp],
    grid: np.ndarray,
) -> tuple[list[Alignment], np.ndarray]:
    """(lines, tracks) without those that only stood in for a stretch at a speed of its own, which motion takes for
    steps: such a line is best at no frames outside it, and inside it explains nothing that others do not.
    """
    table = np.array(tracks)
    if not sloped:
        return list(lines), table
    own = np.array([any(line == ramp.line for ramp in sloped) for line in lines])
    led = [line for ramp in sloped for line in (ramp.before, ramp.after)]
    within = np.any([(grid >= ramp.start) & (grid < ramp.end) for ramp in sloped], axis=0)
    nearest_line = np.where(own[:, None], np.inf, table).argmin(axis=0)
    kept = []
    for index, line in enumerate(lines):
        best_at = nearest_line == index
        others = np.delete(table, index, axis=0).min(axis=0)
        if (
            own[index]
            or line in led
            or (best_at & ~within).sum() >= PIECE
            or _explained(table[index], others) >= PIECE - 1
        ):
            kept.append(index)
    return [lines[index] for index in kept], table[kept]


def _needed(
    lines: Sequence[Alignment],
    tracks: np.ndarray,
    sloped: Sequence[Ramp],
    heard: Sequence[float],
) -> list[Alignment]:
    """Without lines at a speed of their own wherever unchanged speed, or what leads from line to line, explains the
    same frames as well.
    """
    led = {ramp.line for ramp in sloped}
    plain = np.array([line.speed == 1.0 or line in led for line in lines])
    if plain.all() or not plain.any():
        return list(lines)
    best = tracks[plain].min(axis=0)
    kept = []
    for line, track in zip(lines, tracks, strict=True):
        copies = track <= COPY
        as_well = best[copies] <= track[copies] + LEAST_DIFFERENCE
        if line in led or _expected(line.speed, heard) or not copies.any() or as_well.mean() < ALL:
            kept.append(line)
    return kept


def _expected(speed: float, heard: Sequence[float]) -> bool:
    return speed == 1.0 or any(abs(speed - each) <= ALIKE_SPEED for each in heard)


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
    rows = clip.rows[nearest(clip.times, grid)]
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
        there = original.rows[nearest(original.times, some)]
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
        differ = filled(clip, original, moved(shift_s, speed), at, nearest_too=False)
        return float(np.log(differ + LEAST_DIFFERENCE).mean())

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
