"""Footage and voices made of numbers, so that the truth is exact."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import scipy.signal

from mediacheck.features.spectrum import RATE

FPS = 12.5


def clock(seconds: float, fps: float = FPS) -> np.ndarray:
    return np.arange(round(seconds * fps)) / fps


def moving_cells(at: np.ndarray, seed: int = 1) -> np.ndarray:
    """8 x 8 cells that swing each in its own slow way: a function of time; (n, 8, 8)."""
    rng = np.random.default_rng(seed)
    rate = rng.uniform(0.2, 2.5, (8, 8, 6))
    phase = rng.uniform(0, 2 * np.pi, (8, 8, 6))
    waves = np.sin(2 * np.pi * at[:, None, None, None] * rate + phase)
    return np.asarray(100 + 3 * waves.sum(axis=3), np.float32)


@dataclass(frozen=True)
class Scene:
    """A textured backdrop before which discs swing; a film of it is a function of time."""

    seed: int = 1
    height: int = 180
    width: int = 320

    def frame(self, at: float) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        shape = (self.height, self.width)
        canvas = sum(
            cv2.resize(
                rng.uniform(-1, 1, (shape[0] // size, shape[1] // size)).astype(np.float32),
                shape[::-1],
                interpolation=cv2.INTER_CUBIC,
            )
            for size in (4, 9, 20)
        )
        picture = np.asarray(128 + 30 * canvas, np.float32)
        for _ in range(14):
            x, y = rng.uniform(0.1, 0.9, 2)
            level = float(rng.uniform(20, 235))
            rate, phase = rng.uniform(0.2, 1.1, 4), rng.uniform(0, 2 * np.pi, 4)
            swing = np.sin(2 * np.pi * rate * at + phase)
            centre = (
                round(float(x + 0.06 * (swing[0] + swing[1])) * self.width * 16),
                round(float(y + 0.06 * (swing[2] + swing[3])) * self.height * 16),
            )
            radius = round(0.06 * self.width * 16)
            cv2.circle(picture, centre, radius, level, -1, lineType=cv2.LINE_AA, shift=4)
        return np.asarray(np.clip(picture, 0, 255), np.uint8)


@dataclass(frozen=True)
class Film:
    """What alignment sees of a file: `align.scene.View`."""

    times: np.ndarray
    frames: tuple[np.ndarray, ...]

    @property
    def thumbs(self) -> np.ndarray:
        height, width = self.frames[0].shape
        scale = 64 / max(height, width)
        size = (round(width * scale), round(height * scale))
        return np.stack([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in self.frames])

    @property
    def aspect(self) -> float:
        height, width = self.frames[0].shape
        return width / height

    def nearest(self, time_s: float) -> tuple[float, np.ndarray]:
        index = int(np.abs(self.times - time_s).argmin())
        return float(self.times[index]), self.frames[index]


def filmed(scene: Scene, start_s: float, seconds: float, speed: float = 1.0) -> Film:
    """Seconds of the scene from start_s of its own time on, played `speed` times as fast."""
    times = clock(seconds)
    return Film(times, tuple(scene.frame(start_s + speed * at) for at in times))


def noise(seconds: float, seed: int, level: float = 3000.0) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(0, level, round(seconds * RATE))
    return np.asarray(np.clip(drawn, -32768, 32767), np.int16)


def voice(seconds: float, seed: int, level: float = 4000.0) -> np.ndarray:
    """Sound that a voice could make: syllables of gliding harmonics under formants, breath, pauses."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(seconds * RATE))
    begin = 0.02
    while True:
        length = rng.uniform(0.12, 0.3)
        first, count = round(begin * RATE), round(length * RATE)
        if first + count >= len(out):
            break
        at = np.arange(count) / RATE
        pitch = rng.uniform(95, 170) * (1 + rng.uniform(-0.15, 0.15) * at / length)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        formants = rng.uniform([250, 800, 2000], [900, 2200, 3400])
        syllable = np.zeros(count)
        for harmonic in range(1, int(3700 / pitch.max())):
            gain = sum(np.exp(-(((harmonic * pitch - f) / 220) ** 2)) for f in formants)
            syllable += (0.05 + gain) * np.sin(harmonic * phase + rng.uniform(0, 2 * np.pi))
        syllable += 0.15 * rng.standard_normal(count)
        out[first : first + count] += np.hanning(count) * syllable
        begin += length + (rng.uniform(0.25, 0.5) if rng.uniform() < 0.15 else rng.uniform(0, 0.08))
    out += 0.003 * rng.standard_normal(len(out))
    loud = np.sqrt((out**2).mean())
    return np.asarray(np.clip(out * level / loud, -32768, 32767), np.int16)


def mixed(*sounds: np.ndarray) -> np.ndarray:
    total = np.sum([np.asarray(sound, float) for sound in sounds], axis=0)
    return np.asarray(np.clip(total, -32768, 32767), np.int16)


def telephone(samples: np.ndarray) -> np.ndarray:
    filters = scipy.signal.butter(2, [300, 3000], "bandpass", fs=RATE, output="sos")
    return np.asarray(scipy.signal.sosfilt(filters, np.asarray(samples, float)) * 0.3, np.int16)


def between(samples: np.ndarray, start_s: float, end_s: float) -> np.ndarray:
    return samples[round(start_s * RATE) : round(end_s * RATE)]
