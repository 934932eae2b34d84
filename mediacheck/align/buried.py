"""Does the original still lie under something much louder, and how far under?

A single window tells it down to some 15 dB under another voice. What belongs to the original keeps its lag, though:
whitened cross spectra of quarter seconds, summed over seconds, grow where it is and average out where it is not
(as the phase transform of Knapp and Carter 1976 does over its segments). Another voice pauses between words and
between harmonics, and there the original is heard by itself: 25 dB under a voice it stands 10 spreads and more above
what other moments of the original give.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.fft
from scipy.ndimage import uniform_filter1d

from mediacheck.align.presence import SEARCH_S
from mediacheck.features.spectrum import HIGH_HZ, LOW_HZ, RATE, windows
from mediacheck.model import Alignment

SUMMED_S = 6.0  # 3 s leave 25 dB under a voice at 3 spreads in the worst of ten
LEVEL_S = 1.0  # as the residual's
FADED_DB = -60.0  # the level of what is not there at all
_WINDOW_S, _HOP_S = 0.25, 0.125
_STEP_S = 0.5
_WHITENING = 0.8  # as in presence.py
_EDGES_HZ = np.geomspace(LOW_HZ, HIGH_HZ, 9)  # an equaliser may change the level of each band
_SMOOTH = 5  # bins over which the louder sound is taken for level
_FLOOR = 1e-4
_BLOCK = 480  # a minute of windows


@dataclass(frozen=True, slots=True)
class Summed:
    """Per centre: how far the summed peak stands out, and at which lag it lies (seconds, positive = clip late)."""

    ratio: np.ndarray
    lag_s: np.ndarray


def summed_presence(
    clip: np.ndarray,
    original: np.ndarray,
    line: Alignment,
    centres: np.ndarray,
    reach_s: float,
    backwards: bool = False,
) -> Summed:
    """As `presence`, over cross spectra summed for SUMMED_S around each centre; told every half second.

    Arrays, line, reach_s and backwards as there.
    """
    moments = _moments(clip)
    at = _told_at(clip)
    if not len(moments):
        return Summed(np.zeros(len(centres)), np.zeros(len(centres)))
    wide = _WINDOW_S + 2 * SEARCH_S
    size = scipy.fft.next_fast_len(round(wide * RATE), real=True)
    frequencies = np.arange(size // 2 + 1) * RATE / size
    band = (frequencies >= LOW_HZ) & (frequencies <= HIGH_HZ)
    taper = np.hanning(round(_WINDOW_S * RATE)).astype(np.float32)

    def crossed(some: np.ndarray) -> np.ndarray:
        own = windows(clip, some, _WINDOW_S) * taper
        if backwards:
            own = own[:, ::-1]
        other = windows(original, line.offset_s + line.speed * some, wide)
        cross = scipy.fft.rfft(own, size)[:, band] * np.conj(scipy.fft.rfft(other, size)[:, band])
        return np.asarray(cross / np.maximum(np.abs(cross), 1e-9) ** _WHITENING)

    summed = _summed(crossed, moments, at, SUMMED_S)
    short = size // 2 + size % 2  # the inverse transform only needs the band: half the rate
    spectrum = np.zeros((len(at), short // 2 + 1), np.complex128)
    spectrum[:, np.flatnonzero(band)] = summed
    found = np.abs(scipy.fft.irfft(spectrum, short))
    half_lags = round(SEARCH_S * RATE / 2)
    lags = np.arange(-half_lags, half_lags + 1)
    near = found[:, (lags - half_lags) % short]
    looked = np.abs(lags) <= round(reach_s * RATE / 2)
    best = near[:, looked].argmax(axis=1)
    middle = np.maximum(np.median(near[:, ::3], axis=1), 1e-9)
    ratio = near[:, looked][np.arange(len(at)), best] / middle
    nearest = np.clip(np.round((centres - at[0]) / _STEP_S).astype(int), 0, len(at) - 1)
    return Summed(np.interp(centres, at, ratio), lags[looked][best][nearest] / (RATE / 2))


def level_under(
    clip: np.ndarray, original: np.ndarray, line: Alignment, centres: np.ndarray
) -> np.ndarray:
    """Level of the original over all else in the clip around each centre, over LEVEL_S; dB, at least FADED_DB.

    line: to a third of a millisecond, or what is found is too low. Fitted band by band, each moment weighted by how
    little of anything is heard in it. Echo and what a codec changes count as something else.
    """
    moments = _moments(clip)
    if not len(moments):
        return np.full(len(centres), FADED_DB)
    taper = np.hanning(round(_WINDOW_S * RATE)).astype(np.float32)
    frequencies = np.arange(round(_WINDOW_S * RATE) // 2 + 1) * RATE / round(_WINDOW_S * RATE)
    bands = [(frequencies >= low) & (frequencies < high) for low, high in pairwise(_EDGES_HZ)]

    def powers(some: np.ndarray) -> np.ndarray:
        own = scipy.fft.rfft(windows(clip, some, _WINDOW_S) * taper)
        there = windows(original, line.offset_s + line.speed * some, _WINDOW_S) * taper
        other = scipy.fft.rfft(there)
        loud = uniform_filter1d(np.abs(own) ** 2, _SMOOTH, axis=1)
        weight = 1 / (loud + _FLOOR * np.percentile(loud, 95) + 1.0)
        told = (
            own * np.conj(other) * weight,
            np.abs(other) ** 2 * weight,
            np.abs(other) ** 2,
            np.abs(own) ** 2,
        )
        rows = [np.stack([each[:, part].sum(axis=1) for part in bands], axis=1) for each in told]
        return np.concatenate(rows, axis=1)

    shared, weighted, power, whole = np.split(_summed(powers, moments, centres, LEVEL_S), 4, axis=1)
    gain = np.abs(shared) ** 2 / np.maximum(weighted.real, 1e-9) ** 2
    under = (gain * power.real).sum(axis=1)
    rest = np.maximum(whole.real.sum(axis=1) - under, 1.0)
    level = 10 * np.log10(np.maximum(under, 1e-6) / rest)
    return np.asarray(np.clip(level, FADED_DB, -FADED_DB))


def _moments(clip: np.ndarray) -> np.ndarray:
    return np.asarray(np.arange(_HOP_S, len(clip) / RATE - _HOP_S / 2, _HOP_S))


def _told_at(clip: np.ndarray) -> np.ndarray:
    return np.asarray(np.arange(_STEP_S / 2, max(len(clip) / RATE, _STEP_S), _STEP_S))


def _summed(
    made: Callable[[np.ndarray], np.ndarray], moments: np.ndarray, at: np.ndarray, over_s: float
) -> np.ndarray:
    """What is made of the moments within half of over_s of each time, added up; (times, columns), complex."""
    first = np.searchsorted(moments, at - over_s / 2)
    last = np.searchsorted(moments, at + over_s / 2)
    out: np.ndarray | None = None
    for begin in range(0, len(moments), _BLOCK):
        rows = made(moments[begin : begin + _BLOCK]).astype(np.complex128)
        total = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
        low = np.clip(first - begin, 0, len(rows))
        high = np.clip(last - begin, 0, len(rows))
        out = np.zeros((len(at), rows.shape[1]), np.complex128) if out is None else out
        reached = high > low
        out[reached] += total[high[reached]] - total[low[reached]]
    assert out is not None
    return out
