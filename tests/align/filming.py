"""A film that is a function of time, and what is seen of it frame by frame."""

from __future__ import annotations

import numpy as np

from mediacheck.align.looks import Looks
from mediacheck.model import Box

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
FPS = 12.5


def film(times: np.ndarray, seed: int = 1) -> np.ndarray:
    """Frames (n, 36, 64) of blobs that swing slowly before a backdrop: a function of time."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, 64), np.linspace(0, 1, 36))
    picture = 128 + 40 * np.sin(9 * x + 5 * y)[None] + np.zeros((len(times), 1, 1))
    for _ in range(6):
        rate, phase, at = rng.uniform(0.3, 1.2, 2), rng.uniform(0, 6, 2), rng.uniform(0.2, 0.8, 2)
        moved = [
            at[k] + 0.1 * np.sin(2 * np.pi * rate[k] * times + phase[k])[:, None, None]
            for k in (0, 1)
        ]
        picture = picture + 60 * np.exp(-((x - moved[0]) ** 2 + (y - moved[1]) ** 2) / 0.01)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def times(seconds: float, fps: float = FPS) -> np.ndarray:
    return np.arange(round(seconds * fps)) / fps


def looks(at: np.ndarray, shown: np.ndarray | None = None, seed: int = 1) -> Looks:
    """What is on screen at these times; shown: the times of the film that they show."""
    return Looks.of(at, film(at if shown is None else shown, seed), WHOLE)
