"""What is left of a sound follows the original, or it does not."""

from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.following import following
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

LINE = Alignment(20.0)
CENTRES = np.arange(1.5, 8.5, 0.5)


def syllables(seconds: float, seed: int) -> np.ndarray:
    """Noise that rises and falls every fifth of a second."""
    chance = np.random.default_rng(seed)
    loud = np.repeat(10 ** chance.uniform(-2.0, 0.0, round(seconds * 5)), RATE // 5)
    return np.asarray(8000 * loud * chance.standard_normal(len(loud)), np.int16)


ORIGINAL = syllables(60.0, 1)
COPY = ORIGINAL[20 * RATE : 30 * RATE] // 10


def test_a_quiet_copy_follows_and_another_voice_does_not() -> None:
    assert following(COPY, ORIGINAL, LINE, CENTRES).min() > 0.95
    assert np.median(following(syllables(10.0, 2), ORIGINAL, LINE, CENTRES)) < 0.5


def test_only_the_place_that_the_line_leads_to_is_listened_to() -> None:
    elsewhere = ORIGINAL.copy()
    elsewhere[: 18 * RATE], elsewhere[32 * RATE :] = 0, 0
    assert np.array_equal(
        following(COPY, elsewhere, LINE, CENTRES), following(COPY, ORIGINAL, LINE, CENTRES)
    )


@pytest.mark.parametrize("offset_s", [-30.0, 70.0])
def test_a_line_that_leaves_the_original_finds_nothing_to_follow(offset_s) -> None:
    assert not following(COPY, ORIGINAL, Alignment(offset_s), CENTRES).any()
