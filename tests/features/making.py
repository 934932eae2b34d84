"""Voices whose pitch is known: pulses through two resonances."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, sosfilt

from mediacheck.features.spectrum import RATE

MELODY_S = 0.3  # over which a voice rises and falls
SYLLABLES = 4  # a second, each voiced for two thirds of its time


def buzz(hertz: float | np.ndarray, seconds: float = 2.0) -> np.ndarray:
    """A throat that hums so high; (n,) float, 8000 at its loudest."""
    pitch = np.broadcast_to(hertz, round(seconds * RATE))
    pulses = np.diff(np.floor(np.cumsum(pitch) / RATE), prepend=0.0)
    heard = sum(
        sosfilt(butter(1, (f / 1.3, f * 1.3), "band", fs=RATE, output="sos"), pulses)
        for f in (600.0, 1700.0)
    )
    return np.asarray(heard / np.abs(heard).max() * 8000)


def talk(hertz: float, seconds: float, seed: int, lively: float = 1.5) -> np.ndarray:
    """Somebody who speaks about so high, with a melody of so many semitones; (n,) int16."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE)
    melody = gaussian_filter1d(rng.standard_normal(count // 160 + 1), MELODY_S * 100)
    steps = np.repeat(melody / melody.std(), 160)[:count]
    within = np.arange(count) / RATE * SYLLABLES % 1.0
    hiss = rng.standard_normal(count) * 300
    heard = np.where(within < 2 / 3, buzz(hertz * 2 ** (lively * steps / 12), seconds), hiss)
    return np.asarray(np.round(heard), np.int16)


def as_stored(sound: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(sound), np.int16)
