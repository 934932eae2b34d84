"""Does this method err on this very original? Innocent copies of it, made like the clip, and what they are answered.

Each copy is a stretch of the original as long as the clip, from somewhere else in it, in the clip's frame, rate,
codecs and bits; it is compared with the original like any clip, without transcripts. Whatever alteration is reported
then is wrong. Nothing of this changes the answer.
"""

from __future__ import annotations

import logging
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from mediacheck.calibration import Calibration
from mediacheck.compare import Case, compare
from mediacheck.errors import MediaUnreadable
from mediacheck.judging import with_self_check
from mediacheck.media.probe import open_source
from mediacheck.model import (
    Comparison,
    FalseAlarm,
    Likeness,
    Question,
    SelfCheck,
    Severity,
    SoundState,
    Span,
    Twin,
)
from mediacheck.progress import SILENT, Progress
from mediacheck.tuning import twins
from mediacheck.tuning.likeness import LONGEST_S, likeness

logger = logging.getLogger(__name__)

STAGE = "try innocent copies"
LEAST, MOST = 3, 6  # copies
STEPS = 400  # places looked at
APART = 1 / 3  # of a copy's length, where stretches must share footage

STILL = "the clip shows no moving picture, and only one that does can be imitated yet"
CROWDED = "the original is too short for {least} such stretches that share nothing with each other"
NO_ROOM = "the original has no other stretch as long as the clip, so the clip's own place was used"
CUT_SHORT = f"the copies are {LONGEST_S:.0f} s long, shorter than the clip"
ALL_OF_IT = "the original is shorter than the clip, so the only copy is of all of it"
BROKE = "further copies could not be made or compared"


def checked(case: Case, progress: Progress = SILENT) -> Case:
    """The case with its self-check; the answer and the findings stay as they were.

    Raises MediaUnreadable where a file is gone or is no longer the one that was compared.
    """
    begun = time.monotonic()
    found = self_check(case.comparison, case.clip_path, case.original_path, progress)
    stages = {**case.run.stages, STAGE: round(time.monotonic() - begun, 3)}
    return replace(
        case,
        comparison=with_self_check(case.comparison, found),
        run=replace(case.run, stages=stages),
    )


def self_check(
    comparison: Comparison, clip: Path, original: Path, progress: Progress = SILENT
) -> SelfCheck:
    """Made in a folder of its own that only its owner can read and that is gone afterwards, whatever happens."""
    calibration = Calibration.load()
    with open_source(clip) as doubted, open_source(original) as trusted:
        if (doubted.media.sha256, trusted.media.sha256) != (
            comparison.clip.sha256,
            comparison.original.sha256,
        ):
            raise MediaUnreadable(
                f"{clip.name} or {original.name}: it changed after it was compared; try again"
            )
        like = likeness(comparison, doubted, trusted)
        if like is None:
            return SelfCheck((), None, calibration.digest, STILL)
        spans, reasons = places(comparison, like)
        made: list[Twin] = []
        asked = comparison.question
        question = Question(
            original_range=asked.original_range,
            options=replace(asked.options, transcript=False, confirm_model=None),
        )
        with tempfile.TemporaryDirectory(prefix="mediacheck-twins-") as scratch:
            folder = Path(scratch)
            crf: int | None = None
            for number, span in enumerate(spans):
                progress.at(STAGE, number, len(spans))
                path = folder / "twin.mp4"
                try:
                    crf = twins.make(trusted, span, like, path, crf)
                    # A cache of its own: the original is decoded once, and of the copies nothing is kept.
                    result = compare(
                        path,
                        original,
                        question,
                        calibration=calibration,
                        cache=folder / "cache",
                    )
                except (MediaUnreadable, RuntimeError) as error:
                    if _was_interrupted(error):
                        raise
                    logger.warning("the self-check ended early: %s", error)
                    reasons.append(BROKE)
                    break
                made.append(_twin(span, result))
            progress.at(STAGE, len(spans), len(spans))
    return SelfCheck(tuple(made), like, calibration.digest, "; ".join(reasons) or None)


def _was_interrupted(error: BaseException | None) -> bool:
    """Whether it only broke because the run was being ended: its child went first."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def places(comparison: Comparison, like: Likeness) -> tuple[tuple[Span, ...], list[str]]:
    """Where the copies are taken, in the order of the original, and what there is to say about that.

    Spread evenly; away from what the clip shows or lets hear, and from each other, as far as there is room.
    """
    original = comparison.original
    room = comparison.question.searched(original) or Span(0.0, original.duration_s)
    length = round(like.duration_s, 3)
    reasons = [CUT_SHORT] if comparison.clip.duration_s > LONGEST_S else []
    if length >= room.length:
        return (room,), [*reasons, ALL_OF_IT]
    starts = np.unique(np.linspace(room.start, room.end - length, STEPS).round(3)).tolist()
    own = _own(comparison)
    free = [s for s in starts if not any(Span(s, s + length).overlap(o) for o in own)]
    if not free:
        free, reasons = starts, [*reasons, NO_ROOM]
    chosen = _spread(free, length, MOST)
    if len(chosen) < LEAST:
        reasons.append(CROWDED.format(least=LEAST))
        chosen = _spread(free, length * APART, LEAST)
    return tuple(Span(start, round(start + length, 3)) for start in chosen), reasons


def _spread(starts: list[float], apart: float, most: int) -> list[float]:
    """As many of the rising starts as are so far apart, at most `most`, evenly over their ranks; at least one."""
    for count in range(most, 1, -1):
        ranks = np.linspace(0, len(starts) - 1, count).round().astype(int)
        chosen = [starts[rank] for rank in ranks]
        if min(np.diff(chosen)) >= apart - 1e-6:
            return chosen
    return [starts[len(starts) // 2]]


def _own(comparison: Comparison) -> list[Span]:
    """Where in the original the clip's picture and sound stand."""
    shown = [part.original for part in comparison.timeline.picture]
    heard = [part.original for part in comparison.timeline.sound if part.state is SoundState.SAME]
    return [span for span in (*shown, *heard) if span is not None]


def _twin(span: Span, result: Comparison) -> Twin:
    reported = tuple(
        FalseAlarm(found.kind, found.stream, found.clip, found.original)
        for found in result.findings
        if found.severity is Severity.ALTERATION
    )
    return Twin(span, result.verdict.answer, reported)
