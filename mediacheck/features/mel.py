"""Bands of equal width to the ear: the same weights as `librosa.filters.mel`, bit by bit, and a window for them.

M. Slaney's scale ("Auditory Toolbox", 1998): straight up to 1000 Hz, logarithmic above, triangles of equal area. Made
here because librosa brings a compiler along that takes longer to import than a minute of footage to decode.
"""

from __future__ import annotations

import numpy as np

_BAND_HZ = 200.0 / 3  # in the straight part
_LOG_FROM_HZ = 1000.0
_LOG_FROM = _LOG_FROM_HZ / _BAND_HZ
_LOG_STEP = np.log(6.4) / 27.0


def mel_filters(rate: int, size: int, bands: int, low_hz: float, high_hz: float) -> np.ndarray:
    """Weight of each frequency of a real transform of `size` samples in each band; (bands, size // 2 + 1) float32."""
    edges = _hertz(np.linspace(_mel(low_hz), _mel(high_hz), bands + 2))
    away = np.subtract.outer(edges, np.fft.rfftfreq(size, 1.0 / rate))
    wide = np.diff(edges)
    weights = np.zeros((bands, size // 2 + 1), np.float32)
    for band in range(bands):
        rising, falling = -away[band] / wide[band], away[band + 2] / wide[band + 1]
        weights[band] = np.maximum(0, np.minimum(rising, falling))
    weights *= (2.0 / (edges[2:] - edges[:-2]))[:, np.newaxis]
    return weights


def hann(size: int) -> np.ndarray:
    """The periodic window, bit by bit SciPy's, whose own is slow to import for the same reason; NumPy's differs."""
    return np.asarray(0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, size + 1)[:-1]))


def _mel(hertz: float) -> float:
    if hertz < _LOG_FROM_HZ:
        return hertz / _BAND_HZ
    return float(_LOG_FROM + np.log(hertz / _LOG_FROM_HZ) / _LOG_STEP)


def _hertz(mels: np.ndarray) -> np.ndarray:
    above = _LOG_FROM_HZ * np.exp(_LOG_STEP * (mels - _LOG_FROM))
    return np.where(mels >= _LOG_FROM, above, _BAND_HZ * mels)
