"""A comparison in a CI job: annotations, summary and outputs, whatever strangers wrote into the file."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest
import typer

from mediacheck import ci
from mediacheck.cli.main import app

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


posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")


def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """A `python` that runs the script in place of `mediacheck compare`."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(python))


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A case folder, and a comparison that answers `altered` and names it."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps(REPORT))
    stand_in(monkeypatch, tmp_path, f"echo Altered.; echo {folder}/report.html; exit 1")
    for variable in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    return folder


@posix
def test_job_ends_as_the_comparison_does(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ci.main(["clip.mp4", "original.mp4"]) == 1
    assert capsys.readouterr().out.count("::error title=mediacheck replaced::") == 1
    assert "cropped" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
    assert (tmp_path / "GITHUB_OUTPUT").read_text() == f"answer=altered\nfolder={case}\n"


@posix
@pytest.mark.parametrize("code", [2, 70])
def test_a_comparison_that_could_not_run_is_passed_on_and_an_error(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    code: int,
) -> None:
    said = "echo 'decode: started' >&2; echo 'mediacheck: clip.mp4: 100 % of it is empty' >&2"
    stand_in(monkeypatch, tmp_path, f"{said}; exit {code}")
    assert ci.main(["clip.mp4"]) == code
    printed = capsys.readouterr()
    assert printed.out == (
        "::error title=mediacheck could not run::clip.mp4: 100 %25 of it is empty\n"
    )
    assert printed.err.splitlines() == [
        "decode: started",
        "mediacheck: clip.mp4: 100 % of it is empty",
    ]


@posix
@pytest.mark.parametrize("code", [0, 130])
def test_help_and_an_interruption_are_no_error(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    code: int,
) -> None:
    stand_in(monkeypatch, tmp_path, f"echo Usage:; exit {code}")
    assert ci.main(["--help"]) == code
    assert capsys.readouterr().out == "Usage:\n"


def assert_one_line(capsys: pytest.CaptureFixture[str], *words: str) -> None:
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mediacheck.ci: ")
    for word in words:
        assert word in line


@posix
def test_outputs_that_cannot_be_written_are_2_and_never_an_answer(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(case))
    assert ci.main(["clip.mp4", "original.mp4"]) == 2
    assert_one_line(capsys, str(case))


@posix
def test_a_report_that_is_gone_is_2(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (case / "report.json").unlink()
    assert ci.main(["clip.mp4", "original.mp4"]) == 2
    assert_one_line(capsys, "report.json")


@posix
@pytest.mark.parametrize("content", ["{}", "no JSON"])
def test_a_report_that_is_none_is_a_defect_and_no_answer(
    case: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (case / "report.json").write_text(content)
    assert ci.main(["clip.mp4", "original.mp4"]) == 70
    assert_one_line(capsys, "a defect of mediacheck")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["clip", "original"], None),
        (["clip", "--out", "case", "original"], "case"),
        (["clip", "original", "--out=case"], "case"),
        (["clip", "original", "--out=first", "--out", "last"], "last"),
        (["clip", "--", "--out=case"], None),
        (["clip", "original", "--out"], None),
        (["clip", "original", "--term", "--out", "term"], None),
        (["clip", "original", "--term=--out", "--out", "case"], "case"),
        (["--quiet", "--out", "case", "--self-check", "clip", "original"], "case"),
    ],
)
def test_the_folder_is_the_one_that_was_asked_for(arguments: list[str], named: str | None) -> None:
    assert ci.out_of(arguments) == named


def test_the_options_without_a_value_are_those_of_compare() -> None:
    (command,) = (c for c in app.registered_commands if c.name == "compare")
    flags = {
        name
        for parameter in typer.main.get_params_from_function(command.callback).values()  # type: ignore[arg-type]
        if parameter.annotation is bool
        for name in parameter.default.param_decls or ()
    }
    assert {*flags, "--help", "-h"} == ci.FLAGS


@posix
def test_a_name_that_hides_characters_is_found_as_it_is(
    case: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hiding = case.rename(tmp_path / "ca\u200bse")
    stand_in(monkeypatch, tmp_path, "echo Altered.; echo 'ca⟨U+200B⟩se/report.html'; exit 1")
    assert ci.main(["clip.mp4", "original.mp4", "--out", str(hiding)]) == 1
    assert f"folder={hiding}\n" in (tmp_path / "GITHUB_OUTPUT").read_text(encoding="utf-8")


@posix
def test_a_name_of_two_lines_sets_no_other_output(case: Path, tmp_path: Path) -> None:
    forged = case.rename(tmp_path / "case\nanswer=no-alteration-found")
    assert ci.main(["clip.mp4", "original.mp4", "--out", str(forged)]) == 1
    lines = (tmp_path / "GITHUB_OUTPUT").read_text().splitlines()
    assert lines[0] == "answer=altered"
    border = lines[1].removeprefix("folder<<")
    assert lines[2:] == [*str(forged).splitlines(), border]
