"""A reader learns how often such an answer is wrong, and what this very original showed, or that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from mediacheck.model import (
    Answer,
    Comparison,
    ErrorRate,
    Finding,
    Kind,
    SelfCheck,
    Severity,
    Stream,
    Twin,
)
from mediacheck.report import html
from mediacheck.report.rates import error_rates
from mediacheck.report.view import build
from mediacheck.tuning.selfcheck import NO_ROOM
from mediacheck.wording.rates import answer_rate, interval
from mediacheck.wording.selfcheck import bound, errs, of_kind, tried, with_errors_shown

from . import sample

RATES = sample.BY_CONDITION
HEAVY = "heavy compression"
ALTERED, NOTHING = Answer.ALTERED, Answer.NO_ALTERATION_FOUND


def checked(*answers: Answer) -> SelfCheck:
    twins = tuple(Twin(sample.Span(10.0 * n, 10.0 * n + 5), each) for n, each in enumerate(answers))
    return SelfCheck(twins, None, "d" * 64)


def words(comparison: Comparison) -> str:
    page = html.render(comparison, sample.run(), {}).decode()
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def test_altered_is_weighed_by_the_false_alarms_of_the_nearest_condition() -> None:
    said = answer_rate(ALTERED, RATES, HEAVY)
    assert said == (
        "Of unaltered test pairs made like this clip (heavy compression), 6.7 % (95 % interval 2.0 to 15.0 %) "
        "were wrongly answered “altered”; measured on 50 pairs from 12 sources."
    )


def test_no_alteration_found_is_weighed_by_the_misses() -> None:
    said = answer_rate(NOTHING, RATES, "clean")
    assert said.startswith("Of altered test pairs made like this clip (clean copies), 2.0 %")
    assert "were not answered “altered”" in said


@pytest.mark.parametrize("nearest", [None, "phone filming a screen"])
def test_unlike_all_that_was_measured_the_rate_over_all_is_told_as_such(
    nearest: str | None,
) -> None:
    said = answer_rate(ALTERED, RATES, nearest)
    assert said.startswith("How often this answer is wrong was never measured on material like")
    assert "Of unaltered test pairs of all other kinds, 3.1 %" in said


def test_a_rate_that_the_nearest_condition_lacks_is_not_taken_for_one_like_this_clip() -> None:
    said = answer_rate(NOTHING, RATES, HEAVY)
    assert "never measured on material like this clip" in said
    assert "6.0 %" in said


@pytest.mark.parametrize("known", [{}, {"sound": RATES["sound"]}])
def test_without_a_rate_of_the_answer_it_is_said_that_nobody_knows(
    known: Mapping[str, tuple[ErrorRate, ...]],
) -> None:
    said = answer_rate(ALTERED, known, HEAVY)
    assert said == "How often this answer is wrong was never measured under these limits."


@pytest.mark.parametrize("answer", [Answer.INCONCLUSIVE, Answer.NOT_IN_ORIGINAL])
def test_other_answers_borrow_no_rate(answer: Answer) -> None:
    assert "%" not in answer_rate(answer, RATES, HEAVY)


def test_what_was_not_measured_is_no_number() -> None:
    assert interval(None) == "not measured"


@pytest.mark.parametrize("build_", sample.ALL, ids=lambda build_: build_.__name__)
def test_every_report_says_how_reliable_its_answer_is(build_: Callable[[], Comparison]) -> None:
    (said,) = build(build_(), sample.run()).reliability[-1:]
    assert "answer is wrong" in said or "test pairs" in said


def test_the_same_file_twice_needs_no_error_rate() -> None:
    same = Finding(Kind.SAME_FILE, Stream.CONTAINER, Severity.NOTE, None, None, ())
    shown = replace(sample.no_alteration(), findings=(same,))
    assert build(shown, sample.run()).reliability == ()


def test_the_table_holds_the_nearest_condition_and_all_and_counts_the_rest() -> None:
    table = error_rates(sample.self_checked())
    assert [row[:2] for row in table.rows] == [
        ("the answer as a whole", "heavy compression (like this clip)"),
        ("the answer as a whole", "all conditions together"),
        ("whether the sound is the original's", "heavy compression (like this clip)"),
        ("whether the sound is the original's", "all conditions together"),
    ]
    assert table.more == 2
    assert table.rows[0][3] == "not measured"


def test_each_rate_of_the_table_names_its_own_cases_and_sources() -> None:
    """A check that looked at many pairs may have met few alterations."""
    known = ErrorRate(
        "all", (0.02, 0.0, 0.2), (0.5, 0.2, 0.8), 60, 9, "m", false_alarm_of=(50, 9), miss_of=(4, 1)
    )
    base = sample.no_alteration()
    record = replace(base.calibration, error_rates={"sound": (known,)}, condition=None)
    (row,) = error_rates(replace(base, calibration=record)).rows
    assert row[2] == "2.0 % (95 % interval 0.0 to 20.0 %) of 50 from 9 sources"
    assert row[3] == "50.0 % (95 % interval 20.0 to 80.0 %) of 4 from 1 source"


def test_rates_of_no_condition_that_concerns_the_clip_are_only_counted() -> None:
    table = error_rates(sample.partial())
    assert table.rows == ()
    assert table.more == 1
    assert "1 more in report.json." in words(sample.partial())


def test_of_innocent_copies_every_answer_is_counted() -> None:
    found = checked(NOTHING, NOTHING, Answer.INCONCLUSIVE, Answer.NOT_IN_ORIGINAL, ALTERED)
    assert tried(found) == (
        "Of 5 innocent copies of this very original, made like this clip, 2 were answered “no alteration "
        "found”, 2 were left open and 1 was called altered."
    )


def test_why_no_copy_was_tried_is_said() -> None:
    found = SelfCheck((), None, "d" * 64, "the clip is a still")
    assert tried(found) == "No innocent copy of this original was tried: the clip is a still."
    assert errs(found) == bound(found) == ""


def test_an_erring_self_check_stands_in_the_headline_before_what_was_not_checked() -> None:
    found = checked(NOTHING, ALTERED)
    told = with_errors_shown("Altered: so. Not checked: that (e.g. this).", found)
    assert told == (
        "Altered: so. This method errs on material like this one: of 2 innocent copies of this very original, "
        "made like this clip, 1 was called altered. Not checked: that (e.g. this)."
    )


def test_a_self_check_without_errors_leaves_the_headline_alone() -> None:
    assert with_errors_shown("Altered: so.", checked(NOTHING)) == "Altered: so."
    found = replace(sample.no_alteration(), self_check=checked(NOTHING, NOTHING))
    assert "Of 2 innocent copies" in build(found, sample.run()).reliability[0]


def test_few_copies_are_said_to_show_little() -> None:
    assert "as high as 63 %" in bound(checked(NOTHING, NOTHING, NOTHING))
    assert "must not be relied on alone" in bound(checked(NOTHING, ALTERED))


def test_each_alteration_says_how_its_kind_fared_on_the_copies() -> None:
    view = build(sample.self_checked(), sample.run())
    said = {row.kind: row.self_check for row in view.findings}
    assert "it was wrongly reported in 1 of 4 innocent copies" in said["Sound replaced"]
    assert "taken from 15:00.0-15:30.0 of it" in said["Sound replaced"]
    assert said["Time removed"].startswith("It was reported in none of 4 innocent copies")
    assert said["Cropped"] == ""


def test_words_were_off_in_the_copies_and_are_not_cleared_by_them() -> None:
    finding = Finding(Kind.WORDS_DIFFER, Stream.WORDS, Severity.ALTERATION, None, None, ())
    assert of_kind(checked(NOTHING), finding) == ""


def test_the_page_shows_each_copy_with_what_was_wrongly_reported() -> None:
    text = words(sample.self_checked())
    assert "Tried on this very original" in text
    assert "15:00.0-15:30.0 Altered Sound replaced at 0:03.0-0:05.5 of the copy" in text
    assert "640×360, 25 frames a second, h264, 212.4 kbit a second" in text
    assert "cropped to 80 % of its width and 90 % of its height" in text
    assert "--self-check" in text


def test_a_copy_of_the_clips_own_place_is_not_called_one_of_another_stretch() -> None:
    comparison = sample.self_checked()
    assert comparison.self_check is not None
    own = replace(comparison.self_check, reason=NO_ROOM)
    text = words(replace(comparison, self_check=own))
    assert "the clip's own place was used" in text.replace("&#39;", "'")
    assert "another stretch" not in text


def test_a_report_without_a_self_check_has_no_such_section() -> None:
    text = words(sample.partial())
    assert "Tried on this very original" not in text
    assert "--self-check" not in text


def test_copies_judged_by_other_limits_are_said_to_be() -> None:
    comparison = sample.self_checked()
    assert "judged by other limits" not in words(comparison)
    other = replace(comparison.calibration, digest="e" * 64)
    assert "judged by other limits" in words(replace(comparison, calibration=other))
