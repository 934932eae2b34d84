"""How does what was found of a pair compare with what is true of it?

A true finding is *found* when one of the same kind touches it, *taken for another* when only other kinds of its
stream do, else *missed*. Findings of severity `alteration` on a pair without any are false alarms, on unrelated
footage too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
    Finding,
    Kind,
    PictureState,
    Severity,
    SoundState,
    Span,
    Transcript,
)
from mediacheck.report.json import loads
from mediacheck.tuning.bench import FAILURE, PAIR, REPORT, TRUTH, measured_by
from mediacheck.tuning.clips import maker
from mediacheck.tuning.hearing import STRETCHES, Heard, heard, presence_at_picture, taken_for
from mediacheck.tuning.material import Half
from mediacheck.tuning.placement import Placement, placement
from mediacheck.tuning.terms import Terms, asked

# Limits of the timeline that say when a finding touches a true one, and what counts as moving and as speaking.
TOUCHES, MOVING, SPEAKING = "picture_joint_s", "picture_moving_levels", "speech_probability"
# What a copy may show and is still innocent: reported, never a reason for `altered`.
PRESENTED = frozenset(
    {
        *(Kind.MIRRORED, Kind.CROPPED, Kind.BORDERED, Kind.OVERLAY, Kind.COLOUR, Kind.ROTATED),
        *(Kind.MUSIC_ADDED, Kind.UNCOVERED),
    }
)
NOTES = frozenset({Kind.METADATA_TRACKS, Kind.SAME_FILE, Kind.NO_SOUND})
EDGE_S = 0.05  # of a clip's ends, where it borders on nothing


@dataclass(frozen=True, slots=True)
class Told:
    """One true finding of a pair. off_s: how far the found one's start and end are off; empty where none was.

    joints_s: the same of those borders only that lie within the clip. length_s: of what is concerned: for a cut in the
    original, else in the clip. whole: from the clip's start to its end. value, value_off: the true value, and how far
    the found one is off. most: as what kind of stretch of sound most of it was reported; covered: the share of it that
    was reported as any of them.
    """

    check: str
    kind: Kind
    found: bool
    taken_for: tuple[Kind, ...]
    off_s: tuple[float, ...] = ()
    value_off: float | None = None
    joints_s: tuple[float, ...] = ()
    length_s: float | None = None
    whole: bool = False
    value: float | None = None
    most: Kind | None = None
    covered: float = 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """One pair. false: alterations that were found though nothing, or nothing of that stream, is altered.

    presented: kinds of PRESENTED that were reported though the clip has none of it. measured: the checks that had an
    outcome. statistics: numbers of which AUCs are made. words_differ: said of comparable words. open_share: of the
    moving (speaking) time that stayed undetermined. placement, heard, terms: None where there was nothing to look at.
    """

    recipe: str
    condition: str
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
    clip_s: float
    failure: str | None = None
    presented: tuple[Kind, ...] = ()
    comparable: bool = False
    words_differ: bool = False
    placement: Placement | None = None
    heard: Heard | None = None
    terms: Terms | None = None

    @property
    def made(self) -> str:
        """The recipe, whether or not its clip was degraded afterwards."""
        return self.recipe.removesuffix("-degraded")

    @property
    def innocent(self) -> bool:
        """A copy of the original in which nothing that it shows or says was changed."""
        return self.wanted is Answer.NO_ALTERATION_FOUND

    @property
    def unaltered(self) -> bool:
        """An innocent copy, or footage that is not in the original at all."""
        return self.wanted is not Answer.ALTERED

    def false_of(self, check: str) -> bool:
        """Whether the check reported an alteration that is none."""
        return any(CHECK_OF.get(kind) == check for kind in self.false)

    def presented_by(self, check: str) -> bool:
        """Whether the check described what is not there."""
        return any(CHECK_OF.get(kind) == check for kind in self.presented)


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
            why = (folder / FAILURE).read_text("utf-8").splitlines()[0]
            return cls(folder, facts, {}, None, why)
        truth = json.loads((folder / TRUTH).read_bytes())
        return cls(folder, facts, truth, loads((folder / REPORT).read_bytes()))


def folders(out: Path, half: Half | None = None) -> tuple[Path, ...]:
    """Of every pair below OUT, in order; of one half, or of both."""
    return tuple(path.parent for path in sorted(out.glob(f"pairs/{half or '*'}/*/*/{PAIR}")))


def pairs(out: Path, half: Half | None = None) -> tuple[Pair, ...]:
    """Every pair below OUT in the order of their folders; of one half, or of both."""
    return tuple(Pair.load(folder) for folder in folders(out, half))


def measured_now(out: Path, half: Half) -> tuple[Pair, ...]:
    """The pairs of which this very code has made the clip and measured it; no record mixes in others."""
    now = {"code": measured_by(), "maker": maker()}
    return tuple(p for p in pairs(out, half) if now.items() <= p.facts.items())


def score(
    pair: Pair, calibration: Calibration, voices: Mapping[str, Transcript] | None = None
) -> Score:
    """voices: what is said in other footage, as `terms.voices` gives it.

    Raises CannotJudge where the record was measured by another version.
    """
    told = ("recipe", "condition", "source", "half", "code")
    facts = {key: pair.facts[key] for key in told}
    if pair.comparison is None:
        wanted = Answer.NO_ALTERATION_FOUND if pair.facts["innocent"] else Answer.ALTERED
        return Score(
            **facts, wanted=wanted, answer=None, told=(), false=(), open_share={},
            statistics={}, features={}, measured=frozenset(), clip_s=0.0, failure=pair.failure,
        )  # fmt: skip
    try:
        comparison = rejudge(pair.comparison, calibration)
    except MediacheckError as error:
        raise type(error)(f"{pair.folder}: {error}") from error
    limits = calibration.tables["timeline"]
    near_s, sound = limits[TOUCHES], heard(comparison, limits[SPEAKING])
    return Score(
        **facts,
        wanted=Answer(pair.truth["answer"]),
        answer=comparison.verdict.answer,
        told=tuple(_told(row, comparison, near_s) for row in pair.truth["findings"]),
        false=tuple(_false(pair.truth, comparison, near_s)),
        open_share=_open_shares(comparison, limits),
        statistics=_statistics(comparison, sound),
        features=features(comparison.clip, comparison.geometry, comparison.measurements),
        clip_s=comparison.clip.duration_s,
        presented=_presented(pair.truth, comparison),
        comparable=comparison.words is not None and comparison.words.comparable,
        words_differ=any(f.kind is Kind.WORDS_DIFFER for f in comparison.findings),
        measured=frozenset(o.check for o in comparison.outcomes if o.status == "measured"),
        placement=placement(pair.truth, comparison),
        heard=sound,
        terms=_terms(pair, comparison, voices or {}),
    )


def _terms(pair: Pair, comparison: Comparison, voices: Mapping[str, Transcript]) -> Terms | None:
    """None of footage that is not in the original: whether both say a word is chance."""
    if pair.truth["answer"] == Answer.NOT_IN_ORIGINAL:
        return None
    return asked(pair.facts, comparison.transcripts, voices, comparison.timeline)


def _told(row: Mapping[str, Any], comparison: Comparison, near_s: float) -> Told:
    kind = Kind(row["kind"])
    clip = None if row["clip"] is None else Span(*row["clip"])
    touching = [f for f in comparison.findings if _touches(f.clip, clip, near_s)]
    same = [finding for finding in touching if finding.kind is kind]
    value = row.get("value")
    told = Told(
        check=CHECK_OF.get(kind, ""),
        kind=kind,
        found=bool(same),
        taken_for=() if same else _others(kind, touching, comparison),
        length_s=_length_s(row),
        whole=clip is not None and not _inside(clip, comparison.clip.duration_s),
        value=value,
    )
    if kind in STRETCHES and clip is not None:
        most, covered = taken_for(clip, comparison.findings)
        told = replace(told, most=most, covered=covered)
    if not same:
        return told
    best = min(same, key=lambda finding: sum(_off(finding.clip, clip)))
    off_s = _off(best.clip, clip)
    return replace(
        told,
        off_s=off_s,
        joints_s=tuple(off_s[side] for side in _inside(clip, comparison.clip.duration_s) if off_s),
        value_off=None if value is None or best.value is None else abs(best.value - value),
    )


def _others(kind: Kind, touching: Sequence[Finding], comparison: Comparison) -> tuple[Kind, ...]:
    """Alterations of the same stream that stand where one of this kind should."""
    streams = {f.stream for f in comparison.findings if f.kind is kind} or _streams_of(kind)
    others = (f.kind for f in touching if f.severity is Severity.ALTERATION and f.stream in streams)
    return tuple(dict.fromkeys(others))


def _length_s(row: Mapping[str, Any]) -> float | None:
    place = row["original"] if row["kind"] == Kind.CUT else row["clip"]
    return None if place is None else round(place[1] - place[0], 3)


def _inside(clip: Span | None, clip_s: float) -> tuple[int, ...]:
    """Which borders lie within the clip: 0 its start, 1 its end; a joint is one."""
    if clip is None:
        return ()
    within = [EDGE_S < at < clip_s - EDGE_S for at in clip]
    return tuple(n for n in (0, 1)[: 1 if clip.length == 0 else 2] if within[n])


def _streams_of(kind: Kind) -> set[str]:
    """The streams whose findings may stand in for one of this kind."""
    sound = {Kind.REPLACED, Kind.MIXED, Kind.MUSIC_ADDED, Kind.DESYNC, Kind.PITCH, Kind.MUTED}
    return {"sound"} if kind in sound else {"picture"}


def _touches(found: Span | None, true: Span | None, near_s: float) -> bool:
    if found is None or true is None:
        return True  # it holds for the whole clip
    return found.start <= true.end + near_s and true.start <= found.end + near_s


def _off(found: Span | None, true: Span | None) -> tuple[float, ...]:
    if found is None or true is None:
        return ()
    return abs(found.start - true.start), abs(found.end - true.end)


def _false(truth: Mapping[str, Any], comparison: Comparison, near_s: float) -> Iterator[Kind]:
    """Alterations that touch no true finding; on a pair without any, every one."""
    true = [None if row["clip"] is None else Span(*row["clip"]) for row in truth["findings"]]
    unaltered = truth["answer"] != Answer.ALTERED
    for finding in comparison.findings:
        if finding.severity is Severity.ALTERATION and (
            unaltered or not any(_touches(finding.clip, span, near_s) for span in true)
        ):
            yield finding.kind


def _presented(truth: Mapping[str, Any], comparison: Comparison) -> tuple[Kind, ...]:
    true = {row["kind"] for row in truth["findings"]}
    found = {finding.kind for finding in comparison.findings} & PRESENTED
    return tuple(sorted(kind for kind in found if kind not in true))


def _open_shares(comparison: Comparison, limits: Mapping[str, float]) -> Mapping[str, float]:
    shares = {}
    picture = [(p.clip, p.state is PictureState.UNDETERMINED) for p in comparison.timeline.picture]
    sound = [(s.clip, s.state is SoundState.UNDETERMINED) for s in comparison.timeline.sound]
    for stream, name, least, parts in (
        ("picture", "movement", limits[MOVING], picture),
        ("sound", "speech", limits[SPEAKING], sound),
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


def _statistics(comparison: Comparison, sound: Heard | None) -> Mapping[str, float]:
    """presence: see `presence_at_picture`. not_same: share of the speaking time that is not the original's sound.

    motion: mean correlation of the best line. semitones: the pitch that was measured.
    """
    found = {}
    if sound is not None and sound.not_same is not None:
        found["not_same"] = sound.not_same
    if (there := presence_at_picture(comparison)) is not None:
        found["presence"] = there
    motion = [m.value for m in comparison.measurements if m.name == "mean_motion"]
    if any(value is not None for value in motion):
        found["motion"] = max(value for value in motion if value is not None)
    semitones = [abs(m.value) for m in comparison.measurements if m.name == "semitones" and m.value]
    if semitones:
        found["semitones"] = max(semitones)
    return found
