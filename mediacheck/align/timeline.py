"""From series along lines to states along time: what the picture shows, where the sound comes from.

Pure arithmetic on stored numbers, so that another calibration can judge them again without media. A state is never
decided window by window: evidence is added up along a line, and leaving a line has a price (Viterbi 1967).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from mediacheck.model import Alignment, Null, Span

Limits = Mapping[str, float]
NOWHERE = -1
GEOMETRIES, SPEEDS_TRIED = 20, 70  # that the search for a line goes through at most
LEAST_FRAMES = 3  # of a run, to say by their middle whether it is astray: a second
OVERHANG_S = (
    0.1  # by which a line may leave the original unnoticed: containers state durations no better
)


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


def parted(line: Alignment, clip: Span, original_end: float) -> list[tuple[Span, bool]]:
    """A stretch of the clip in pieces, each with whether the line lies within the original there.

    A line may run on where there is no original left to compare; those seconds are nobody's copy. Pieces of less
    than OVERHANG_S outside stay with their neighbour.
    """
    enters, leaves = -line.offset_s / line.speed, (original_end - line.offset_s) / line.speed
    start = enters if enters - clip.start >= OVERHANG_S else clip.start
    end = leaves if clip.end - leaves >= OVERHANG_S else clip.end
    start, end = round(min(start, clip.end), 3), round(max(end, clip.start), 3)
    if start >= end:
        return [(clip, False)]
    pieces = [(clip.start, start, False), (start, end, True), (end, clip.end, False)]
    return [(Span(first, last), inside) for first, last, inside in pieces if first < last]


@dataclass(frozen=True, slots=True)
class MotionTrack:
    """One line's picture series; NaN where the line leaves the original. differences: one a frame, see looks.py.

    astray: logarithm of how much more than from the likest other moment of the original a frame differs from its place
    on the line, at astray_times; below 0 on a line that is true.
    """

    line: Alignment
    motion: np.ndarray
    original_movement: np.ndarray
    hash_times: np.ndarray
    hash_bits: np.ndarray
    differences: np.ndarray
    null: Null | None
    astray_times: np.ndarray = field(default_factory=lambda: np.empty(0))
    astray: np.ndarray = field(default_factory=lambda: np.empty(0))


def picture_path(
    centres: np.ndarray,
    movement: np.ndarray,
    tracks: Sequence[MotionTrack],
    decoys: Sequence[MotionTrack],
    original_end: float,
    limits: Limits,
    heard: Sequence[tuple[Span, int]] = (),
) -> np.ndarray:
    """On which track each window of the picture lies. heard: where the sound lies on tracks[index].

    Evidence is the log-likelihood ratio of two normal distributions: the line's own (its strong windows)
    against what the pair gives elsewhere. Windows in which the clip hardly moves count by their movement
    squared: they can neither confirm nor refute. Frames of another scene refute even where nothing moves.
    A run must stand out from whatever the same search and the same path found for the decoys, and more so where its
    frames are liker other moments than its own and no sound confirms it.
    """
    if not tracks or not len(movement):
        return np.full(len(movement), NOWHERE)
    evidence = np.stack(
        [
            _unlike(centres, track, _motion_evidence(movement, track, limits), limits)
            for track in tracks
        ]
    )
    path = _without_excursions(best_path(evidence, limits["picture_jump_price"]), tracks, limits)
    found = _decoy_runs(movement, decoys, limits)
    for run in runs(path):
        if run.line == NOWHERE:
            continue
        track = tracks[run.line]
        strength, mean = run_strength(track, run, limits), _mean_motion(track, run)
        like_decoy = any(
            strength < limits["picture_decoy_margin"] * decoy_strength
            and mean < limits["picture_decoy_margin"] * decoy_mean
            for decoy_strength, decoy_mean in found
        )
        seconds = run.count * float(centres[1] - centres[0]) if len(centres) > 1 else 0.0
        weak = strength < chance_strength(track.line, original_end, limits)
        least = least_motion(seconds, limits)
        if not _confirmed(centres, run, heard):
            least += _price_of_astray(centres, track, run, limits)
        if like_decoy or weak or mean < least:
            path[run.windows] = NOWHERE
    return _without_odd_speeds(path, tracks, limits)


def least_motion(seconds: float, limits: Limits) -> float:
    """Mean correlation that a run of that length must reach.

    Within hours of one set some two seconds resemble any two seconds; half a minute resembles nothing else.
    """
    floor = limits["picture_floor"] - limits["picture_floor_per_s"] * seconds
    return max(limits["picture_floor_least"], floor)


def _confirmed(centres: np.ndarray, run: Run, heard: Sequence[tuple[Span, int]]) -> bool:
    """Whether the sound lies on the run's line for most of it."""
    at = centres[run.windows]
    on = [(at >= span.start) & (at < span.end) for span, line in heard if line == run.line]
    return bool(np.any(on, axis=0).mean() > 0.5) if on else False


def _price_of_astray(centres: np.ndarray, track: MotionTrack, run: Run, limits: Limits) -> float:
    """By how much better a run must correlate whose frames are liker other moments than those that the line says.

    Motion agrees by chance, or because people walk, nod and wave alike; frames of a copy are likest at their place,
    as far as registration lets them be compared.
    """
    start, end = centres[run.first], centres[run.last - 1]
    inside = (track.astray_times >= start) & (track.astray_times <= end)
    known = track.astray[inside & np.isfinite(track.astray)]
    if len(known) < LEAST_FRAMES:
        return 0.0
    beyond = float(np.median(known)) - limits["picture_astray"]
    return limits["picture_astray_price"] * max(0.0, beyond)


