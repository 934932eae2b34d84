"""The README's examples for other programs do what they say, and the names that they use stay."""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jq
import pytest
import yaml

import mediacheck
from mediacheck.cli import main as cli
from mediacheck.cli.compare import Comparing
from mediacheck.model import Answer

MEDIA = Path("fixtures", "media")


def examples(repository: Path, language: str, title: str = "In other programs") -> list[str]:
    readme = (repository / "README.md").read_text("utf-8")
    section = readme.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def sample(repository: Path) -> dict[str, Any]:
    content = (repository / "reports/samples/press-qa/report.json").read_bytes()
    report: dict[str, Any] = json.loads(content)
    return report


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("ends_with", "told", "code"),
    [
        (0, "no alteration found", 0),
        (1, "altered; the evidence is in case/report.html", 0),
        (3, "open: Inconclusive: why.", 0),
        (2, "", 2),
        (70, "", 70),
    ],
)
def test_shell_script_tells_the_answers_apart(
    repository: Path, tmp_path: Path, ends_with: int, told: str, code: int
) -> None:
    (script,) = examples(repository, "bash")
    stand_in = tmp_path / "mediacheck"
    lines = "echo 'Inconclusive: why.'; echo case/report.html;" if ends_with in (0, 1, 3) else ""
    stand_in.write_text(f"#!/bin/sh\n{lines} exit {ends_with}\n")
    stand_in.chmod(0o755)
    ended = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert (ended.stdout.strip(), ended.returncode) == (told, code)


def test_command_in_the_shell_script_is_understood(repository: Path) -> None:
    (script,) = examples(repository, "bash")
    command = script.splitlines()[0].split(" > ")[0]
    assert isinstance(cli._parse(shlex.split(command)[1:]), Comparing)


def test_jq_finds_what_the_report_holds(repository: Path, sample: dict[str, Any]) -> None:
    alterations, places, terms = (
        jq.compile(program).input_value(sample).all() for program in examples(repository, "jq")
    )
    wanted = [f for f in sample["findings"] if f["severity"] == "alteration"]
    assert wanted
    assert [line.split(" ")[0] for line in alterations] == [f["kind"] for f in wanted]
    assert all(f["summary"] in line for f, line in zip(wanted, alterations, strict=True))
    assert places == [
        [{k: p[k] for k in ("clip", "original")} for p in sample["timeline"]["picture"]]
    ]
    assert terms == ["Pakistan"]


def test_ci_job_calls_what_exists(repository: Path) -> None:
    (text,) = examples(repository, "yaml")
    steps = yaml.safe_load(text)["jobs"]["compare"]["steps"]
    runs = [shlex.split(step["run"]) for step in steps if "run" in step]
    (call,) = [run for run in runs if "mediacheck.ci" in run]
    assert call[:3] == ["python", "-m", "mediacheck.ci"]
    assert (Path(mediacheck.__file__).parent / "ci.py").is_file()
    request = cli._parse(["compare", *call[3:]])
    assert isinstance(request, Comparing)
    (kept,) = [step["with"]["path"] for step in steps if "with" in step]
    assert request.out == Path(kept)


def test_python_example_runs(repository: Path, tmp_path: Path) -> None:
    (example,) = examples(repository, "python", "From Python")
    for name in ("clip.mp4", "original.mp4"):
        shutil.copyfile(repository / MEDIA / "partial" / name, tmp_path / name)
    ended = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("replaced ")
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4", "original.mp4"}


# Others build on these: a change here is a change of the version's first number.
SURFACE = {
    "Answer", "Comparison", "Finding", "MediacheckError", "Options", "Question", "Severity", "Term",
    "__version__", "compare",
}  # fmt: skip
COMPARE = ("clip", "original", "question", "calibration", "progress")


def test_names_that_others_import_stay() -> None:
    assert set(mediacheck.__all__) >= SURFACE
    parameters = inspect.signature(mediacheck.compare).parameters
    assert [name for name in parameters if name in COMPARE] == list(COMPARE)
    assert all(
        parameter.default is not inspect.Parameter.empty
        for name, parameter in parameters.items()
        if name not in ("clip", "original")
    )
    assert [answer.value for answer in Answer] == [
        "altered", "not-in-original", "inconclusive", "no-alteration-found",
    ]  # fmt: skip
