"""Is the original's sound in step with its picture?

Both streams were placed in the original apart from each other; the difference of their places is the answer. A
constant shift happens to every copy; a step or a drift does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mediacheck.checks.base import Check, Limits, Record
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Finding,
    Kind,
    Measured,
    Measurement,
    Media,
    PictureSegment,
    PictureState,
    Severity,
    SoundSegment,
    SoundState,
    Span,
    Stream,
)

NAME = "sync"
DELAY = "container_delay"
_HEARD = (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED)


def measure(evidence: Evidence) -> Measured:
    """Where each pair of lines of picture and sound puts the middle of the clip, as a difference; and what the files'
    own start times make of the same.
    """
    taken: list[Measurement] = []
    middle = evidence.sounds[0].duration_s / 2
    for shown in evidence.picture_lines:
        for heard in evidence.sound.lines:
            late = (shown.original_at(middle) - heard.original_at(middle)) / shown.speed
            taken.append(
                Measurement(f"{NAME}.m{len(taken) + 1}", NAME, "sound_late", round(late, 3), "s")
            )
    delays = [
        _starts_late(d.media, s.stream_index)
        for d, s in zip((evidence.clip, evidence.original), evidence.sounds, strict=True)
    ]
    if delays[0] is not None and delays[1] is not None:
        delay = round(delays[0] - delays[1], 3)
        taken.append(Measurement(f"{NAME}.m{len(taken) + 1}", NAME, DELAY, delay, "s"))
    return Measured(NAME, CHECK.version, tuple(taken))


def _starts_late(media: Media, track: int) -> float | None:
    """By how much later than its picture a file says that its sound track starts; None where it does not say."""
    heard = [stream.start_s for stream in media.streams if stream.index == track]
    shown = [stream.start_s for stream in media.streams if stream.kind == "picture"]
    if not heard or not shown or heard[0] is None or shown[0] is None:
        return None
    return heard[0] - shown[0]


@dataclass(frozen=True, slots=True)
class _Shift:
    """Sound behind its picture by so much at the start and the end of a stretch of the clip."""

    clip: Span
    at_start: float
    at_end: float
    shown: Span  # the part of the picture that it is told by
    is_whole: bool  # whether the stretch of sound lies within that part

    @property
    def mean(self) -> float:
        return (self.at_start + self.at_end) / 2


def judge(record: Record, limits: Limits) -> list[Finding]:
    found = _shifts(record, limits)
    shifts = [shift for shift in found if shift.clip.length >= limits["least_stretch_s"]]
    stepping = _stepping(found, limits)
    if not shifts and not stepping:
        return []
    uneven = [shift for shift in shifts if abs(shift.at_end - shift.at_start) >= limits["uneven_s"]]
    for before, after in pairwise(shifts):
        if abs(after.mean - before.mean) >= limits["uneven_s"]:
            uneven += [shift for shift in (before, after) if shift not in uneven]
    uneven = uneven or stepping
    if uneven:
        worst = max(uneven, key=lambda shift: abs(shift.mean))
        whole = Span(min(s.clip.start for s in uneven), max(s.clip.end for s in uneven))
        told = [shift.mean for shift in uneven]
        return [_finding(record, whole, worst.mean, told, Severity.ALTERATION)]
    total = sum(shift.clip.length for shift in shifts)
    late = sum(shift.mean * shift.clip.length for shift in shifts) / total
    if abs(late) < limits["noticeable_s"]:
        return []
    # A frame may stand for any moment until the next.
    innocent = max(limits["innocent_s"], _frame_s(record))
    severity = Severity.ALTERATION if abs(late) > innocent else Severity.PRESENTATION
    whole = Span(shifts[0].clip.start, shifts[-1].clip.end)
    finding = _finding(record, whole, late, [late], severity)
    return [replace(finding, because=(*finding.because, *_accounting(record, late, limits)))]


def _stepping(shifts: Sequence[_Shift], limits: Limits) -> list[_Shift]:
    """Stretches between which the sound steps while one part of the picture runs on.

    No joint of the picture can be off there, and what its place is off by is off on both sides: stretches that are too
    short to tell a shift tell a step.
    """
    whole = [
        shift for shift in shifts if shift.is_whole and shift.clip.length >= limits["least_step_s"]
    ]
    found: list[_Shift] = []
    for before, after in pairwise(whole):
        stepped = abs(after.mean - before.mean) >= limits["uneven_s"]
        if stepped and before.shown == after.shown:
            found += [shift for shift in (before, after) if shift not in found]
    return found


def _accounting(record: Record, late: float, limits: Limits) -> list[str]:
    """The files' own start times, where these alone make the sound as late as it was found to be."""
    return [
        taken.id
        for taken in record.measurements(NAME, DELAY)
        if taken.value is not None and abs(taken.value - late) < limits["noticeable_s"]
    ]


