from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mediacheck.align.agreement import STEP_S
from mediacheck.align.mixture import Mixture, mixture
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

from .making import between, mixed, noise, telephone, voice

ORIGINAL = voice(24.0, seed=11)
OTHER = voice(24.0, seed=12)
CLIP = between(ORIGINAL, 5.0, 17.0)
LINE = Alignment(5.0)
CENTRES = np.arange(0.5, 11.5, 0.5)
MOMENTS = STEP_S * (np.arange(240) + 0.5)
EDGE_S = 0.1  # half of the weight of a moment lies within


def found(clip: np.ndarray) -> Mixture:
    return mixture(clip, ORIGINAL, LINE, CENTRES, MOMENTS)


def within(start: float, end: float) -> np.ndarray:
    return (start <= MOMENTS) & (end > MOMENTS)


def replaced(clip: np.ndarray, other: np.ndarray, start: float, end: float) -> np.ndarray:
    out = clip.copy()
    out[round(start * RATE) : round(end * RATE)] = between(other, start, end)
    return out


@pytest.mark.parametrize(
    "clip",
    [CLIP, telephone(CLIP), CLIP // 8, mixed(CLIP, noise(12.0, 1, level=1200))],
    ids=["copy", "telephone", "quieter", "noise at 10 dB"],
)
def test_every_moment_of_a_copy_agrees(clip: np.ndarray) -> None:
    taken = found(clip)
    usual, chance = np.nanmedian(taken.agreement), np.nanmean(taken.chance)
    assert usual > 0.75
    assert chance < 0.25
    assert np.nanmin(taken.agreement) - chance > 0.4 * (usual - chance)


@pytest.mark.parametrize("start", [3.0, 6.4])
@pytest.mark.parametrize(
    "other", [OTHER, ORIGINAL], ids=["another voice", "its own at another time"]
)
@pytest.mark.parametrize("after", [lambda clip: clip, telephone], ids=["clean", "telephone"])
def test_half_a_second_of_something_else_does_not_agree(
    start: float, other: np.ndarray, after: Callable[[np.ndarray], np.ndarray]
) -> None:
    taken = found(after(replaced(CLIP, other, start, start + 0.5)))
    inside = within(start + EDGE_S, start + 0.5 - EDGE_S)
    outside = ~within(start - 2 * EDGE_S, start + 0.5 + 2 * EDGE_S)
    assert np.nanmedian(taken.agreement[inside]) < 0.3
    assert np.nanmin(taken.agreement[outside]) > 0.5


def test_something_else_disagrees_though_it_is_quieter_than_the_original() -> None:
    """By 7 dB: far from silent, so nothing excuses it."""
    inside = within(3.0 + EDGE_S, 3.5 - EDGE_S)
    told = found(replaced(CLIP, (OTHER * 0.45).astype(OTHER.dtype), 3.0, 3.5)).agreement[inside]
    assert np.isfinite(told).mean() > 0.8
    assert np.nanmedian(told) < 0.3


def test_silence_disagrees_with_nothing() -> None:
    silent = CLIP.copy()
    silent[4 * RATE : 5 * RATE] = 0
    told = found(silent).agreement
    assert np.isnan(told[within(4.0 + EDGE_S, 5.0 - EDGE_S)]).all()
    quiet = between(ORIGINAL, 0.0, 24.0).copy()
    quiet[9 * RATE : 10 * RATE] = 0  # the original is silent there, and the clip speaks
    told = mixture(CLIP, quiet, LINE, CENTRES, MOMENTS).agreement
    assert np.isnan(told[within(4.0 + 2 * EDGE_S, 5.0 - 2 * EDGE_S)]).all()


@pytest.mark.parametrize("length_s", [0.3, 0.5])
def test_a_bang_that_would_hide_the_original_does_not_disagree(length_s: float) -> None:
    """Noise 12 dB over the voice: what lies under it cannot be told, and is not known to be gone."""
    banged = CLIP // 5
    first = 6 * RATE
    count = round(length_s * RATE)
    loud = noise(length_s, 7, level=4 * float(np.std(CLIP // 5)))
    banged[first : first + count] += loud[:count]
    taken = found(banged)
    usual, chance = np.nanmedian(taken.agreement), np.nanmean(taken.chance)
    low = taken.agreement < chance + 0.33 * (usual - chance)  # NaN is not low
    assert low.sum() <= 2


def test_blocks_do_not_show_in_agreement() -> None:
    long = voice(66.0, seed=4)
    moments = STEP_S * (np.arange(1240) + 0.5)
    told = mixture(between(long, 2.0, 64.0), long, Alignment(2.0), CENTRES, moments).agreement
    assert told.shape == (1240,)
    assert np.nanmin(told) > 0.9


def test_no_moments_cost_nothing_and_give_nothing() -> None:
    assert mixture(CLIP, ORIGINAL, LINE, CENTRES).agreement.shape == (0,)
    beyond = mixture(CLIP, ORIGINAL, LINE, CENTRES, np.array([3.0, 40.0])).agreement
    assert np.isfinite(beyond).tolist() == [True, False]
