"""Where in the original does the clip's sound come from? Lines of time, found without the picture.

Mel bands propose (sound_search.py), whitened correlation makes exact (sound_proof.py): see presence.py for why only
the latter can tell a recording from the same words spoken again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mediacheck.align.lines import CONVERSION_SPEEDS
from mediacheck.align.pitch import pitch_shift
from mediacheck.align.presence import SEARCH_S
from mediacheck.align.sound_proof import (
    LEAST_PROOFS,
    PROOF_WINDOW_S,
    exact,
    least_proofs,
    step_s,
    stepped,
)
from mediacheck.align.sound_search import MOST_LINES, SHORT_S, propose, propose_speeds
from mediacheck.features.spectrum import RATE, mel_rows
from mediacheck.features.stretch import resampled, stretched
from mediacheck.model import Alignment

MOST_SPEEDS = 5  # each costs two stretches of the whole sound
MOST_SPEEDS_IF_SHORT = 12
GUESSED = 0.4  # share of the windows that one of so many tried speeds must explain
LIKELY = 0.5  # of the logarithm of presence over PROOF, on average: of speeds tried in vain up to 0.3, of true ones 0.8
CLIMB = 0.004  # first step of the speed: beyond 1 % nothing is found at all
TURNED_S = (
    0.25  # by which the clip's ends may move when a line's speed is replaced by another to be tried
)
FITS = 5  # stretches until speed and fit agree: with the pitch following, 1 % off leaves a tenth of the presence
EXPLAINED = 0.6  # share of windows that need no other explanation
ALL = 0.95  # of the windows: the rest are borders and pauses
STRAIGHT = 0.004  # difference of speeds that windows of a second forgive
SLOPE = 0.001  # of the speed: 10 ms in 10 s, more than lags err
CLEARLY = 0.7  # mean logarithm of presence over PROOF: at the wrong speed 0.1 to 0.3, at the right one 1 to 2
CLEARLY_STEPPED = 1.5  # of several lines: true steps 2 and more, pieces of a slope up to 1
STRONGER = 1.5  # sum of that over which another speed explains as many windows better
REPEATED = 0.9  # of the windows that the best line explains: a second copy of the same sound explains as many
PITCH_TRIALS = 3
LEAST_SEMITONES = 0.25
LEAST_PITCH_SCORE = (
    0.2  # true shifts of 1 to 3 semitones: 0.61 to 0.76; the same words dubbed: 0.02 to 0.09
)
PITCH_MARGIN = 3.0  # over the best other shift; true ones reach 17


@dataclass(frozen=True, slots=True)
class SoundAlignment:
    """The clip's sound on the original's clock, and the lines on which the original's sound was found.

    samples: (n,) int16, the clip's sound made `speed` times as long. pitch_kept: whether that speed was
    applied with the pitch kept. lines: exact to milliseconds and supported by presence; empty where the
    original's sound was not found. proofs: windows that support each. strength: how far presence along those that
    run straight stands above PROOF, in logarithms, summed.
    """

    samples: np.ndarray
    speed: float
    pitch_kept: bool
    lines: tuple[Alignment, ...]
    proofs: tuple[int, ...]
    semitones: float = 0.0
    strength: float = 0.0

    def on_clock(self, line: Alignment) -> Alignment:
        """A line of the clip's own time as one that counts on the stretched clock."""
        return Alignment(line.offset_s, line.speed / self.speed)

    @property
    def support(self) -> int:
        """Proofs of the lines that run straight on the stretched clock. Sound stretched with its pitch kept is
        found piece by piece on a slope as well, but not as what it is.
        """
        return sum(self._straight_proofs)

    @property
    def _straight_proofs(self) -> tuple[int, ...]:
        return tuple(
            count
            for line, count in zip(self.lines, self.proofs, strict=True)
            if abs(self.on_clock(line).speed - 1.0) <= STRAIGHT
        )

    @property
    def explains_all(self) -> bool:
        """Whether no other line could explain more of the clip."""
        return self.support > ALL * _windows(self.samples)

    @property
    def is_clear(self) -> bool:
        """Whether most of the clip is explained, as strongly as only the right speed explains it: several lines
        more strongly than one, because a slope looks like steps.
        """
        needed = CLEARLY if len(self._straight_proofs) == 1 else CLEARLY_STEPPED
        return (
            self.support > EXPLAINED * _windows(self.samples)
            and self.strength > needed * self.support
        )

    @property
    def is_no_guess(self) -> bool:
        """Whether it holds although it is one of many that were tried."""
        return (
            self.support > GUESSED * _windows(self.samples)
            and self.strength > LIKELY * self.support
        )

    def explains_better(self, other: SoundAlignment) -> bool:
        """By more windows; or by about as many, each far more clearly: a slope looks like several steps."""
        if self.support > other.support + LEAST_PROOFS:
            return True
        as_many = self.support > 0 and self.support >= other.support - LEAST_PROOFS
        margin = STRONGER if len(self.lines) >= len(other.lines) else 1.0
        return as_many and self.strength > margin * other.strength


