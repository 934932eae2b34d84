"""Which lines of time do the clip's mel bands suggest? A search over hours, at every speed, that is cheap and rough.

Mel bands cannot tell a recording from the same words spoken again; what is proposed here, sound.py proves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mediacheck.align.correlate import Haystack, Peak, cluster, parabola_offset, peaks
from mediacheck.features.spectrum import MEL_STEP_S
from mediacheck.model import Alignment

CHUNK_S = 8.0
SHORT_CHUNK_S = 2.4
FLOOR = 24 * 0.08**2  # squared log10 power over 24 bands: what silence with codec noise shows
SPEEDS = (
    1.0,
    *(float(s) for s in np.round(np.exp(0.02 * np.arange(-35, 36)), 4) if s != 1),
)
MOST_CHUNKS = 24
MOST_LINES = 8
MOST_SPEED_LINES = 4
SHORT_S = 8.0  # of clip: too few chunks to vote for a speed, and cheap enough to try them
WORTH_A_SPEED = 8.0  # weight of a line: chance gives 0 to 2, a tempo that was changed 11 and more
LEAST_SLOPE_S = 0.75  # that lags must span to tell a slope: 3 ms in it are half a percent


def propose(clip_rows: np.ndarray, original_rows: np.ndarray) -> list[Alignment]:
    """Lines that the mel bands suggest at unchanged speed, best first."""
    found = search(clip_rows, original_rows, (1.0,), CHUNK_S)
    found += search(clip_rows, original_rows, (1.0,), SHORT_CHUNK_S)
    return [line for line, _ in sorted(found, key=lambda pair: -pair[1])][: 2 * MOST_LINES]


def propose_speeds(clip_rows: np.ndarray, original_rows: np.ndarray) -> list[Alignment]:
    """Lines that the mel bands suggest at any speed from half to double, best first."""
    fast = search(clip_rows, original_rows, SPEEDS[1:], CHUNK_S)
    if len(clip_rows) * MEL_STEP_S <= SHORT_S:
        return [line for line, _ in fast]
    worth = [line for line, weight in fast[:MOST_SPEED_LINES] if weight >= WORTH_A_SPEED]
    return [refined(clip_rows, original_rows, line) for line in worth]


def search(
    clip_rows: np.ndarray, original_rows: np.ndarray, speeds: Sequence[float], chunk_s: float
) -> list[tuple[Alignment, float]]:
    """Alignments that chunks of the clip's mel rows vote for, with their weight, best first."""
    chunk = round(chunk_s / MEL_STEP_S)
    if len(original_rows) < 8 or len(clip_rows) < 8:
        return []
    chunk = min(chunk, max(8, round(len(clip_rows) * min(speeds))))
    haystack = Haystack(original_rows, chunk, FLOOR)
    lines: list[tuple[Alignment, float]] = []
    for speed in speeds:
        rows = clip_rows if speed == 1.0 else _stretched(clip_rows, speed)
        found = _peaks_of(rows, haystack, chunk, speed)
        lines += cluster(found, speed, 0.15, MOST_LINES)
    return sorted(lines, key=lambda line: -line[1])[: 2 * MOST_LINES]


def _stretched(rows: np.ndarray, speed: float) -> np.ndarray:
    """Rows of the clip on the original's clock, linearly interpolated."""
    count = int(len(rows) * speed)
    at = np.clip((np.arange(count) + 0.5) / speed - 0.5, 0, len(rows) - 1.000001)
    before = np.floor(at).astype(int)
    share = (at - before)[:, None].astype(np.float32)
    return np.asarray(
        rows[before] * (1 - share) + rows[np.minimum(before + 1, len(rows) - 1)] * share
    )


def _peaks_of(rows: np.ndarray, haystack: Haystack, chunk: int, speed: float) -> list[Peak]:
    if len(rows) < chunk:
        rows = np.pad(rows, ((0, chunk - len(rows)), (0, 0)))
    wanted = min(MOST_CHUNKS, max(1, 2 * (len(rows) - chunk) // chunk + 1) + (len(rows) > chunk))
    starts = np.unique(np.linspace(0, len(rows) - chunk, wanted).astype(int))
    found = []
    for batch in range(0, len(starts), 8):
        some = starts[batch : batch + 8]
        scores = haystack.scores(np.stack([rows[start : start + chunk] for start in some]))
        for start, line in zip(some, scores, strict=True):
            for column, score, z in peaks(line, round(0.5 / MEL_STEP_S), 3):
                row = haystack.row_of(column) + parabola_offset(line, column)
                found.append(Peak(start * MEL_STEP_S / speed, row * MEL_STEP_S, score, z))
    return found


def refined(
    clip_rows: np.ndarray, original_rows: np.ndarray, line: Alignment, reach_s: float = 0.6
) -> Alignment:
    """Offset and speed of a line fitted to mel rows in windows of 2.4 s, where at least six of them agree."""
    rows = clip_rows if line.speed == 1.0 else _stretched(clip_rows, line.speed)
    window, hop = round(2.4 / MEL_STEP_S), round(0.8 / MEL_STEP_S)
    reach = round(reach_s / MEL_STEP_S)
    at, lag = [], []
    for begin in range(0, len(rows) - window + 1, hop):
        first = begin + line.offset_s / MEL_STEP_S
        low = round(first) - reach
        if low < 0 or low + window + 2 * reach > len(original_rows):
            continue
        needle = rows[begin : begin + window]
        own = float((needle**2).sum()) + FLOOR * window
        scores = np.empty(2 * reach + 1)
        for step in range(2 * reach + 1):
            there = original_rows[low + step : low + step + window]
            scores[step] = (needle * there).sum() / np.sqrt(
                own * ((there**2).sum() + FLOOR * window)
            )
        best = int(scores.argmax())
        if scores[best] > 0.5 and 0 < best < 2 * reach:
            at.append((begin + window / 2) * MEL_STEP_S / line.speed)
            lag.append((low + best + parabola_offset(scores, best) - first) * MEL_STEP_S)
    return fitted(line, np.array(at), np.array(lag), least=6)


def fitted(line: Alignment, at: np.ndarray, lag: np.ndarray, least: int) -> Alignment:
    """The line moved by a straight fit to lags (original seconds, positive = later in the original).

    Lags that most others contradict are dropped. With fewer than `least` left the line stays as it is; with
    a spread of less than LEAST_SLOPE_S in time only the offset moves.
    """
    if len(at) < least:
        return line
    keep = np.abs(lag - np.median(lag)) < max(
        0.01, 3 * float(np.median(np.abs(lag - np.median(lag))))
    )
    slope, level = 0.0, 0.0
    for _ in range(3):
        if keep.sum() < least:
            return line
        if np.ptp(at[keep]) >= LEAST_SLOPE_S:
            slope, level = np.polyfit(at[keep], lag[keep], 1)
        else:
            slope, level = 0.0, float(np.mean(lag[keep]))
        left = np.abs(lag - (level + slope * at))
        keep = left <= max(0.002, 3 * float(np.median(left[keep])))
    return Alignment(line.offset_s + float(level), line.speed + float(slope))
