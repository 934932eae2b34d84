"""What was measured + a calibration -> timeline, findings, answer. Pure; `judge` enters here without media."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from mediacheck.calibration import Calibration
from mediacheck.calibration.rates import Rates, features
from mediacheck.checks import CHECK_OF, CHECKS, sync
from mediacheck.checks.base import Limits, Record
from mediacheck.model import (
    Answer,
    Finding,
    Geometry,
    Kind,
    Measured,
    Measurement,
    Media,
    Outcome,
    OutcomeRow,
    PictureState,
    Question,
    Severity,
    Skipped,
    SoundState,
    Span,
    Stream,
    Timeline,
    Transcripts,
    Unanswered,
    Verdict,
    Words,
)
from mediacheck.timeline import LIMITS, timeline
from mediacheck.wording import between, explanations, headline, summary

VERDICT_LIMITS = ("open_share", "decided_share", "least_original_s", "scene_features")
UNLIKE_ANY = "this check has never been measured on material like this clip"
OF_ALTERATIONS = "error rates are known of alterations only, and this is none"
NEVER_MEASURED = "this check has never been measured under these limits"
SEVERAL_PLACES = (
    "the clip joins several places of the original, and words are compared in one piece only"
)
# Asked by readers, answered by no check yet: said in every report instead of being passed over.
NOT_LOOKED_AT = (
    Unanswered("region", "not part of this version"),
    Unanswered("caption", "not part of this version"),
)
_PICTURE_OPEN = (PictureState.UNDETERMINED, PictureState.FOREIGN)
_SOUND_FOUND = (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED)


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    timeline: Timeline
    findings: tuple[Finding, ...]
    outcomes: tuple[OutcomeRow, ...]
    transcripts: Transcripts
    words: Words
    geometry: Geometry | None
    measurements: tuple[Measurement, ...]  # of the stretches that findings speak of
    condition: str | None  # that error rates were measured under and that the clip is most like


def judge(
    clip: Media,
    original: Media,
    question: Question,
    outcomes: Sequence[Outcome],
    calibration: Calibration,
) -> Judgement:
    """outcomes: exactly one per check. Raises CalibrationRefused when a limit is missing."""
    measured = {outcome.check: outcome for outcome in outcomes if isinstance(outcome, Measured)}
    searched = question.searched(original)
    geometry = next(
        (each.geometry for each in measured.values() if each.geometry is not None), None
    )
    limits = calibration.limits("verdict", VERDICT_LIMITS)
    too_short = _too_short(original, searched, limits)
    states = timeline(
        measured, geometry, clip, original, calibration.limits("timeline", LIMITS), searched
    )
    record = Record(
        clip=clip,
        original=original,
        question=question,
        measured=measured,
        timeline=_open_outside(states) if too_short else states,
        geometry=geometry,
        transcripts=_transcripts(measured),
        words=_words(measured),
    )
    calibration.refuse_tables_but({"timeline", "verdict", *(check.name for check in CHECKS)})
    found: list[Finding] = []
    for check in CHECKS:
        asked = calibration.limits(check.name, check.thresholds)
        if check.name in measured:
            found += check.judge(record, asked)
    if any(finding.kind is Kind.SAME_FILE for finding in found):
        # Whatever else was found (a loop looks like a repeat) is no difference between two equal files.
        found = [finding for finding in found if finding.stream is Stream.CONTAINER]
    nearest = calibration.rates.nearest(_condition(record))
    findings, numbers = _completed(found, record, calibration.rates, nearest)
    unanswered = _unanswered(outcomes, record)
    answer = _answer(findings, record, limits)
    return Judgement(
        verdict=Verdict(
            answer=answer,
            headline=headline(
                answer,
                findings,
                record.timeline,
                clip,
                original,
                record.transcripts,
                record.words,
                unanswered,
                searched,
                too_short,
                _scene_features(record, limits),
            ),
            reasons=tuple(f.id for f in findings if f.severity is Severity.ALTERATION),
            unanswered=unanswered,
        ),
        timeline=record.timeline,
        findings=findings,
        outcomes=tuple(_row(outcome) for outcome in outcomes),
        transcripts=record.transcripts,
        words=record.words,
        geometry=geometry,
        measurements=numbers,
        condition=nearest,
    )


def _transcripts(measured: dict[str, Measured]) -> Transcripts:
    return next((each.transcripts for each in measured.values() if each.transcripts), Transcripts())


def _words(measured: dict[str, Measured]) -> Words:
    """One record from the two checks that fill it."""
    compared = measured["words"].words if "words" in measured else None
    searched = measured["terms"].words if "terms" in measured else None
    words = compared or Words(comparable=False)
    return words if searched is None else replace(words, terms=searched.terms)


def _completed(
    found: Sequence[Finding], record: Record, rates: Rates, nearest: str | None
) -> tuple[tuple[Finding, ...], tuple[Measurement, ...]]:
    """Alterations first, each group in the order of the clip; with ids, explanations and sentences.

    And the numbers of the very stretches that they speak of.
    """
    order = list(Severity)
    searched = record.question.searched(record.original)
    ranked = sorted(
        found, key=lambda f: (order.index(f.severity), f.clip is None, f.clip or Span(0, 0))
    )
    numbered = [
        replace(
            _weighed(finding, rates, nearest),
            id=f"f{number}",
            explanations=explanations(finding.kind, searched, **_delay(finding, record)),
        )
        for number, finding in enumerate(ranked, 1)
    ]
    numbers = {finding.id: _numbers(finding, record) for finding in numbered}
    return tuple(
        replace(
            f,
            because=(*f.because, *(m.id for m in numbers[f.id])),
            summary=summary(f, record.words, record.transcripts, record.timeline, searched),
        )
        for f in numbered
    ), tuple(m for taken in numbers.values() for m in taken)


def _numbers(finding: Finding, record: Record) -> tuple[Measurement, ...]:
    check = next(check for check in CHECKS if check.name == CHECK_OF[finding.kind])
    return tuple(
        replace(taken, id=f"{finding.id}.m{number}")
        for number, taken in enumerate(check.numbers(finding, record), 1)
    )


class _Delay(TypedDict):
    delay_s: float | None
    accounts: bool


def _delay(finding: Finding, record: Record) -> _Delay:
    """What the files' own start times have to do with a finding."""
    taken = record.measurements(sync.NAME, sync.DELAY)
    known = taken[0].value if taken else None
    return {"delay_s": known, "accounts": any(m.id in finding.because for m in taken)}