def _frame_s(record: Record) -> float:
    """How long the clip shows a frame; 0 where that is unknown."""
    rates = [stream.fps for stream in record.clip.streams if stream.kind == "picture"]
    return 1.0 / rates[0] if rates and rates[0] else 0.0


def _shifts(record: Record, limits: Limits) -> Sequence[_Shift]:
    parts = [
        part
        for part in record.timeline.picture
        if part.state is PictureState.MATCHED and part.basis != "sound" and part.original
    ]
    found = []
    for heard in record.timeline.sound:
        if heard.state not in _HEARD or heard.original is None or heard.presence is None:
            continue
        for shown in parts:
            clip = Span(
                max(heard.clip.start, shown.clip.start),
                max(heard.clip.start, shown.clip.start, min(heard.clip.end, shown.clip.end)),
            )
            if clip.length <= 0 or heard.clip.length <= 0 or _is_stub(shown, record, limits):
                continue
            shift = _Shift(
                clip,
                _late(heard, shown, clip.start),
                _late(heard, shown, clip.end),
                shown.clip,
                is_whole=clip == heard.clip,
            )
            beside = [
                part for part in parts if part is not shown and _near(part.clip, clip, limits)
            ]
            in_step = any(
                abs(_late(heard, part, clip.start)) < limits["uneven_s"] for part in beside
            )
            # Beside a joint the neighbouring part explains the sound: the joint is off, not the sound.
            if not (in_step and clip.length <= limits["joint_reach_s"]):
                found.append(shift)
    return found


def _late(heard: SoundSegment, shown: PictureSegment, at: float) -> float:
    """Seconds by which the sound runs behind the place that a part of the picture shows."""
    assert heard.original is not None
    assert shown.original is not None
    speed = shown.speed or 1.0
    pace = heard.original.length / heard.clip.length
    place = shown.original.start + speed * (at - shown.clip.start)
    return (place - heard.original.start - pace * (at - heard.clip.start)) / speed


def _is_stub(shown: PictureSegment, record: Record, limits: Limits) -> bool:
    """Whether a part of the picture is so short because the search began or ended there: its place is unsure."""
    searched, place = record.question.searched(record.original), shown.original
    if searched is None or place is None or shown.clip.length >= limits["least_stub_s"]:
        return False
    reach = limits["joint_reach_s"]
    return (searched.start > 0 and place.start - searched.start <= reach) or (
        searched.end < record.original.duration_s and searched.end - place.end <= reach
    )


def _near(part: Span, clip: Span, limits: Limits) -> bool:
    """Whether a part of the clip ends or begins beside another."""
    gap = max(part.start - clip.end, clip.start - part.end)
    return gap <= limits["joint_reach_s"]


def _finding(
    record: Record, clip: Span, late: float, told: Sequence[float], severity: Severity
) -> Finding:
    """Quotes of all pairs of lines those that come closest to the shifts that are told."""
    taken = [
        (m.value, m.id) for m in record.measurements(NAME, "sound_late") if m.value is not None
    ]
    closest = [
        min((abs(value - shift), number) for value, number in taken)[1] for shift in told if taken
    ]
    return Finding(
        kind=Kind.DESYNC,
        stream=Stream.SOUND,
        severity=severity,
        clip=clip,
        original=None,
        because=tuple(dict.fromkeys(closest)),
        value=round(late, 3),
        unit="s",
    )


CHECK = Check(
    name=NAME,
    version=2,
    asks="Is the original's sound in step with its picture?",
    kinds=(Kind.DESYNC,),
    measure=measure,
    judge=judge,
    thresholds=(
        "least_stretch_s",
        "least_step_s",
        "least_stub_s",
        "uneven_s",
        "noticeable_s",
        "innocent_s",
        "joint_reach_s",
    ),
)
