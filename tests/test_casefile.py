"""A case file gives claim, terms and context; what is not as it should be is named with its place."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mediacheck.calibration import Calibration
from mediacheck.casefile import BYTES_AT_MOST, CaseFile, load, merged
from mediacheck.cli.main import main
from mediacheck.compare import compare
from mediacheck.errors import CaseFileRefused, MediaUnreadable
from mediacheck.judging import rejudge
from mediacheck.model import Context, Options, Question, Span, Statement, Term
from mediacheck.report import json

from .report import sample

INNOCENT = Path(__file__).parents[1] / "fixtures" / "media" / "innocent"
WHOLE = """
claim = "The president threatens Atlantia."
event = "Press questions after a meeting"
date = 2025-10-23
place = "Санкт-Петербург"
sources = ["https://example.org/full", "http://example.org/видео?a=1#b"]

[[terms]]
term = "Atlantia"
aliases = ["Атлантия", "اٹلانٹیا"]

[[terms]]
term = "warning"

[[statements]]
text = "یہ ویڈیو جعلی ہے۔"
by = "Embassy of Atlantia"
source = "https://example.org/statement"
date = 2025-10-24T09:30:00+05:00

[[statements]]
text = \"\"\"
The country
  was not mentioned.\"\"\"
by = "A spokeswoman"
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def make(content: str | bytes) -> Path:
        path = tmp_path / "case.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def test_everything_in_a_case_file_is_read(write) -> None:
    assert load(write(WHOLE)) == CaseFile(
        claim="The president threatens Atlantia.",
        terms=(Term("Atlantia", ("Атлантия", "اٹلانٹیا")), Term("warning")),
        context=Context(
            event="Press questions after a meeting",
            date="2025-10-23",
            place="Санкт-Петербург",
            sources=("https://example.org/full", "http://example.org/видео?a=1#b"),
            statements=(
                Statement(
                    "یہ ویڈیو جعلی ہے۔",
                    "Embassy of Atlantia",
                    "https://example.org/statement",
                    "2025-10-24T09:30:00+05:00",
                ),
                Statement("The country was not mentioned.", "A spokeswoman"),
            ),
        ),
    )


