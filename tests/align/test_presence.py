from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.presence import EXACT_S, SEARCH_S, presence
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

from .making import between, mixed, noise, telephone, voice

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
    dither = np.asarray(np.sign(CLIP), np.int16)
    assert not presence(dither, ORIGINAL, LINE, CENTRES, SEARCH_S).ratio.any()
    outside = presence(CLIP, ORIGINAL, Alignment(20.0), CENTRES, SEARCH_S)
    assert not outside.ratio.any()


def test_no_windows_have_no_presence() -> None:
    assert presence(CLIP, ORIGINAL, LINE, np.empty(0), SEARCH_S).ratio.shape == (0,)


def test_run_backwards_a_copy_is_a_decoy() -> None:
    found = presence(CLIP, ORIGINAL, LINE, CENTRES, SEARCH_S, backwards=True)
    assert np.median(found.ratio) < NULL_PEAK
