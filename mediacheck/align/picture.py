"""Which moments of the original can the clip's picture be? Hypotheses first, then scores along each of them.

Motion proposes and decides; see features/motion.py for why hashes cannot. All times on the clip's clock unless
they are named otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mediacheck.align.correlate import Haystack, Peak, cluster, parabola_offset, peaks
from mediacheck.align.lines import STANDARD_SPEEDS
from mediacheck.features.motion import STEP_S, movement, signature
from mediacheck.model import Alignment

CHUNK_S = 8.0  # tolerates 2 % of wrong speed; speech moves a face often enough in it
SHORT_CHUNK_S = 3.2  # finds parts that a long chunk blurs: inserts' neighbours, reordered pieces
WINDOW_S = 0.8
SERIES_STEP_S = 0.2
# Energy a row must have to count, in squared grey levels summed over 64 cells: a still scene after H.264 at
# crf 35 shows 0.1 to 0.2 levels in a cell, a talking head 0.5 to 3.
FLOOR = 64 * 0.2**2
# Even steps to both sides of 1, so that 24/25 and 25/24 lie on them to 0.001.
SPEEDS = tuple(float(speed) for speed in np.round(np.exp(0.02 * np.arange(-35, 36)), 4))
MOST_CHUNKS = 24
MOST_LINES = 10
REFINE_REACH_S = 0.6
REMEMBERED_S = 300.0  # of a clip: all speeds of it take 65 MB, of an hour 0.8 GB
NEARBY_S = 0.6  # by which the ends of two lines may part whose fits are worth comparing
# Of mean correlation, by which such a speed, or the sound's, may fit worse and be preferred.
SIMPLER = 0.03


@dataclass(frozen=True, slots=True)
class Motion:
    """Signature rows of one file under one geometry, with what they were made from."""

    times: np.ndarray  # (n,) seconds of the file's frames
    cells: np.ndarray  # (n, 8, 8)
    start_s: float  # time of the first row
    rows: np.ndarray  # (m, 64)
    movement: np.ndarray  # (m,) grey levels
    _at_speeds: dict[float, tuple[float, np.ndarray]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def at_speed(self, speed: float, remembered: bool = True) -> tuple[float, np.ndarray]:
        """`signature` on a clock that counts `speed` seconds per second of the file; remembered, if it is to be."""
        if speed == 1.0:
            return self.start_s, self.rows
        if speed in self._at_speeds:
            return self._at_speeds[speed]
        found = signature(self.times, self.cells, speed)
        if remembered:
            self._at_speeds[speed] = found
        return found

    @classmethod
    def of(cls, times: np.ndarray, cells: np.ndarray) -> Motion:
        start_s, rows = signature(times, cells)
        return cls(times, cells, start_s, rows, movement(times, cells))


def search(
    clip: Motion, original: Motion, speeds: Sequence[float], chunk_s: float = CHUNK_S
) -> list[tuple[Alignment, float]]:
    """Alignments that chunks of the clip vote for, with their weight (sum of squared z above 3), best first."""
    chunk = min(round(chunk_s / STEP_S), max(12, len(clip.rows)))
    if len(clip.rows) < 12 or len(original.rows) < 12:
        return []
    haystack = Haystack(original.rows, chunk, FLOOR)
    lines: list[tuple[Alignment, float]] = []
    brief = len(clip.rows) * STEP_S <= REMEMBERED_S
    for speed in speeds:
        start_s, rows = clip.at_speed(speed, remembered=brief)
        found = _peaks_of(start_s, rows, haystack, original.start_s, chunk, speed)
        lines += cluster(found, speed, 0.3, MOST_LINES)
    return sorted(lines, key=lambda line: -line[1])[: 2 * MOST_LINES]


def _peaks_of(
    start_s: float,
    rows: np.ndarray,
    haystack: Haystack,
    original_start_s: float,
    chunk: int,
    speed: float,
) -> list[Peak]:
    starts = _chunk_starts(len(rows), chunk)
    if not len(starts):
        rows = np.pad(rows, ((0, chunk - len(rows)), (0, 0)))
        starts = np.array([0])
    found = []
    for batch in range(0, len(starts), 8):
        some = starts[batch : batch + 8]
        scores = haystack.scores(np.stack([rows[start : start + chunk] for start in some]))
        for start, line in zip(some, scores, strict=True):
            for column, score, z in peaks(line, round(1.0 / STEP_S), 3):
                row = haystack.row_of(column) + parabola_offset(line, column)
                clip_s = (start_s + start * STEP_S) / speed
                found.append(Peak(clip_s, original_start_s + row * STEP_S, score, z))
    return found


def _chunk_starts(count: int, chunk: int) -> np.ndarray:
    """Starts of half-overlapping chunks, the last one flush with the end, at most MOST_CHUNKS."""
    if count < chunk:
        return np.empty(0, int)
    wanted = min(MOST_CHUNKS, max(1, 2 * (count - chunk) // chunk + 1) + (count > chunk))
    return np.unique(np.linspace(0, count - chunk, wanted).astype(int))


def refined(clip: Motion, original: Motion, line: Alignment) -> Alignment:
    """Offset and speed fitted to the moments where the clip moves, by weighted least squares.

    Windows of 1.6 s find their best lag within REFINE_REACH_S of the line; those that stand out decide. A
    speed is only fitted when they span at least 6 s, else the line's own is kept.
    """
    start_s, rows = clip.at_speed(line.speed)
    reach = round(REFINE_REACH_S / STEP_S)
    window, hop = round(1.6 / STEP_S), round(0.8 / STEP_S)
    at, lag, weight = [], [], []
    for begin in range(0, len(rows) - window + 1, hop):
        first = (start_s + begin * STEP_S + line.offset_s - original.start_s) / STEP_S
        low = round(first) - reach
        if low < 0 or low + window + 2 * reach > len(original.rows):
            continue
        scores = _correlations(
            rows[begin : begin + window], original.rows[low : low + window + 2 * reach]
        )
        best = int(scores.argmax())
        if scores[best] < 0.3 or not 0 < best < 2 * reach:
            continue
        at.append((start_s + (begin + window / 2) * STEP_S) / line.speed)
        lag.append((low + best + parabola_offset(scores, best) - first) * STEP_S)
        weight.append(scores[best] ** 4)
    if len(at) < 3:
        return line
    return _fitted(line, np.array(at), np.array(lag), np.array(weight))


def _fitted(line: Alignment, at: np.ndarray, lag: np.ndarray, weight: np.ndarray) -> Alignment:
    keep = np.abs(lag - np.median(lag)) < 0.25
    for _ in range(3):
        if keep.sum() < 3:
            return line
        x, y, w = at[keep], lag[keep], weight[keep]
        if np.ptp(x) >= 6.0 and keep.sum() >= 5:
            slope, level = np.polyfit(x, y, 1, w=np.sqrt(w))
        else:
            slope, level = 0.0, float(np.average(y, weights=w))
        left = np.abs(lag - (level + slope * at))
        keep = left < max(0.04, 2.5 * float(np.median(left[keep])))
    return Alignment(line.offset_s + float(level), line.speed + float(slope))


def _correlations(needle: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Normalised correlation of (n, cells) with each n rows of (m, cells); shape (m - n + 1,)."""
    count = len(needle)
    lags = len(rows) - count + 1
    together = np.array([np.vdot(needle, rows[lag : lag + count]) for lag in range(lags)])
    energy = np.concatenate([[0.0], np.cumsum(np.einsum("ij,ij->i", rows, rows), dtype=np.float64)])
    floor = FLOOR * count
    own = float(np.vdot(needle, needle)) + floor
    return np.asarray(together / np.sqrt(own * (energy[count:] - energy[:lags] + floor)))


