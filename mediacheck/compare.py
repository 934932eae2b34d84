"""The main path: two files in, one Comparison out. Start reading here."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from mediacheck import provenance
from mediacheck.calibration import Calibration
from mediacheck.checks import CHECKS, Check
from mediacheck.errors import MediacheckError, MediaUnreadable, NotAvailable
from mediacheck.evidence import Evidence
from mediacheck.judging import judged
from mediacheck.media import confine
from mediacheck.media.cache import Cache
from mediacheck.memory import opened
from mediacheck.model import Comparison, Failed, Outcome, Question, Run, Skipped
from mediacheck.progress import SILENT, Progress
from mediacheck.ranging import on_file_clock
from mediacheck.report.json import as_stored

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
    cache: Path | str | None = None,
    progress: Progress = SILENT,
) -> Comparison:
    """What the clip is, measured against the original. Writes nothing, unless `cache` is a folder to keep in what
    both files were found to hold; it changes no result.

    Raises MediaUnreadable for a file that is missing or no media, RangeRefused for a range that the original does
    not hold, WeightsRefused for a model that is none.
    What merely could not be looked at is in the result, under `verdict.unanswered`.
    """
    return examine(
        clip, original, question, calibration=calibration, cache=cache, progress=progress
    ).comparison


def examine(
    clip: Path | str,
    original: Path | str,
    question: Question | None = None,
    *,
    calibration: Calibration | None = None,
    cache: Path | str | None = None,
    progress: Progress = SILENT,
) -> Case:
    """As `compare`, with the run's circumstances: all that a case folder is written from."""
    begun, stages = provenance.start(), provenance.Stages(progress)
    question, calibration = question or Question(), calibration or Calibration.load()
    clip, original = Path(clip), Path(original)
    kept = Cache(Path(cache), provenance.maker()) if cache is not None else None
    with opened(clip, kept) as clip_source, opened(original, kept) as original_source:
        evidence = Evidence(clip_source, original_source, question, stages, kept)
        evidence.refuse_bad_question()
        # Sums in another order differ in their last bits, and threads of BLAS reorder them.
        with threadpool_limits(limits=1, user_api="blas"):
            measured = [run(check, evidence) for check in CHECKS]
        searched = evidence.question.searched(evidence.original.media)
        outcomes = [as_stored(on_file_clock(outcome, searched)) for outcome in measured]
        clip_media, original_media = map(as_stored, (evidence.clip.media, evidence.original.media))
        for source in (clip_source, original_source):
            if not source.still_the_same():
                raise MediaUnreadable(
                    f"{source.path.name}: it changed while it was read; try again"
                )
    comparison = judged(clip_media, original_media, as_stored(question), outcomes, calibration)
    circumstances = provenance.finish(
        begun,
        clip,
        original,
        confinement=confine.LEVEL,
        stages=stages.seconds,
        warnings=() if kept is None else kept.warnings,
    )
    return Case(comparison, circumstances, clip, original)


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
