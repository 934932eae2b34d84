"""Was the pitch moved while the time was kept? Spectra along a logarithmic frequency axis tell by how much.

A change of pitch is a shift along log frequency; envelope and equaliser are taken out, so that the harmonics decide.
Another voice saying the same words shifts from moment to moment and agrees on no single value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from mediacheck.features.spectrum import RATE, windows
from mediacheck.model import Alignment

BINS_PER_OCTAVE = 60
REACH_SEMITONES = 7.0
LEAST_S = 1.4  # of sound, half of it loud: shorter, next to no syllables are left to agree
_LOW_HZ, _HIGH_HZ = 120.0, 3600.0
_WINDOW = 2048
_STEP_S = 0.05
_MOST_FRAMES = 600
_ENVELOPE = 15  # bins, a quarter of an octave: wider than a harmonic of a high voice, narrower than a formant


@dataclass(frozen=True, slots=True)
class Shift:
    """semitones: positive = the clip is higher. score: mean correlation at it; second: the best one
    at least 0.6 semitones away.
    """

    semitones: float
    score: float
    second: float


def pitch_shift(clip: np.ndarray, original: np.ndarray, line: Alignment) -> Shift | None:
    """Of sounds that run along a line; None where they share less than LEAST_S of sound.

    clip, original: (n,) int16 at RATE.
    """
    centres = np.arange(0.1, len(clip) / RATE, _STEP_S)
    there = line.offset_s + line.speed * centres
    inside = (there > 0.1) & (there < len(original) / RATE - 0.1)
    centres, there = centres[inside], there[inside]
    if len(centres) > _MOST_FRAMES:
        some = np.linspace(0, len(centres) - 1, _MOST_FRAMES).astype(int)
        centres, there = centres[some], there[some]
    if len(centres) < LEAST_S / _STEP_S:
        return None
    own, other = _fine_structure(clip, centres), _fine_structure(original, there)
    strength = np.minimum((own**2).sum(axis=1), (other**2).sum(axis=1))
    loud = strength > 0.25 * np.percentile(strength, 90)
    own, other = own[loud], other[loud]
    if len(own) < LEAST_S / 2 / _STEP_S:
        return None
    reach = round(REACH_SEMITONES / 12 * BINS_PER_OCTAVE)
    scores = np.array([_agreement(own, other, bins) for bins in range(-reach, reach + 1)])
    best = int(scores.argmax())
    away = np.abs(np.arange(len(scores)) - best) >= 3
    fine = 0.0
    if 0 < best < len(scores) - 1:
        low, mid, high = scores[best - 1 : best + 2]
        bend = low - 2 * mid + high
        fine = 0.0 if bend >= 0 else float(0.5 * (low - high) / bend)
    return Shift(
        semitones=(best - reach + fine) * 12 / BINS_PER_OCTAVE,
        score=float(scores[best]),
        second=float(scores[away].max()),
    )


def _fine_structure(samples: np.ndarray, centres_s: np.ndarray) -> np.ndarray:
    """Log spectrum on a log-frequency axis less its envelope; (centres, bins), unit-free."""
    framed = windows(samples, centres_s, _WINDOW / RATE) * np.hanning(_WINDOW)
    power = np.abs(scipy.fft.rfft(framed, 2 * _WINDOW, axis=1))
    count = int(BINS_PER_OCTAVE * np.log2(_HIGH_HZ / _LOW_HZ))
    at = _LOW_HZ * 2 ** (np.arange(count) / BINS_PER_OCTAVE) * 2 * _WINDOW / RATE
    before = np.floor(at).astype(int)
    share = at - before
    logs = np.log(power[:, before] * (1 - share) + power[:, before + 1] * share + 3.0)
    kernel = np.ones(_ENVELOPE) / _ENVELOPE
    envelope = np.stack(
        [np.convolve(np.pad(row, _ENVELOPE // 2, "edge"), kernel, "valid") for row in logs]
    )
    return np.asarray(logs - envelope)


def _agreement(own: np.ndarray, other: np.ndarray, bins: int) -> float:
    """Correlation when the original's bin i is compared with the clip's bin i + bins."""
    count = own.shape[1] - abs(bins)
    left = own[:, max(0, bins) : max(0, bins) + count]
    right = other[:, max(0, -bins) : max(0, -bins) + count]
    return float((left * right).sum() / np.sqrt((left**2).sum() * (right**2).sum() + 1e-9))
