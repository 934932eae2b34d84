"""Is this stretch of the clip's sound that stretch of the original's?

Presence: cross-correlation, whitened with exponent 0.8 (between plain correlation and the phase transform of
Knapp and Carter 1976), in 120 to 3600 Hz, largest value near the expected lag over the median of all lags.
An added voice is incoherent with the original and only lowers it; speaking the same words again cannot
reproduce the fine structure that raises it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from mediacheck.features.spectrum import HIGH_HZ, LOW_HZ, RATE, windows
from mediacheck.model import Alignment

WINDOW_S = 0.4
SEARCH_S = 0.12  # how far the sound may lie from where the picture predicts it
EXACT_S = 0.012  # and from where the sound itself was found: drift within a window
_WHITENING = 0.8
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Presence:
    """Per window: how far the peak stands out, and at which lag it lies (seconds, positive = clip late)."""

    ratio: np.ndarray
    lag_s: np.ndarray


def presence(
    clip: np.ndarray,
    original: np.ndarray,
    line: Alignment,
    centres: np.ndarray,
    reach_s: float,
    window_s: float = WINDOW_S,
    backwards: bool = False,
) -> Presence:
    """Peak over median of the whitened cross-correlation at each centre (clip seconds).

    clip, original: (n,) int16 at RATE; with a speed other than 1 the caller has put the clip's sound on the
    original's clock already, and line and centres count on that clock. reach_s: lags looked at on either
    side; the ratio's null grows with it. 0 where either window is digitally silent.
    backwards: the clip's windows run backwards, a decoy with the same spectrum that must find nothing.
    """
    half_lags = round(max(reach_s, SEARCH_S) * RATE / 2)
    wide = window_s + 2 * max(reach_s, SEARCH_S)
    size = scipy.fft.next_fast_len(round(wide * RATE), real=True)
    frequencies = np.arange(size // 2 + 1) * RATE / size
    band = (frequencies >= LOW_HZ) & (frequencies <= HIGH_HZ)
    short = size // 2 + size % 2  # the inverse transform only needs the band: half the rate
    taper = np.hanning(round(window_s * RATE)).astype(np.float32)
    ratio, lag = np.zeros(len(centres)), np.zeros(len(centres))
    for first in range(0, len(centres), _BATCH):
        some = centres[first : first + _BATCH]
        own = windows(clip, some, window_s) * taper
        if backwards:
            own = own[:, ::-1]
        other = windows(original, line.offset_s + line.speed * some, wide)
        spectrum = np.zeros((len(some), short // 2 + 1), np.complex64)
        cross = scipy.fft.rfft(own, size)[:, band] * np.conj(scipy.fft.rfft(other, size)[:, band])
        strength = np.abs(cross)
        spectrum[:, np.flatnonzero(band)] = cross / np.maximum(strength, 1e-9) ** _WHITENING
        found = np.abs(scipy.fft.irfft(spectrum, short))
        # The clip's window starts max(reach, SEARCH) after the original's: that lag is zero.
        zero = -half_lags
        lags = np.arange(-half_lags, half_lags + 1)
        near = found[:, (zero + lags) % short]
        looked = np.abs(lags) <= round(reach_s * RATE / 2)
        best = near[:, looked].argmax(axis=1)
        top = near[:, looked][np.arange(len(some)), best]
        # Neighbouring lags are alike in a band of 3.5 kHz at 8 kHz: every third tells the median as well.
        middle = np.median(near[:, ::3], axis=1)
        silent = (np.abs(own).max(axis=1) < 2) | (np.abs(other).max(axis=1) < 2)
        ratio[first : first + _BATCH] = np.where(silent, 0.0, top / np.maximum(middle, 1e-12))
        lag[first : first + _BATCH] = lags[looked][best] / (RATE / 2)
    return Presence(ratio, lag)
