"""Which limits would err less? Judges the stored pairs of the tuning half again and again, without media.

One limit after another is tried at steps around its value. A step is taken only where the share of unaltered pairs
that would be called altered stays at or below the target, and clearly fewer alterations are missed or fewer unaltered
pairs left open. Where several neighbouring steps do equally well the middle one is taken: at the edge of what works a
few other pairs would tip it. What comes out is a proposal: whoever ships it reads it first.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from mediacheck.calibration import Calibration
from mediacheck.errors import CalibrationRefused, CannotJudge, MediacheckError
from mediacheck.model import Answer
from mediacheck.progress import SILENT, Progress
from mediacheck.tuning.scores import Pair, score

logger = logging.getLogger(__name__)

STEPS = (0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.6)
WORTH = 0.002  # of cost: what one or two of a thousand pairs bring is no reason to move a limit
CHUNK = 40  # pairs that a worker judges at a time
LEAST = {"sync.innocent_s": 0.3}  # fixed by the report contract
# Limits that part kinds from each other or findings from nothing; the rest say what can be resolved at all.
DECIDING = (
    "timeline.picture_jump_price",
    "timeline.picture_floor",
    "timeline.picture_decoy_margin",
    "timeline.picture_foreign_s",
    "timeline.copy_floors",
    "timeline.new_line_floors",
    "timeline.new_line_times",
    "timeline.frame_jump_price",
    "timeline.other_scene_differ",
    "timeline.sound_jump_price",
    "timeline.sound_presence_spread",
    "timeline.replaced_separation",
    "timeline.absent_spreads",
    "timeline.agreement_gone",
    "timeline.agreement_kept",
    "timeline.least_gone_s",
    "timeline.gone_spreads",
    "timeline.under_spreads",
    "timeline.least_replaced_s",
    "timeline.mixed_residual_db",
    "timeline.music_tones",
    "timeline.pause_raised_db",
    "timeline.pause_residual_db",
    "timeline.least_pause_speech_s",
    "timeline.channel_apart_db",
    "edits.least_insert_s",
    "edits.least_cut_s",
    "edits.least_freeze_s",
    "edits.freeze_times",
    "edits.freeze_grown",
    "edits.freeze_stiller",
    "sync.uneven_s",
    "sync.innocent_s",
    "pitch.least_semitones",
    "verdict.scene_features",
    "verdict.open_share",
)


class NothingToTune(MediacheckError):
    """There are no measured pairs of the tuning half."""


@dataclass(frozen=True, slots=True)
class Merit:
    """Counts: pairs without an alteration, and true alterations that a check was there to find.

    left_open: answered otherwise than is true, but not altered.
    """

    false_alarms: int = 0
    left_open: int = 0
    unaltered: int = 0
    missed: int = 0
    told: int = 0

    def __add__(self, other: Merit) -> Merit:
        return Merit(
            self.false_alarms + other.false_alarms,
            self.left_open + other.left_open,
            self.unaltered + other.unaltered,
            self.missed + other.missed,
            self.told + other.told,
        )

    @property
    def false_share(self) -> float:
        return self.false_alarms / max(1, self.unaltered)

    @property
    def open_share(self) -> float:
        return self.left_open / max(1, self.unaltered)

    @property
    def missed_share(self) -> float:
        return self.missed / max(1, self.told)

    def rank(self, target: float) -> tuple[float, float]:
        """Less is better: false alarms above the target first, then what is missed or left open."""
        return max(0.0, self.false_share - target), self.open_share + self.missed_share


@dataclass(frozen=True, slots=True)
class Step:
    """One change that was taken."""

    limit: str
    before: float
    after: float
    merit: Merit


@dataclass(frozen=True, slots=True)
class Proposal:
    """left_out: pairs that another version of a check has measured."""

    start: Merit
    end: Merit
    steps: tuple[Step, ...]
    calibration: Calibration
    pairs: int
    left_out: int


Judge = Callable[[Sequence[Calibration]], Sequence[Merit]]


def sweep(
    folders: Sequence[Path],
    start: Calibration,
    limits: Sequence[str] = DECIDING,
    target: float = 0.0,
    progress: Progress = SILENT,
    workers: int = 1,
) -> Proposal:
    """One pass over the limits. folders: of pairs. target: share of unaltered pairs that may be called altered.

    Raises NothingToTune without any pair that was compared and that the checks of today can judge.
    """
    usable = [folder for folder in folders if _judged(folder, start) is not None]
    if not usable:
        raise NothingToTune("there is no pair of the tuning half; run mediacheck bench first")
    with _judge(usable, workers) as judge:
        (first,) = judge([start])
        merit, best, taken = first, start, []
        for number, limit in enumerate(limits):
            progress.at("limits", number, len(limits))
            table, _, name = limit.partition(".")
            before = best.tables[table][name]
            tried = _around(limit, before)
            found = judge([best.changed(limit, value) for value in tried])
            at = chosen([each.rank(target) for each in found], tried.index(before))
            if tried[at] != before:
                merit, best = found[at], best.changed(limit, tried[at])
                taken.append(Step(limit, before, tried[at], merit))
        progress.at("limits", len(limits), len(limits))
    return Proposal(first, merit, tuple(taken), best, len(usable), len(folders) - len(usable))


def _around(limit: str, value: float) -> list[float]:
    """Rising, with the value itself; none below what is fixed."""
    tried = {value if step == 1 else round(value * step, 4) for step in STEPS}
    return sorted({max(each, min(value, LEAST.get(limit, each))) for each in tried})


def chosen(ranks: Sequence[tuple[float, float]], now: int) -> int:
    """Which of the steps, in their order, to take; `now` where none is clearly better.

    The middle of the longest run of steps as good as the best, of an even run the one nearer to `now`.
    """
    best = min(ranks)
    if ranks[now][0] <= best[0] and ranks[now][1] - best[1] < WORTH:
        return now
    good = [rank[0] <= best[0] and rank[1] - best[1] < WORTH / 2 for rank in ranks]
    runs = [
        [index for index, _ in group]
        for is_good, group in groupby(enumerate(good), key=lambda each: each[1])
        if is_good
    ]
    longest = max(runs, key=lambda run: (len(run), -min(abs(index - now) for index in run)))
    middle = (len(longest) - 1) / 2
    return min(longest, key=lambda index: (abs(longest.index(index) - middle), abs(index - now)))


@contextmanager
def _judge(folders: Sequence[Path], workers: int) -> Iterator[Judge]:
    """What judges all pairs by several calibrations, the pairs spread over the workers."""
    chunks = [tuple(folders[at : at + CHUNK]) for at in range(0, len(folders), CHUNK)]
    if workers == 1:
        yield lambda wanted: [_sum([merit_of(chunk, each) for chunk in chunks]) for each in wanted]
        return
    # spawn: threads of a parent do not survive a fork.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:

        def judge(wanted: Sequence[Calibration]) -> list[Merit]:
            tasks = [[pool.submit(merit_of, chunk, each) for chunk in chunks] for each in wanted]
            return [_sum([task.result() for task in row]) for row in tasks]

        yield judge


def _sum(merits: Sequence[Merit]) -> Merit:
    return sum(merits, Merit())


def merit_of(folders: Sequence[Path], calibration: Calibration) -> Merit:
    """False alarms and what was left open over all pairs without an alteration, unrelated ones too."""
    known = (_judged(folder, calibration) for folder in folders)
    return _sum([each for each in known if each is not None])


def _judged(folder: Path, calibration: Calibration) -> Merit | None:
    """Of one pair; None where it failed or cannot be judged."""
    pair = _loaded(folder)
    if pair.comparison is None:
        return None
    try:
        found = score(pair, calibration)
    except CannotJudge as reason:
        logger.info("left out: %s", reason)
        return None
    if found.unaltered:
        altered = found.answer is Answer.ALTERED
        return Merit(altered, not altered and found.answer is not found.wanted, 1)
    told = [row.found for row in found.told if row.check in found.measured]
    return Merit(missed=told.count(False), told=len(told))


@cache
def _loaded(folder: Path) -> Pair:
    return Pair.load(folder)


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
