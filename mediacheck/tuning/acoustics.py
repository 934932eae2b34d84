"""What do rooms, microphones and programs that even out loudness make of a soundtrack?

Samples are mono at footage.RATE; as many come out as went in, and nothing is moved in time.
"""

from collections.abc import Mapping
from random import Random

import numpy as np
from scipy.signal import fftconvolve

from mediacheck.tuning.footage import RATE
from mediacheck.tuning.soundtrack import filtered, speech_level

EARLY_S = 0.05  # after which reflections are too dense to be heard apart
DENOISER_S = 0.025  # by which ffmpeg's afftdn gives the sound out later than it takes it in
GAIN_STEP_S = 0.05
GAIN_RANGE_DB = (-12.0, 15.0)


def in_a_room(samples: np.ndarray, rng: Random, lasting_s: float, wet_db: float) -> np.ndarray:
    """As heard in a room where sound takes lasting_s to fall by 60 dB, its echo wet_db above the direct sound.

    Six early reflections and a tail of falling noise, duller than the direct sound; both are drawn from rng.
    """
    count = round(lasting_s * RATE)
    clock = np.arange(count) / RATE
    noise = np.random.default_rng(rng.getrandbits(64)).standard_normal(count)
    tail = noise * 10 ** (-3 * clock / lasting_s) * np.clip(clock / EARLY_S, 0, 1)
    tail = np.convolve(tail, np.hanning(9) / np.hanning(9).sum(), mode="same")
    for _ in range(6):
        late_s = rng.uniform(0.004, EARLY_S)
        if round(late_s * RATE) < count:
            strength = float(np.abs(tail).max()) * rng.uniform(1, 3)
            tail[round(late_s * RATE)] += strength * 10 ** (-3 * late_s / lasting_s)
    tail *= 10 ** (wet_db / 20) / np.sqrt((tail**2).sum())
    tail[0] += 1
    heard = fftconvolve(samples, tail)[: len(samples)]
    return np.asarray(heard, dtype=np.float32)


def by_a_phone(samples: np.ndarray, rng: Random) -> np.ndarray:
    """A screen's small speakers across a living room, taken by a phone: echo, and neither bass nor brilliance."""
    small = _filtered(samples, ("highpass", {"f": 220}), ("lowpass", {"f": 7500}))
    return in_a_room(small, rng, rng.uniform(0.3, 0.5), rng.uniform(-6, -1))


def levelled(samples: np.ndarray, rng: Random) -> np.ndarray:
    """A recorder's automatic gain: it falls at once where speech is loud and rises again over seconds."""
    level = speech_level(samples)
    if not level:
        return samples
    size = round(GAIN_STEP_S * RATE)
    steps = -(-len(samples) // size)
    padded = np.pad(samples.astype(np.float64), (0, steps * size - len(samples)))
    loudness = np.sqrt((padded.reshape(steps, size) ** 2).mean(axis=1))
    wanted = np.clip(20 * np.log10(level / np.maximum(loudness, 1e-6)), *GAIN_RANGE_DB)
    gain, held = np.empty(steps), 0.0
    rise = rng.uniform(3, 6) * GAIN_STEP_S  # decibels a step
    for at, goal in enumerate(wanted):
        held = max(goal, held - 40 * GAIN_STEP_S) if goal < held else min(goal, held + rise)
        gain[at] = held
    centres = (np.arange(steps) + 0.5) * size
    smooth = np.interp(np.arange(len(samples)), centres, gain)
    return np.asarray(samples * 10 ** (smooth / 20), dtype=np.float32)


def normalised(samples: np.ndarray, rng: Random) -> np.ndarray:
    """Brought to -14 LUFS as platforms do, by ffmpeg's loudnorm in one pass, which moves the gain along the way."""
    return _filtered(samples, ("loudnorm", {"I": -14, "TP": -1.5, "LRA": 7}))


def compressed(samples: np.ndarray, rng: Random) -> np.ndarray:
    """A broadcaster's compressor: what is louder than half the speech's level is pressed together six to one."""
    threshold = min(1.0, max(0.001, speech_level(samples) / 2))
    options = {
        "threshold": round(threshold, 5),
        "ratio": 6,
        "attack": 5,
        "release": 120,
        "makeup": 2,
    }
    return _filtered(samples, ("acompressor", options))


def raised(samples: np.ndarray, rng: Random) -> np.ndarray:
    """By a program that brings what is quiet near to what is loud: ffmpeg's dynaudnorm, or its compand."""
    if rng.random() < 0.5:
        return _filtered(samples, ("dynaudnorm", {"f": 150, "g": 11, "m": 15}))
    curve = "-80/-80|-50/-26|-30/-18|0/-8"
    return _filtered(samples, ("compand", {"attacks": 0.05, "decays": 0.4, "points": curve}))


def denoised(samples: np.ndarray, rng: Random) -> np.ndarray:
    """By ffmpeg's spectral denoiser, set as strong as an editor's preset for a noisy hall."""
    late = round(DENOISER_S * RATE)
    longer = np.pad(samples, (0, late))
    return _filtered(longer, ("afftdn", {"nr": 24, "nf": -38, "tn": 1}))[late:]


def _filtered(samples: np.ndarray, *filters: tuple[str, Mapping[str, float | str]]) -> np.ndarray:
    changed = filtered(samples, *filters)
    return np.pad(changed, (0, max(0, len(samples) - len(changed))))[: len(samples)]
