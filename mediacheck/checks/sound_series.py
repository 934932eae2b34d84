"""What is measured of the clip's sound along one line: the series that its states are found from.

Each statistic of a line with its null: the same at other moments of the original, and with the clip's windows run
backwards. Everything is told on the clip's grid of GRID_S.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from mediacheck.align.buried import level_under, summed_presence
from mediacheck.align.following import following
from mediacheck.align.mixture import mixture, straight
from mediacheck.align.presence import EXACT_S, presence
from mediacheck.align.sound import SoundAlignment
from mediacheck.align.tones import held_tones
from mediacheck.checks.base import null_of, series
from mediacheck.evidence import Evidence
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment, Null, Series
from mediacheck.speech.activity import STEP_S, speech_probability

NAME = "sound"  # the check that these series belong to
GRID_S = 0.1
LONG_WINDOW_S = 2.0
BACKWARDS_EVERY = 2
NULL_EVERY = 5  # windows of 0.4 s a tenth apart overlap; every fifth is new
NULL_SHIFTS_S = (-31.0, -23.0, -17.0, -11.0, -7.0, -4.0, 4.0, 7.0, 11.0, 17.0, 23.0, 31.0)
TOLD_EVERY = 5  # of the grid: sums over 6 s are told twice a second
SUMMED_SHIFTS_S = (-7.0, 7.0)  # each costs as much as all of the clip

Found = Callable[[Alignment, np.ndarray, bool], np.ndarray]
Named = tuple[str, str, np.ndarray, int, Null | None]


def along(
    evidence: Evidence,
    aligned: SoundAlignment,
    line: Alignment,
    reach_s: float,
    grid: np.ndarray,
    original_level: np.ndarray,
    number: int,
) -> list[Series]:
    """The series of one line, their ids counted from number.

    reach_s: EXACT_S for a line of the sound itself, along which the clip is split into what the original explains
    and what is left; more for one that only the picture suggests. original_level: per GRID_S.
    """
    original = evidence.sounds[1].samples
    clock = aligned.on_clock(line)
    centres = grid * aligned.speed
    there = line.offset_s + line.speed * grid
    named = [
        *_presence(aligned, original, clock, reach_s, centres),
        ("original_level", "dB", _steps_at(original_level, there), 1, None),
        (
            "original_speech",
            "probability",
            probability_at(evidence.original_speech, there),
            2,
            None,
        ),
    ]
    if reach_s != EXACT_S:
        # What is not known to be the original's may hold tones as it stands.
        tones = held_tones(aligned.samples, original, clock, centres)
        named.append(("tones", "held at once", tones, 2, None))
        return _numbered(named, number, grid, line)
    moments = GRID_S / 2 * (np.arange(2 * len(grid)) + 0.5)
    begun = straight(aligned.samples, original, clock, centres)
    mixed = mixture(aligned.samples, original, begun, centres, moments * aligned.speed)
    residual_speech = speech_probability(mixed.residual)
    named += [
        ("cleanliness", "coherence", mixed.cleanliness, 3, None),
        ("residual", "dB over the original", mixed.residual_db, 1, None),
        ("residual_speech", "probability", probability_at(residual_speech, centres), 2, None),
        (
            *("residual_follows", "correlation"),
            *(following(mixed.residual, original, clock, centres), 2, None),
        ),
        ("tones", "held at once", held_tones(mixed.residual, original, clock, centres), 2, None),
    ]
    taken = _numbered(named, number, grid, line)
    last = series(NAME, number + len(taken), "agreement", "correlation", moments, mixed.agreement)
    return [*taken, replace(last, null=null_of(mixed.chance), alignment=line)]


def _presence(
    aligned: SoundAlignment,
    original: np.ndarray,
    clock: Alignment,
    reach_s: float,
    centres: np.ndarray,
) -> list[Named]:
    """Presence over 0.4 s, over 2 s and summed over 6 s, and how loud the original is under all else."""
    clip, unit = aligned.samples, "peak over median"

    def short(line: Alignment, at: np.ndarray, backwards: bool = False) -> np.ndarray:
        return presence(clip, original, line, at, reach_s, backwards=backwards).ratio

    def long(line: Alignment, at: np.ndarray, backwards: bool = False) -> np.ndarray:
        return presence(clip, original, line, at, reach_s, LONG_WINDOW_S, backwards).ratio

    def summed(line: Alignment, at: np.ndarray, backwards: bool = False) -> np.ndarray:
        return summed_presence(clip, original, line, at, reach_s, backwards).ratio

    every_other, fourth, told = centres[::2], centres[::4], centres[::TOLD_EVERY]
    deep = summed_presence(clip, original, clock, centres, reach_s)
    lag_s = float(np.median(deep.lag_s[deep.ratio >= np.percentile(deep.ratio, 75)]))
    exact = Alignment(clock.offset_s - lag_s, clock.speed)
    end = len(original) / RATE
    nulls = (
        _null(short, clock, centres[::NULL_EVERY], centres[::BACKWARDS_EVERY], end),
        _null(long, clock, fourth[::NULL_EVERY], fourth[::BACKWARDS_EVERY], end),
        _null(summed, clock, told, told, end, SUMMED_SHIFTS_S),
    )
    over_2s = np.interp(centres, every_other, long(clock, every_other))
    return [
        ("presence", unit, short(clock, centres), 1, nulls[0]),
        ("presence_long", unit, over_2s, 1, nulls[1]),
        ("presence_summed", unit, deep.ratio, 1, nulls[2]),
        ("level_under", "dB over all else", level_under(clip, original, exact, centres), 1, None),
    ]


def _numbered(
    named: Sequence[Named], number: int, grid: np.ndarray, line: Alignment
) -> list[Series]:
    return [
        series(NAME, number + i, name, unit, grid, values, digits=digits, null=null, alignment=line)
        for i, (name, unit, values, digits, null) in enumerate(named)
    ]


def _null(
    found: Found,
    clock: Alignment,
    some: np.ndarray,
    back: np.ndarray,
    end: float,
    shifts_s: tuple[float, ...] = NULL_SHIFTS_S,
) -> Null | None:
    """What a statistic gives around some centres at other moments, and around others with the clip run backwards.

    A short original has few other moments; the clip run backwards is a decoy at any length. end: of the original.
    """
    drawn = [found(clock, back, True)]
    for shift in shifts_s:
        moved = Alignment(clock.offset_s + shift, clock.speed)
        inside = some[(moved.offset_s + some > 1.0) & (moved.offset_s + some < end - 1.0)]
        if len(inside):
            drawn.append(found(moved, inside, False))
    ratios = np.concatenate([*drawn[1:], drawn[0]])
    return null_of(ratios[ratios > 0], 2)


def probability_at(probability: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Speech probability on another grid; 0 outside the file."""
    clock = (np.arange(len(probability)) + 0.5) * STEP_S
    if not len(clock):
        return np.zeros(len(times_s))
    return np.asarray(np.interp(times_s, clock, probability, left=0.0, right=0.0))


def _steps_at(level: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Level in dB at times; NaN outside the file."""
    index = np.floor(times_s / GRID_S).astype(int)
    inside = (index >= 0) & (index < len(level))
    return np.where(inside, level[np.clip(index, 0, max(0, len(level) - 1))], np.nan)
