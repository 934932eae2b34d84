import os
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediacheck.model import Span
from mediacheck.speech.activity import (
    MIN_SPEECH_S,
    RATE,
    STEP,
    STEP_S,
    as_float,
    speech_probability,
    voiced,
)

SOUND = np.random.default_rng(7).normal(0, 0.1, 40 * RATE).astype(np.float32)  # three blocks


def test_silence_noise_and_tones_are_no_speech() -> None:
    tone = (0.3 * np.sin(np.arange(5 * RATE) * 0.1)).astype(np.float32)
    for sound in (np.zeros(5 * RATE, np.float32), SOUND[: 5 * RATE], tone):
        assert voiced(speech_probability(sound)) == ()


def test_one_probability_per_step_the_last_one_padded() -> None:
    for samples in (0, 1, STEP, STEP + 1, RATE):
        assert speech_probability(np.zeros(samples, np.int16)).shape == (-(-samples // STEP),)


def test_two_runs_and_a_memory_map_give_the_same_bits(tmp_path: Path) -> None:
    whole = (SOUND * 32767).astype(np.int16)
    whole.tofile(tmp_path / "sound")
    mapped = np.memmap(tmp_path / "sound", np.int16, mode="r")
    first = speech_probability(whole)
    assert first.tobytes() == speech_probability(whole).tobytes()
    assert first.tobytes() == speech_probability(mapped).tobytes()
    assert first.tobytes() == speech_probability(as_float(whole)).tobytes()


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = speech_probability(SOUND)
    monkeypatch.setattr("mediacheck.speech.activity.BLOCK", 100)
    assert before.tobytes() == speech_probability(SOUND).tobytes()


def test_another_rate_or_kind_of_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 16000 Hz, not 44100 Hz"):
        speech_probability(SOUND, rate=44_100)
    with pytest.raises(ValueError, match="not float64"):
        speech_probability(SOUND.astype(np.float64))


def test_a_short_dip_does_not_part_a_stretch_and_a_pause_does() -> None:
    probability = np.zeros(200, np.float32)
    probability[50:100] = 0.9
    probability[70:75] = 0.1  # 0.16 s
    (whole,) = voiced(probability)
    assert whole == Span(round(50 * STEP_S - 0.1, 3), round(100 * STEP_S + 0.1, 3))
    probability[70:85] = 0.1  # 0.48 s
    assert len(voiced(probability)) == 2


def test_between_the_two_limits_speech_goes_on_but_does_not_begin() -> None:
    assert voiced(np.full(100, 0.4, np.float32)) == ()
    probability = np.full(100, 0.4, np.float32)
    probability[:2] = 0.6
    assert voiced(probability) == (Span(0.0, round(100 * STEP_S, 3)),)


@given(st.lists(st.floats(0, 1, width=32), max_size=300))
def test_stretches_are_in_order_apart_and_inside(values: list[float]) -> None:
    probability = np.array(values, np.float32)
    spans = voiced(probability)
    end = 0.0
    for span in spans:
        assert span.start >= end - 1e-9
        assert span.length >= MIN_SPEECH_S
        end = span.end
    assert end <= len(values) * STEP_S + 0.001


def test_real_speech_is_found_loud_and_faint(footage: Path) -> None:
    with wave.open(str(footage / "speech" / "en_austen_0870.wav")) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    loud, faint = (voiced(speech_probability(s)) for s in (sound, (sound // 100).astype(np.int16)))
    assert sum(span.length for span in loud) > 5
    assert sum(span.length for span in faint) > 4  # 40 dB down: 7 bits are left of 16


def test_recogniser_of_speech_reports_to_nobody(tmp_path: Path) -> None:
    """onnxruntime keeps a session for its telemetry in the temporary folder, unless it was told not to."""
    script = (
        "import numpy; from mediacheck.speech.activity import speech_probability;"
        "speech_probability(numpy.zeros(16000, numpy.int16)); import onnxruntime"
    )
    environment = {
        key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"
    }
    subprocess.run(
        [sys.executable, "-c", script], env={**environment, "TMPDIR": str(tmp_path)}, check=True
    )
    assert list(tmp_path.iterdir()) == []
