from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from mediacheck.align.presence import EXACT_S, SEARCH_S, mixture, presence
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

from .making import between, mixed, noise, voice

ORIGINAL = voice(16.0, seed=1)
OTHER = voice(16.0, seed=2)
OFFSET_S = 5.0
CLIP = between(ORIGINAL, 5.0, 13.0)
LINE = Alignment(OFFSET_S)
CENTRES = np.arange(0.5, 7.5, 0.2)
SAMPLE_S = 2 / RATE  # lags are counted at half the rate
NULL_PEAK = 9.0  # of the middle window: p99 of unrelated speech is 8 to 14


def middle(clip: np.ndarray, line: Alignment = LINE, reach_s: float = SEARCH_S) -> float:
    return float(np.median(presence(clip, ORIGINAL, line, CENTRES, reach_s).ratio))


def telephone(samples: np.ndarray) -> np.ndarray:
    filters = scipy.signal.butter(2, [300, 3000], "bandpass", fs=RATE, output="sos")
    return np.asarray(scipy.signal.sosfilt(filters, np.asarray(samples, float)) * 0.3, np.int16)


@pytest.mark.parametrize("late_s", [-0.1, -0.013, 0.0, 0.013, 0.1])
def test_the_lag_says_how_late_the_clip_is(late_s: float) -> None:
    late = between(ORIGINAL, 5.0 - late_s, 13.0 - late_s)
    found = presence(late, ORIGINAL, LINE, CENTRES, SEARCH_S)
    exact = np.abs(found.lag_s - late_s) <= SAMPLE_S
    assert exact.mean() > 0.85  # in pauses there is nothing to find
    assert np.median(found.ratio[exact]) > 40


def test_a_place_out_of_reach_is_not_found() -> None:
    late = between(ORIGINAL, 4.95, 12.95)
    assert middle(late, reach_s=SEARCH_S) > 3 * middle(late, reach_s=EXACT_S)


def test_copies_stand_out_and_others_do_not() -> None:
    assert middle(CLIP) > 40
    assert middle(telephone(CLIP)) > 40
    assert middle(between(OTHER, 5.0, 13.0)) < NULL_PEAK
    assert middle(noise(8.0, seed=3)) < NULL_PEAK
    assert middle(CLIP, Alignment(OFFSET_S + 2.0)) < NULL_PEAK


def test_what_is_laid_over_lowers_presence_and_leaves_it() -> None:
    clean, disturbed = middle(CLIP), middle(mixed(CLIP, noise(8.0, seed=3, level=4000)))
    assert NULL_PEAK < disturbed < 0.7 * clean


def test_gain_does_not_count() -> None:
    assert middle(np.asarray(CLIP // 8, np.int16)) == pytest.approx(middle(CLIP), rel=0.1)


def test_silence_on_either_side_has_no_presence() -> None:
    silent = np.zeros_like(CLIP)
    assert not presence(silent, ORIGINAL, LINE, CENTRES, SEARCH_S).ratio.any()
    assert not presence(CLIP, np.zeros_like(ORIGINAL), LINE, CENTRES, SEARCH_S).ratio.any()
    outside = presence(CLIP, ORIGINAL, Alignment(20.0), CENTRES, SEARCH_S)
    assert not outside.ratio.any()


def test_no_windows_have_no_presence() -> None:
    assert presence(CLIP, ORIGINAL, LINE, np.empty(0), SEARCH_S).ratio.shape == (0,)


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
    added = noise(62.0, seed=5, level=2000)
    clip = mixed(clip, added)
    at_seam = np.array([29.8, 30.0, 30.2])
    found = mixture(clip, long, Alignment(2.0), at_seam)
    unbroken = mixture(between(clip, 20.0, 40.0), long, Alignment(22.0), at_seam - 20.0)
    assert found.cleanliness == pytest.approx(unbroken.cleanliness, abs=0.03)
    assert found.residual_db == pytest.approx(unbroken.residual_db, abs=0.3)
    seam = between(found.residual, 29.5, 30.5).astype(float)
    assert np.corrcoef(seam, between(added, 29.5, 30.5).astype(float))[0, 1] > 0.8
