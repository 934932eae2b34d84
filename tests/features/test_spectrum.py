from __future__ import annotations

import numpy as np
import pytest

from mediacheck.features.spectrum import (
    MEL_BANDS,
    MEL_STEP_S,
    RATE,
    level_db,
    mel_rows,
    padded,
    windows,
)

FULL = 32767


def tone(seconds: float, hertz: float = 1000.0, level: float = 0.3) -> np.ndarray:
    at = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(level * FULL * np.sin(2 * np.pi * hertz * at), np.int16)


def noise(seconds: float, seed: int = 1, level: float = 0.1) -> np.ndarray:
    drawn = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    return np.asarray(np.clip(drawn * level * FULL, -FULL, FULL), np.int16)


def test_one_row_stands_for_each_step() -> None:
    assert mel_rows(noise(3.0)).shape == (75, MEL_BANDS)
    assert mel_rows(noise(3.0)[:-1]).shape == (74, MEL_BANDS)
    assert mel_rows(noise(0.039)).shape == (0, MEL_BANDS)


@pytest.mark.parametrize("row", [0, 12, 74])
@pytest.mark.parametrize("within", [0.05, 0.5, 0.95])
def test_a_click_is_loudest_in_the_row_whose_step_holds_it(row: int, within: float) -> None:
    samples = noise(3.0, level=1e-4)
    samples[round((row + within) * MEL_STEP_S * RATE)] = FULL
    assert int(mel_rows(samples).sum(axis=1).argmax()) == row


def test_gain_and_equaliser_cancel() -> None:
    samples = noise(6.0) * np.repeat(np.random.default_rng(2).uniform(0.2, 1, 60), RATE // 10)
    quieter = np.asarray(samples * 0.25, np.int16)
    difference = mel_rows(np.asarray(samples, np.int16)) - mel_rows(quieter)
    assert np.abs(difference).max() < 0.02


def test_silence_is_zero_and_stays_it_beside_sound() -> None:
    assert not mel_rows(np.zeros(3 * RATE, np.int16)).any()
    half = np.concatenate([noise(4.0), np.zeros(8 * RATE, np.int16)])
    assert np.abs(mel_rows(half)[-100:]).max() < 1e-6  # 2 s of mean away from the sound


def test_room_tone_far_below_the_voice_has_no_features() -> None:
    rows = mel_rows(np.concatenate([noise(4.0), noise(8.0, seed=2, level=0.1 / 1000)]))
    assert np.abs(rows[-100:]).max() < 0.15 * np.abs(rows[:100]).max()


def test_a_long_file_gives_the_rows_of_its_parts() -> None:
    # Blocks of 60 s must not show at their seams.
    samples = noise(61.0)
    later = samples[58 * RATE :]
    inner = slice(30, -30)  # away from the ends of the excerpt, where its mean is another
    assert np.allclose(mel_rows(samples)[58 * 25 :][inner], mel_rows(later)[inner], atol=0.02)


def test_level_counts_from_full_scale() -> None:
    square = np.where(np.arange(RATE) // 8 % 2, FULL, -FULL).astype(np.int16)
    assert level_db(square, 0.1) == pytest.approx(np.zeros(10), abs=0.01)
    assert level_db(tone(1.0, level=0.1), 0.1) == pytest.approx(np.full(10, -23.01), abs=0.01)


def test_level_of_digital_silence_is_the_floor() -> None:
    assert level_db(np.zeros(RATE, np.int16), 0.1).tolist() == [-120.0] * 10


def test_level_drops_a_last_partial_step() -> None:
    assert len(level_db(noise(0.99), 0.1)) == 9
    assert len(level_db(noise(0.09), 0.1)) == 0


def test_level_of_a_long_file_does_not_depend_on_blocks() -> None:
    samples = noise(41.0)
    assert level_db(samples, 0.01)[-5:].tolist() == level_db(samples[-800:], 0.01).tolist()


def test_padding_fills_what_leaves_the_track_with_zeros() -> None:
    samples = np.arange(1, 6, dtype=np.int16)
    assert padded(samples, -2, 3).tolist() == [0, 0, 1, 2, 3]
    assert padded(samples, 3, 7).tolist() == [4, 5, 0, 0]
    assert padded(samples, -3, 9).tolist() == [0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 0]
    assert padded(samples, 7, 9).tolist() == [0, 0]
    assert padded(samples, -4, -1).tolist() == [0, 0, 0]
    assert padded(samples, 3, 2).tolist() == []


def test_windows_are_centred() -> None:
    samples = np.zeros(RATE, np.int16)
    samples[RATE // 2] = 7
    found = windows(samples, np.array([0.5, 0.5 + 3 / RATE, 0.0]), 0.01)
    assert found.shape == (3, 160)
    assert found[0].argmax() == 80
    assert found[1].argmax() == 77
    assert not found[2].any()
