"""Each way a comparison can end has its exit code, and 1 means altered and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mediacheck.cli import console
from mediacheck.cli.main import ANSWERED, main
from mediacheck.errors import MediacheckError, MediaUnreadable
from mediacheck.model import Answer, Verdict
from mediacheck.progress import Progress

CODES = {
    Answer.NO_ALTERATION_FOUND: 0,
    Answer.ALTERED: 1,
    Answer.INCONCLUSIVE: 3,
    Answer.NOT_IN_ORIGINAL: 3,
}


def raising(error: BaseException) -> Callable[[Progress], None]:
    def during(progress: Progress) -> None:
        raise error

    return during


def answering(stand_in, answer: Answer, headline: str = "So it is.") -> None:
    verdict = Verdict(answer, headline, reasons=(), unanswered=())
    stand_in.comparison = replace(stand_in.comparison, verdict=verdict)


def test_every_answer_has_its_code() -> None:
    assert ANSWERED == CODES
    assert set(CODES) == set(Answer)


@pytest.mark.parametrize("answer", Answer)
def test_answer_ends_with_its_code_and_two_lines(answer, stand_in, compare, capfd) -> None:
    answering(stand_in, answer)

    assert compare() == CODES[answer]

    printed = capfd.readouterr()
    assert printed.out.splitlines() == [
        "So it is.",
        str(next(Path("reports").iterdir()) / "report.html"),
    ]


@pytest.mark.parametrize(
    "error", [MediacheckError("no"), MediaUnreadable("a\nb\x1b[31m.mp4: no video in it")]
)
def test_what_the_user_can_mend_is_one_line_and_2(error, stand_in, compare, capfd) -> None:
    stand_in.during = raising(error)

    assert compare("--quiet") == 2

    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("mediacheck: ")
    assert "\x1b" not in printed.err
    assert not Path("reports").exists()


@pytest.mark.parametrize(
    "error",
    [
        ValueError("index out of range"),
        SystemExit(1),
        SystemExit("a library gave up"),
        MemoryError(),
        EOFError(),
        OSError(28, "No space left on device"),
        BrokenPipeError(),
    ],
    ids=repr,
)
def test_defect_is_a_traceback_and_70(error, stand_in, compare, capfd) -> None:
    stand_in.during = raising(error)

    assert compare("--quiet") == 70

    printed = capfd.readouterr()
    assert printed.out == ""
    assert "Traceback (most recent call last):" in printed.err
    assert type(error).__name__ in printed.err
    assert "please report it" in printed.err.splitlines()[-1]
    assert not Path("reports").exists()


def test_traceback_cannot_steer_the_terminal(stand_in, compare, capfd) -> None:
    stand_in.during = raising(ValueError("clip\x1b]0;owned\x07\u202e4pm.mp4"))

    assert compare("--quiet") == 70

    assert not set("\x1b\x07\u202e") & set(capfd.readouterr().err)


def test_interruption_is_one_line_and_130(stand_in, compare, capfd) -> None:
    stand_in.during = raising(KeyboardInterrupt())

    assert compare("--quiet") == 130

    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "mediacheck: interrupted\n")


def test_interruption_while_parsing_is_the_same(monkeypatch, capfd) -> None:
    def interrupted(text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(console, "result", interrupted)
    assert main(["--version"]) == 130
    assert capfd.readouterr().err == "mediacheck: interrupted\n"


@pytest.mark.parametrize("answer", [Answer.ALTERED, Answer.NO_ALTERATION_FOUND])
@pytest.mark.skipif(sys.platform == "win32", reason="a pipe breaks in another way on Windows")
def test_reader_that_went_away_changes_no_answer_and_is_told(
    answer, stand_in, compare, monkeypatch, capfd
) -> None:
    answering(stand_in, answer)
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        assert compare("--quiet") == CODES[answer]
        nobody.flush()  # Python does this at its end and would exit with 120
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("mediacheck: stdout could not be written")
    assert answer.value in line
    assert line.endswith(str(next(Path("reports").iterdir()) / "report.html"))


FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full, on Linux")


@FULL
def test_a_full_disk_behind_stdout_hides_no_report(stand_in, compare, monkeypatch, capfd) -> None:
    answering(stand_in, Answer.ALTERED)
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert compare("--quiet") == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert "(No space left on device): altered, the report is reports" in line


@FULL
@pytest.mark.parametrize("arguments", [["checks"], ["--help"], ["--version"], ["schema"]])
def test_a_list_that_cannot_be_written_is_2(arguments, repository) -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "mediacheck", *arguments],
            cwd=repository,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "No space left on device" in line


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe breaks in another way on Windows")
def test_a_list_read_only_in_part_is_no_fault(monkeypatch, capfd) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        assert main(["checks"]) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["compare", "clip.mp4"], "mediacheck compare"),
        (["compare", "clip.mp4", "original.mp4", "--quiet", "--verbose"], "mediacheck compare"),
        (["compare", "clip.mp4", "original.mp4", "--language", "!"], "mediacheck compare"),
        (["cache", "clear", "--all"], "mediacheck cache clear"),
        (["cache", "empty"], "mediacheck cache"),
        (["no-such-command"], "mediacheck"),
    ],
)
def test_wrong_usage_leads_to_the_help_of_the_command(arguments, command, capfd) -> None:
    assert main(arguments) == 2
    assert capfd.readouterr().err.endswith(f"; see {command} --help\n")


def test_run_without_any_stream_keeps_its_code(stand_in, compare, monkeypatch) -> None:
    answering(stand_in, Answer.ALTERED)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)

    assert compare() == 1


def test_narrow_encoding_prints_what_it_can(stand_in, compare, monkeypatch, tmp_path) -> None:
    answering(stand_in, Answer.ALTERED, "«Пакистан» was added.")
    with open(tmp_path / "out", "w", encoding="ascii") as ascii_only:
        monkeypatch.setattr(sys, "stdout", ascii_only)
        assert compare() == 1
    assert "was added." in (tmp_path / "out").read_text()


def test_installation_that_cannot_load_is_70() -> None:
    broken = (
        "import sys; sys.modules['typer'] = None\n"
        "from mediacheck.__main__ import main\n"
        "sys.exit(main())"
    )
    ended = subprocess.run([sys.executable, "-c", broken], capture_output=True, text=True)
    assert ended.returncode == 70
    assert "Traceback" in ended.stderr


def test_module_runs_as_the_command_does(repository) -> None:
    for arguments, code in ((["--version"], 0), (["no-such-command"], 2)):
        ended = subprocess.run(
            [sys.executable, "-m", "mediacheck", *arguments], cwd=repository, capture_output=True
        )
        assert ended.returncode == code
