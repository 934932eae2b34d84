"""Does a stretch between two lines run at a speed of its own? Nothing is missing there and nothing was put in: it only
takes longer, or less long, than in the original.

Windows of motion are too short to tell a speed, and see a staircase of short lines instead. But the lines before and
after such a stretch leave it no freedom: it begins on the one and ends on the other, and all that is unknown is when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from mediacheck.align.lines import ALIKE_SPEED
from mediacheck.align.looks import LEAST_DIFFERENCE, NOTHING_ALIKE, PIECE, STEP_S, Looks, nearest
from mediacheck.model import Alignment, Span

LEAST_SHIFT_S = 0.2  # by which the stretch moves what follows: more than two of the sampled frames
MOST_SHIFT_S = 10.0
LEAST_S = 1.0  # of the stretch: a shorter one is a joint
# Seconds of the original per second of the clip: beyond, it is a still or a cut.
SLOWEST, FASTEST = 0.4, 2.5
REACH_S = 40.0  # around the joint of the two lines in which the stretch may lie
MOST_FRAMES = 400  # that are compared
EDGE_S = 0.4  # found ends err by 0.05 to 0.2
FINE_S = STEP_S / 2
PLACES = 40  # of each end that are tried at first
# Mean logarithm by which it must explain its frames better than the best line of each: parts slowed to 0.8 for 4 s gain
# 1.1 to 2.1 (11 clips of 6 sources), one of 96 jumps and stalls reaches it.
LEAST_GAIN = 0.5
CLIPPED = 2.5  # what one frame may say


@dataclass(frozen=True, slots=True)
class Ramp:
    """Clip time [start, end) on a line that leads from one line to another."""

    start: float
    end: float
    line: Alignment
    before: Alignment
    after: Alignment
    gain: float  # over the lines around it, in logarithms of its frames' differences

    @property
    def part(self) -> Span:
        """Where the line may be looked at: its ends are not known better than EDGE_S, and there the lines meet."""
        return Span(max(0.0, self.start - EDGE_S), self.end + EDGE_S)


def ramps(
    clip: Looks, original: Looks, lines: Sequence[Alignment], tracks: np.ndarray, grid: np.ndarray
) -> list[Ramp]:
    """The stretches between two of the lines whose frames a speed of their own explains better than any of the lines
    of the speed around it; no two overlap.

    tracks: (lines, len(grid)) differences in thousandths, of which a line that leaves the original has
    NOTHING_ALIKE; grid: clip seconds, STEP_S apart.
    """
    logs = np.log(tracks + LEAST_DIFFERENCE)
    own = logs.argmin(axis=0)
    used = [index for index in range(len(lines)) if (own == index).sum() >= PIECE]
    found = []
    for first, second in permutations(used, 2):
        before, after = lines[first], lines[second]
        if abs(before.speed - after.speed) > ALIKE_SPEED:
            continue
        joint = _joint(logs[first], logs[second])
        at = float(grid[joint])
        if LEAST_SHIFT_S <= abs(after.original_at(at) - before.original_at(at)) <= MOST_SHIFT_S:
            alike = [abs(line.speed - before.speed) <= ALIKE_SPEED for line in lines]
            best = logs[np.array(alike)].min(axis=0)
            ramp = _between(clip, original, before, after, at, best, grid)
            if ramp is not None:
                found.append(ramp)
    apart: list[Ramp] = []
    for ramp in sorted(found, key=lambda ramp: -ramp.gain):
        if all(ramp.end <= other.start or ramp.start >= other.end for other in apart):
            apart.append(ramp)
    return apart


def _joint(before: np.ndarray, after: np.ndarray) -> int:
    """The frame from which on the second line explains more than the first."""
    gone = np.concatenate([[0.0], np.cumsum(before - after)])
    return int(np.clip(gone[1:-1].argmin() + 1 if len(gone) > 2 else 0, 0, len(before) - 1))


def _between(
    clip: Looks,
    original: Looks,
    before: Alignment,
    after: Alignment,
    joint_s: float,
    best: np.ndarray,
    grid: np.ndarray,
) -> Ramp | None:
    near = np.flatnonzero(np.abs(grid - joint_s) <= REACH_S)
    near = near[:: -(-len(near) // MOST_FRAMES)]
    at, best = grid[near], best[near]
    logs = _Band(clip, original, before, after, at)

    def merit(start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Logarithms gained over the best line of each frame, summed; (len(start),)."""
        total = np.zeros(len(start))
        for index, (low, high) in enumerate(zip(start, end, strict=True)):
            inside = (at >= low) & (at < high)
            total[index] = np.clip(
                best[inside] - logs.along(low, high, inside), -CLIPPED, CLIPPED
            ).sum()
        return total

    low, high = max(float(at[0]), joint_s - REACH_S), min(float(at[-1]), joint_s + REACH_S)
    step = max(2 * STEP_S, (high - low) / PLACES)
    ends = np.arange(low, high + step / 2, step)
    start, end = (each.ravel() for each in np.meshgrid(ends, ends))
    shift = after.original_at(joint_s) - before.original_at(joint_s)
    start, end = _possible(start, end, shift, before.speed, joint_s)
    if not len(start):
        return None
    while True:
        gains = merit(start, end)
        index = int(gains.argmax())
        chosen, gain = (float(start[index]), float(end[index])), float(gains[index])
        if step < FINE_S:
            break
        step /= 2
        moves = step * np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)])
        start, end = (chosen + moves).T
        start, end = _possible(start, end, shift, before.speed, joint_s)
        if not len(start):
            break
    frames = int(((at >= chosen[0]) & (at < chosen[1])).sum())
    if gain < LEAST_GAIN * frames:
        return None
    speed = before.speed + shift / (chosen[1] - chosen[0])
    line = Alignment(before.original_at(chosen[0]) - speed * chosen[0], speed)
    return Ramp(*chosen, line, before, after, gain)


