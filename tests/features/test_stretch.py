from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mediacheck.features.spectrum import RATE
from mediacheck.features.stretch import resampled, stretched

Change = Callable[[np.ndarray, float], np.ndarray]

HERTZ = 400.0
SPEEDS = [0.8, 0.9, 24 / 25, 25 / 24, 1.1, 1.25]
EXACT_HZ = 2.0  # of a peak read off 2 s of sound


def tone(seconds: float) -> np.ndarray:
    at = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(10_000 * np.sin(2 * np.pi * HERTZ * at), np.int16)


def dominant_hz(samples: np.ndarray) -> float:
    middle = samples[len(samples) // 2 - RATE : len(samples) // 2 + RATE]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    return float(spectrum.argmax() * RATE / len(middle))


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("change", [resampled, stretched])
def test_length_follows_the_speed(change: Change, speed: float) -> None:
    longer = change(tone(4.0), speed)
    assert longer.dtype == np.int16
    assert len(longer) == pytest.approx(4.0 * speed * RATE, abs=RATE / 1000)


@pytest.mark.parametrize("speed", SPEEDS)
def test_resampling_moves_the_pitch(speed: float) -> None:
    assert dominant_hz(resampled(tone(4.0), speed)) == pytest.approx(HERTZ / speed, abs=EXACT_HZ)


@pytest.mark.parametrize("speed", SPEEDS)
def test_stretching_keeps_the_pitch(speed: float) -> None:
    assert dominant_hz(stretched(tone(4.0), speed)) == pytest.approx(HERTZ, abs=EXACT_HZ)


@pytest.mark.parametrize("change", [resampled, stretched])
def test_a_moment_moves_to_where_the_speed_puts_it(change: Change) -> None:
    samples = np.asarray(np.random.default_rng(1).normal(0, 30, 6 * RATE), np.int16)
    samples[4 * RATE : 4 * RATE + 800] += tone(0.05)
    longer = change(samples, 1.1)
    loudest = np.abs(longer.astype(float)).reshape(-1, 160).mean(axis=1).argmax() / 100
    assert loudest == pytest.approx(4.4, abs=0.06)


def test_stretched_silence_and_next_to_nothing_stay_what_they_are() -> None:
    assert not stretched(np.zeros(RATE, np.int16), 1.1).any()
    assert len(stretched(np.zeros(0, np.int16), 1.1)) == 0
    assert len(stretched(tone(0.01), 1.1)) == 176


def test_stretching_keeps_the_level() -> None:
    longer = stretched(tone(4.0), 1.1)[RATE:-RATE].astype(float)
    assert np.sqrt((longer**2).mean()) == pytest.approx(10_000 / 2**0.5, rel=0.02)
