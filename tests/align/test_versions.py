"""A copy of one channel of a two-language original is found to be one; other copies are compared in mono."""

from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.versions import BLOCK_S, explained, explaining
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

from .making import between, noise, voice

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


@pytest.mark.parametrize("intro_s", [20.0, BLOCK_S - 2.0, BLOCK_S + 5.0])
def test_an_intro_hides_no_language(intro_s: float) -> None:
    behind = np.concatenate([voice(intro_s, seed=4), copied(INTERPRETER)])
    line = Alignment(2.0 - intro_s)
    assert explaining(behind, mixed(*BOTH), BOTH, line) == 1


def test_a_foreign_ending_hides_no_language() -> None:
    before = np.concatenate([copied(FLOOR), voice(40.0, seed=4)])
    assert explaining(before, mixed(*BOTH), BOTH, LINE) == 0


def test_an_intro_makes_no_copy_of_both_a_copy_of_one() -> None:
    mono = mixed(*BOTH)
    behind = np.concatenate([voice(30.0, seed=4), copied(mono)])
    assert explaining(behind, mono, BOTH, Alignment(-28.0)) is None


def test_what_is_laid_over_other_moments_of_the_original_hides_no_language() -> None:
    """An announcer for three quarters of the clip, while the original runs on unheard."""
    floor, interpreter = voice(44.0, seed=1), voice(44.0, seed=2)
    announced = np.concatenate([voice(30.0, seed=4), between(interpreter, 32.0, 42.0)])
    assert explaining(announced, mixed(floor, interpreter), (floor, interpreter), LINE) == 1


def test_a_noisy_copy_of_both_is_no_copy_of_the_channel_that_fits_a_little_better() -> None:
    """Nothing explains it well, one microphone somewhat better than both together."""
    nearer = mixed(FLOOR, FLOOR, INTERPRETER)
    noisy = mixed(copied(nearer), noise(10.0, 5, level=1500))
    channels = nearer, mixed(FLOOR, INTERPRETER)
    assert explaining(noisy, mixed(*channels), channels, LINE) is None


CENTRES = np.arange(1.0, 9.0, 0.1)


def left_db(heard: np.ndarray) -> np.ndarray:
    """What the best version leaves of a sound at each moment."""
    found = explained(heard, mixed(*BOTH), BOTH, LINE, CENTRES)
    return np.asarray(np.min([each.residual_db for each in found], axis=0))


@pytest.mark.parametrize("share", [0.3, -0.3, -1.0])
def test_any_mix_of_the_channels_is_explained(share: float) -> None:
    heard = copied(FLOOR) + share * copied(INTERPRETER)
    assert left_db(np.asarray(heard, np.int16)).max() < -5.0


def test_another_voice_is_left_over_by_all_of_them() -> None:
    assert np.median(left_db(voice(10.0, seed=3))) > 3.0


def test_without_channels_there_is_mono_alone() -> None:
    assert len(explained(copied(FLOOR), FLOOR, (), LINE, CENTRES)) == 1
    assert len(explained(np.zeros(RATE, np.int16), FLOOR, BOTH, LINE, CENTRES[:1])) == 4
