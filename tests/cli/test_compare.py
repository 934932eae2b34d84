"""Arguments become a question, wrong ones are refused early, and stdout holds results only."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from mediacheck.cli.main import main
from mediacheck.model import Answer, Options, Question, SelfCheck, Span, Term, Twin


def test_plain_command_asks_the_plain_question(stand_in, compare) -> None:
    assert compare() == 0
    assert stand_in.questions == [Question()]
    assert stand_in.formats == [("html", "pdf", "json")]


def test_options_reach_the_question(stand_in, compare) -> None:
    code = compare(
        *("--term", "Pakistan=Пакистан, Пакистана", "--term", "Иран"),
        *("--no-transcript", "--model", "models/small", "--language", "RU"),
        *("--engine", "openai-whisper"),
        *("--format", "json", "--quiet"),
    )

    assert code == 0
    assert stand_in.questions == [
        Question(
            terms=(Term("Pakistan", ("Пакистан", "Пакистана")), Term("Иран")),
            options=Options(
                transcript=False, model="models/small", language="ru", engine="openai-whisper"
            ),
        )
    ]
    assert stand_in.formats == [("json",)]


@pytest.mark.parametrize("asked", [True, False])
def test_the_self_check_is_made_only_when_asked_for(
    stand_in, compare, monkeypatch, asked: bool
) -> None:
    made = []
    library = ModuleType("mediacheck.tuning.selfcheck")
    library.checked = lambda case, progress: made.append(case) or case
    monkeypatch.setitem(sys.modules, library.__name__, library)
    assert compare(*(["--self-check"] if asked else [])) == 0
    assert len(made) == asked


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([Answer.NO_ALTERATION_FOUND], "So it is. Of 1 innocent copy of this very original"),
        ([], "So it is. No innocent copy of this original was tried: too little."),
        ([Answer.ALTERED], "So it is."),  # the headline itself tells of it
    ],
)
def test_what_the_self_check_came_to_stands_on_stdout(
    stand_in, compare, capfd, answers: list[Answer], told: str
) -> None:
    found = SelfCheck(tuple(Twin(Span(0, 4), each) for each in answers), None, "d", "too little")
    verdict = replace(stand_in.comparison.verdict, headline="So it is.")
    stand_in.comparison = replace(stand_in.comparison, verdict=verdict, self_check=found)
    compare()
    headline, _ = capfd.readouterr().out.splitlines()
    assert headline.startswith(told)
    assert (headline == "So it is.") == (Answer.ALTERED in answers)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no-such-command"],
        ["compare"],
        ["compare", "clip.mp4"],
        ["compare", "clip.mp4", "original.mp4", "third.mp4"],
        ["compare", "clip.mp4", "original.mp4", "--no-such-option"],
        ["compare", "clip.mp4", "original.mp4", "--out"],
        ["compare", "clip.mp4", "original.mp4", "--quiet", "--verbose"],
        ["compare", "clip.mp4", "original.mp4", "--format", "docx"],
        ["compare", "clip.mp4", "original.mp4", "--format", ""],
        ["compare", "clip.mp4", "original.mp4", "--term", ""],
        ["compare", "clip.mp4", "original.mp4", "--term", "=Пакистан"],
        ["compare", "clip.mp4", "original.mp4", "--term", "Pakistan="],
        ["compare", "clip.mp4", "original.mp4", "--language", "Russian"],
        ["compare", "clip.mp4", "original.mp4", "--original-range", "soon-later"],
        ["compare", "clip.mp4", "original.mp4", "--engine", "whisper"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_2(arguments, stand_in, capfd) -> None:
    assert main(arguments) == 2

    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("mediacheck: ")
    assert "--help" in printed.err
    assert stand_in.questions == []


def test_wrong_usage_quotes_what_it_was_given_visibly(stand_in, capfd) -> None:
    assert main(["compare", "clip.mp4", "original.mp4", "--format", "\x1b[2J\u202e"]) == 2
    assert not set("\x1b\u202e") & set(capfd.readouterr().err)


def default_folder() -> Path:
    clip, original = (hashlib.sha256(text).hexdigest()[:8] for text in (b"clip", b"original"))
    return Path("reports") / f"clip-{clip}-{original}"


@pytest.mark.parametrize("out", [["--out", "case"], []], ids=["--out", "default"])
def test_taken_folder_is_refused_before_the_work(out, stand_in, compare, capfd) -> None:
    folder = Path("case") if out else default_folder()
    folder.mkdir(parents=True)
    (folder / "report.json").touch()

    assert compare(*out) == 2

    assert stand_in.questions == []
    assert f"{folder} exists already" in capfd.readouterr().err


@pytest.mark.parametrize("out", [["--out", "case"], []], ids=["--out", "default"])
def test_force_replaces_an_earlier_report(out, stand_in, compare) -> None:
    folder = Path("case") if out else default_folder()
    folder.mkdir(parents=True)
    (folder / "report.json").touch()

    assert compare(*out, "--force") == 0


def test_force_replaces_nothing_but_a_report(stand_in, compare, capfd) -> None:
    Path("holiday").mkdir()
    Path("holiday/photo.jpg").touch()

    assert compare("--out", "holiday", "--force") == 2

    assert "no case folder" in capfd.readouterr().err
    assert Path("holiday/photo.jpg").exists()


def test_file_in_the_way_is_refused_with_force_too(stand_in, compare, capfd) -> None:
    Path("clip.mp4").chmod(0o755)  # as open to entering as a folder
    for out in ("clip.mp4", "clip.mp4/case"):
        assert compare("--out", out, "--force") == 2
    assert stand_in.questions == []


def test_folder_that_cannot_be_made_is_refused_before_the_work(
    stand_in, compare, monkeypatch, capfd
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere

    assert compare("--out", "somewhere/deep/case") == 2

    assert stand_in.questions == []
    assert "cannot be written to" in capfd.readouterr().err
    assert not Path("somewhere").exists()


def test_missing_clip_is_left_to_the_probe(stand_in, compare) -> None:
    Path("clip.mp4").unlink()
    assert compare() == 0
    assert len(stand_in.questions) == 1


def test_stdout_holds_two_lines_whatever_libraries_print(stand_in, compare, capfd) -> None:
    def noisy(progress) -> None:
        print("printed by a library")
        sys.stdout.flush()
        logging.getLogger("mediacheck.media").warning("clip.mp4 is damaged\n\x1b[2J")
        logging.getLogger("mediacheck.align").debug("lag %s", 7)
        progress.at("reading", 1, 2)
        progress.at("reading", 2, 2)

    stand_in.during = noisy
    assert compare() == 0

    printed = capfd.readouterr()
    assert len(printed.out.splitlines()) == 2
    assert "printed by a library" in printed.err
    assert "lag 7" not in printed.err
    assert "warning: mediacheck.media: clip.mp4 is damaged⟨U+000A⟩⟨U+001B⟩[2J" in printed.err
    assert "reading: started\nreading: done in 0.0 s\n" in printed.err


def test_quiet_prints_the_result_alone(stand_in, compare, capfd) -> None:
    def noisy(progress) -> None:
        progress.at("reading", 1, 2)
        logging.getLogger("mediacheck.media").warning("clip.mp4 is damaged")

    stand_in.during = noisy
    assert compare("--quiet") == 0

    assert capfd.readouterr().err == ""


def test_verbose_says_what_is_tried(stand_in, compare, capfd) -> None:
    stand_in.during = lambda progress: logging.getLogger("mediacheck.align").debug("lag %s", 7)
    assert compare("--verbose") == 0
    assert "debug: mediacheck.align: lag 7\n" in capfd.readouterr().err


def test_headline_of_several_sentences_stays_one_line(stand_in, compare, capfd) -> None:
    verdict = replace(stand_in.comparison.verdict, headline="Altered.\nWords: not checked.")
    stand_in.comparison = replace(stand_in.comparison, verdict=verdict)

    assert compare("--out", "a\u202eb", "--format", "json") == 0

    assert capfd.readouterr().out.splitlines() == [
        "Altered. Words: not checked.",
        str(Path("a⟨U+202E⟩b") / "report.json"),
    ]