def align_sounds(
    clip: np.ndarray, original: np.ndarray, hints: Sequence[Alignment] = ()
) -> SoundAlignment:
    """The lines on which presence finds the original's sound, exact to milliseconds.

    clip, original: (n,) int16 at RATE. hints: lines from elsewhere, tried beside those of the mel bands.
    Other speeds and a moved pitch are only looked for where unchanged sound explains too little of the clip;
    each speed is tried with the pitch kept and with the pitch following, and what more windows support
    is taken for the whole clip. Of a short clip unchanged sound must explain it clearly, else the speeds of
    conversions are tried as well: a few seconds at 24/25 look like two pieces at 1.
    """
    rows = mel_rows(clip), mel_rows(original)
    proposed = [*hints, *propose(*rows)]
    best = _supported(clip, original, 1.0, False, proposed)
    is_short = len(clip) / RATE <= SHORT_S
    windows = _windows(clip)
    if best.is_clear or (not is_short and best.support > EXPLAINED * windows):
        return best
    proposed += propose_speeds(*rows)
    # What the fit of a line turned it into is a hint as well: a steady drift is a speed.
    most = MOST_SPEEDS_IF_SHORT if is_short else MOST_SPEEDS
    speeds = _speeds_of((*hints, *best.lines, *proposed), most)
    for speed in dict.fromkeys((*(CONVERSION_SPEEDS if is_short else ()), *speeds)):
        for pitch_kept in (False, True):
            other = _at_speed(clip, original, speed, pitch_kept, proposed)
            if (not is_short or other.is_no_guess) and other.explains_better(best):
                best = other
        if best.is_clear:
            break
    if best.support > EXPLAINED * windows:
        return best
    undone = _with_pitch_undone(clip, original, proposed)
    if undone is not None and undone.support > best.support + LEAST_PROOFS:
        best = undone
    return best


def _at_speed(
    clip: np.ndarray,
    original: np.ndarray,
    speed: float,
    pitch_kept: bool,
    proposed: Sequence[Alignment],
) -> SoundAlignment:
    """The alignment at about this speed: a guess at first, in the end what the sound itself says."""
    is_guess = speed not in CONVERSION_SPEEDS
    change = stretched if pitch_kept else resampled
    middle_s = len(clip) / RATE / 2
    is_short = 2 * middle_s <= SHORT_S
    if is_short:
        proposed = _distinct([_turned(line, speed, middle_s) for line in proposed], middle_s)
    found = _supported(change(clip, speed), original, speed, pitch_kept, proposed, is_guess)
    for _ in range(FITS):
        if not found.lines or abs(found.lines[0].speed / found.speed - 1.0) <= SLOPE:
            break
        own = found.lines[0].speed
        again = _supported(
            change(clip, own), original, own, pitch_kept, (found.lines[0], *proposed), is_guess
        )
        # Pieces copied with their pitch are found as well at a speed near by: there the slope is the better witness.
        if again.strength <= found.strength and not (pitch_kept and again.support >= found.support):
            break
        found = again
    if is_short and is_guess and found.lines and not pitch_kept:
        found = _climbed(clip, original, found)
    return found


def _climbed(clip: np.ndarray, original: np.ndarray, found: SoundAlignment) -> SoundAlignment:
    """The alignment at the speed near by that presence likes best: lags of a second or two tell it to half a percent,
    at which half of the presence is gone.
    """
    step, middle_s = CLIMB, len(clip) / RATE / 2
    while step >= SLOPE / 4:
        tried = []
        for speed in (found.speed * (1 - step), found.speed * (1 + step)):
            line = _turned(found.lines[0], speed, middle_s)
            tried.append(_supported(resampled(clip, speed), original, speed, False, (line,)))
        best = max(tried, key=lambda each: each.strength)
        if best.strength > found.strength:
            found = best
        else:
            step /= 2
    return found


