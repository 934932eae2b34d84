"""What sound looks like: level, mel bands for finding a place, cross spectra for deciding about it.

All at 16 kHz mono, samples int16.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy.fft

from mediacheck.features.mel import hann, mel_filters

RATE = 16_000
# What telephones, AAC at 24 kbit/s and small loudspeakers all let through.
LOW_HZ, HIGH_HZ = 120.0, 3600.0
MEL_STEP_S = 0.04
MEL_BANDS = 24
_MEL_WINDOW = 1024
_BLOCK_S = 60
_LEVEL_BLOCK = 1 << 16  # samples that fit a processor's cache
_FULL_SCALE = 32768.0
_SLOW_S = 2.0
# Quieter than this below a track's loud moments counts as silence in the mel rows: room tone and the noise
# floor of a codec are not features of a recording.
_DYNAMIC_DB = 45.0


@cache
def _mel_filters() -> np.ndarray:
    return mel_filters(RATE, _MEL_WINDOW, MEL_BANDS, LOW_HZ, HIGH_HZ)


def mel_rows(samples: np.ndarray) -> np.ndarray:
    """Log power in mel bands, freed from its mean over 2 s; (n, MEL_BANDS) float32, one row per MEL_STEP_S.

    Row i is centred on (i + 0.5) * MEL_STEP_S. Equalisers, gain and stationary noise cancel; rows of silence
    are zero.
    """
    hop = round(MEL_STEP_S * RATE)
    count = len(samples) // hop
    if count == 0:
        return np.zeros((0, MEL_BANDS), np.float32)
    rows = np.empty((count, MEL_BANDS), np.float32)
    window = hann(_MEL_WINDOW).astype(np.float32) / _FULL_SCALE
    block = round(_BLOCK_S / MEL_STEP_S)
    margin = (_MEL_WINDOW - hop) // 2
    for first in range(0, count, block):
        last = min(count, first + block)
        part = padded(samples, first * hop - margin, last * hop - margin + _MEL_WINDOW)
        framed = np.lib.stride_tricks.sliding_window_view(part, _MEL_WINDOW)[::hop][: last - first]
        power = np.abs(scipy.fft.rfft(framed * window, axis=1)) ** 2
        rows[first:last] = power.astype(np.float32) @ _mel_filters().T
    loud = np.percentile(rows.sum(axis=1), 95) / MEL_BANDS
    floor = max(float(loud) * 10 ** (-_DYNAMIC_DB / 10), 1e-9)
    logs = np.log10(rows + floor)
    return np.asarray(logs - _slow_mean(logs), np.float32)


def _slow_mean(rows: np.ndarray) -> np.ndarray:
    width = round(_SLOW_S / MEL_STEP_S)
    summed = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    low = np.maximum(np.arange(len(rows)) - width // 2, 0)
    high = np.minimum(np.arange(len(rows)) + width // 2 + 1, len(rows))
    return np.asarray((summed[high] - summed[low]) / (high - low)[:, None])


def padded(samples: np.ndarray, first: int, last: int) -> np.ndarray:
    """samples[first:last] as float32, zeros where that leaves the track; shape (last - first,)."""
    out = np.zeros(max(0, last - first), np.float32)
    low, high = max(0, first), min(last, len(samples))
    if low < high:
        out[low - first : high - first] = samples[low:high]
    return out


def level_db(samples: np.ndarray, step_s: float) -> np.ndarray:
    """Root-mean-square level in equal steps, dB of full scale, -120 where digitally silent; (steps,).

    A last partial step is dropped.
    """
    size = round(step_s * RATE)
    count = len(samples) // size
    power = np.empty(count)
    block = max(1, _LEVEL_BLOCK // max(1, size))
    for first in range(0, count, block):
        part = np.asarray(samples[first * size : min(count, first + block) * size], np.float64)
        part = part.reshape(-1, size)
        # Sums of squared integers: exact, in whatever order.
        power[first : first + block] = np.einsum("ij,ij->i", part, part) / size
    return np.asarray(10 * np.log10(power / _FULL_SCALE**2 + 1e-12))


def windows(samples: np.ndarray, centres_s: np.ndarray, length_s: float) -> np.ndarray:
    """Stretches of equal length around each time; (centres, samples) float32, zeros outside the track."""
    size = round(length_s * RATE)
    firsts = np.round(centres_s * RATE).astype(np.int64) - size // 2
    return np.stack([padded(samples, int(first), int(first) + size) for first in firsts])