def _condition(record: Record) -> Mapping[str, float]:
    taken = tuple(m for each in record.measured.values() for m in each.measurements)
    return features(record.clip, record.geometry, taken)


def _weighed(finding: Finding, rates: Rates, nearest: str | None) -> Finding:
    """The finding with how often its check errs on clips like this one, or why nobody knows."""
    check = CHECK_OF[finding.kind]
    if not rates.checks.get(check):
        return replace(finding, error_rate_reason=NEVER_MEASURED)
    if finding.severity is not Severity.ALTERATION:
        return replace(finding, error_rate_reason=OF_ALTERATIONS)
    rate = rates.of(check, nearest)
    return replace(finding, error_rate=rate, error_rate_reason=None if rate else UNLIKE_ANY)


def _row(outcome: Outcome) -> OutcomeRow:
    match outcome:
        case Measured():
            return OutcomeRow(outcome.check, outcome.version, "measured", None)
        case Skipped(reason=reason):
            return OutcomeRow(outcome.check, outcome.version, "skipped", reason)
    return OutcomeRow(outcome.check, outcome.version, "failed", outcome.error)


def _unanswered(outcomes: Sequence[Outcome], record: Record) -> tuple[Unanswered, ...]:
    rows = []
    for outcome in outcomes:
        if isinstance(outcome, Measured):
            continue
        if outcome.check == "terms" and not record.question.terms:
            continue  # nobody asked
        reason = outcome.reason if isinstance(outcome, Skipped) else f"it failed: {outcome.error}"
        rows.append(Unanswered(outcome.check, reason))
    for term in record.words.terms:
        if (term.clip is None or term.original is None) and term.reason:
            rows.append(Unanswered("terms", term.reason))
    if (record.value("words", "places") or 0) > 1 and not record.words.comparable:
        rows.append(Unanswered("words", SEVERAL_PLACES))
    for kind in ("picture", "sound"):
        tracks = sum(stream.kind == kind for stream in record.clip.streams)
        if tracks > 1:
            reason = f"of the clip's {tracks} {kind} tracks only the one that players choose was compared throughout"
            rows.append(Unanswered(kind, reason))
    most = max((stream.channels or 0 for stream in record.clip.streams), default=0)
    if most > 2 and "channels" in record.measured:
        reason = f"the clip's {most} sound channels were compared as players mix them down to two"
        rows.append(Unanswered("channels", reason))
    if searched := record.question.searched(record.original):
        rows.append(Unanswered("range", f"only {between(searched)} of it was searched, as asked"))
    if record.geometry is not None:
        rows += NOT_LOOKED_AT
    return tuple(rows)