def _distinct(lines: Sequence[Alignment], at: float) -> list[Alignment]:
    """Without those that one before them meets at a time of the clip, within a window's search, at the same speed."""
    kept: list[Alignment] = []
    for line in lines:
        if all(
            abs(line.original_at(at) - other.original_at(at)) > SEARCH_S / 2
            or abs(line.speed - other.speed) > STRAIGHT
            for other in kept
        ):
            kept.append(line)
    return kept


def _turned(line: Alignment, speed: float, at: float) -> Alignment:
    """The line at another speed that meets it at a time of the clip, where both put the clip's ends about alike."""
    if abs(line.speed - speed) * at > TURNED_S:
        return line
    return Alignment(line.original_at(at) - speed * at, speed)


def preferring(
    found: SoundAlignment, original: np.ndarray, hints: Sequence[Alignment]
) -> SoundAlignment:
    """The alignment on the hinted lines where they explain as much of the clip: an original that repeats itself
    holds the same sound at several places, and the picture tells which of them is meant.
    """
    there = _supported(found.samples, original, found.speed, found.pitch_kept, hints)
    if there.support < REPEATED * max(1, found.support):
        return found
    return replace(there, semitones=found.semitones)


def _with_pitch_undone(
    clip: np.ndarray, original: np.ndarray, proposed: Sequence[Alignment]
) -> SoundAlignment | None:
    """The clip with its pitch moved back, if presence then finds the original in it; else None.

    A spectrum's word alone is not enough: only the waveform's fine structure proves the recording.
    """
    for line in proposed[:PITCH_TRIALS]:
        if abs(line.speed - 1.0) > STRAIGHT:
            continue
        shift = pitch_shift(clip, original, line)
        if shift is None or abs(shift.semitones) < LEAST_SEMITONES:
            continue
        if shift.score < max(LEAST_PITCH_SCORE, PITCH_MARGIN * shift.second):
            continue
        factor = 2 ** (shift.semitones / 12)
        # Played slower by the factor the pitch falls back; stretched back with that pitch kept, so does the time.
        undone = stretched(resampled(clip, factor), 1 / factor)
        found = _supported(undone, original, 1.0, False, proposed)
        if found.lines:
            return replace(found, semitones=shift.semitones)
    return None


def _speeds_of(proposed: Sequence[Alignment], most: int) -> list[float]:
    """Speeds worth a stretch of the whole sound: those that differ from 1 by more than windows forgive."""
    speeds: list[float] = []
    for line in proposed:
        if abs(line.speed - 1.0) > STRAIGHT and all(
            abs(line.speed - other) > 0.002 for other in speeds
        ):
            speeds.append(line.speed)
    return speeds[:most]


def _supported(
    samples: np.ndarray,
    original: np.ndarray,
    speed: float,
    pitch_kept: bool,
    proposed: Sequence[Alignment],
    is_guess: bool = False,
) -> SoundAlignment:
    centres = np.arange(PROOF_WINDOW_S / 2, len(samples) / RATE, step_s(samples))
    chosen: list[tuple[Alignment, int]] = []
    explained, strength = np.zeros(len(centres), bool), np.zeros(len(centres))
    candidates: list[tuple[Alignment, np.ndarray]] = []
    for line in proposed:
        if candidates and max(int((found > 0).sum()) for _, found in candidates) > ALL * len(
            centres
        ):
            break  # one line explains it all
        borne_out = exact(
            samples, original, Alignment(line.offset_s, line.speed / speed), centres, is_guess
        )
        if borne_out is not None:
            candidates.append(borne_out)
    candidates += stepped(samples, original, candidates, centres)
    while candidates and len(chosen) < MOST_LINES:
        gains = [int(((found > 0) & ~explained).sum()) for _, found in candidates]
        index = int(np.argmax(gains))
        if gains[index] < least_proofs(samples):
            break
        line, found = candidates.pop(index)
        chosen.append((Alignment(line.offset_s, line.speed * speed), int((found > 0).sum())))
        explained |= found > 0
        if abs(line.speed - 1.0) <= STRAIGHT:
            strength = np.maximum(strength, found)
    return SoundAlignment(
        samples,
        speed,
        pitch_kept,
        tuple(line for line, _ in chosen),
        tuple(count for _, count in chosen),
        strength=float(strength.sum()),
    )


def _windows(samples: np.ndarray) -> float:
    return len(samples) / RATE / step_s(samples)
