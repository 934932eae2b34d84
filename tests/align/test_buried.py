from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.buried import FADED_DB, level_under, summed_presence
from mediacheck.align.presence import EXACT_S, SEARCH_S, presence
from mediacheck.model import Alignment

from .making import between, noise, telephone, voice

ORIGINAL = voice(24.0, seed=1)
OVER = voice(24.0, seed=2)
OFFSET_S = 5.0
LINE = Alignment(OFFSET_S)
CENTRES = np.arange(0.5, 11.5, 0.5)
NULL_PEAK = 8.0  # of the middle window, summed over 6 s: replaced sounds lie under 7.7
NEAR_DB = 2.0


def under(level_db: float, late_s: float = 0.0) -> np.ndarray:
    """Another voice with the original that far under it."""
    own = between(ORIGINAL, OFFSET_S - late_s, OFFSET_S - late_s + 12.0).astype(float)
    over = between(OVER, 5.0, 17.0).astype(float)
    gain = 10 ** (level_db / 20) * np.sqrt((over**2).mean() / (own**2).mean())
    return np.asarray(np.clip(over + gain * own, -32768, 32767), np.int16)


def middle(clip: np.ndarray, line: Alignment = LINE) -> float:
    return float(np.median(summed_presence(clip, ORIGINAL, line, CENTRES, SEARCH_S).ratio))


def test_sums_find_what_single_windows_do_not() -> None:
    clip = under(-25.0)
    alone = presence(clip, ORIGINAL, LINE, CENTRES, SEARCH_S, 2.0).ratio
    assert middle(clip) > 2 * float(np.median(alone))
    assert middle(clip) > 2 * NULL_PEAK
    assert middle(telephone(clip)) > 2 * NULL_PEAK


def test_what_is_not_there_is_not_found() -> None:
    assert middle(between(OVER, 5.0, 17.0)) < NULL_PEAK
    assert middle(noise(12.0, seed=3)) < NULL_PEAK
    assert middle(under(-15.0), Alignment(OFFSET_S + 2.0)) < NULL_PEAK
    back = summed_presence(under(-15.0), ORIGINAL, LINE, CENTRES, SEARCH_S, backwards=True)
    assert float(np.median(back.ratio)) < NULL_PEAK


@pytest.mark.parametrize("late_s", [-0.08, 0.0, 0.05])
def test_the_lag_is_told_and_a_place_out_of_reach_is_not(late_s: float) -> None:
    found = summed_presence(under(-15.0, late_s), ORIGINAL, LINE, CENTRES, SEARCH_S)
    assert np.median(np.abs(found.lag_s - late_s)) < 0.001
    if late_s:
        near = summed_presence(under(-15.0, late_s), ORIGINAL, LINE, CENTRES, EXACT_S)
        assert float(np.median(near.ratio)) < NULL_PEAK


@pytest.mark.parametrize("level_db", [-6.0, -15.0, -25.0])
def test_the_level_is_what_the_mixture_was_made_with(level_db: float) -> None:
    told = float(np.median(level_under(under(level_db), ORIGINAL, LINE, np.arange(1.0, 11.0, 0.5))))
    assert told == pytest.approx(level_db, abs=NEAR_DB)


def test_the_level_of_what_is_not_there_lies_far_below() -> None:
    assert np.median(level_under(between(OVER, 5.0, 17.0), ORIGINAL, LINE, CENTRES)) < -30
    silent = level_under(between(OVER, 5.0, 17.0), np.zeros_like(ORIGINAL), LINE, CENTRES)
    assert (silent == FADED_DB).all()


def test_a_moment_of_sound_has_nothing_to_sum() -> None:
    short = np.zeros(100, np.int16)
    assert not summed_presence(short, ORIGINAL, LINE, CENTRES, SEARCH_S).ratio.any()
    assert (level_under(short, ORIGINAL, LINE, CENTRES) == FADED_DB).all()
