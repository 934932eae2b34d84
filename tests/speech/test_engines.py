import importlib.util
import os
import subprocess
import sys
import wave
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from mediacheck import evidence
from mediacheck.errors import WeightsRefused, WrongUsage
from mediacheck.model import Options, Question, Span
from mediacheck.speech import engines
from mediacheck.speech.activity import RATE, speech_probability, voiced
from mediacheck.speech.engines import Engine, another
from mediacheck.weights.loading import LoadedWeights, load
from mediacheck.weights.registry import BASE, CHECKPOINTS

SOUND = np.zeros(3 * RATE, np.int16)


def test_a_folder_that_only_looks_like_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"\6\0\0\0\14\0WhisperSpec\0 and no more")
    engine = engines.engine("auto", LoadedWeights("mine", "0" * 64, tmp_path))
    with pytest.raises(WeightsRefused, match="cannot use these weights"):
        engine.transcribe(SOUND, 0.0, (Span(1, 2),), "en")


@pytest.mark.parametrize("name", engines.BUILD)
def test_weights_that_cannot_be_read_are_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "model.bin").write_bytes(b"\6\0\0\0\14\0WhisperSpec\0")
    weights = LoadedWeights("mine", "0" * 64, tmp_path)
    with pytest.raises(WeightsRefused, match=str(tmp_path)):
        engines.engine(name, weights).transcribe(SOUND, 0.0, (Span(1, 2),), "en")


def test_the_engine_is_the_one_asked_for(tmp_path: Path) -> None:
    folder = LoadedWeights("mine", "0" * 64, tmp_path)
    assert engines.engine("auto", folder).name == "faster-whisper"
    names = ("faster-whisper", "openai-whisper")
    assert (
        tuple(engines.engine(name, folder).name for name in names) == names == tuple(engines.BUILD)
    )
    with pytest.raises(WrongUsage, match="engine 'whisper' is none of: auto, faster-whisper, open"):
        engines.engine("whisper", folder)


def test_an_engine_that_is_none_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "load", lambda _: LoadedWeights("mine", "0" * 64, tmp_path))
    asked = Question(options=Options(engine="whisper"))
    with pytest.raises(WrongUsage, match="engine 'whisper' is none of"):
        evidence.Evidence(Mock(), Mock(), asked).refuse_bad_question()


def test_a_checkpoint_is_for_openai_whisper_only(tmp_path: Path) -> None:
    path = tmp_path / "mine.pt"
    path.touch()
    weights = LoadedWeights("mine", "0" * 64, path)
    for name in ("auto", "openai-whisper"):
        assert engines.engine(name, weights).name == "openai-whisper"
    with pytest.raises(WeightsRefused, match="choose the engine openai-whisper"):
        engines.engine("faster-whisper", weights)


def test_the_model_is_built_once_and_only_for_speech() -> None:
    built = []

    def build(weights: LoadedWeights) -> Mock:
        built.append(weights.name)
        return Mock(known=("en",), read=lambda *_: [], read_in_steps=lambda *_: [])

    made = Engine("counted", build, LoadedWeights("mine", "0" * 64, {}))
    made.transcribe(SOUND, 0.0, (), "en")
    assert built == []
    for _ in range(2):
        found = made.transcribe(SOUND, 0.0, (Span(1, 2),), "en")
    assert built == ["mine"]
    assert (found.engine, found.model, found.sha256) == ("counted", "mine", "0" * 64)


def test_the_same_weights_are_read_again_by_the_other_decoder_and_that_is_not_independent(
    tmp_path: Path,
) -> None:
    folder = LoadedWeights("mine", "0" * 64, tmp_path)
    for first, second in (
        ("faster-whisper", "openai-whisper"),
        ("openai-whisper", "faster-whisper"),
    ):
        engine, independent = another(first, "0" * 64, folder)
        assert (engine.name, independent) == (second, False)
        engine, independent = another(first, "1" * 64, folder)
        assert (engine.name, independent) == ("faster-whisper", True)


def test_one_model_in_two_forms_is_no_second_opinion(tmp_path: Path) -> None:
    """OpenAI's base.pt holds the tensors of the packaged model.bin under another SHA-256."""
    path = tmp_path / "base.pt"
    path.touch()
    hashes = {name: sha256 for sha256, name in CHECKPOINTS.items()}
    base = LoadedWeights("base", hashes["base"], path)
    engine, independent = another("faster-whisper", BASE.sha256, base)
    assert (engine.name, independent) == ("openai-whisper", False)
    other = LoadedWeights("small", hashes["small"], path)
    assert another("faster-whisper", BASE.sha256, other)[1]
    with pytest.raises(WeightsRefused, match=r"cannot read OpenAI's \.pt"):
        another("openai-whisper", BASE.sha256, base)


def test_the_number_of_threads_does_not_change_what_is_heard() -> None:
    script = (
        "import numpy as np\nfrom mediacheck.speech.faster_engine import _SingleThreaded\n"
        "draw = np.random.default_rng(1).random\n"
        "filters, power = draw((80, 201), 'f'), draw((201, 2800), 'f')\n"
        "print((filters.view(_SingleThreaded) @ power).tobytes().hex()[:4000])"
    )
    products = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for threads in ("1", "2", "3")
    }
    assert len(products) == 1


@pytest.fixture(scope="module")
def engine() -> Engine:
    if importlib.util.find_spec(BASE.files[0].pieces[0].package) is None:
        pytest.skip(f"the weights are not installed: {BASE.install}")
    return engines.engine("faster-whisper", load("base"))


def test_what_whisper_makes_up_is_unreliable_and_always_the_same(engine: Engine) -> None:
    silence, everywhere = np.zeros(3 * RATE, np.float32), (Span(0, 3),)
    first = engine.transcribe(silence, 0.0, everywhere, "en")
    assert (first.engine, first.model, first.sha256) == ("faster-whisper", "base", BASE.sha256)
    assert first.segments
    assert not any(segment.reliable for segment in first.segments)
    assert first == engine.transcribe(silence, 0.0, everywhere, "en")


def test_a_language_that_the_weights_do_not_know_is_wrong_usage(engine: Engine) -> None:
    with pytest.raises(WrongUsage, match="language 'klingon' is none that the weights know"):
        engine.transcribe(SOUND, 0.0, (Span(1, 2),), "klingon")


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [
        ("en_austen_0920", "en", "more amiable woman"),
        ("ru_short", "ru", "на его месте"),
        ("fr_short", "fr", "conservateur des eaux et forêts"),
        ("zh_1", "zh", "大数据分析能力"),
    ],
)
def test_real_speech_is_written_in_its_language(
    engine: Engine, footage: Path, name: str, language: str, words: str
) -> None:
    with wave.open(str(footage / "speech" / f"{name}.wav")) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    spans = voiced(speech_probability(sound))
    found = engine.transcribe(sound, 7.0, spans, None)
    assert found.language == language
    assert found.language_probability > 0.9
    assert words in " ".join(segment.text for segment in found.segments if segment.reliable)
    assert all(segment.start >= 7.0 for segment in found.segments)