def test_every_key_may_be_left_out(write) -> None:
    assert load(write('claim = "x"')) == CaseFile(claim="x")
    assert load(write('[[terms]]\nterm = "x"\naliases = []')) == CaseFile(terms=(Term("x"),))
    assert load(write('place = "x"')) == CaseFile(context=Context(place="x"))


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(write) -> None:
    content = "\ufeff" + WHOLE.replace("\n", "\r\n")
    assert load(write(content)) == load(write(WHOLE))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-10-23", "2025-10-23"),
        ('"2025-10-23"', "2025-10-23"),
        ('"2025-10"', "2025-10"),
        ('"2025"', "2025"),
        ("2025-10-23T14:00:00+03:00", "2025-10-23T14:00:00+03:00"),
        ("2025-10-23 14:00:00Z", "2025-10-23T14:00:00+00:00"),
        ('"2025-10-23T14:00+03:00"', "2025-10-23T14:00:00+03:00"),
    ],
)
def test_a_date_is_as_exact_as_it_was_given(written: str, read: str, write) -> None:
    assert load(write(f"date = {written}")) == CaseFile(context=Context(date=read))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it is empty: expected claim, terms, event"),
        ('clam = "x"', "clam is no key of a case file: did you mean claim?"),
        ("a = 1", "a is no key of a case file: expected claim, terms"),
        ('claim = ""', "claim is empty: expected text"),
        ('claim = " \\n"', "claim is empty: expected text"),
        ("claim = 3", "claim is a number: expected text"),
        ("claim = true", "claim is true or false: expected text"),
        ("event = 2025-10-23", "event is a date or a time: expected text"),
        (f'claim = "{"x" * 1001}"', "claim has 1,001 letters: expected 1,000 at most"),
        ('sources = "https://x.org"', "sources is text: expected a list of links"),
        (f"sources = {['https://x.org'] * 51}", "sources has 51 entries: expected 50 at most"),
        ('sources = ["https://x.org", "x.org"]', "sources[2] is no link: expected one that begins"),
        ('sources = ["ftp://x.org"]', "sources[1] is no link"),
        ('sources = ["javascript:alert(1)"]', "sources[1] is no link"),
        ('sources = ["file:///etc/passwd"]', "sources[1] is no link"),
        ('sources = ["https://"]', "sources[1] is no link"),
        ('sources = ["https://[x"]', "sources[1] is no link"),
        ('sources = ["https://x.org/a b"]', "sources[1] is no link"),
        ('sources = ["https://x.org/\\u202egpj"]', "sources[1] is no link"),
        ('sources = ["https://me:secret@x.org"]', "sources[1] is no link"),
        ("sources = [3]", "sources[1] is a number: expected text"),
        ("date = 2025", 'date is a number: expected a date such as "2025-10-23"'),
        ("date = 10:00:00", "date is a date or a time: expected a date"),
        ("date = 2025-10-23T14:00:00", "date is a time without its offset: expected a date"),
        ('date = "2025-13"', "date is no date (month must be in 1..12): expected a date"),
        ('date = "23.10.2025"', "date is no date: expected a date"),
        ('date = ""', "date is no date: expected a date"),
        ('terms = ["x"]', "terms[1] is text: expected a table with term and aliases"),
        ('[terms]\nterm = "x"', "terms is a table: expected a list [[terms]]"),
        ('[[terms]]\naliases = ["x"]', "terms[1].term is missing: expected text"),
        ('[[terms]]\nterm = "x"\naliases = "y"', "terms[1].aliases is text: expected a list"),
        ('[[terms]]\nterm = "x"\naliases = ["y", ""]', "terms[1].aliases[2] is empty"),
        (
            '[[terms]]\nterm = "x"\nalias = ["y"]',
            "terms[1].alias is no key of a case file: did you",
        ),
        ('[[terms]]\nterm = "x=y"', "terms[1].term has a comma or an equals sign: expected one"),
        ('[[terms]]\nterm = "x"\naliases = ["y,z"]', "terms[1].aliases[1] has a comma or an"),
        ('[[statements]]\nby = "x"', "statements[1].text is missing"),
        (
            '[[statements]]\ntext = "x"\nby = "y"\n[[statements]]\ntext = "x"\nby = 3',
            "statements[2].by is a number: expected text",
        ),
        ('[[statements]]\ntext = "x"\nby = "y"\nsource = "z"', "statements[1].source is no link"),
        ('[[statements]]\ntext = "x"\nby = "y"\ndate = "z"', "statements[1].date is no date"),
        ("claim = 1\nclaim = 2", "it is no TOML"),
        ("<html>", "it is no TOML (Invalid statement (at line 1, column 1))"),
        ("x = " + "[" * 100_000, "it is no TOML of ours (too many brackets)"),
        ("x = " + "9" * 5000, "it is no TOML"),
        (b'claim = "\xff"', "it is no text in UTF-8; save it as UTF-8"),
        (b"\xff\xfe" + 'claim = "x"'.encode("utf-16-le"), "it is no text in UTF-8"),
        ("#" * (BYTES_AT_MOST + 1), "it is longer than 256 KiB"),
    ],
    ids=lambda given: str(given[:40]),
)
def test_what_is_no_case_is_refused_with_file_key_and_what_is_expected(
    content: str | bytes, said: str, write
) -> None:
    with pytest.raises(CaseFileRefused) as caught:
        load(write(content))
    assert str(caught.value).startswith(f"case.toml: {said}")
    assert len(str(caught.value)) < 250


def test_a_file_as_long_as_allowed_is_read(write) -> None:
    claim = 'claim = "x"\n'
    assert load(write(claim + "#" * (BYTES_AT_MOST - len(claim)))) == CaseFile(claim="x")


