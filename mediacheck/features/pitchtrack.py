"""How high is a voice, moment for moment?

YIN (de Cheveigne and Kawahara 2002): the shortest lag at which a window resembles itself, by the difference function
freed from its mean. It needs no fundamental in the spectrum, so telephones and small loudspeakers change it little.
Deviations: no search around the best local estimate, and one window position, which lets a few more octave errors
through; whoever reads the track takes medians. Music and two voices at once give the pitch of neither.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

from mediacheck.features.spectrum import RATE

LOW_HZ, HIGH_HZ = 65.0, 600.0  # men's creak to children's calls
STEP_S = 0.02
_WINDOW = 512  # 32 ms: two periods of the lowest voice
_RESEMBLES = 0.2  # of the difference function, under which a window repeats itself: vowels 0.01 to 0.15, noise 0.5
_DEPTH_DB = 25.0  # below the loud moments: reverberation and bleed
_BATCH = 512
_FULL_SCALE = 32768.0


def pitch_track(samples: np.ndarray) -> np.ndarray:
    """Hz per STEP_S, NaN where nothing is loud and periodic; (steps,). Value i is centred on (i + 0.5) * STEP_S.

    samples: (n,) int16 at RATE. Costs 0.15 s of CPU time per minute of sound.
    """
    hop, longest = round(STEP_S * RATE), int(np.ceil(RATE / LOW_HZ))
    size = _WINDOW + longest
    count = len(samples) // hop
    hertz, level = np.full(count, np.nan), np.full(count, -np.inf)
    for first in range(0, count, _BATCH):
        last = min(count, first + _BATCH)
        start = first * hop + hop // 2 - size // 2
        part = np.pad(
            np.asarray(samples[max(0, start) : start + (last - first - 1) * hop + size], float),
            (max(0, -start), 0),
        )
        part = np.pad(part, (0, max(0, (last - first - 1) * hop + size - len(part)))) / _FULL_SCALE
        framed = np.lib.stride_tricks.sliding_window_view(part, size)[::hop]
        hertz[first:last] = _repeating(framed - framed.mean(axis=1, keepdims=True), longest)
        level[first:last] = 10 * np.log10((framed**2).mean(axis=1) + 1e-12)
    if count:
        hertz[level < np.percentile(level, 95) - _DEPTH_DB] = np.nan
    return hertz


def _repeating(framed: np.ndarray, longest: int) -> np.ndarray:
    """Hz at which each window first repeats itself; NaN where it does not."""
    difference = _difference(framed, longest)
    lags = np.arange(1, longest + 1)
    summed = np.maximum(np.cumsum(difference[:, 1:], axis=1), 1e-12)
    normal = np.concatenate([np.ones((len(framed), 1)), difference[:, 1:] * lags / summed], axis=1)
    shortest = int(RATE / HIGH_HZ)
    before, here, after = (normal[:, shortest + i : longest - 1 + i] for i in (-1, 0, 1))
    dips = (here <= before) & (here < after) & (here < _RESEMBLES)
    lag = shortest + dips.argmax(axis=1)
    rows = np.arange(len(framed))
    low, mid, high = (normal[rows, lag + i] for i in (-1, 0, 1))
    bend = low - 2 * mid + high
    fine = np.where(bend > 1e-9, 0.5 * (low - high) / np.where(bend > 1e-9, bend, 1.0), 0.0)
    return np.asarray(np.where(dips.any(axis=1), RATE / (lag + fine), np.nan))


def _difference(framed: np.ndarray, longest: int) -> np.ndarray:
    """Energy of what a window and the one `lag` samples later differ by; (windows, longest + 1)."""
    size = scipy.fft.next_fast_len(framed.shape[1] + _WINDOW, real=True)
    whole = scipy.fft.rfft(framed, size, axis=1)
    own = scipy.fft.rfft(framed[:, :_WINDOW], size, axis=1)
    products = scipy.fft.irfft(whole * np.conj(own), size, axis=1)[:, : longest + 1]
    summed = np.cumsum(np.pad(framed**2, ((0, 0), (1, 0))), axis=1)
    energy = summed[:, _WINDOW : _WINDOW + longest + 1] - summed[:, : longest + 1]
    return np.asarray(np.maximum(energy[:, :1] + energy - 2 * products, 0.0))
