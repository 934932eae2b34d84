"""Putting sound that was sped up or slowed down back on another clock.

`resampled` undoes a change of speed that moved the pitch with it; `stretched` undoes one that kept the pitch
(waveform-similarity overlap-add, W. Verhelst and M. Roelands, ICASSP 1993: pieces of the waveform are copied
unchanged, so that the fine structure which presence measures survives).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from mediacheck.features.spectrum import RATE

_WINDOW = round(0.04 * RATE)
_REACH = round(0.012 * RATE)  # longer than half a period of a low male voice (60 Hz)


def resampled(samples: np.ndarray, speed: float) -> np.ndarray:
    """int16 samples made `speed` times as long, pitch falling with it; (n,) -> (about n * speed,)."""
    import scipy.signal  # seldom needed, and as slow to import as all the rest together

    ratio = Fraction(speed).limit_denominator(2000)
    longer = scipy.signal.resample_poly(
        np.asarray(samples, np.float32), ratio.numerator, ratio.denominator
    )
    return np.asarray(np.clip(longer, -32768, 32767), np.int16)


def stretched(samples: np.ndarray, speed: float) -> np.ndarray:
    """int16 samples made `speed` times as long with their pitch kept; (n,) -> (about n * speed,)."""
    hop = _WINDOW // 2
    taper = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    source = np.pad(np.asarray(samples, np.float32), (_REACH, _WINDOW + 2 * _REACH))
    count = int(len(samples) * speed) // hop
    longer = np.zeros(count * hop + _WINDOW, np.float32)
    follows = 0  # where the piece last copied would go on
    for index in range(count):
        wanted = int(index * hop / speed)
        shift = _best_shift(source, wanted, follows) if index else 0
        begin = wanted + _REACH + shift
        longer[index * hop : index * hop + _WINDOW] += source[begin : begin + _WINDOW] * taper
        follows = begin + hop
    return np.asarray(np.clip(longer[: int(len(samples) * speed)], -32768, 32767), np.int16)


def _best_shift(source: np.ndarray, wanted: int, follows: int) -> int:
    """How far from `wanted` the waveform best goes on from the piece before."""
    target = source[follows : follows + _WINDOW : 2]
    region = source[wanted : wanted + _WINDOW + 2 * _REACH : 2]
    if len(target) * 2 < _WINDOW or not len(region):
        return 0
    match = np.correlate(region, target, "valid")
    energy = np.convolve(region**2, np.ones(len(target), np.float32), "valid")
    return 2 * int(np.argmax(match / np.sqrt(energy + 1.0))) - _REACH
