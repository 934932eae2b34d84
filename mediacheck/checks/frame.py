"""How does the original's frame stand in the clip's: mirrored, cropped, within borders, turned?

What is inside the frame (faces, regions, captions) is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mediacheck.align.looks import frame_grid
from mediacheck.checks.base import Check, Limits, Record
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Box,
    Finding,
    Geometry,
    Kind,
    Measured,
    Measurement,
    PictureSegment,
    PictureState,
    Severity,
    Span,
    Stream,
)

NAME = "frame"
TOUCH_S = 0.05  # borders of parts are rounded to frames


def measure(evidence: Evidence) -> Measured:
    geometry, grid = evidence.picture.geometry, frame_grid(evidence.frames[0].times)
    numbers = (
        ("mirrored", float(geometry.mirrored), "yes or no"),
        ("shown", _area(geometry.crop), "share of the original's frame"),
        ("filled", _area(geometry.placed), "share of the clip's frame"),
        ("rotation", round(geometry.rotation, 2), "degrees"),
        ("agreeing_features", float(geometry.evidence), "features"),
    )
    taken = [
        Measurement(f"{NAME}.m{number}", NAME, name, value, unit)
        for number, (name, value, unit) in enumerate(numbers, 1)
    ]
    for part in evidence.picture_parts:
        if part.covered:
            continue
        ends = grid[[part.first, part.first + len(part.differences) - 1]]
        clip = Span(*(round(float(at), 3) for at in ends))
        for name, value, unit in (
            ("part_shown", _area(part.geometry.crop), "share of the original's frame"),
            ("part_agreeing_features", float(part.geometry.evidence), "features"),
        ):
            number = len(taken) + 1
            taken.append(Measurement(f"{NAME}.m{number}", NAME, name, value, unit, clip=clip))
    return Measured(NAME, CHECK.version, tuple(taken), geometry=geometry)


def _area(box: Box) -> float:
    return round(box.width * box.height, 4)


def judge(record: Record, limits: Limits) -> list[Finding]:
    """Nothing is said of the frame where no part of the picture is matched. Parts that stand otherwise in the clip's
    frame than most of it are told one by one; of those that stand as most of it the longest stretch is named.
    """
    whole = record.geometry
    parts = [part for part in record.timeline.picture if part.state is PictureState.MATCHED]
    if whole is None or not parts:
        return []
    of_whole, others = [], []
    for part in parts:
        own = _own(part, whole)
        if own is None:
            of_whole.append(part)
        else:
            others.append((part, own))
    found: list[Finding] = []
    if of_whole:
        stretch = max(_stretches(of_whole), key=lambda each: each[-1].clip.end - each[0].clip.start)
        clip = Span(stretch[0].clip.start, stretch[-1].clip.end)
        # Several places of the original are told by the timeline.
        source = stretch[0].original if len(stretch) == 1 else None
        ids = {m.name: m.id for m in _taken(record) if m.clip is None}
        found += _findings(whole, clip, source, ids, limits)
    for part, own in others:
        ids = {m.name[5:]: m.id for m in _taken(record) if m.clip and m.clip.overlap(part.clip)}
        found += [
            each
            for each in _findings(own, part.clip, part.original, ids, limits)
            if each.kind is not Kind.BORDERED or own.placed != whole.placed
        ]
    return found


def _stretches(parts: Sequence[PictureSegment]) -> list[list[PictureSegment]]:
    """The parts in groups between which the clip shows something else."""
    groups: list[list[PictureSegment]] = []
    for part in parts:
        if groups and part.clip.start - groups[-1][-1].clip.end < TOUCH_S:
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _taken(record: Record) -> tuple[Measurement, ...]:
    return record.measured[NAME].measurements if NAME in record.measured else ()


def _own(part: PictureSegment, whole: Geometry) -> Geometry | None:
    """The part's geometry where it is not the pair's."""
    known = part.mirrored, part.crop, part.placed, part.rotation
    mirrored, crop, placed, rotation = known
    if mirrored is None or crop is None or placed is None or rotation is None:
        return None
    if known == (whole.mirrored, whole.crop, whole.placed, whole.rotation):
        return None
    return Geometry(mirrored, crop, placed, rotation, whole.evidence)


def _findings(
    geometry: Geometry,
    clip: Span,
    original: Span | None,
    ids: Mapping[str, str],
    limits: Limits,
) -> list[Finding]:
    found: list[tuple[Kind, str, Box | None, float | None]] = []
    if geometry.mirrored:
        found.append((Kind.MIRRORED, "mirrored", None, None))
    # Without features motion chose among guesses; boxes would be the guess's, not the clip's.
    if geometry.evidence:
        if geometry.crop.width * geometry.crop.height < limits["cropped_below"]:
            found.append((Kind.CROPPED, "shown", geometry.crop, None))
        if geometry.placed.width * geometry.placed.height < limits["bordered_below"]:
            found.append((Kind.BORDERED, "filled", geometry.placed, None))
        if abs(geometry.rotation) >= limits["rotated_degrees"]:
            found.append((Kind.ROTATED, "rotation", None, round(geometry.rotation, 1)))
    return [
        Finding(
            kind=kind,
            stream=Stream.PICTURE,
            severity=Severity.PRESENTATION,
            clip=clip,
            original=original,
            because=tuple(ids[each] for each in (number, "agreeing_features") if each in ids),
            box=box,
            value=value,
            unit=None if value is None else "degrees",
        )
        for kind, number, box, value in found
    ]


CHECK = Check(
    name=NAME,
    version=2,
    asks="How does the original's frame stand in the clip's frame?",
    kinds=(Kind.MIRRORED, Kind.CROPPED, Kind.BORDERED, Kind.ROTATED),
    measure=measure,
    judge=judge,
    thresholds=("cropped_below", "bordered_below", "rotated_degrees"),
)