def polished(
    clip: Motion,
    original: Motion,
    line: Alignment,
    centres: np.ndarray,
    least_span_s: float = 0.0,
    heard: Sequence[float] = (),
) -> Alignment:
    """The line moved by less than half a second to where the clip correlates best at these times.

    Offset at the middle of the times and speed are climbed together in halving steps; the speed only where the
    times span least_span_s. Unlike `refined` this works on a few seconds, but only from close by. A few seconds
    cannot tell 1.02 from 1: the first speed of `heard` (what the sound was found at, far more exact) and of
    STANDARD_SPEEDS that explains as much is taken instead.
    """
    if len(centres) < 3:
        return line
    middle = float(centres.mean())
    span = float(np.ptp(centres))

    def moved(shift: float, faster: float) -> Alignment:
        speed = line.speed + faster
        return Alignment(line.original_at(middle) + shift - speed * middle, speed)

    def merit(shift: float, faster: float) -> float:
        return float(np.nan_to_num(along(clip, original, moved(shift, faster), centres)[0]).sum())

    def climbed(
        at: tuple[float, float], turns: tuple[int, ...]
    ) -> tuple[float, tuple[float, float]]:
        best, step_s = merit(*at), 0.16
        while step_s >= 0.005:
            tried = [
                (at[0] + i * step_s, at[1] + j * step_s / span) for i in (-1, 0, 1) for j in turns
            ]
            merits = [merit(*each) for each in tried]
            if max(merits) > best:
                best, at = max(merits), tried[int(np.argmax(merits))]
            else:
                step_s /= 2
        return best, at

    if span < least_span_s or span == 0.0:
        return moved(*climbed((0.0, 0.0), (0,))[1])
    best, at = climbed((0.0, 0.0), (-1, 0, 1))
    for speed in dict.fromkeys((*heard, *STANDARD_SPEEDS)):
        if abs(line.speed + at[1] - speed) * span > NEARBY_S:
            continue
        as_good, there = climbed((at[0], speed - line.speed), (0,))
        if as_good >= best - SIMPLER * len(centres):
            return moved(*there)
    return moved(*at)


