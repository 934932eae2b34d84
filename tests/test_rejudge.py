"""A stored comparison is judged again without media, and the same limits give the same bytes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from mediacheck.calibration import Calibration
from mediacheck.checks.base import rounded
from mediacheck.compare import Case, examine
from mediacheck.errors import CalibrationRefused, CannotJudge
from mediacheck.judging import _outcome, rejudge, with_self_check
from mediacheck.model import (
    Alignment,
    Answer,
    Comparison,
    Failed,
    Kind,
    Measured,
    Options,
    Question,
    Skipped,
    Transcripts,
    Words,
)
from mediacheck.report.json import dumps, loads

from .report import sample

MEDIA = Path(__file__).parents[1] / "fixtures" / "media"
CASES = ("innocent", "partial", "unrelated", "press-qa")


@cache
def examined(case: str) -> Case:
    question = Question(options=Options(transcript=False))
    return examine(MEDIA / case / "clip.mp4", MEDIA / case / "original.mp4", question)


def limits(table: str, **values: float) -> Calibration:
    """The shipped calibration with other values."""
    shipped = Calibration.load()
    tables = {**shipped.tables, table: {**shipped.tables[table], **values}}
    return Calibration("other", "e" * 64, tables)


@pytest.mark.parametrize("case", CASES)
def test_the_same_calibration_gives_the_same_report(case: str) -> None:
    before = examined(case).comparison
    written = dumps(before)
    after = rejudge(loads(written), Calibration.load())
    assert after == before
    assert dumps(after) == written


def test_another_limit_gives_another_answer() -> None:
    before = loads(dumps(examined("innocent").comparison))
    assert before.verdict.answer is Answer.NO_ALTERATION_FOUND
    kinds = {finding.kind for finding in before.findings}
    assert Kind.CROPPED in kinds

    after = rejudge(before, limits("frame", cropped_below=0.0))

    assert {finding.kind for finding in after.findings} == kinds - {Kind.CROPPED}
    assert after.calibration.id == "other"
    assert after.measurements == before.measurements


def test_a_finding_that_is_new_has_no_exhibits_and_an_old_one_keeps_them() -> None:
    before = examined("partial").comparison
    (replaced,) = (f for f in before.findings if f.kind is Kind.REPLACED)
    assert replaced.exhibits
    bare = replace(before, findings=())

    same, fresh = (rejudge(each, Calibration.load()) for each in (before, bare))

    assert [f.exhibits for f in same.findings] == [f.exhibits for f in before.findings]
    assert len(fresh.findings) == len(before.findings)
    assert all(f.exhibits == () for f in fresh.findings)


def test_every_outcome_is_rebuilt_as_the_checks_gave_it() -> None:
    """Words and terms share one record in the report, and so do picture and frame."""
    told = sample.press_qa()
    rows = {row.check: replace(row, status="measured", reason=None) for row in told.outcomes}

    words = _outcome(rows["words"], told)
    assert isinstance(words, Measured)
    assert words.transcripts == told.transcripts != Transcripts()
    assert words.words == replace(told.words, terms=())
    terms = _outcome(rows["terms"], told)
    assert isinstance(terms, Measured)
    assert terms.words is not None
    assert terms.words.terms == told.words.terms != ()
    assert terms.transcripts is None
    for name in ("picture", "frame"):
        outcome = _outcome(rows[name], told)
        assert isinstance(outcome, Measured)
        assert outcome.geometry == told.geometry
    for name, row in rows.items():
        outcome = _outcome(row, told)
        assert isinstance(outcome, Measured)
        assert {m.check for m in (*outcome.measurements, *outcome.series)} <= {name}
    skipped = replace(rows["sync"], status="skipped", reason="no sound")
    assert _outcome(skipped, told) == Skipped("sync", 1, "no sound")
    failed = replace(rows["sync"], status="failed", reason="ValueError: x")
    assert _outcome(failed, told) == Failed("sync", 1, "ValueError: x")


def test_words_that_were_heard_are_judged_the_same_again() -> None:
    """No model is needed: the transcripts of a sample stand in for heard ones."""
    told = sample.press_qa()
    comparison = examined("press-qa").comparison
    heard = tuple(
        replace(row, status="measured", reason=None) if row.check in ("words", "terms") else row
        for row in comparison.outcomes
    )
    once = rejudge(
        replace(comparison, outcomes=heard, transcripts=told.transcripts, words=told.words),
        Calibration.load(),
    )
    assert once.words == told.words != Words(comparable=False)
    assert once.transcripts == told.transcripts

    written = dumps(once)
    assert dumps(rejudge(loads(written), Calibration.load())) == written


def test_a_line_late_in_a_long_original_is_found_again() -> None:
    line = rounded(Alignment(np.float64(5234.56784321), np.float64(1.0416666)))
    comparison = examined("partial").comparison
    moved = tuple(
        replace(each, alignment=line if each.alignment is not None else None)
        for each in comparison.series
    )
    once = rejudge(replace(comparison, series=moved), Calibration.load())
    again = rejudge(loads(dumps(once)), Calibration.load())
    assert {each.alignment for each in again.series} == {None, line}
    assert dumps(again) == dumps(once)


def test_a_self_check_is_kept_with_its_warning_and_the_limits_that_it_was_judged_by() -> None:
    told = sample.self_checked().self_check
    assert told is not None
    before = with_self_check(examined("partial").comparison, told)
    assert "This method errs" in before.verdict.headline

    same, other = (
        rejudge(loads(dumps(before)), each)
        for each in (Calibration.load(), limits("frame", cropped_below=0.0))
    )

    assert dumps(same) == dumps(before)
    assert other.self_check == told
    assert other.self_check.calibration != other.calibration.digest
    assert other.verdict.headline.count("This method errs") == 1


def test_another_version_of_a_check_is_refused_with_both_versions() -> None:
    before = examined("partial").comparison
    first, *rest = before.outcomes
    older = replace(before, outcomes=(replace(first, version=first.version + 7), *rest))
    with pytest.raises(
        CannotJudge,
        match=f"{first.check} was .*version {first.version + 7}.*version {first.version}",
    ) as caught:
        rejudge(older, Calibration.load())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("change", ["missing", "unknown"])
def test_a_record_of_other_checks_is_refused(change: str) -> None:
    before = examined("partial").comparison
    first, *rest = before.outcomes
    rows = (*rest,) if change == "missing" else (*before.outcomes, replace(first, check="aura"))
    with pytest.raises(CannotJudge, match="no version"):
        rejudge(replace(before, outcomes=rows), Calibration.load())


def test_another_schema_is_refused_with_both_names(comparison) -> None:
    other: Comparison = replace(comparison(), schema="mediacheck.report/0")
    with pytest.raises(CannotJudge, match=r"report/0.*report/1"):
        rejudge(other, Calibration.load())


def test_a_calibration_without_a_limit_is_refused() -> None:
    shipped = Calibration.load()
    tables = {**shipped.tables, "frame": {}}
    with pytest.raises(CalibrationRefused, match="frame"):
        rejudge(examined("partial").comparison, Calibration("less", "f" * 64, tables))
