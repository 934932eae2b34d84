"""From what was measured to a Comparison: when the media are there, and again from a stored record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mediacheck import provenance
from mediacheck.calibration import Calibration
from mediacheck.checks import CHECKS
from mediacheck.errors import CannotJudge
from mediacheck.media.showing import place_of, planned
from mediacheck.model import (
    SCHEMA,
    Comparison,
    Failed,
    Measured,
    Media,
    Outcome,
    OutcomeRow,
    Question,
    SelfCheck,
    Skipped,
)
from mediacheck.verdict import judge
from mediacheck.wording import with_errors_shown


def judged(
    clip: Media,
    original: Media,
    question: Question,
    outcomes: Sequence[Outcome],
    calibration: Calibration,
) -> Comparison:
    """The record of one comparison, exhibits named but not made; outcomes: exactly one per check."""
    judgement = judge(clip, original, question, outcomes, calibration)
    return Comparison(
        tool=provenance.tool(),
        question=question,
        clip=clip,
        original=original,
        verdict=judgement.verdict,
        timeline=judgement.timeline,
        findings=planned(judgement.findings, judgement.timeline),
        measurements=(
            *(m for o in outcomes for m in getattr(o, "measurements", ())),
            *judgement.measurements,
        ),
        series=tuple(s for o in outcomes for s in getattr(o, "series", ())),
        outcomes=judgement.outcomes,
        transcripts=judgement.transcripts,
        words=judgement.words,
        calibration=calibration.record(judgement.condition),
        geometry=judgement.geometry,
    )


def rejudge(comparison: Comparison, calibration: Calibration) -> Comparison:
    """The same measurements under another calibration; needs no media.

    Exhibits are named where the earlier report has one of the same place; other findings have none.
    Raises CannotJudge where other versions measured, CalibrationRefused for a limit that is missing.
    """
    if comparison.schema != SCHEMA:
        raise CannotJudge(
            f"the record is written as {comparison.schema}, and this version judges {SCHEMA}:"
            " use the version of mediacheck that wrote it"
        )
    theirs = {row.check: row.version for row in comparison.outcomes}
    ours = {check.name: check.version for check in CHECKS}
    for name in (*ours, *theirs):
        if theirs.get(name) != ours.get(name):
            raise CannotJudge(
                f"the check {name} was measured in {_version(theirs.get(name))}, and this version of"
                f" mediacheck judges {_version(ours.get(name))}: compare the two files again"
            )
    again = judged(
        comparison.clip,
        comparison.original,
        comparison.question,
        [_outcome(row, comparison) for row in comparison.outcomes],
        calibration,
    )
    there = {place_of(name) for finding in comparison.findings for name in finding.exhibits}
    again = replace(
        again,
        findings=tuple(
            replace(f, exhibits=tuple(name for name in f.exhibits if place_of(name) in there))
            for f in again.findings
        ),
    )
    found = comparison.self_check
    return again if found is None else with_self_check(again, found)


def with_self_check(comparison: Comparison, found: SelfCheck) -> Comparison:
    """A comparison whose headline does not tell of one yet. The answer stays what it was."""
    verdict = comparison.verdict
    told = replace(verdict, headline=with_errors_shown(verdict.headline, found))
    return replace(comparison, verdict=told, self_check=found)


def _version(number: int | None) -> str:
    return "no version" if number is None else f"version {number}"


def _outcome(row: OutcomeRow, comparison: Comparison) -> Outcome:
    """What the check told, out of the record that all checks share."""
    match row.status:
        case "skipped":
            return Skipped(row.check, row.version, row.reason or "")
        case "failed":
            return Failed(row.check, row.version, row.reason or "")
    words = None
    if row.check == "words":
        words = replace(comparison.words, terms=())
    elif row.check == "terms":
        words = comparison.words
    return Measured(
        row.check,
        row.version,
        tuple(m for m in comparison.measurements if m.check == row.check),
        tuple(s for s in comparison.series if s.check == row.check),
        geometry=comparison.geometry if row.check in ("picture", "frame") else None,
        transcripts=comparison.transcripts if row.check == "words" else None,
        words=words,
    )