def test_no_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        CaseFileRefused, match="there is no such file; name a case file with --case"
    ):
        load(tmp_path / "none.toml")
    with pytest.raises(CaseFileRefused, match="it is no file"):
        load(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(CaseFileRefused, match="it is no file"):  # and nobody waits for a writer
            load(tmp_path / "pipe")


def test_the_same_term_twice_has_the_aliases_of_both() -> None:
    terms = (
        Term("Atlantia", ("Атлантия",)),
        Term("warning"),
        Term("ATLANTIA", ("атлантия", "Atlantis", "Atlantia")),
        Term("Émile"),
        Term("E\u0301mile", ("Emil",)),
    )
    assert merged(terms) == (
        Term("Atlantia", ("Атлантия", "Atlantis")),
        Term("warning"),
        Term("Émile", ("Emil",)),
    )


def test_terms_of_the_command_line_come_after_those_of_the_file() -> None:
    file = CaseFile("claim", (Term("a", ("b",)),), Context(event="event"))
    asked = Question(
        terms=(Term("c"), Term("a", ("d",))),
        original_range=Span(1.0, 2.0),
        options=Options(language="ru"),
    )
    assert file.added_to(asked) == replace(
        asked, claim="claim", terms=(Term("a", ("b", "d")), Term("c")), context=file.context
    )


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """The questions that `mediacheck compare clip.mp4 original.mp4` would begin to work on."""
    questions: list[Question] = []

    def examine(clip: Path, original: Path, question: Question, **_: object) -> None:
        questions.append(question)
        raise MediaUnreadable("no media")

    monkeypatch.setattr(sys.modules["mediacheck.compare"], "examine", examine)
    monkeypatch.chdir(tmp_path)
    return questions


def test_the_option_adds_the_file_to_what_is_asked(asked, write) -> None:
    write(WHOLE)
    given = ("--case", "case.toml", "--term", "atlantia=Atlantis", "--term", "bridge")

    assert main(["compare", "clip.mp4", "original.mp4", "--no-transcript", *given]) == 2

    file = load(Path("case.toml"))
    terms = (
        Term("Atlantia", ("Атлантия", "اٹلانٹیا", "Atlantis")),
        Term("warning"),
        Term("bridge"),
    )
    assert asked == [Question(file.claim, terms, None, Options(transcript=False), file.context)]


def test_a_case_that_is_refused_costs_one_line_and_no_work(asked, write, capfd) -> None:
    write('[[statements]]\n"te\\u202ext\\u001b[2J" = "x"')

    assert main(["compare", "clip.mp4", "original.mp4", "--case", "case.toml"]) == 2

    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "mediacheck: case.toml: statements[1].te⟨U+202E⟩xt⟨U+001B⟩[2J is no key of a case file:"
        " did you mean text?\n"
    )
    assert asked == []


def given() -> Question:
    """What an editor could want the tool to repeat."""
    return replace(
        sample.press_qa().question,
        claim="This clip is authentic; no alteration found.",
        context=Context(
            event="Altered",
            date="2025-10-23",
            place="nowhere",
            sources=("https://example.org",),
            statements=(Statement("The sound is the original's.", "Somebody"),),
        ),
    )


def test_a_stored_report_keeps_the_case() -> None:
    comparison = replace(sample.press_qa(), question=given())
    assert json.loads(json.dumps(comparison)).question == given()


def test_a_report_from_before_there_was_a_case_is_read() -> None:
    written = json.dumps(sample.partial())
    older = written.replace(b',"context":null', b"").replace(b'"context":null,', b"")
    assert len(older) < len(written)
    assert json.loads(older) == json.loads(written)


@pytest.mark.slow
def test_the_case_changes_nothing_but_the_question_and_judging_again_keeps_it() -> None:
    plain = Question(options=Options(transcript=False))
    told = replace(given(), terms=(), options=plain.options)
    clip, original = INNOCENT / "clip.mp4", INNOCENT / "original.mp4"

    without, within = compare(clip, original, plain), compare(clip, original, told)

    assert within.question == told
    assert replace(within, question=plain) == without
    assert rejudge(within, Calibration.load()).question == told
