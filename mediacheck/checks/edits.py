"""Was time removed, inserted, repeated, reordered, stopped or run at another speed?

The story that the matched parts of the picture tell, told by comparing the clip's order with the original's.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mediacheck.align.timeline import runs
from mediacheck.checks.base import Check, Limits, Record, array
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
CONVERSIONS = (24 / 25, 25 / 24, 1000 / 1001, 1001 / 1000)
CONVERSION_TOLERANCE = 0.001
_HEARD = (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED)


def measure(evidence: Evidence) -> Measured:
    """The speeds of the lines on which picture and sound were found; the order itself lies in their series."""
    taken = [
        Measurement(f"{NAME}.m{number}", NAME, "picture_speed", round(line.speed, 5), "factor")
        for number, line in enumerate(evidence.picture.lines, 1)
    ]
    if evidence.clip.sounds and evidence.original.sounds:
        taken += [
            Measurement(f"{NAME}.m{len(taken) + number}", NAME, "sound_speed", round(line.speed, 5), "factor")
            for number, line in enumerate(evidence.sound.lines, 1)
        ]
    return Measured(NAME, CHECK.version, tuple(taken))


def judge(record: Record, limits: Limits) -> list[Finding]:
    parts = record.timeline.picture
    matched = [part for part in parts if part.state is PictureState.MATCHED]
    if not matched:
        return []
    main = _in_order(matched)
    found = _out_of_order(matched, main)
    found += _inserts(parts, main, limits)
    found += _cuts(matched, main, limits)
    found += _freezes(record, matched, limits)
    found += _speeds(record, matched, limits)
    return found


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


def _in_order(matched: Sequence[PictureSegment]) -> list[PictureSegment]:
    """The longest part of the clip that runs forward in the original (heaviest increasing subsequence)."""
    weight = [part.clip.length for part in matched]
    came_from: list[int | None] = [None] * len(matched)
    total = list(weight)
    for i, part in enumerate(matched):
        for j in range(i):
            if _source(matched[j]).end <= _source(part).start + 0.3 and total[j] + weight[i] > total[i]:
                total[i], came_from[i] = total[j] + weight[i], j
    at: int | None = int(np.argmax(total))
    chosen = []
    while at is not None:
        chosen.append(matched[at])
        at = came_from[at]
    return chosen[::-1]


def _out_of_order(matched: Sequence[PictureSegment], main: Sequence[PictureSegment]) -> list[Finding]:
    found = []
    for number, part in enumerate(matched):
        if part in main:
            continue
        source = _source(part)
        shown = [other for other in matched if other is not part and other.original is not None]
        covered = sum(source.overlap(_source(other)) for other in shown)
        if covered > 0.5 * source.length:
            first = min((o for o in (part, *shown) if source.overlap(_source(o)) > 0), key=lambda o: o.clip.start)
            second = part if first is not part else matched[number]
            found.append(_finding(Kind.REPEAT, second.clip, source))
        else:
            found.append(_finding(Kind.REORDER, part.clip, source))
    return found


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
        joint = Span(before.clip.end, after.clip.start) if between > 0.5 else Span(after.clip.start, after.clip.start)
        found.append(_finding(Kind.CUT, joint, skipped))
    return found


def _freezes(record: Record, matched: Sequence[PictureSegment], limits: Limits) -> list[Finding]:
    """The clip stands still for long where the line that it lies on moves."""
    series = record.measured["picture"].series if "picture" in record.measured else ()
    movement = next((s for s in series if s.name == "movement"), None)
    if movement is None:
        return []
    grid = movement.start_s + movement.step_s * np.arange(len(movement.values))
    own = array(movement.values)
    found = []
    for track in (s for s in series if s.name == "original_movement"):
        there = np.nan_to_num(array(track.values))
        line = track.alignment
        assert line is not None
        on_line = np.zeros(len(grid), bool)
        for part in matched:
            if abs(line.original_at(part.clip.start) - _source(part).start) < 0.3:
                on_line |= (grid >= part.clip.start) & (grid < part.clip.end)
        still = on_line & (there >= limits["freeze_original_levels"]) & (own <= limits["freeze_share"] * there)
        for run in runs(still.astype(int)):
            # A window that only touches the still part moves: the stretch is a window longer than its run.
            length = run.count * movement.step_s + 0.5
            if still[run.first] and length >= limits["least_freeze_s"]:
                clip = Span(round(float(grid[run.first]) - 0.35, 3), round(float(grid[run.last - 1]) + 0.35, 3))
                found.append(_finding(Kind.FREEZE, clip, line.original_span(clip), because=(movement.id, track.id)))
    return found


def _speeds(record: Record, matched: Sequence[PictureSegment], limits: Limits) -> list[Finding]:
    """One finding per stretch of one speed that differs from the original's by more than can be measured."""
    found: list[Finding] = []
    heard = record.measurements(NAME, "sound_speed")
    for part in matched:
        speed = part.speed or 1.0
        follows = [m for m in heard if m.value is not None and abs(m.value / speed - 1) < limits["sound_follows_share"]]
        follows = [m for m in follows if _sound_runs_along(record, part.clip)]
        if follows:
            speed = follows[0].value or speed
        drift = abs(speed - 1.0) * part.clip.length
        if abs(speed - 1.0) < limits["least_speed_change"] or (drift < limits["least_drift_s"] and not follows):
            continue
        conversion = any(abs(speed / known - 1) <= CONVERSION_TOLERANCE for known in CONVERSIONS)
        severity = Severity.PRESENTATION if conversion and follows else Severity.ALTERATION
        because = tuple(m.id for m in (*record.measurements(NAME, "picture_speed")[:1], *follows[:1]))
        if found and found[-1].value is not None and abs(found[-1].value - speed) < 0.01:
            assert found[-1].clip is not None
            clip = Span(found[-1].clip.start, part.clip.end)
            found[-1] = _finding(Kind.SPEED, clip, None, found[-1].value, severity, because)
        else:
            found.append(_finding(Kind.SPEED, part.clip, part.original, round(speed, 4), severity, because))
    return found


def _sound_runs_along(record: Record, clip: Span) -> bool:
    same = sum(part.clip.overlap(clip) for part in record.timeline.sound if part.state in _HEARD)
    return same > 0.5 * clip.length


CHECK = Check(
    name=NAME,
    version=1,
    asks="Was time removed, inserted, repeated, reordered, stopped or run at another speed?",
    measure=measure,
    judge=judge,
    thresholds=(
        "least_insert_s",
        "least_cut_s",
        "freeze_original_levels",
        "freeze_share",
        "least_freeze_s",
        "sound_follows_share",
        "least_speed_change",
        "least_drift_s",
    ),
)
