"""Perceptual hash of many frames at once: the same bits as `imagehash.phash`.

64 bits of the sign of a frame's coarse structure (the lowest 8 x 8 cosine terms of a 32 x 32 picture against
their median; C. Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, as
implemented by imagehash). It tells which scene a frame shows, not which moment of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy.fft
from PIL import Image

_SIDE = 32
_KEPT = 8


def phash(
    frames: Sequence[np.ndarray], box: tuple[float, float, float, float] | None = None
) -> np.ndarray:
    """Hashes of grey frames, each (h, w) uint8; shape (n, 8, 8) bool, as `imagehash.phash(frame).hash`.

    box: left, top, right, bottom as fractions of the frame; only that part is hashed.
    """
    small = np.empty((len(frames), _SIDE, _SIDE))
    for index, frame in enumerate(frames):
        part, edges = (frame, None) if box is None else _cropped(frame, box)
        resized = Image.fromarray(part).resize((_SIDE, _SIDE), Image.Resampling.LANCZOS, box=edges)
        small[index] = np.asarray(resized)
    # Axis by axis as imagehash does: a matrix product gives other bits on flat frames, where terms near
    # zero decide.
    terms = scipy.fft.dct(scipy.fft.dct(small, axis=1), axis=2)[:, :_KEPT, :_KEPT]
    median = np.median(terms.reshape(len(frames), -1), axis=1) if len(frames) else np.empty(0)
    return np.asarray(terms > median[:, None, None])


def _cropped(
    frame: np.ndarray, box: tuple[float, float, float, float]
) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """(the whole pixels that the box touches, its edges within them).

    Cut first, because Pillow's box alone lets its filter see what lies outside.
    """
    height, width = frame.shape
    left, right = round(box[0] * width, 6), round(box[2] * width, 6)
    top, bottom = round(box[1] * height, 6), round(box[3] * height, 6)
    x, y = math.floor(left), math.floor(top)
    part = np.ascontiguousarray(frame[y : math.ceil(bottom), x : math.ceil(right)])
    return part, (left - x, top - y, right - x, bottom - y)


def distance_bits(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Bits that differ, 0 to 64, for hashes of equal shape (..., 8, 8)."""
    return np.asarray((left != right).sum(axis=(-2, -1)))
