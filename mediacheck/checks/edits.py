"""Was time removed, inserted, repeated, reordered, stopped or run at another speed?

The story that the matched parts of the picture tell, told by comparing the clip's order with the original's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from mediacheck.align.lines import CONVERSION_SPEEDS
from mediacheck.align.picture import WINDOW_S
from mediacheck.checks.base import Check, Limits, Record
from mediacheck.checks.freezes import freezes
from mediacheck.checks.repeats import shown_again
from mediacheck.checks.stretch import numbers_in
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Finding,
    Kind,
    Measured,
    Measurement,
    PictureSegment,
    PictureState,
    Severity,
    SoundState,
    Span,
    Stream,
)

NAME = "edits"
# Conversions between film, PAL and NTSC: everybody's machines do them, with the sound following.
CONVERSIONS = (*CONVERSION_SPEEDS, 1000 / 1001, 1001 / 1000)
CONVERSION_TOLERANCE = 0.001  # fixed by the report contract
JOINED_S = 0.05  # places closer than a camera frame are one place
POINT_S = 0.5  # between two parts, up to which the joint of a cut is told as one moment
_HEARD = (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED)
_PART = ("motion", "difference")  # by which a part is recognised
_HELD = ("change", "movement", "original_movement")  # by which a still is told from its original


def measure(evidence: Evidence) -> Measured:
    """The speeds of the lines on which picture and sound are judged; the order itself lies in their series."""
    taken = [
        Measurement(f"{NAME}.m{number}", NAME, "picture_speed", round(line.speed, 5), "factor")
        for number, line in enumerate(evidence.picture_lines, 1)
    ]
    if evidence.clip.sounds and evidence.original.sounds:
        taken += [
            Measurement(
                f"{NAME}.m{len(taken) + number}",
                NAME,
                "sound_speed",
                round(line.speed, 5),
                "factor",
            )
            for number, line in enumerate(evidence.sound.lines, 1)
        ]
    return Measured(NAME, CHECK.version, tuple(taken))


def judge(record: Record, limits: Limits) -> list[Finding]:
    parts = record.timeline.picture
    matched = [part for part in parts if part.state is PictureState.MATCHED]
    if not matched:
        return []
    running = _running_on(matched)
    once, again = shown_again(running, record, limits)
    found = [_finding(Kind.REPEAT, part.clip, _source(part)) for part in again]
    main = _in_order(once)
    found += _out_of_order(once, main)
    found += _inserts(parts, main, limits)
    found += _cuts(once, main, limits)
    found += [_finding(Kind.FREEZE, *held) for held in freezes(record, matched, limits)]
    found += _speeds(record, running, limits)
    return found


def numbers_of(finding: Finding, record: Record) -> tuple[Measurement, ...]:
    """Of a freeze what moves in clip and original; of all others what the parts were recognised by that it joins or
    shows, each along its own line.
    """
    picture = record.measured.get("picture")
    clip = finding.clip
    if picture is None or clip is None:
        return ()
    if finding.kind is Kind.FREEZE:
        there = finding.original or clip
        return numbers_in(clip, there, picture.series, _HELD, WINDOW_S / 2)
    reach = (
        POINT_S if finding.kind is Kind.CUT else JOINED_S if finding.kind is Kind.INSERT else 0.0
    )
    wide = Span(clip.start - reach, clip.end + reach)
    matched = [part for part in record.timeline.picture if part.state is PictureState.MATCHED]
    return tuple(
        taken
        for part in matched
        if part.clip.overlap(wide) > 0
        for taken in numbers_in(part.clip, _source(part), picture.series, _PART, WINDOW_S / 2)
    )


def _finding(
    kind: Kind,
    clip: Span,
    original: Span | None,
    value: float | None = None,
    severity: Severity = Severity.ALTERATION,
    because: tuple[str, ...] = (),
) -> Finding:
    unit = None if value is None else "factor"
    return Finding(kind, Stream.PICTURE, severity, clip, original, because, value=value, unit=unit)


def _source(part: PictureSegment) -> Span:
    assert part.original is not None
    return part.original


def _running_on(matched: Sequence[PictureSegment]) -> list[PictureSegment]:
    """The parts with those as one that run on into each other at one speed.

    Zooms and crops cut a take into parts of a second. What it tells of time it tells as a whole: a second is too short
    for a speed.
    """
    out: list[PictureSegment] = []
    for part in matched:
        if out and part.speed == out[-1].speed:
            before = out[-1]
            if _runs_on((before.clip, _source(before)), part.clip, _source(part)):
                out[-1] = replace(
                    before,
                    clip=Span(before.clip.start, part.clip.end),
                    original=Span(_source(before).start, _source(part).end),
                )
                continue
        out.append(part)
    return out


def _in_order(matched: Sequence[PictureSegment]) -> list[PictureSegment]:
    """The longest part of the clip that runs forward in the original (heaviest increasing subsequence)."""
    weight = [part.clip.length for part in matched]
    came_from: list[int | None] = [None] * len(matched)
    total = list(weight)
    for i, part in enumerate(matched):
        for j in range(i):
            if (
                _source(matched[j]).end <= _source(part).start + 0.3
                and total[j] + weight[i] > total[i]
            ):
                total[i], came_from[i] = total[j] + weight[i], j
    at: int | None = int(np.argmax(total))
    chosen = []
    while at is not None:
        chosen.append(matched[at])
        at = came_from[at]
    return chosen[::-1]


def _out_of_order(parts: Sequence[PictureSegment], main: Sequence[PictureSegment]) -> list[Finding]:
    """One finding for each stretch: parts that run on into each other are one."""
    stretches: list[tuple[Span, Span]] = []
    for part in parts:
        if part in main:
            continue
        clip, source = part.clip, _source(part)
        if stretches and _runs_on(stretches[-1], clip, source):
            before = stretches.pop()
            clip, source = Span(before[0].start, clip.end), Span(before[1].start, source.end)
        stretches.append((clip, source))
    return [_finding(Kind.REORDER, clip, source) for clip, source in stretches]


def _runs_on(before: tuple[Span, Span], clip: Span, source: Span) -> bool:
    return (
        abs(clip.start - before[0].end) < JOINED_S and abs(source.start - before[1].end) < JOINED_S
    )


def _inserts(
    parts: Sequence[PictureSegment], main: Sequence[PictureSegment], limits: Limits
) -> list[Finding]:
    first, last = main[0].clip.start, main[-1].clip.end
    return [
        _finding(Kind.INSERT, part.clip, None)
        for part in parts
        if part.state is PictureState.FOREIGN
        and first <= part.clip.start
        and part.clip.end <= last
        and part.clip.length >= limits["least_insert_s"]
    ]


def _cuts(
    matched: Sequence[PictureSegment], main: Sequence[PictureSegment], limits: Limits
) -> list[Finding]:
    found = []
    for before, after in pairwise(main):
        between = after.clip.start - before.clip.end
        missing = _source(after).start - _source(before).end
        speed = after.speed or 1.0
        # Foreign footage may stand in for what it covers; only what is skipped beyond that is missing.
        if missing - between * speed < limits["least_cut_s"]:
            continue
        skipped = Span(_source(before).end, _source(after).start)
        shown = sum(skipped.overlap(_source(part)) for part in matched)
        if shown > 0.5 * skipped.length:
            continue
        joint = (
            Span(before.clip.end, after.clip.start)
            if between > POINT_S
            else Span(after.clip.start, after.clip.start)
        )
        found.append(_finding(Kind.CUT, joint, skipped))
    return found


def _speeds(record: Record, matched: Sequence[PictureSegment], limits: Limits) -> list[Finding]:
    """One finding per stretch of one speed that differs from the original's by more than can be measured."""
    found: list[Finding] = []
    heard = record.measurements(NAME, "sound_speed")
    for part in matched:
        speed = part.speed or 1.0
        follows = [
            m
            for m in heard
            if m.value is not None and abs(m.value / speed - 1) < limits["sound_follows_share"]
        ]
        follows = [m for m in follows if _sound_runs_along(record, part.clip)]
        if follows:
            speed = follows[0].value or speed
        drift = abs(speed - 1.0) * part.clip.length
        least = limits["least_sound_drift_s"] if follows else limits["least_drift_s"]
        if abs(speed - 1.0) < limits["least_speed_change"] or drift < least:
            continue
        # A few seconds cannot tell a conversion's speed to a tenth of a percent: no guilt by imprecision.
        tolerance = max(CONVERSION_TOLERANCE, limits["least_sound_drift_s"] / part.clip.length)
        conversion = any(abs(speed / known - 1) <= tolerance for known in CONVERSIONS)
        # Where one of the files has no sound, or the clip is silent, there is none to follow.
        silent = not (record.clip.has("sound") and record.original.has("sound"))
        silent = silent or _along(record, part.clip, (SoundState.SILENT,)) > 0.5
        innocent = conversion and (bool(follows) or silent)
        severity = Severity.PRESENTATION if innocent else Severity.ALTERATION
        because = tuple(m.id for m in (*_own_speed(record, part), *follows[:1]))
        if found and _same_speed(found[-1], speed, severity):
            assert found[-1].clip is not None
            clip = Span(found[-1].clip.start, part.clip.end)
            both = tuple(dict.fromkeys((*found[-1].because, *because)))
            found[-1] = _finding(Kind.SPEED, clip, None, found[-1].value, severity, both)
        else:
            found.append(
                _finding(Kind.SPEED, part.clip, part.original, round(speed, 4), severity, because)
            )
    return found


