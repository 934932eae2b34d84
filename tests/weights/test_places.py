import sys
from pathlib import Path

import pytest

from mediacheck.weights.places import models_folder, openai_folder


def test_the_variable_names_the_folder_of_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIACHECK_MODELS", "/srv/models")
    assert models_folder() == Path("/srv/models")


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "/home/one/.local/share/mediacheck/models"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/mediacheck/models"),
        ("linux", {"XDG_DATA_HOME": "relative"}, "/home/one/.local/share/mediacheck/models"),
        ("darwin", {}, "/home/one/Library/Application Support/mediacheck/models"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/mediacheck/models"),
    ],
)
def test_models_lie_where_the_platform_keeps_what_programs_own(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str
) -> None:
    for name in ("MEDIACHECK_MODELS", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/one"))
    assert models_folder() == Path(expected)


def test_openais_downloads_are_where_openai_whisper_puts_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import whisper

    asked = []

    def downloaded(url: str, root: str, in_memory: bool) -> str:
        asked.append(Path(root))
        raise LookupError

    monkeypatch.setattr(whisper, "_download", downloaded)
    for cache in (str(tmp_path), None):
        if cache is None:
            monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        else:
            monkeypatch.setenv("XDG_CACHE_HOME", cache)
        with pytest.raises(LookupError):
            whisper.load_model("tiny")
        assert openai_folder() == asked[-1]
    assert asked[0] == tmp_path / "whisper"
