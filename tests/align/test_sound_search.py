from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.sound_search import fitted, propose, search
from mediacheck.features.spectrum import RATE, mel_rows
from mediacheck.features.stretch import resampled
from mediacheck.model import Alignment

from .making import between, voice

ORIGINAL = voice(40.0, seed=1)
START_S = 11.0
CLIP = between(ORIGINAL, START_S, START_S + 10.0)


def test_mel_bands_propose_the_place() -> None:
    best = propose(mel_rows(CLIP), mel_rows(ORIGINAL))[0]
    assert best.offset_s == pytest.approx(START_S, abs=0.04)


def test_mel_bands_tell_speed_and_place_over_the_ends() -> None:
    faster = resampled(between(ORIGINAL, 30.0, 40.0), 1 / 1.1)
    unknown = np.zeros(2 * RATE, np.int16)
    rows = mel_rows(np.concatenate([faster, unknown]))
    line, _ = search(rows, mel_rows(ORIGINAL), (0.9, 1.0, 1.1), 8.0)[0]
    assert line.speed == 1.1
    assert line.offset_s == pytest.approx(30.0, abs=0.1)


def test_a_short_original_has_places_as_well() -> None:
    line = propose(mel_rows(between(CLIP, 1.0, 2.8)), mel_rows(between(CLIP, 0.0, 3.6)))[0]
    assert line.offset_s == pytest.approx(1.0, abs=0.04)


def test_a_fit_moves_offset_and_speed_and_drops_strays() -> None:
    at = np.arange(0, 20.0, 0.5)
    lag = 0.02 + 0.003 * at
    lag[7] = 0.11
    line = fitted(Alignment(5.0), at, lag, least=4)
    assert line.offset_s == pytest.approx(5.02, abs=1e-6)
    assert line.speed == pytest.approx(1.003, abs=1e-6)


def test_a_fit_of_little_moves_the_offset_only_or_nothing() -> None:
    at = np.array([1.0, 1.2, 1.4, 1.6])
    short = fitted(Alignment(5.0), at, np.array([0.01, 0.011, 0.012, 0.013]), least=4)
    assert (short.speed, short.offset_s) == (1.0, pytest.approx(5.0115))
    assert fitted(Alignment(5.0), at[:3], np.full(3, 0.01), least=4) == Alignment(5.0)
