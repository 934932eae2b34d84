"""A shell completes commands, options and names; `mediacheck completion` prints the script for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mediacheck.cli.completion import SHELLS, VARIABLE
from mediacheck.cli.main import main
from mediacheck.model import ENGINES
from mediacheck.weights.registry import OPENAI, REGISTRY

# Not pydantic: typer itself reads arguments with it, and 0.2 s in all is quick enough to wait for.
HEAVY = {"av", "cv2", "numpy", "torch", "faster_whisper", "onnxruntime", "typst", "scipy", "PIL"}


@pytest.fixture
def offered(monkeypatch, capfd):
    """What bash would be told may follow the line; the line's last word is being typed."""

    def ask(*words: str) -> list[str]:
        monkeypatch.setenv(VARIABLE, "complete_bash")
        monkeypatch.setenv("COMP_WORDS", "\n".join(["mediacheck", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        assert main([]) == 0
        printed = capfd.readouterr()
        assert printed.err == ""
        return printed.out.split()

    return ask


def test_commands_are_completed(offered) -> None:
    assert {"compare", "judge", "checks", "models", "schema", "completion"} <= set(offered(""))
    assert offered("com") == ["compare", "completion"]
    assert offered("models", "") == ["list", "verify", "fetch"]


def test_options_are_completed(offered) -> None:
    assert {"--out", "--term", "--engine", "--help"} <= set(offered("compare", "--"))
    assert offered("models", "fetch", "--q") == ["--quiet"]


def test_names_and_choices_are_completed(offered) -> None:
    assert offered("models", "verify", "") == [*REGISTRY, *OPENAI]
    assert offered("models", "fetch", "faster-whisper-large") == [
        name for name in REGISTRY if name.startswith("faster-whisper-large")
    ]
    assert offered("compare", "--engine", "") == list(ENGINES)
    assert offered("completion", "") == list(SHELLS)
    assert offered("compare", "--model", "b") == ["base", "base.en"]
    assert offered("compare", "--confirm-model", "./") == []  # a path: the shell knows files


def test_files_are_left_to_the_shell(offered) -> None:
    assert offered("compare", "") == []
    assert offered("compare", "clip.mp4", "") == []


@pytest.mark.parametrize(
    ("shell", "told"),
    [
        ("zsh", '"schema":"Print the JSON Schema of report.json."'),
        ("fish", "schema\tPrint the JSON Schema of report.json."),
        ("powershell", "schema:::Print the JSON Schema of report.json."),
    ],
)
def test_other_shells_are_told_in_their_own_form(shell, told, monkeypatch, capfd) -> None:
    monkeypatch.setenv(VARIABLE, f"complete_{shell}")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "mediacheck sche")
    monkeypatch.setenv("_TYPER_COMPLETE_WORD_TO_COMPLETE", "sche")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    assert main([]) == 0
    assert told in capfd.readouterr().out


@pytest.mark.parametrize(("line", "code"), [("mediacheck mod", 0), ("mediacheck compare cl", 2)])
def test_fish_is_told_when_to_offer_files(line, code, monkeypatch) -> None:
    """By any code but 0; 1 would mean that a clip is altered."""
    monkeypatch.setenv(VARIABLE, "complete_fish")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "is-args")
    assert main([]) == code


def test_completing_loads_nothing_heavy() -> None:
    script = (
        "import sys; from mediacheck.__main__ import main; code = main(); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    asked = {
        VARIABLE: "complete_bash",
        "COMP_WORDS": "mediacheck models fetch t",
        "COMP_CWORD": "3",
    }
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.split()[:2] == ["tiny.en", "tiny"]
    loaded = {name.split(".")[0] for name in ended.stderr.split()}
    assert "mediacheck" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_asks_mediacheck(shell, capfd) -> None:
    assert main(["completion", shell]) == 0
    printed = capfd.readouterr()
    assert printed.err == ""
    assert f"complete_{shell}" in printed.out
    assert VARIABLE in printed.out
    assert "⟨" not in printed.out


def test_an_unknown_shell_is_refused(capfd) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "'tcsh'; known shells: bash, zsh, fish, powershell" in capfd.readouterr().err


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_takes_the_script_and_completes(tmp_path: Path) -> None:
    """With the command as installed, in a shell that reads no start-up file."""
    command = tmp_path / "mediacheck"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mediacheck "$@"\n')
    command.chmod(0o755)
    script = """
        source <(mediacheck completion bash)
        complete -p mediacheck
        COMP_WORDS=(mediacheck models ver)
        COMP_CWORD=2
        _mediacheck_completion mediacheck
        echo "${COMPREPLY[@]}"
    """
    ended = subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", script],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    registered, completed = ended.stdout.splitlines()
    assert registered.startswith("complete ")
    assert registered.endswith("-F _mediacheck_completion mediacheck")
    assert (completed, ended.stderr) == ("verify", "")
