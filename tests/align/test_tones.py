from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.mixture import mixture
from mediacheck.align.tones import held_tones
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

from .making import between, mixed, noise, telephone, voice

ORIGINAL = voice(20.0, seed=1)
LINE = Alignment(4.0)
CLIP = between(ORIGINAL, 4.0, 16.0)
CENTRES = np.arange(0.05, 12.0, 0.1)
MUSIC = 0.35  # as in the calibration


def melody(seconds: float, level: float, note_s: float = 0.6) -> np.ndarray:
    """Three notes at a time, all changing together."""
    rng = np.random.default_rng(5)
    count = round(seconds * RATE)
    clock = np.arange(count) / RATE
    out = np.zeros(count)
    for number in range(int(seconds / note_s) + 1):
        now = (clock >= number * note_s) & (clock < (number + 1) * note_s)
        for hz in 220.0 * 2 ** (rng.integers(0, 24, 3) / 12):
            out[now] += np.sin(2 * np.pi * hz * clock[now])
    return np.asarray(level * out / np.sqrt((out**2).mean()), np.int16)


def tones(clip: np.ndarray) -> np.ndarray:
    left = mixture(clip, ORIGINAL, LINE, CENTRES).residual
    return held_tones(left, ORIGINAL, LINE, CENTRES)


def test_music_under_the_speech_is_heard_and_counted() -> None:
    loud = float(np.sqrt((CLIP.astype(float) ** 2).mean()))
    found = tones(mixed(CLIP, melody(12.0, level=loud / 2)))
    # This voice holds its pitch, and hides notes as no speaker does.
    assert (found > MUSIC).mean() > 0.4
    assert found.max() > 2 * MUSIC


@pytest.mark.parametrize(
    "clip",
    [
        pytest.param(CLIP, id="nothing"),
        pytest.param(telephone(CLIP), id="telephone"),
        pytest.param(mixed(CLIP, noise(12.0, seed=3, level=4000)), id="loud noise"),
    ],
)
def test_what_is_no_music_holds_no_tones(clip: np.ndarray) -> None:
    assert tones(clip).max() < MUSIC


def test_the_hum_of_the_mains_is_no_music() -> None:
    clock = np.arange(12 * RATE) / RATE
    hum = sum(np.sin(2 * np.pi * 50.0 * n * clock) / n for n in range(1, 9))
    assert tones(mixed(CLIP, np.asarray(600 * hum, np.int16))).max() < MUSIC


def test_what_the_original_itself_holds_does_not_count() -> None:
    song = melody(20.0, level=900.0)
    original = mixed(ORIGINAL, song)
    late = between(original, 3.6, 15.6)  # an echo of four tenths of a second
    assert held_tones(late, original, LINE, CENTRES).max() < MUSIC
    assert held_tones(late, ORIGINAL, LINE, CENTRES).max() > 2 * MUSIC


def test_a_long_sound_is_told_as_its_parts_are() -> None:
    long = np.tile(melody(12.0, level=900.0), 8)
    silence = np.zeros_like(long)
    centres = np.arange(58.05, 64.0, 0.1)  # a minute is told at a time
    begins_s = 51.2  # on the raster of the windows
    part = long[round(begins_s * RATE) : round((begins_s + 24) * RATE)]
    alone = held_tones(part, silence, Alignment(0.0), centres - begins_s)
    assert alone.max() > MUSIC
    assert np.abs(held_tones(long, silence, Alignment(0.0), centres) - alone).max() < 0.01


def test_a_moment_of_sound_has_no_tones() -> None:
    assert not held_tones(np.zeros(100, np.int16), ORIGINAL, LINE, CENTRES).any()
