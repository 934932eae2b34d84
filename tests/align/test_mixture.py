from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from mediacheck.align.mixture import mixture, straight
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

from .making import between, mixed, telephone, voice

ORIGINAL = voice(16.0, seed=1)
OTHER = voice(16.0, seed=2)
CLIP = between(ORIGINAL, 5.0, 13.0)
LINE = Alignment(5.0)
CENTRES = np.arange(0.5, 7.5, 0.2)


def echoing(samples: np.ndarray) -> np.ndarray:
    """As in a room: reflections for a quarter of a second, together as loud as the voice."""
    rng = np.random.default_rng(3)
    room = rng.standard_normal(round(0.24 * RATE)) * np.exp(-np.arange(round(0.24 * RATE)) / 1000)
    room *= 1 / np.sqrt((room**2).sum())
    room[0] += 1.0
    return np.asarray(scipy.signal.fftconvolve(samples, room)[: len(samples)] / 2, np.int16)


def test_a_filtered_copy_is_clean_and_another_voice_is_not() -> None:
    assert np.median(mixture(CLIP, ORIGINAL, LINE, CENTRES).cleanliness) > 0.97
    assert np.median(mixture(telephone(CLIP), ORIGINAL, LINE, CENTRES).cleanliness) > 0.9
    other = mixture(between(OTHER, 5.0, 13.0), ORIGINAL, LINE, CENTRES)
    assert np.median(other.cleanliness) < 0.1


def test_the_residual_is_what_was_added() -> None:
    added = between(OTHER, 5.0, 13.0)
    found = mixture(mixed(CLIP, added), ORIGINAL, LINE, CENTRES)
    inner = slice(RATE, -RATE)
    residual, truth = found.residual[inner].astype(float), added[inner].astype(float)
    assert found.residual.shape == CLIP.shape
    assert np.corrcoef(residual, truth)[0, 1] > 0.9
    assert np.corrcoef(residual, CLIP[inner].astype(float))[0, 1] < 0.2
    assert residual.std() == pytest.approx(truth.std(), rel=0.15)


@pytest.mark.parametrize("over_db", [-6.0, 6.0])
def test_the_residual_is_measured_over_the_original(over_db: float) -> None:
    added = np.asarray(between(OTHER, 5.0, 13.0) * 10 ** (over_db / 20) / 2, np.int16)
    half = np.asarray(CLIP // 2, np.int16)
    found = mixture(mixed(half, added), ORIGINAL, LINE, CENTRES)
    assert np.median(found.residual_db) == pytest.approx(over_db, abs=2.5)
    assert np.median(mixture(CLIP, ORIGINAL, LINE, CENTRES).residual_db) < -15


def test_blocks_do_not_show_in_a_long_mixture() -> None:
    long = voice(66.0, seed=4)
    clip = between(long, 2.0, 64.0)
    added = voice(62.0, seed=5, level=2000)
    clip = mixed(clip, added)
    at_seam = np.array([29.8, 30.0, 30.2])
    found = mixture(clip, long, Alignment(2.0), at_seam)
    unbroken = mixture(between(clip, 20.0, 40.0), long, Alignment(22.0), at_seam - 20.0)
    assert found.cleanliness == pytest.approx(unbroken.cleanliness, abs=0.03)
    assert found.residual_db == pytest.approx(unbroken.residual_db, abs=0.3)
    seam = between(found.residual, 29.5, 30.5).astype(float)
    assert np.corrcoef(seam, between(added, 29.5, 30.5).astype(float))[0, 1] > 0.8


def test_a_rooms_echo_is_explained_and_another_voice_is_not() -> None:
    echo = np.median(mixture(echoing(CLIP), ORIGINAL, LINE, CENTRES).residual_db)
    assert echo < -9
    voices = mixed(CLIP // 2, between(OTHER, 5.0, 13.0) // 2)
    assert np.median(mixture(voices, ORIGINAL, LINE, CENTRES).residual_db) > echo + 6


def reflected(samples: np.ndarray, late_s: float) -> np.ndarray:
    """With a reflection twice as loud as what comes straight, as a wall beside a phone gives it."""
    late = np.roll(samples, round(late_s * RATE))
    return np.asarray(samples / 3 + 2 * late / 3, np.int16)


@pytest.mark.parametrize("late_s", [0.03, 0.05])
def test_along_a_reflection_what_comes_straight_is_explained_too(late_s: float) -> None:
    clip, behind = reflected(CLIP, late_s), Alignment(LINE.offset_s - late_s)
    begun = straight(clip, ORIGINAL, behind, CENTRES)
    assert begun.offset_s == pytest.approx(LINE.offset_s, abs=0.02)
    left = [np.median(mixture(clip, ORIGINAL, at, CENTRES).residual_db) for at in (behind, begun)]
    assert left[1] < left[0] - 3


def test_of_a_long_clip_the_part_that_the_line_explains_tells() -> None:
    copied = reflected(between(ORIGINAL, 1.0, 15.0), 0.04)
    clip = np.concatenate([voice(32.0, seed=6), copied])
    behind, centres = Alignment(1.0 - 32.04), np.arange(0.5, 45.5, 0.2)
    moved_s = straight(clip, ORIGINAL, behind, centres).offset_s - behind.offset_s
    assert 0.02 < moved_s < 0.07


def test_no_other_line_is_moved() -> None:
    over = mixed(CLIP // 2, between(OTHER, 5.0, 13.0) // 2)
    for clip in (CLIP, telephone(CLIP), echoing(CLIP), over, np.zeros(0, np.int16)):
        assert straight(clip, ORIGINAL, LINE, CENTRES if len(clip) else np.empty(0)) == LINE


def test_no_sound_is_no_mixture() -> None:
    found = mixture(np.zeros(0, np.int16), ORIGINAL, LINE, np.empty(0))
    assert found.residual.shape == (0,)
    short = mixture(CLIP[:700], ORIGINAL, LINE, np.array([0.02]))
    assert short.residual.shape == (700,)
    assert np.isfinite(short.cleanliness).all()
