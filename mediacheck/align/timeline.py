"""From series along lines to states along time: what the picture shows, where the sound comes from.

Pure arithmetic on stored numbers, so that another calibration can judge them again without media. A state is never
decided window by window: evidence is added up along a line, and leaving a line has a price (Viterbi 1967).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mediacheck.model import Alignment, Null

Limits = Mapping[str, float]
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Run:
    """Windows [first, last) that lie on lines[line], or on none (NOWHERE)."""

    first: int
    last: int
    line: int

    @property
    def windows(self) -> slice:
        return slice(self.first, self.last)

    @property
    def count(self) -> int:
        return self.last - self.first


def best_path(evidence: np.ndarray, price: float) -> np.ndarray:
    """The line that each window lies on, NOWHERE included, for the largest sum of evidence.

    evidence: (lines, windows), positive for, negative against, 0 silent; lying on no line gives 0. price:
    what every change costs.
    """
    lines, count = evidence.shape
    scores = np.vstack([np.zeros(count), evidence])
    total = scores[:, 0].copy()
    came_from = np.zeros((lines + 1, count), int)
    for i in range(1, count):
        best = int(total.argmax())
        stay = total >= total[best] - price
        came_from[:, i] = np.where(stay, np.arange(lines + 1), best)
        total = np.where(stay, total, total[best] - price) + scores[:, i]
    path = np.empty(count, int)
    path[-1] = int(total.argmax())
    for i in range(count - 1, 0, -1):
        path[i - 1] = came_from[path[i], i]
    return path - 1


def runs(path: np.ndarray) -> Iterator[Run]:
    """Equal neighbours joined, in order."""
    if not len(path):
        return
    borders = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    for first, last in pairwise(borders):
        yield Run(first, last, int(path[first]))


@dataclass(frozen=True, slots=True)
class MotionTrack:
    """One line's picture series on the grid; NaN where the line leaves the original."""

    line: Alignment
    motion: np.ndarray
    original_movement: np.ndarray
    hash_times: np.ndarray
    hash_bits: np.ndarray
    null: Null | None


def picture_path(movement: np.ndarray, tracks: Sequence[MotionTrack], limits: Limits) -> np.ndarray:
    """On which track each window of the picture lies.

    Evidence is the log-likelihood ratio of two normal distributions: the line's own (its strong windows)
    against what the pair gives elsewhere. Windows in which the clip hardly moves count by their movement
    squared: they can neither confirm nor refute.
    """
    if not tracks or not len(movement):
        return np.full(len(movement), NOWHERE)
    evidence = np.stack([_motion_evidence(movement, track, limits) for track in tracks])
    path = best_path(evidence, limits["picture_jump_price"])
    for run in runs(path):
        if (
            run.line != NOWHERE
            and run_strength(tracks[run.line], run, limits) < limits["picture_least_strength"]
        ):
            path[run.windows] = NOWHERE
    return path


def _motion_evidence(movement: np.ndarray, track: MotionTrack, limits: Limits) -> np.ndarray:
    mean, spread = _null(track.null, limits)
    strong = track.motion[np.isfinite(track.motion) & (track.motion > mean + 2.5 * spread)]
    expected = float(np.median(strong)) if len(strong) >= 5 else limits["picture_expected_motion"]
    effect = float(np.clip((expected - mean) / spread, 1.0, 4.0))
    z = (np.nan_to_num(track.motion) - mean) / spread
    ratio = np.clip(effect * z - effect**2 / 2, -4.0, 4.0) / limits["picture_dependent_windows"]
    weight = np.clip(movement / limits["picture_moving_levels"], 0.0, 1.0) ** 2
    return np.where(np.isfinite(track.motion), ratio * weight, -1.0)


def _null(null: Null | None, limits: Limits) -> tuple[float, float]:
    if null is None or null.n < 50:
        return 0.0, limits["picture_usual_spread"]
    return null.mean, max(null.spread, 0.03)


def run_strength(track: MotionTrack, run: Run, limits: Limits) -> float:
    """How far the run's mean correlation stands above the null, in standard errors of such a mean."""
    mean, spread = _null(track.null, limits)
    inside = track.motion[run.windows]
    inside = inside[np.isfinite(inside)]
    if not len(inside):
        return 0.0
    independent = max(1.0, len(inside) / limits["picture_dependent_windows"])
    return float((inside.mean() - mean) / spread * np.sqrt(independent))


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """One line's sound series on the grid; what was only taken for lines found by sound may be None."""

    line: Alignment
    presence: np.ndarray
    presence_long: np.ndarray
    original_level: np.ndarray
    original_speech: np.ndarray
    null: Null | None
    null_long: Null | None
    cleanliness: np.ndarray | None
    residual: np.ndarray | None
    residual_speech: np.ndarray | None
    residual_follows: np.ndarray | None


def sound_path(
    level: np.ndarray, tracks: Sequence[SoundTrack], loud: tuple[float, float], limits: Limits
) -> np.ndarray:
    """On which track each window of the sound lies.

    loud: level of the loud moments of clip and original in dB. Evidence as for the picture, on the logarithm
    of presence; windows count by how far both sounds stand above silence, because between words there is
    little to recognise.
    """
    if not tracks or not len(level):
        return np.full(len(level), NOWHERE)
    evidence = np.stack([_presence_evidence(level, track, loud, limits) for track in tracks])
    return best_path(evidence, limits["sound_jump_price"])


def _presence_evidence(
    level: np.ndarray, track: SoundTrack, loud: tuple[float, float], limits: Limits
) -> np.ndarray:
    mean, spread = log_null(track.null, limits)
    logs = np.log(np.maximum(np.nan_to_num(track.presence), 1.0))
    strong = logs[logs > mean + 3.0 * spread]
    expected = (
        float(np.median(strong)) if len(strong) >= 10 else np.log(limits["sound_expected_presence"])
    )
    own_spread = limits["sound_presence_spread"]
    for_it = -0.5 * ((np.minimum(logs, expected) - expected) / own_spread) ** 2 - np.log(own_spread)
    against = -0.5 * ((np.maximum(logs, mean) - mean) / spread) ** 2 - np.log(spread)
    ratio = np.clip(for_it - against, -2.5, 4.0) / limits["sound_dependent_windows"]
    return np.asarray(
        np.where(
            np.isfinite(track.original_level), ratio * audible(level, track, loud, limits), -1.0
        )
    )


def log_null(null: Null | None, limits: Limits) -> tuple[float, float]:
    """(mean, spread) of the logarithm of presence where it must find nothing: a log-normal of the same moments."""
    if null is None or null.n < 20:
        return float(np.log(limits["sound_usual_null"])), 0.3
    variance = float(np.log(1 + (null.spread / null.mean) ** 2))
    return float(np.log(null.mean)) - variance / 2, max(0.15, variance**0.5)


def audible(
    level: np.ndarray, track: SoundTrack, loud: tuple[float, float], limits: Limits
) -> np.ndarray:
    """0.15 to 1: how far both sounds stand above silence; exactly 0 where either is digital silence."""
    depth = limits["sound_depth_db"]
    there = np.nan_to_num(track.original_level, nan=-120.0)
    own = (level - (loud[0] - depth)) / (0.5 * depth)
    other = (there - (loud[1] - depth)) / (0.5 * depth)
    weight = np.clip(np.minimum(own, other), 0.15, 1.0)
    silent = (level < limits["silence_db"]) | (there < limits["silence_db"])
    return np.asarray(np.where(silent, 0.0, weight))
