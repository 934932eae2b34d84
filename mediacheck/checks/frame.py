"""How does the original's frame stand in the clip's: mirrored, cropped, within borders, turned?

What is inside the frame (faces, regions, captions) is not compared.
"""

from __future__ import annotations

from mediacheck.checks.base import Check, Limits, Record
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Box,
    Finding,
    Kind,
    Measured,
    Measurement,
    PictureState,
    Severity,
    Stream,
)

NAME = "frame"


def measure(evidence: Evidence) -> Measured:
    geometry = evidence.picture.geometry
    numbers = (
        ("mirrored", float(geometry.mirrored), "yes or no"),
        (
            "shown",
            round(geometry.crop.width * geometry.crop.height, 4),
            "share of the original's frame",
        ),
        (
            "filled",
            round(geometry.placed.width * geometry.placed.height, 4),
            "share of the clip's frame",
        ),
        ("rotation", round(geometry.rotation, 2), "degrees"),
        ("agreeing_features", float(geometry.evidence), "features"),
    )
    return Measured(
        NAME,
        CHECK.version,
        tuple(
            Measurement(f"{NAME}.m{number}", NAME, name, value, unit)
            for number, (name, value, unit) in enumerate(numbers, 1)
        ),
        geometry=geometry,
    )


def judge(record: Record, limits: Limits) -> list[Finding]:
    """Nothing is said of the frame where no part of the picture is matched."""
    geometry = record.geometry
    if geometry is None:
        return []
    parts = [part for part in record.timeline.picture if part.state is PictureState.MATCHED]
    if not parts:
        return []
    ids = (
        {m.name: m.id for m in record.measured[NAME].measurements}
        if NAME in record.measured
        else {}
    )
    features = ids.get("agreeing_features", "")
    found: list[tuple[Kind, str, Box | None, float | None, str | None]] = []
    if geometry.mirrored:
        found.append((Kind.MIRRORED, "mirrored", None, None, None))
    if not geometry.evidence:
        # Motion chose among guesses; boxes would be the guess's, not the clip's.
        return [_finding(record, *each, ids, features) for each in found]
    if geometry.crop.width * geometry.crop.height < limits["cropped_below"]:
        found.append((Kind.CROPPED, "shown", geometry.crop, None, None))
    if geometry.placed.width * geometry.placed.height < limits["bordered_below"]:
        found.append((Kind.BORDERED, "filled", geometry.placed, None, None))
    if abs(geometry.rotation) >= limits["rotated_degrees"]:
        found.append((Kind.ROTATED, "rotation", None, round(geometry.rotation, 1), "degrees"))
    return [_finding(record, *each, ids, features) for each in found]


def _finding(
    record: Record,
    kind: Kind,
    number: str,
    box: Box | None,
    value: float | None,
    unit: str | None,
    ids: dict[str, str],
    features: str,
) -> Finding:
    matched = [part for part in record.timeline.picture if part.state is PictureState.MATCHED]
    longest = max(matched, key=lambda part: part.clip.length)
    return Finding(
        kind=kind,
        stream=Stream.PICTURE,
        severity=Severity.PRESENTATION,
        clip=longest.clip,
        original=longest.original,
        because=tuple(each for each in (ids.get(number, ""), features) if each),
        box=box,
        value=value,
        unit=unit,
    )


CHECK = Check(
    name=NAME,
    version=1,
    asks="How does the original's frame stand in the clip's frame?",
    kinds=(Kind.MIRRORED, Kind.CROPPED, Kind.BORDERED, Kind.ROTATED),
    measure=measure,
    judge=judge,
    thresholds=("cropped_below", "bordered_below", "rotated_degrees"),
)
