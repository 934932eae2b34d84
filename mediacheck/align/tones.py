"""How many held tones does the clip have that the original does not explain?

Music holds its notes: a partial stands out of what is around it, at one frequency, for a third of a second and more.
The harmonics of speech move, and noise, what a codec or a denoiser leaves, and a room's echo have none that last.
Counted in what is left after the original's prediction (mixture.py), so that speech does not hide a bed of music, and
without what the original itself sounds at that frequency within a second: its echo. The hum of the mains is no music:
frequencies near its harmonics that sound nearly always do not count. Drums alone have no tones and are not found.
"""

from __future__ import annotations

import numpy as np
import scipy.fft
from scipy.ndimage import maximum_filter1d, minimum_filter1d, uniform_filter1d

from mediacheck.features.spectrum import HIGH_HZ, LOW_HZ, RATE, windows
from mediacheck.model import Alignment

COUNTED_S = 3.0  # a phrase of music: between two notes nothing is held
_WINDOW = 4096  # 4 Hz apart: a partial is four bins wide
_HOP = 1024
_HELD = 6  # hops: 0.32 s between the first and the last window
_AROUND = 37  # bins: what a tone must stand out of, 145 Hz
_OUT_DB, _OWN_DB = 9.0, 6.0  # bins of noise exceed their mean by 9 dB once in 2800
_OWN_HOPS = 16  # a second: by then a room's echo has faded
_NOISE = 0.25  # the mean logarithm of noise bins lies so far under the logarithm of their mean
_WIDTH = 3.0  # bins that one tone fills after the search by one bin to either side
_MAINS_HZ = (50.0, 60.0)
_MAINS_TOP_HZ, _MAINS_NEAR_HZ = 1000.0, 6.0
_HUMS, _HUM_HOPS = 0.5, 157  # share of ten seconds
_BLOCK_S, _MARGIN_S = 60.0, 6.0  # ten copies of a minute's spectra stay under 40 MB


def held_tones(
    residual: np.ndarray, original: np.ndarray, line: Alignment, centres: np.ndarray
) -> np.ndarray:
    """Tones held at one time, mean over COUNTED_S around each centre (seconds of the residual); shape (centres,).

    residual, original: (n,) int16 at RATE; line: from the residual's time to the original's, as in `mixture`.
    """
    seconds = len(residual) / RATE
    clock = (np.arange(int(len(residual) / _HOP)) + 0.5) * _HOP / RATE
    if not len(clock):
        return np.zeros(len(centres))
    counted = np.zeros(len(clock))
    begin = 0.0
    while begin < seconds:
        own = (clock >= begin) & (clock < begin + _BLOCK_S)
        seen = (clock >= begin - _MARGIN_S) & (clock < begin + _BLOCK_S + _MARGIN_S)
        counted[own] = _counted(residual, original, line, clock[seen])[own[seen]]
        begin += _BLOCK_S
    width = min(len(clock), round(COUNTED_S * RATE / _HOP))
    return np.asarray(np.interp(centres, clock, uniform_filter1d(counted, width, mode="nearest")))


def _counted(
    residual: np.ndarray, original: np.ndarray, line: Alignment, clock: np.ndarray
) -> np.ndarray:
    frequencies = np.arange(_WINDOW // 2 + 1) * RATE / _WINDOW
    band = (frequencies >= LOW_HZ) & (frequencies <= HIGH_HZ)
    there = _standing_out(original, line.offset_s + line.speed * clock, band) > _OWN_DB / 10
    there = maximum_filter1d(there, 5, axis=1)
    # Looks back: the window of _OWN_HOPS ends at each frame.
    echo = maximum_filter1d(there, _OWN_HOPS, axis=0, origin=(_OWN_HOPS - 1) // 2, mode="constant")
    out = maximum_filter1d(_standing_out(residual, clock, band), 3, axis=1) > _OUT_DB / 10
    out &= ~echo
    held = minimum_filter1d(out, _HELD, axis=0, mode="constant")
    held = maximum_filter1d(held, _HELD, axis=0, origin=-1, mode="constant")
    width = min(len(clock), _HUM_HOPS)
    sounding = uniform_filter1d(held.astype(np.float32), width, axis=0, mode="nearest")
    open_to_it = uniform_filter1d((~echo).astype(np.float32), width, axis=0, mode="nearest")
    hums = (sounding > _HUMS * np.maximum(open_to_it, 0.1)) & _near_mains(frequencies[band])
    held &= ~maximum_filter1d(hums, 9, axis=1)
    return np.asarray(held.sum(axis=1) / _WIDTH)


def _standing_out(samples: np.ndarray, centres: np.ndarray, band: np.ndarray) -> np.ndarray:
    """Logarithm of power over what is around it in frequency; 0 on average in noise. (centres, bins of the band)."""
    taper = np.hanning(_WINDOW).astype(np.float32)
    spectra = scipy.fft.rfft(windows(samples, centres, _WINDOW / RATE) * taper, axis=1)[:, band]
    logs = np.log10(np.abs(spectra) ** 2 + 1.0)
    return np.asarray(logs - uniform_filter1d(logs, _AROUND, axis=1, mode="nearest") - _NOISE)


def _near_mains(frequencies: np.ndarray) -> np.ndarray:
    off = [np.abs(frequencies - hz * np.round(frequencies / hz)) for hz in _MAINS_HZ]
    return np.asarray((np.minimum(*off) <= _MAINS_NEAR_HZ) & (frequencies < _MAINS_TOP_HZ))
