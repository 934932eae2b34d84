"""Is this stretch of the clip's sound that stretch of the original's, and how clean?

Presence: cross-correlation, whitened with exponent 0.8 (between plain correlation and the phase transform of
Knapp and Carter 1976), in 120 to 3600 Hz, largest value near the expected lag over the median of all lags.
An added voice is incoherent with the original and only lowers it; speaking the same words again cannot
reproduce the fine structure that raises it. Cleanliness: mean coherence; how much of the clip's sound the
original explains.
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
) -> Presence:
    """Peak over median of the whitened cross-correlation at each centre (clip seconds).

    clip, original: (n,) int16 at RATE; with a speed other than 1 the caller has put the clip's sound on the
    original's clock already, and line and centres count on that clock. reach_s: lags looked at on either
    side; the ratio's null grows with it. 0 where either window is digitally silent.
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


@dataclass(frozen=True, slots=True)
class Mixture:
    """The clip's sound split along one line into what the original explains and what is left.

    cleanliness: mean coherence over the band, 0 to 1, per centre. residual_db: level of what is left over
    what is explained. residual: (n,) int16 at RATE, the clip's sound less the original's, on the clock of
    `clip`.
    """

    cleanliness: np.ndarray
    residual_db: np.ndarray
    residual: np.ndarray


_MIX_WINDOW = 1024
_MIX_HOP = 256
_MIX_AVERAGE_S = 1.0
_MIX_BLOCK_S = 30.0  # a block of complex spectra stays under 100 MB


def mixture(
    clip: np.ndarray, original: np.ndarray, line: Alignment, centres: np.ndarray
) -> Mixture:
    """Coherence and best linear prediction, both over _MIX_AVERAGE_S around each time.

    The prediction may change its spectrum slowly (equaliser, automatic gain), so a loudness war is no
    residual; an echo longer than 64 ms is.
    """
    seconds = len(clip) / RATE
    clean, ratio = np.zeros(len(centres)), np.zeros(len(centres))
    residual = np.zeros(len(clip), np.int16)
    begin = 0.0
    while begin < seconds:
        end = min(seconds, begin + _MIX_BLOCK_S)
        first = max(0, round((begin - _MIX_AVERAGE_S) * RATE))
        last = min(len(clip), round((end + _MIX_AVERAGE_S) * RATE))
        inside = (centres >= begin) & (centres < end)
        part = _mixed(clip[first:last], first, original, line, centres[inside])
        clean[inside], ratio[inside] = part.cleanliness, part.residual_db
        own = slice(round(begin * RATE), round(end * RATE))
        residual[own] = part.residual[own.start - first : own.stop - first]
        begin = end
    return Mixture(clean, ratio, residual)


def _mixed(
    clip: np.ndarray, first: int, original: np.ndarray, line: Alignment, centres: np.ndarray
) -> Mixture:
    frames = max(1, (len(clip) - _MIX_WINDOW) // _MIX_HOP + 1)
    clock = (first + np.arange(frames) * _MIX_HOP + _MIX_WINDOW / 2) / RATE
    own = _spectra(clip, clock - first / RATE)
    other = _spectra(original, line.offset_s + line.speed * clock)
    average = round(_MIX_AVERAGE_S * RATE / _MIX_HOP)
    cross = _averaged(own * np.conj(other), average)
    power_own = _averaged(np.abs(own) ** 2, average)
    power_other = _averaged(np.abs(other) ** 2, average)
    coherence = np.abs(cross) ** 2 / np.maximum(power_own * power_other, 1e-9)
    # Frames overlap by three quarters: under a Hann window about 0.48 of them are independent.
    independent = average * 0.48
    coherence = np.clip((coherence - 1 / independent) / (1 - 1 / independent), 0, 1)
    frequencies = np.arange(_MIX_WINDOW // 2 + 1) * RATE / _MIX_WINDOW
    band = (frequencies >= LOW_HZ) & (frequencies <= HIGH_HZ)
    heard = power_other[:, band] > 1e-5 * np.percentile(power_other[:, band], 99)
    clean = np.where(heard, coherence[:, band], 0).sum(axis=1) / np.maximum(heard.sum(axis=1), 1)
    explained = (coherence * power_own)[:, band].sum(axis=1)
    left = ((1 - coherence) * power_own)[:, band].sum(axis=1)
    ratio_db = 10 * np.log10((left + 1.0) / (explained + 1.0))
    prediction = cross / np.maximum(power_other, 1e-3)
    return Mixture(
        np.interp(centres, clock, clean),
        np.clip(np.interp(centres, clock, ratio_db), -40, 40),
        _waveform(own - prediction * other, len(clip)),
    )


def _spectra(samples: np.ndarray, centres_s: np.ndarray) -> np.ndarray:
    framed = windows(samples, centres_s, _MIX_WINDOW / RATE)
    return np.asarray(scipy.fft.rfft(framed * np.hanning(_MIX_WINDOW).astype(np.float32), axis=1))


def _averaged(values: np.ndarray, width: int) -> np.ndarray:
    summed = np.concatenate(
        [np.zeros((1, values.shape[1]), values.dtype), np.cumsum(values, axis=0)]
    )
    count = len(values)
    low = np.maximum(np.arange(count) - width // 2, 0)
    high = np.minimum(np.arange(count) + width // 2 + 1, count)
    return np.asarray((summed[high] - summed[low]) / (high - low)[:, None])


def _waveform(spectra: np.ndarray, length: int) -> np.ndarray:
    """Overlap-add of Hann-tapered frames a quarter apart."""
    frames = scipy.fft.irfft(spectra, _MIX_WINDOW, axis=1)
    out = np.zeros(max(length, (len(frames) - 1) * _MIX_HOP + _MIX_WINDOW), np.float32)
    for index, frame in enumerate(frames):
        out[index * _MIX_HOP : index * _MIX_HOP + _MIX_WINDOW] += frame
    # Four Hann windows a quarter apart add up to 2.
    return np.asarray(np.clip(out[:length] / 2, -32768, 32767), np.int16)
