"""A copy of one channel of a two-language original is found to be one; other copies are compared in mono."""

from __future__ import annotations

import numpy as np

from mediacheck.align.versions import explaining
from mediacheck.model import Alignment

from .making import between, voice

LINE = Alignment(2.0)
FLOOR, INTERPRETER = voice(14.0, seed=1), voice(14.0, seed=2)
BOTH = FLOOR, INTERPRETER


def mixed(*channels: np.ndarray) -> np.ndarray:
    return np.asarray(np.mean([each.astype(float) for each in channels], axis=0), np.int16)


def copied(samples: np.ndarray) -> np.ndarray:
    return between(samples, 2.0, 12.0)


def test_a_copy_of_one_language_is_a_copy_of_its_channel() -> None:
    for number, channel in enumerate(BOTH):
        assert explaining(copied(channel), mixed(*BOTH), BOTH, LINE) == number


def test_a_copy_of_both_is_compared_in_mono() -> None:
    mono = mixed(*BOTH)
    assert explaining(copied(mono), mono, BOTH, LINE) is None


def test_two_microphones_of_one_scene_are_one_sound() -> None:
    further = np.roll(FLOOR, 14)
    mono = mixed(FLOOR, further)
    for heard in (FLOOR, further, mono):
        assert explaining(copied(heard), mono, (FLOOR, further), LINE) is None


def test_another_voice_is_explained_by_no_channel() -> None:
    assert explaining(voice(10.0, seed=3), mixed(*BOTH), BOTH, LINE) is None


def test_hardly_any_sound_tells_nothing() -> None:
    assert explaining(FLOOR[:4000], mixed(*BOTH), BOTH, LINE) is None
