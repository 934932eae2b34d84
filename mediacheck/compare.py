"""The main path: two files in, one Comparison out. Start reading here."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from mediacheck import provenance
from mediacheck.calibration import Calibration
from mediacheck.checks import CHECKS, Check
from mediacheck.errors import CannotJudge, MediacheckError, MediaUnreadable, NotAvailable
from mediacheck.evidence import Evidence
from mediacheck.media import confine
from mediacheck.media.exhibits import place_of, planned
from mediacheck.media.probe import open_source
from mediacheck.model import (
    SCHEMA,
    Comparison,
    Failed,
    Measured,
    Media,
    Outcome,
    OutcomeRow,
    Question,
    Run,
    Skipped,
)
from mediacheck.progress import SILENT, Progress
from mediacheck.report.json import as_stored
from mediacheck.verdict import judge

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Case:
    """A comparison with what it was made from."""

    comparison: Comparison
    run: Run
    clip_path: Path
    original_path: Path


def compare(
    clip: Path | str,
    original: Path | str,
    question: Question | None = None,
    *,
    calibration: Calibration | None = None,
    progress: Progress = SILENT,
) -> Comparison:
    """What the clip is, measured against the original. Writes nothing.

    Raises MediaUnreadable for a file that is missing or no media, WeightsRefused for a model that is none.
    What merely could not be looked at is in the result, under `verdict.unanswered`.
    """
    return examine(clip, original, question, calibration=calibration, progress=progress).comparison


def examine(
    clip: Path | str,
    original: Path | str,
    question: Question | None = None,
    *,
    calibration: Calibration | None = None,
    progress: Progress = SILENT,
) -> Case:
    """As `compare`, with the run's circumstances: all that a case folder is written from."""
    begun, stages = provenance.start(), provenance.Stages(progress)
    question, calibration = question or Question(), calibration or Calibration.load()
    clip, original = Path(clip), Path(original)
    with open_source(clip) as clip_source, open_source(original) as original_source:
        evidence = Evidence(clip_source, original_source, question, stages)
        evidence.refuse_bad_question()
        # Sums in another order differ in their last bits, and threads of BLAS reorder them.
        with threadpool_limits(limits=1, user_api="blas"):
            outcomes = [as_stored(run(check, evidence)) for check in CHECKS]
        clip_media, original_media = map(as_stored, (evidence.clip.media, evidence.original.media))
        for source in (clip_source, original_source):
            if not source.still_the_same():
                raise MediaUnreadable(
                    f"{source.path.name}: it changed while it was read; try again"
                )
    comparison = _judged(clip_media, original_media, as_stored(question), outcomes, calibration)
    circumstances = provenance.finish(
        begun, clip, original, confinement=confine.LEVEL, stages=stages.seconds, warnings=()
    )
    return Case(comparison, circumstances, clip, original)


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
    judged = _judged(
        comparison.clip,
        comparison.original,
        comparison.question,
        [_outcome(row, comparison) for row in comparison.outcomes],
        calibration,
    )
    there = {place_of(name) for finding in comparison.findings for name in finding.exhibits}
    return replace(
        judged,
        findings=tuple(
            replace(f, exhibits=tuple(name for name in f.exhibits if place_of(name) in there))
            for f in judged.findings
        ),
    )


def _version(number: int | None) -> str:
    return "no version" if number is None else f"version {number}"


def _judged(
    clip: Media,
    original: Media,
    question: Question,
    outcomes: Sequence[Outcome],
    calibration: Calibration,
) -> Comparison:
    judged = judge(clip, original, question, outcomes, calibration)
    return Comparison(
        tool=provenance.tool(),
        question=question,
        clip=clip,
        original=original,
        verdict=judged.verdict,
        timeline=judged.timeline,
        findings=planned(judged.findings, judged.timeline),
        measurements=(
            *(m for o in outcomes for m in getattr(o, "measurements", ())),
            *judged.measurements,
        ),
        series=tuple(s for o in outcomes for s in getattr(o, "series", ())),
        outcomes=judged.outcomes,
        transcripts=judged.transcripts,
        words=judged.words,
        calibration=calibration.record(),
        geometry=judged.geometry,
    )


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


def run(check: Check, evidence: Evidence) -> Outcome:
    """One check's outcome, whatever happens in it."""
    try:
        return check.measure(evidence)
    except NotAvailable as reason:
        return Skipped(check.name, check.version, str(reason))
    except MediacheckError:
        raise
    except Exception as error:
        logger.warning("%s failed: %s", check.name, traceback.format_exc())
        return Failed(check.name, check.version, f"{type(error).__name__}: {error}")
