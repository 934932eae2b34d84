"""Which limits would err less? Judges the stored pairs of the tuning half again and again, without media.

One limit after another is tried at steps around its value. A step is taken only where the share of unaltered pairs
that would be called altered stays at or below the target, and fewer alterations are missed or fewer unaltered pairs
left open. What comes out is a proposal: whoever ships it reads it first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mediacheck.calibration import Calibration
from mediacheck.errors import CalibrationRefused, MediacheckError
from mediacheck.model import Answer
from mediacheck.progress import SILENT, Progress
from mediacheck.tuning.scores import Pair, score

STEPS = (0.6, 0.8, 0.9, 1.1, 1.25, 1.6)
# Limits that part kinds from each other or findings from nothing; the rest say what can be resolved at all.
DECIDING = (
    "timeline.picture_jump_price",
    "timeline.picture_floor",
    "timeline.picture_decoy_margin",
    "timeline.picture_foreign_s",
    "timeline.sound_jump_price",
    "timeline.sound_presence_spread",
    "timeline.replaced_separation",
    "timeline.under_spreads",
    "timeline.least_replaced_s",
    "timeline.mixed_residual_db",
    "timeline.pause_raised_db",
    "timeline.least_pause_speech_s",
    "edits.least_insert_s",
    "edits.least_cut_s",
    "edits.least_freeze_s",
    "sync.uneven_s",
    "sync.innocent_s",
    "pitch.least_semitones",
    "verdict.open_share",
)


class NothingToTune(MediacheckError):
    """There are no measured pairs of the tuning half."""


@dataclass(frozen=True, slots=True)
class Merit:
    """Shares, of pairs without an alteration and of true alterations. left_open: answered otherwise than is true."""

    false_alarms: float
    left_open: float
    missed: float

    @property
    def cost(self) -> float:
        return self.left_open + self.missed


@dataclass(frozen=True, slots=True)
class Step:
    """One change that was taken."""

    limit: str
    before: float
    after: float
    merit: Merit


@dataclass(frozen=True, slots=True)
class Proposal:
    start: Merit
    end: Merit
    steps: tuple[Step, ...]
    calibration: Calibration
    pairs: int


def sweep(
    pairs: Sequence[Pair],
    start: Calibration,
    limits: Sequence[str] = DECIDING,
    target: float = 0.0,
    progress: Progress = SILENT,
) -> Proposal:
    """One pass over the limits. target: share of unaltered pairs that may be called altered.

    Raises NothingToTune without any pair that was compared.
    """
    pairs = [pair for pair in pairs if pair.comparison is not None]
    if not pairs:
        raise NothingToTune("there is no pair of the tuning half; run mediacheck bench first")
    merit = first = merit_of(pairs, start)
    best, taken = start, []
    for number, limit in enumerate(limits):
        progress.at("limits", number, len(limits))
        table, _, name = limit.partition(".")
        before = best.tables[table][name]
        tried = []
        for step in STEPS:
            candidate = best.changed(limit, round(before * step, 4))
            tried.append((merit_of(pairs, candidate), candidate))
        for found, candidate in tried:
            if _better(found, merit, target):
                merit, best = found, candidate
        if best.tables[table][name] != before:
            taken.append(Step(limit, before, best.tables[table][name], merit))
    progress.at("limits", len(limits), len(limits))
    return Proposal(first, merit, tuple(taken), best, len(pairs))


def _better(one: Merit, other: Merit, target: float) -> bool:
    """False alarms first, until they are at the target; then what is missed or left open."""
    excess, known = (max(0.0, merit.false_alarms - target) for merit in (one, other))
    return (excess, one.cost) < (known, other.cost - 1e-9) if excess == known else excess < known


def merit_of(pairs: Sequence[Pair], calibration: Calibration) -> Merit:
    """False alarms and what was left open over all pairs without an alteration, unrelated ones too."""
    scored = [score(pair, calibration) for pair in pairs]
    unaltered = [each for each in scored if each.unaltered]
    told = [row.found for each in scored if not each.unaltered for row in each.told]
    false = sum(each.answer is Answer.ALTERED for each in unaltered)
    right = sum(each.answer is each.wanted for each in unaltered)
    count = max(1, len(unaltered))
    return Merit(
        false / count,
        (count - right - false) / count if unaltered else 0.0,
        told.count(False) / max(1, len(told)),
    )


def rewritten(text: str, identity: str, calibration: Calibration) -> str:
    """A calibration's TOML with the values of another; comments stay, the id is the new one.

    Raises CalibrationRefused where the text is written in a way that cannot be rewritten line by line.
    """
    table = ""
    lines = []
    for line in text.splitlines():
        if head := re.fullmatch(r"\[(\w+)\]\s*(#.*)?", line):
            table = head[1]
        elif table and (found := re.match(r"(\w+)(\s*=\s*)([-+\w.]+)(.*)", line)):
            value = calibration.tables.get(table, {}).get(found[1])
            if value is not None and float(found[3]) != value:
                line = f"{found[1]}{found[2]}{value:.6g}{found[4]}"
        elif not table and line.startswith("id ="):
            line = f"id = {json.dumps(identity)}"
        lines.append(line)
    content = "\n".join(lines) + "\n"
    if Calibration.parse(content, "the proposal").digest != calibration.digest:
        raise CalibrationRefused(
            "the calibration to start from is written in another way than the shipped one: one table and one limit a"
            " line; write it so and tune again"
        )
    return content