def _too_short(original: Media, searched: Span | None, limits: Limits) -> bool:
    """A length that nobody knows is none that is too short."""
    length = original.duration_s if searched is None else searched.length
    return 0 < round(length, 3) < limits["least_original_s"]


def _scene_features(record: Record, limits: Limits) -> int:
    """On how many features frames of clip and original agree, where no moment of the picture was found; 0 for too few.

    Registration shows one scene, never one moment of it.
    """
    if record.geometry is None or any(
        part.state is PictureState.MATCHED for part in record.timeline.picture
    ):
        return 0
    agree = record.geometry.evidence
    return agree if agree >= limits["scene_features"] else 0


def _open_outside(states: Timeline) -> Timeline:
    """Nothing called foreign before and after what was found: so little is not found for certain even where it is
    in the clip. Between two found parts a foreign one stays so: there the original is known to run on.
    """
    picture = [part.state is PictureState.MATCHED for part in states.picture]
    sound = [part.state in _SOUND_FOUND for part in states.sound]
    return Timeline(
        tuple(
            replace(part, state=PictureState.UNDETERMINED)
            if part.state is PictureState.FOREIGN and not _is_between(picture, index)
            else part
            for index, part in enumerate(states.picture)
        ),
        tuple(
            replace(part, state=SoundState.UNDETERMINED)
            if part.state is SoundState.FOREIGN and not _is_between(sound, index)
            else part
            for index, part in enumerate(states.sound)
        ),
    )


def _is_between(found: Sequence[bool], index: int) -> bool:
    return any(found[:index]) and any(found[index:])


def _answer(findings: Sequence[Finding], record: Record, limits: Limits) -> Answer:
    if any(finding.severity is Severity.ALTERATION for finding in findings):
        return Answer.ALTERED
    if any(finding.kind is Kind.SAME_FILE for finding in findings):
        return Answer.NO_ALTERATION_FOUND
    shared = [
        kind for kind in ("picture", "sound") if record.clip.has(kind) and record.original.has(kind)
    ]
    if not shared:
        return Answer.INCONCLUSIVE
    picture, sound = record.timeline.picture, record.timeline.sound
    if shared == ["sound"] and all(part.state is SoundState.SILENT for part in sound):
        return Answer.INCONCLUSIVE  # there was nothing to compare
    decided, matched, still_open = [], [], []
    if "picture" in shared:
        decided.append(
            _share([(p.clip, p.state is not PictureState.UNDETERMINED) for p in picture])
        )
        matched.append(any(p.state is PictureState.MATCHED for p in picture))
        still_open.append(_share([(p.clip, p.state in _PICTURE_OPEN) for p in picture], 1.0))
    if "sound" in shared:
        decided.append(_share([(s.clip, s.state is not SoundState.UNDETERMINED) for s in sound]))
        matched.append(any(s.state in _SOUND_FOUND for s in sound))
        open_states = [SoundState.UNDETERMINED]
        if "picture" not in shared:
            # With no picture to tell the place, sound that is nowhere is open: see the contract on foreign.
            open_states.append(SoundState.FOREIGN)
        still_open.append(_share([(s.clip, s.state in open_states) for s in sound], 1.0))
    if min(decided) >= limits["decided_share"] and not any(matched):
        return Answer.NOT_IN_ORIGINAL
    if max(still_open) > limits["open_share"]:
        return Answer.INCONCLUSIVE
    return Answer.NO_ALTERATION_FOUND


def _share(parts: Sequence[tuple[Span, bool]], empty: float = 0.0) -> float:
    """Share of the time for which it holds; `empty` where there is no time at all."""
    whole = sum(span.length for span, _ in parts)
    return sum(span.length for span, holds in parts if holds) / whole if whole else empty
