"""A model that is none, or is not the pinned one, ends the run with 2 and its name, before any long work."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mediacheck.cli.main import main
from mediacheck.media.probe import Source
from mediacheck.weights import loading
from mediacheck.weights.places import MODELS
from mediacheck.weights.registry import BASE, OPENAI, REGISTRY

FOOTAGE = Path(__file__).parents[2] / "fixtures" / "media" / "innocent"
WHISPER = struct.pack("<IH", 6, 12) + b"WhisperSpec\0"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's models folder, empty, and nothing in openai-whisper's."""
    monkeypatch.setenv(MODELS, str(tmp_path / "models"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.fixture
def refused(models, tmp_path, monkeypatch, capfd) -> Callable[..., str]:
    """The one line in which `compare --model NAME` is refused; nothing was decoded or written."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)

    asked = Source.asked

    def asked_before(source: Source, what: str, **details: object) -> object:
        assert what != "decode", "the file was decoded before the model was looked at"
        return asked(source, what, **details)

    monkeypatch.setattr(Source, "asked", asked_before)
    monkeypatch.setenv("MEDIACHECK_CACHE", "off")

    def run(*options: str) -> str:
        pair = [str(FOOTAGE / "clip.mp4"), str(FOOTAGE / "original.mp4")]
        assert main(["compare", *pair, "--quiet", *options]) == 2
        printed = capfd.readouterr()
        assert printed.out == ""
        assert list(place.iterdir()) == []
        (line,) = printed.err.splitlines()
        return line

    return run


def folder(place: Path, model: bytes, without: str = "") -> Path:
    place.mkdir()
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (place / name).write_text("{}")
    (place / "model.bin").write_bytes(model)
    if without:
        (place / without).unlink()
    return place


def test_a_path_that_leads_nowhere_is_named(refused) -> None:
    assert "nowhere/at-all: is no folder" in refused("--model", "./nowhere/at-all")


@pytest.mark.parametrize("path", [f"./{'a' * 300}", f"./{'a' * 300}.pt"])
def test_a_path_too_long_for_the_system_leads_nowhere(path, refused) -> None:
    assert "is no folder" in refused("--model", path)


def test_a_name_too_long_for_the_system_is_unknown(refused) -> None:
    assert "unknown model" in refused("--model", "a" * 300)


@pytest.mark.parametrize("model", ["tiny", "faster-whisper-small", "base"])
def test_a_model_that_is_named_and_not_there_is_refused_with_how_to_get_it(
    model, refused, monkeypatch
) -> None:
    monkeypatch.setattr(loading, "_place", lambda piece: None)
    known = {**REGISTRY, **OPENAI}[model]
    line = refused("--model", model)
    assert f"the weights {model!r} are not installed" in line
    assert line.endswith(f"get them: {known.install}")


@pytest.mark.parametrize("first", [[], ["--model", "faster-whisper-small"]])
def test_a_model_to_confirm_with_that_is_not_there_is_refused(first, refused) -> None:
    assert "are not installed" in refused(*first, "--confirm-model", "tiny")


def test_the_default_model_that_is_missing_leaves_the_words_unchecked(
    models, monkeypatch, tmp_path
) -> None:
    place = loading._place
    base = {piece for file in BASE.files for piece in file.pieces}
    monkeypatch.setattr(loading, "_place", lambda piece: None if piece in base else place(piece))
    pair = [str(FOOTAGE / "clip.mp4"), str(FOOTAGE / "original.mp4")]
    out = tmp_path / "case"
    assert main(["compare", *pair, "--quiet", "--format", "json", "--out", str(out)]) == 0
    assert "the weights 'base' are not installed" in (out / "report.json").read_text()


@pytest.mark.parametrize("code", ["xx", "abc"])
def test_a_language_that_no_model_knows_is_refused_before_any_work(code, refused) -> None:
    assert f"language {code!r} is none that the weights know" in refused("--language", code)


def test_weights_of_english_only_are_refused_another_language_before_any_work(refused) -> None:
    english = "tiny.en"
    assert "take one of: en" in refused("--model", english, "--language", "ru")
    assert "know English only" in refused("--model", english)


def test_an_unknown_name_is_told_with_the_known_ones(refused) -> None:
    line = refused("--model", "enormous")
    assert "unknown model 'enormous'" in line
    assert "faster-whisper-small" in line


@pytest.mark.parametrize("name", ["essay.txt", "essay.pt", "clip.mp4"])
def test_a_file_that_is_no_model_is_named(name, refused, tmp_path) -> None:
    (tmp_path / name).write_bytes(b"no model" * 1000)
    assert f"{tmp_path / name}: is no" in refused("--model", str(tmp_path / name))


@pytest.mark.parametrize("without", ["model.bin", "config.json", "tokenizer.json"])
def test_a_folder_that_lacks_a_file_is_named_with_it(without, refused, tmp_path) -> None:
    path = folder(tmp_path / "mine", WHISPER, without)
    line = refused("--model", str(path))
    assert str(path) in line
    assert f"{without} is missing" in line


@pytest.mark.parametrize(
    "model",
    [b"", b"\xff" * 100, struct.pack("<IH", 6, 5) + b"Bert\0"],
    ids=["empty", "noise", "of another kind"],
)
def test_a_model_of_another_kind_is_named(model, refused, tmp_path) -> None:
    path = folder(tmp_path / "mine", model)
    assert f"{path / 'model.bin'}: is no CTranslate2 Whisper" in refused("--model", str(path))


@pytest.mark.parametrize("content", [b"<html>404</html>", b'{"model": {"type": "BPE", ', b"[]"])
@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_half_a_folder_of_one_s_own_is_named(name, content, refused, tmp_path) -> None:
    path = folder(tmp_path / "mine", WHISPER)
    (path / name).write_bytes(content)
    line = refused("--model", str(path))
    assert f"{path / name}: " in line
    assert "get the model again" in line


def test_a_checkpoint_under_openai_s_name_must_be_openai_s(refused, tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "small.pt", "w") as archive:
        archive.writestr("data.pkl", b"something else")
    line = refused("--model", str(tmp_path / "small.pt"), "--engine", "openai-whisper")
    assert f"{tmp_path / 'small.pt'}: is not the small.pt that OpenAI published" in line


def test_a_fetched_checkpoint_that_is_damaged_is_named(refused, models) -> None:
    (models / "tiny").mkdir()
    with zipfile.ZipFile(models / "tiny" / "tiny.pt", "w") as archive:
        archive.writestr("data.pkl", b"half a download")
    assert str(models / "tiny" / "tiny.pt") in refused("--model", "tiny")


@pytest.mark.parametrize("damaged", ["model.bin", "tokenizer.json"])
def test_fetched_weights_with_one_changed_byte_are_named(
    damaged, refused, models, monkeypatch
) -> None:
    """The packaged bytes, laid where `models fetch base` puts them, but for one byte in one file."""
    if not loading.is_installed(BASE):
        pytest.skip(f"the weights are not installed: {BASE.install}")
    content = dict(loading.load("base").content)
    monkeypatch.setattr(loading, "_place", lambda piece: None)
    (models / "base").mkdir()
    for name, right in content.items():
        changed = bytes([right[0] ^ 1]) + right[1:] if name == damaged else right
        (models / "base" / name).write_bytes(changed)
    line = refused("--model", "base")
    assert f"{damaged} of the weights 'base' ({models / 'base'})" in line
    assert "mediacheck models fetch base" in line


def test_fetched_weights_as_pinned_are_taken(models, monkeypatch) -> None:
    if not loading.is_installed(BASE):
        pytest.skip(f"the weights are not installed: {BASE.install}")
    content = dict(loading.load("base").content)
    monkeypatch.setattr(loading, "_place", lambda piece: None)
    (models / "base").mkdir()
    for name, right in content.items():
        (models / "base" / name).write_bytes(right)
    assert loading.load("base").content == content
    assert {path.parent for path in loading.places(REGISTRY["base"])} == {models / "base"}


def test_a_fetched_folder_that_lacks_a_file_is_not_installed(models) -> None:
    folder(models / "faster-whisper-tiny", WHISPER, without="vocabulary.txt")
    assert not loading.is_installed(REGISTRY["faster-whisper-tiny"])