def _possible(
    start: np.ndarray, end: np.ndarray, shift: float, speed: float, joint_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """Of the stretches those that are long enough, hold the joint, and run at a speed that footage is played at."""
    length = np.maximum(end - start, 1e-6)
    own = speed + shift / length
    fits = (length >= LEAST_S) & (own >= SLOWEST) & (own <= FASTEST)
    fits &= (start <= joint_s) & (end >= joint_s)
    return start[fits], end[fits]


class _Band:
    """Differences of some of the clip's frames from the original at every place between two lines."""

    def __init__(
        self, clip: Looks, original: Looks, before: Alignment, after: Alignment, at: np.ndarray
    ) -> None:
        self._before, self._after, self._at = before, after, at
        places = np.concatenate([line.offset_s + line.speed * at for line in (before, after)])
        self._first = float(places.min()) - FINE_S
        clock = np.arange(self._first, float(places.max()) + 2 * FINE_S, FINE_S)
        last = len(original.times) - 1
        behind = np.clip(np.searchsorted(original.times, clock), 1, last)
        gap = original.times[behind] - original.times[behind - 1]
        share = np.clip((clock - original.times[behind - 1]) / gap, 0.0, 1.0)
        share = share[:, None].astype(np.float32)
        there = original.rows[behind - 1] * (1 - share) + original.rows[behind] * share
        rows = clip.rows[nearest(clip.times, at)]
        power = (rows**2).mean(axis=1)[:, None] + (there**2).mean(axis=1)
        differ = 1000.0 * np.maximum(0.0, power - 2 * rows @ there.T / rows.shape[1])
        outside = (clock < original.times[0] - STEP_S) | (clock > original.times[-1] + STEP_S)
        differ[:, outside] = NOTHING_ALIKE
        self._logs = np.log(differ + LEAST_DIFFERENCE)

    def along(self, start: float, end: float, inside: np.ndarray) -> np.ndarray:
        """Of the frames inside, on the line that leads from the one at start to the other at end."""
        leaves, arrives = self._before.original_at(start), self._after.original_at(end)
        at = self._at[inside]
        place = leaves + (arrives - leaves) * (at - start) / (end - start)
        column = np.round((place - self._first) / FINE_S).astype(int)
        column = np.clip(column, 0, self._logs.shape[1] - 1)
        return np.asarray(self._logs[np.flatnonzero(inside), column])
