"""How does what was found of a pair compare with what is true of it?

A true finding is *found* when one of the same kind touches it, *taken for another* when only other kinds of its
stream do, else *missed*. Findings of severity `alteration` on an innocent pair are false alarms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mediacheck.calibration import Calibration
from mediacheck.calibration.rates import features
from mediacheck.checks import CHECK_OF
from mediacheck.errors import MediacheckError
from mediacheck.judging import rejudge
from mediacheck.model import (
    Answer,
    Comparison,
    Kind,
    PictureState,
    Severity,
    SoundState,
    Span,
)
from mediacheck.report.json import loads
from mediacheck.tuning.bench import FAILURE, PAIR, REPORT, TRUTH
from mediacheck.tuning.material import Half

TOUCHES_S = (
    0.6  # as far as joints of the picture may be off after heavy compression (picture_joint_s)
)
MOVING_LEVELS, SPEAKING = 0.15, 0.5  # as picture_moving_levels and speech_probability
_HEARD = (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED, SoundState.REPLACED)


@dataclass(frozen=True, slots=True)
class Told:
    """One true finding of a pair. off_s: how far the found one's start and end are off; empty where none was."""

    check: str
    kind: Kind
    found: bool
    taken_for: tuple[Kind, ...]
    off_s: tuple[float, ...] = ()
    value_off: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One pair. false: alterations that were found though nothing, or nothing of that stream, is altered.

    measured: the checks that had an outcome. statistics: numbers of which AUCs are made.
    open_share: of the moving (speaking) time that stayed undetermined.
    """

    recipe: str
    condition: str
    innocent: bool
    source: str
    half: str
    wanted: Answer
    answer: Answer | None
    told: tuple[Told, ...]
    false: tuple[Kind, ...]
    open_share: Mapping[str, float]
    statistics: Mapping[str, float]
    features: Mapping[str, float]
    measured: frozenset[str]
    code: str
    failure: str | None = None

    def false_of(self, check: str) -> bool:
        return any(CHECK_OF.get(kind) == check for kind in self.false)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One pair as the bench keeps it. comparison: None where it failed, and why."""

    folder: Path
    facts: Mapping[str, Any]
    truth: Mapping[str, Any]
    comparison: Comparison | None
    failure: str | None = None

    @classmethod
    def load(cls, folder: Path) -> Pair:
        """Raises MediacheckError where the record is of another schema."""
        facts = json.loads((folder / PAIR).read_bytes())
        if (folder / FAILURE).is_file():
            why = (folder / FAILURE).read_text("utf-8").strip().splitlines()[-1]
            return cls(folder, facts, {}, None, why)
        truth = json.loads((folder / TRUTH).read_bytes())
        return cls(folder, facts, truth, loads((folder / REPORT).read_bytes()))


def pairs(out: Path, half: Half | None = None) -> tuple[Pair, ...]:
    """Every pair below OUT in the order of their folders; of one half, or of both."""
    return tuple(
        Pair.load(path.parent) for path in sorted(out.glob(f"pairs/{half or '*'}/*/*/{PAIR}"))
    )


def score(pair: Pair, calibration: Calibration) -> Score:
    """Raises CannotJudge where the record was measured by another version."""
    told = ("recipe", "condition", "innocent", "source", "half", "code")
    facts = {key: pair.facts[key] for key in told}
    if pair.comparison is None:
        wanted = Answer.NO_ALTERATION_FOUND if facts["innocent"] else Answer.ALTERED
        return Score(
            **facts, wanted=wanted, answer=None, told=(), false=(), open_share={},
            statistics={}, features={}, measured=frozenset(), failure=pair.failure,
        )  # fmt: skip
    try:
        comparison = rejudge(pair.comparison, calibration)
    except MediacheckError as error:
        raise type(error)(f"{pair.folder}: {error}") from error
    return Score(
        **facts,
        wanted=Answer(pair.truth["answer"]),
        answer=comparison.verdict.answer,
        told=tuple(_told(row, comparison) for row in pair.truth["findings"]),
        false=tuple(_false(pair.truth, comparison)),
        open_share=_open_shares(comparison),
        statistics=_statistics(comparison),
        features=features(comparison.clip, comparison.geometry, comparison.measurements),
        measured=frozenset(o.check for o in comparison.outcomes if o.status == "measured"),
    )