def _mean_motion(track: MotionTrack, run: Run) -> float:
    inside = track.motion[run.windows]
    inside = inside[np.isfinite(inside)]
    return float(inside.mean()) if len(inside) else 0.0


def _without_odd_speeds(
    path: np.ndarray, tracks: Sequence[MotionTrack], limits: Limits
) -> np.ndarray:
    """The path without runs at a changed speed that the clip does not keep for most of its matched time.

    A search over seventy speeds finds one for any few seconds.
    """
    path = path.copy()
    speeds = np.array([track.line.speed for track in tracks] + [np.nan])[path]
    for line in set(path[path != NOWHERE].tolist()):
        speed = tracks[line].line.speed
        if abs(speed - 1.0) <= limits["odd_speed"]:
            continue
        alike = float((np.abs(speeds - speed) <= 0.01).sum())
        if alike < limits["odd_speed_share"] * len(path):
            path[path == line] = NOWHERE
    return path


def _decoy_runs(
    movement: np.ndarray, decoys: Sequence[MotionTrack], limits: Limits
) -> list[tuple[float, float]]:
    """(strength, mean correlation) of every run of the decoys. Their movement is the clip's, backwards."""
    if not decoys:
        return []
    evidence = np.stack([_motion_evidence(movement[::-1], track, limits) for track in decoys])
    return [
        (run_strength(decoys[run.line], run, limits), _mean_motion(decoys[run.line], run))
        for run in runs(best_path(evidence, limits["picture_jump_price"]))
        if run.line != NOWHERE
    ]


def _motion_evidence(movement: np.ndarray, track: MotionTrack, limits: Limits) -> np.ndarray:
    mean, spread = _null(track.null, limits)
    strong = track.motion[np.isfinite(track.motion) & (track.motion > mean + 2.5 * spread)]
    expected = float(np.median(strong)) if len(strong) >= 5 else limits["picture_expected_motion"]
    effect = float(np.clip((expected - mean) / spread, 1.0, 4.0))
    z = (np.nan_to_num(track.motion) - mean) / spread
    ratio = np.clip(effect * z - effect**2 / 2, -4.0, 4.0) / limits["picture_dependent_windows"]
    weight = np.clip(movement / limits["picture_moving_levels"], 0.0, 1.0) ** 2
    return np.where(np.isfinite(track.motion), ratio * weight, -1.0)


def _unlike(
    centres: np.ndarray, track: MotionTrack, evidence: np.ndarray, limits: Limits
) -> np.ndarray:
    """The evidence with half a unit against every window that motion leaves open and whose registered frames
    show another scene. Near hashes say nothing for it: they are near at every moment of a scene.
    """
    known = np.isfinite(track.hash_bits)
    if not known.any():
        return evidence
    times, bits = track.hash_times[known], track.hash_bits[known]
    after = np.minimum(np.searchsorted(times, centres), len(times) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(centres - times[before] <= times[after] - centres, before, after)
    other = bits[nearest] >= limits["other_scene_bits"]
    return np.where(other & (evidence <= 0.2), np.minimum(evidence, -0.5), evidence)


def _null(null: Null | None, limits: Limits) -> tuple[float, float]:
    if null is None or null.n < 50:
        return 0.0, limits["picture_usual_spread"]
    return null.mean, max(null.spread, 0.03)


def _without_excursions(
    path: np.ndarray, tracks: Sequence[MotionTrack], limits: Limits
) -> np.ndarray:
    """The path without jumps that the line before or after explains nearly as well.

    Of thousands of lags some resembles any two seconds by chance; a jump only counts where staying is
    contradicted: by the difference of the means in standard errors.
    """
    path = path.copy()
    for _ in range(3):
        found = list(runs(path))
        for number, run in enumerate(found):
            beside = [
                other
                for other in (found[n] for n in (number - 1, number + 1) if 0 <= n < len(found))
                if NOWHERE not in (other.line, run.line) and other.count > run.count
            ]
            fits = [contradiction(tracks[run.line], tracks[o.line], run, limits) for o in beside]
            if fits and min(fits) < limits["picture_contradiction"]:
                path[run.windows] = beside[int(np.argmin(fits))].line
    return path


def contradiction(own: MotionTrack, other: MotionTrack, run: Run, limits: Limits) -> float:
    """How much better a run fits its own line than another, in standard errors of the difference."""
    difference = np.nan_to_num(own.motion[run.windows]) - np.nan_to_num(other.motion[run.windows])
    spread = np.hypot(_null(own.null, limits)[1], _null(other.null, limits)[1])
    independent = max(1.0, run.count / limits["picture_dependent_windows"])
    return float(difference.mean() / spread * np.sqrt(independent))


def chance_strength(line: Alignment, original_end: float, limits: Limits) -> float:
    """What the best of all hypotheses that were searched reaches by chance, in standard errors.

    The maximum of n normal draws lies near sqrt(2 ln n); n counts lags of 0.1 s, geometries and, for a line that
    does not run at unchanged speed, speeds. Motion goes on for longer than the windows that are taken as
    independent: the calibrated factor makes up for it.
    """
    trials = max(10.0, original_end / 0.1) * GEOMETRIES
    if abs(line.speed - 1.0) > 0.02:
        trials *= SPEEDS_TRIED
    return float(limits["picture_chance_factor"] * np.sqrt(2 * np.log(trials)))


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
    agreement: np.ndarray | None = None  # two moments to each window of the grid
    chance: Null | None = None
    presence_summed: np.ndarray | None = None
    null_summed: Null | None = None
    level_under: np.ndarray | None = None
    tones: np.ndarray | None = None


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