def _own_speed(record: Record, part: PictureSegment) -> tuple[Measurement, ...]:
    """The speed that was measured along the part's own line."""
    own = part.speed or 1.0
    taken = record.measurements(NAME, "picture_speed")
    ranked = sorted(
        (m for m in taken if m.value is not None), key=lambda m: abs((m.value or own) - own)
    )
    return tuple(ranked[:1])


def _same_speed(before: Finding, speed: float, severity: Severity) -> bool:
    """Whether a part only continues the finding before it; an innocent one must not swallow a guilty one."""
    return (
        before.severity is severity
        and before.value is not None
        and abs(before.value - speed) < 0.01
    )


def _sound_runs_along(record: Record, clip: Span) -> bool:
    return _along(record, clip, _HEARD) > 0.5


def _along(record: Record, clip: Span, states: Collection[SoundState]) -> float:
    """The share of a stretch of the clip whose sound is in one of the states."""
    length = sum(part.clip.overlap(clip) for part in record.timeline.sound if part.state in states)
    return length / clip.length


CHECK = Check(
    name=NAME,
    version=1,
    asks="Was time removed, inserted, repeated, reordered, stopped or run at another speed?",
    kinds=(Kind.CUT, Kind.INSERT, Kind.REORDER, Kind.REPEAT, Kind.FREEZE, Kind.SPEED),
    measure=measure,
    judge=judge,
    thresholds=(
        "least_insert_s",
        "least_cut_s",
        "least_repeat_s",
        "least_repeat_heard_s",
        "freeze_change",
        "freeze_times",
        "freeze_difference",
        "freeze_motion",
        "freeze_same",
        "freeze_grown",
        "freeze_grown_least",
        "freeze_original",
        "freeze_stiller",
        "freeze_key_frames",
        "freeze_first_share",
        "freeze_left_share",
        "least_freeze_s",
        "sound_follows_share",
        "least_speed_change",
        "least_drift_s",
        "least_sound_drift_s",
    ),
    numbers=numbers_of,
)
