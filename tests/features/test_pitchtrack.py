"""The pitch of made voices is known to the hertz."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from mediacheck.features.pitchtrack import STEP_S, pitch_track
from mediacheck.features.spectrum import RATE

from .making import as_stored, buzz


@pytest.mark.parametrize("hertz", [75.0, 110.0, 210.0, 330.0, 520.0])
def test_a_voice_is_as_high_as_it_was_made(hertz: float) -> None:
    found = pitch_track(as_stored(buzz(hertz)))[5:-5]
    assert np.isfinite(found).all()
    assert np.median(found) == pytest.approx(hertz, rel=0.01)


@pytest.mark.parametrize("hertz", [110.0, 210.0])
def test_a_telephone_and_noise_do_not_change_how_high_it_is(hertz: float) -> None:
    band = butter(4, (300, 3400), "band", fs=RATE, output="sos")
    noise = np.random.default_rng(1).standard_normal(2 * RATE) * 200
    found = pitch_track(as_stored(sosfilt(band, buzz(hertz) + noise)))
    assert np.isfinite(found).mean() > 0.6
    assert np.nanmedian(found) == pytest.approx(hertz, rel=0.02)


def test_values_stand_at_the_times_of_what_is_heard() -> None:
    pitch = np.where(np.arange(2 * RATE) < RATE, 120.0, 240.0)
    found = pitch_track(as_stored(buzz(pitch)))
    times = STEP_S * (np.arange(len(found)) + 0.5)
    assert len(found) == 2 / STEP_S
    assert np.nanmedian(found[times < 0.95]) == pytest.approx(120, rel=0.01)
    assert np.nanmedian(found[times > 1.05]) == pytest.approx(240, rel=0.01)


def test_noise_silence_and_nothing_have_no_pitch() -> None:
    noise = as_stored(np.random.default_rng(2).standard_normal(2 * RATE) * 3000)
    assert np.isfinite(pitch_track(noise)).mean() < 0.05
    assert not np.isfinite(pitch_track(np.zeros(RATE, np.int16))).any()
    assert len(pitch_track(np.zeros(0, np.int16))) == 0
    assert len(pitch_track(np.zeros(500, np.int16))) == 1


def test_what_is_hardly_heard_beside_a_voice_is_left_out() -> None:
    loud, bleed = buzz(120.0), buzz(240.0) * 0.02
    found = pitch_track(as_stored(np.concatenate([loud, bleed])))
    assert np.isfinite(found[: len(found) // 2]).mean() > 0.9
    assert np.isfinite(found[len(found) // 2 + 3 :]).mean() < 0.05
