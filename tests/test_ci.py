"""A comparison in a CI job: annotations, summary and outputs, whatever strangers wrote into the file."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from mediacheck import ci

REPORT = {
    "verdict": {
        "answer": "altered",
        "headline": "Altered: the sound is not the original's.",
        "unanswered": [{"check": "region", "reason": "not part of this version"}],
    },
    "findings": [
        {"kind": "replaced", "severity": "alteration", "summary": "100 % of it\n::error::mine | x"},
        {"kind": "cropped", "severity": "presentation", "summary": "The clip shows 90 %."},
    ],
}


def test_each_finding_and_each_open_question_is_an_annotation() -> None:
    lines = list(ci.annotated(REPORT))
    assert [line.split("::")[1].split(" ")[0] for line in lines] == ["error", "notice", "warning"]
    assert lines[2] == "::warning title=mediacheck not checked::region: not part of this version"


def test_text_of_strangers_starts_no_command() -> None:
    first = next(iter(ci.annotated(REPORT)))
    assert "\n" not in first
    assert first.endswith("100 %25 of it%0A::error::mine | x")


def test_summary_is_one_table_row_a_finding() -> None:
    text = ci.summary(REPORT)
    assert text.startswith("### mediacheck: altered\n")
    assert "| replaced | alteration | 100 % of it ::error::mine \\| x |" in text
    assert "- region: not part of this version" in text


def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """A `python` that runs the script in place of `mediacheck compare`."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(python))


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
def test_job_ends_as_the_comparison_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps(REPORT))
    stand_in(monkeypatch, tmp_path, f"echo Altered.; echo {folder}/report.html; exit 1")
    for variable in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    assert ci.main(["clip.mp4", "original.mp4"]) == 1
    assert capsys.readouterr().out.count("::error title=mediacheck replaced::") == 1
    assert "cropped" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
    assert (tmp_path / "GITHUB_OUTPUT").read_text() == f"answer=altered\nfolder={folder}\n"


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
def test_a_refusal_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(monkeypatch, tmp_path, "exit 2")
    assert ci.main(["clip.mp4"]) == 2
    assert capsys.readouterr().out == ""