def _told(row: Mapping[str, Any], comparison: Comparison) -> Told:
    kind = Kind(row["kind"])
    clip = None if row["clip"] is None else Span(*row["clip"])
    touching = [f for f in comparison.findings if _touches(f.clip, clip)]
    same = [finding for finding in touching if finding.kind is kind]
    if not same:
        streams = {f.stream for f in comparison.findings if f.kind is kind} or _streams_of(kind)
        others = tuple(
            dict.fromkeys(
                f.kind
                for f in touching
                if f.severity is Severity.ALTERATION and f.stream in streams
            )
        )
        return Told(CHECK_OF.get(kind, ""), kind, False, others)
    best = min(same, key=lambda finding: sum(_off(finding.clip, clip)))
    value = row.get("value")
    return Told(
        check=CHECK_OF.get(kind, ""),
        kind=kind,
        found=True,
        taken_for=(),
        off_s=_off(best.clip, clip),
        value_off=None if value is None or best.value is None else abs(best.value - value),
    )


def _streams_of(kind: Kind) -> set[str]:
    """The streams whose findings may stand in for one of this kind."""
    sound = {Kind.REPLACED, Kind.MIXED, Kind.MUSIC_ADDED, Kind.DESYNC, Kind.PITCH, Kind.MUTED}
    return {"sound"} if kind in sound else {"picture"}


def _touches(found: Span | None, true: Span | None) -> bool:
    if found is None or true is None:
        return True  # it holds for the whole clip
    return found.start <= true.end + TOUCHES_S and true.start <= found.end + TOUCHES_S


def _off(found: Span | None, true: Span | None) -> tuple[float, ...]:
    if found is None or true is None:
        return ()
    return abs(found.start - true.start), abs(found.end - true.end)


def _false(truth: Mapping[str, Any], comparison: Comparison) -> Iterator[Kind]:
    """Alterations that touch no true finding; on an innocent pair, every one."""
    true = [None if row["clip"] is None else Span(*row["clip"]) for row in truth["findings"]]
    innocent = truth["answer"] != Answer.ALTERED
    for finding in comparison.findings:
        if finding.severity is Severity.ALTERATION and (
            innocent or not any(_touches(finding.clip, span) for span in true)
        ):
            yield finding.kind


def _open_shares(comparison: Comparison) -> Mapping[str, float]:
    shares = {}
    picture = [(p.clip, p.state is PictureState.UNDETERMINED) for p in comparison.timeline.picture]
    sound = [(s.clip, s.state is SoundState.UNDETERMINED) for s in comparison.timeline.sound]
    for stream, name, least, parts in (
        ("picture", "movement", MOVING_LEVELS, picture),
        ("sound", "speech", SPEAKING, sound),
    ):
        series = next((s for s in comparison.series if s.check == stream and s.name == name), None)
        if series is None:
            continue
        at = series.start_s + series.step_s * np.arange(len(series.values))
        lively = np.array([value is not None and value >= least for value in series.values])
        still_open = np.zeros(len(at), bool)
        for span, is_open in parts:
            if is_open:
                still_open |= (at >= span.start) & (at < span.end)
        if lively.any():
            shares[stream] = float((lively & still_open).sum() / lively.sum())
    return shares


def _statistics(comparison: Comparison) -> Mapping[str, float]:
    """presence: of the original's sound where the picture says it is, over its null, in logarithms.

    motion: mean correlation of the best line. semitones: the pitch that was measured.
    """
    found = {}
    null = next((s.null for s in comparison.series if s.name == "presence" and s.null), None)
    heard = [
        (part.clip.length, part.presence)
        for part in comparison.timeline.sound
        if part.presence is not None and part.state in _HEARD
    ]
    if heard and null is not None:
        mean = sum(length * value for length, value in heard) / sum(length for length, _ in heard)
        found["presence"] = float(np.log(max(mean, 1.0) / max(null.mean, 1.0)))
    motion = [m.value for m in comparison.measurements if m.name == "mean_motion"]
    if any(value is not None for value in motion):
        found["motion"] = max(value for value in motion if value is not None)
    semitones = [abs(m.value) for m in comparison.measurements if m.name == "semitones" and m.value]
    if semitones:
        found["semitones"] = max(semitones)
    return found
