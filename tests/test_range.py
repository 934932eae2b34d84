"""Hours of original, seconds of question: a range is searched like a cut of the file and told on the file's clock."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from mediacheck.calibration import Calibration
from mediacheck.compare import compare
from mediacheck.judging import rejudge
from mediacheck.model import (
    TO_THE_END_S,
    Answer,
    Comparison,
    Kind,
    Options,
    PictureState,
    Question,
    Run,
    Severity,
    SoundState,
    Span,
)
from mediacheck.report.html import render
from mediacheck.report.json import dumps, loads

from .media.making import ffmpeg

MEDIA = Path(__file__).parents[1] / "fixtures" / "media"
CUT_S = 0.05  # by which a range and a cut of the file may differ: a frame of the fixtures
BORDER_S = 0.2  # of a stretch of sound, as promised
WHERE = Span(13.0, 38.0)  # the clips of the fixtures stand at 15.4 to 35.4


@cache
def examined(case: str, start: float, end: float) -> Comparison:
    question = Question(original_range=Span(start, end), options=Options(transcript=False))
    return compare(MEDIA / case / "clip.mp4", MEDIA / case / "original.mp4", question)


@pytest.fixture(scope="module")
def cut_off(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """The same clip against a file that holds nothing but the range."""
    path = tmp_path_factory.mktemp("cut") / "cut.mkv"
    original = MEDIA / "partial" / "original.mp4"
    inside = ("-ss", str(WHERE.start), "-t", str(WHERE.length))
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-c:a", "flac")
    ffmpeg("-i", original, *inside, *coded, "-threads", "1", path)
    question = Question(options=Options(transcript=False))
    return compare(MEDIA / "partial" / "clip.mp4", path, question)


def alterations(comparison: Comparison) -> list[Kind]:
    return [f.kind for f in comparison.findings if f.severity is Severity.ALTERATION]


def test_a_range_finds_what_a_cut_of_the_file_finds(cut_off: Comparison) -> None:
    ranged = examined("partial", *WHERE)
    assert ranged.verdict.answer is cut_off.verdict.answer is Answer.ALTERED
    assert alterations(ranged) == alterations(cut_off) == [Kind.REPLACED]
    for ours, theirs in (
        *zip(ranged.timeline.picture, cut_off.timeline.picture, strict=True),
        *zip(ranged.timeline.sound, cut_off.timeline.sound, strict=True),
    ):
        assert ours.state is theirs.state
        assert tuple(ours.clip) == pytest.approx(tuple(theirs.clip), abs=BORDER_S)
        assert (ours.original is None) == (theirs.original is None)
        if ours.original is not None and theirs.original is not None:
            at = ours.original.start - ours.clip.start
            cut_at = theirs.original.start - theirs.clip.start
            assert at == pytest.approx(cut_at + WHERE.start, abs=CUT_S)


def test_every_number_counts_on_the_files_clock() -> None:
    ranged = examined("partial", *WHERE)
    (picture,) = ranged.timeline.picture
    assert picture.original is not None
    assert tuple(picture.original) == pytest.approx((15.4, 35.4), abs=0.1)
    placed = [m.original for m in ranged.measurements if m.original is not None]
    assert placed
    assert all(abs(span.start - 15.4) < 9 for span in placed)
    lines = [s.alignment for s in ranged.series if s.name == "presence" and s.alignment]
    assert lines[0].offset_s == pytest.approx(15.4, abs=0.02)


def test_exhibits_are_named_by_times_of_the_file() -> None:
    (replaced,) = (f for f in examined("partial", *WHERE).findings if f.kind is Kind.REPLACED)
    (heard,) = (n for n in replaced.exhibits if "original" in n and n.endswith(".mp3"))
    start = float(heard.removesuffix(".mp3").split("-")[2])
    assert start == pytest.approx(23.565, abs=BORDER_S)


@pytest.mark.parametrize("part", [WHERE, Span(0.0, 5.0), Span(10.0, 30.0)])
def test_a_stored_case_is_judged_again_to_the_same_bytes(part: Span) -> None:
    before = examined("innocent", *part)
    written = dumps(before)
    assert dumps(rejudge(loads(written), Calibration.load())) == written


def test_an_innocent_clip_stays_innocent() -> None:
    comparison = examined("innocent", *WHERE)
    assert comparison.verdict.answer is Answer.NO_ALTERATION_FOUND
    assert {part.state for part in comparison.timeline.sound} == {SoundState.SAME}


def test_what_lies_beyond_the_range_is_uncovered_and_no_alteration() -> None:
    comparison = examined("innocent", 10.0, 30.0)
    assert alterations(comparison) == []
    assert comparison.verdict.answer is not Answer.ALTERED
    matched, beyond = comparison.timeline.picture
    assert matched.state is PictureState.MATCHED
    assert matched.original is not None
    assert matched.original.end == pytest.approx(30.0, abs=0.2)
    assert beyond.original is None
    (uncovered,) = (f for f in comparison.findings if f.kind is Kind.UNCOVERED)
    assert uncovered.summary.endswith("is not in 0:10.0-0:30.0 of this original.")
    assert uncovered.explanations[0].endswith("part of the original that was not searched.")


def test_nowhere_is_nowhere_in_the_range(run: Run) -> None:
    comparison = examined("innocent", 0.0, 5.0)
    assert comparison.verdict.answer is not Answer.ALTERED
    assert "0:00.0-0:05.0 of" in comparison.verdict.headline.partition(". ")[0]
    (rest,) = (row for row in comparison.verdict.unanswered if row.check == "range")
    assert rest.reason == "only 0:00.0-0:05.0 of it was searched, as asked"
    page = render(comparison, run, {}).decode()
    assert "not in the original" not in page
    assert ">nowhere<" not in page
    assert "nowhere in 0:00.0-0:05.0" in page
    assert "--original-range 0-5 " in page


def test_the_question_keeps_what_was_asked_and_the_report_what_was_searched(run: Run) -> None:
    comparison = examined("partial", 14.0, TO_THE_END_S)
    assert comparison.question.original_range == Span(14.0, TO_THE_END_S)
    assert comparison.original.duration_s == pytest.approx(47.3, abs=0.1)
    assert comparison.original.condition[0].startswith("only read from 14.0 s on: ")
    page = render(comparison, run, {}).decode()
    assert "0:14.0-0:47.3 of 0:47.3, as asked" in page
    assert "--original-range 14- " in page
    assert alterations(comparison) == [Kind.REPLACED]
