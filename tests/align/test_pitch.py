from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.pitch import pitch_shift
from mediacheck.features.stretch import resampled, stretched
from mediacheck.model import Alignment

from .making import between, voice

ORIGINAL = voice(20.0, seed=1)
CLIP = between(ORIGINAL, 5.0, 15.0)
LINE = Alignment(5.0)


@pytest.mark.parametrize("semitones", [-3.0, -0.7, 0.7, 3.0])
def test_the_shift_is_positive_where_the_clip_is_higher(semitones: float) -> None:
    factor = 2 ** (semitones / 12)
    found = pitch_shift(resampled(stretched(CLIP, factor), 1 / factor), ORIGINAL, LINE)
    assert found is not None
    assert found.semitones == pytest.approx(semitones, abs=0.1)
    assert found.score > 2 * found.second


def test_speed_with_the_pitch_following_is_a_shift_along_its_line() -> None:
    faster = resampled(between(ORIGINAL, 5.0, 15.0), 0.9)
    found = pitch_shift(faster, ORIGINAL, Alignment(5.0, 1 / 0.9))
    assert found is not None
    assert found.semitones == pytest.approx(12 * np.log2(1 / 0.9), abs=0.1)


def test_a_copy_has_no_shift() -> None:
    found = pitch_shift(CLIP, ORIGINAL, LINE)
    assert found is not None
    assert found.semitones == pytest.approx(0, abs=0.02)
    assert found.score > 0.95


def test_another_voice_agrees_on_no_shift() -> None:
    found = pitch_shift(between(voice(20.0, seed=2), 5.0, 15.0), ORIGINAL, LINE)
    assert found is not None
    assert found.score < 0.2


def test_too_little_in_common_is_not_measured() -> None:
    assert pitch_shift(between(ORIGINAL, 5.0, 6.3), ORIGINAL, LINE) is None
    assert pitch_shift(CLIP, ORIGINAL, Alignment(18.5)) is None