def along(
    clip: Motion, original: Motion, line: Alignment, centres: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(correlation, movement of the original) in windows of WINDOW_S around each centre; shape of centres.

    NaN where the line leaves the original. Movement is in grey levels, as `features.motion.movement`.
    """
    # Signatures of speeds within half a percent of each other are alike; their places are not.
    speed = round(line.speed, 2)
    start_s, rows = clip.at_speed(speed)
    if len(rows) < 2 or len(original.rows) < 2:
        return np.full(len(centres), np.nan), np.full(len(centres), np.nan)
    clock = start_s + STEP_S * np.arange(len(rows))
    place = (line.offset_s + line.speed / speed * clock - original.start_s) / STEP_S
    inside = (place >= 0) & (place <= len(original.rows) - 1)
    before = np.clip(np.floor(place).astype(int), 0, len(original.rows) - 2)
    share = np.clip(place - before, 0, 1)[:, None].astype(np.float32)
    there = original.rows[before] * (1 - share) + original.rows[before + 1] * share
    movement = (
        original.movement[before] * (1 - share[:, 0]) + original.movement[before + 1] * share[:, 0]
    )
    half = WINDOW_S * speed / 2
    middle = centres * speed
    # Interpolating between rows loses a little energy; the clip's own rows keep theirs.
    together, own, other, moved, present, shown = _between(
        clock,
        np.array(
            [
                np.where(inside, np.einsum("ij,ij->i", rows, there), 0.0),
                np.where(inside, np.einsum("ij,ij->i", rows, rows), 0.0),
                np.where(inside, np.einsum("ij,ij->i", there, there), 0.0),
                np.where(inside, movement**2, 0.0),
                inside,
                np.ones(len(clock)),
            ]
        ),
        middle - half,
        middle + half,
    )
    count = np.maximum(present, 1e-6)
    floor = FLOOR * count
    correlation = together / np.sqrt((own + floor) * (other + floor))
    movement_there = np.sqrt(np.maximum(moved, 0.0) / count)  # differences of sums: -1e-17 for none
    # Of what the clip has in the window: its own ends are not ends of the original.
    enough = (shown > 0) & (present >= 0.5 * shown)
    return np.where(enough, correlation, np.nan), np.where(enough, movement_there, np.nan)


def _between(
    clock: np.ndarray, values: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Sums of values (..., n) between two times, rows counted by their share; shape (..., len(low))."""
    summed = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, out=summed[..., 1:])

    def until(times: np.ndarray) -> np.ndarray:
        place = np.clip((times - clock[0]) / STEP_S + 0.5, 0.0, values.shape[-1])
        before = np.minimum(place.astype(int), values.shape[-1] - 1)
        share = place - before
        return np.asarray(summed[..., before] * (1 - share) + summed[..., before + 1] * share)

    return np.asarray(until(high) - until(low))


def own_movement(clip: Motion, centres: np.ndarray) -> np.ndarray:
    """Movement of the clip in grey levels in windows of WINDOW_S around each centre."""
    if not len(clip.rows):
        return np.zeros(len(centres))
    clock = clip.start_s + STEP_S * np.arange(len(clip.rows))
    power, count = _between(
        clock,
        np.array([clip.movement**2, np.ones(len(clip.rows))]),
        centres - WINDOW_S / 2,
        centres + WINDOW_S / 2,
    )
    return np.asarray(np.sqrt(power / np.maximum(count, 1.0)))


def decoys(
    line: Alignment, clip_s: float, original_s: float, most: int = 24
) -> tuple[Alignment, ...]:
    """The same line moved to other moments of the original, at least 3 s away: where it must find nothing.

    Evenly spread, without chance, so that a second run has the same null. Empty when the original has no
    other moments.
    """
    low, high = -line.speed * clip_s * 0.5, original_s - line.speed * clip_s * 0.5
    offsets = np.linspace(low, high, 4 * most)
    offsets = offsets[np.abs(offsets - line.offset_s) >= 3.0]
    if len(offsets) > most:
        offsets = offsets[np.linspace(0, len(offsets) - 1, most).round().astype(int)]
    return tuple(Alignment(float(offset), line.speed) for offset in offsets)
