"""A file's thumbnails, the same whichever side of the pipe makes them."""

from __future__ import annotations

import cv2
import numpy as np

cv2.setNumThreads(1)
LEAST_SIDE = 8


class Thumbs:
    """Reduces grey frames to one size: that of the first, with its longest side as asked for."""

    def __init__(self, side: int) -> None:
        self._side = side
        self.size: tuple[int, int] | None = None  # (width, height), None before the first frame

    def of(self, grey: np.ndarray) -> np.ndarray:
        """(h, w) uint8 of a frame (h, w) uint8."""
        if self.size is None:
            scale = self._side / max(grey.shape)
            height, width = (max(LEAST_SIDE, round(length * scale)) for length in grey.shape)
            self.size = width, height
        return np.asarray(cv2.resize(grey, self.size, interpolation=cv2.INTER_AREA))
