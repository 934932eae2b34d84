"""What a check is: one question, how it measures, how it judges.

A check is a value. `measure` asks Evidence for what it needs and returns numbers without an opinion; `judge` turns
stored numbers into findings under a calibration's limits and touches no media.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.evidence import Evidence
from mediacheck.model import (
    Alignment,
    Box,
    FileRole,
    Finding,
    Geometry,
    Kind,
    Measured,
    Measurement,
    Media,
    Null,
    Question,
    Series,
    Span,
    Timeline,
    Transcripts,
    Words,
)

Limits = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Record:
    """All that was measured of a pair, as it is stored, and the timeline that was judged from it."""

    clip: Media
    original: Media
    question: Question
    measured: Mapping[str, Measured]  # by check; those skipped or failed are not in it
    timeline: Timeline
    geometry: Geometry | None
    transcripts: Transcripts
    words: Words

    def measurements(self, check: str, name: str) -> tuple[Measurement, ...]:
        found = self.measured.get(check)
        return () if found is None else tuple(m for m in found.measurements if m.name == name)

    def value(self, check: str, name: str) -> float | None:
        """The value of the first measurement of that name."""
        found = self.measurements(check, name)
        return found[0].value if found else None

    def shown(self, clip: Span) -> Span | None:
        """From the first to the last moment of the original that the picture shows in a stretch of the clip."""
        places = []
        for part in self.timeline.picture:
            if part.original is None or part.clip.overlap(clip) <= 0:
                continue
            speed = part.speed or 1.0
            for at in (max(part.clip.start, clip.start), min(part.clip.end, clip.end)):
                places.append(part.original.start + speed * (at - part.clip.start))
        return Span(round(min(places), 3), round(max(places), 3)) if places else None


@dataclass(frozen=True, slots=True)
class Check:
    """kinds: of the findings that `judge` may return; each kind belongs to one check. numbers: of the stretch that a
    finding speaks of, see stretch.py.
    """

    name: str
    version: int
    asks: str
    kinds: tuple[Kind, ...]
    measure: Callable[[Evidence], Measured]
    judge: Callable[[Record, Limits], Sequence[Finding]]
    thresholds: tuple[str, ...] = ()
    numbers: Callable[[Finding, Record], Sequence[Measurement]] = lambda finding, record: ()


def series(
    check: str,
    number: int,
    name: str,
    unit: str,
    grid: np.ndarray,
    values: np.ndarray,
    *,
    digits: int = 3,
    file: FileRole = "clip",
    null: Null | None = None,
    alignment: Alignment | None = None,
    geometry: Geometry | None = None,
) -> Series:
    """values at equally spaced grid times; NaN becomes None. Ids count within a check."""
    step = float(grid[1] - grid[0]) if len(grid) > 1 else 1.0
    return Series(
        id=f"{check}.s{number}",
        check=check,
        name=name,
        unit=unit,
        file=file,
        start_s=round(float(grid[0]), 3) if len(grid) else 0.0,
        step_s=round(step, 4),
        values=tuple(round(float(v), digits) if np.isfinite(v) else None for v in values),
        null=null,
        alignment=alignment,
        geometry=geometry,
    )


def null_of(values: np.ndarray, digits: int = 3) -> Null | None:
    """None when there was nothing to draw from."""
    drawn = values[np.isfinite(values)]
    if not len(drawn):
        return None
    return Null(
        mean=round(float(drawn.mean()), digits),
        spread=round(float(drawn.std()), digits),
        max=round(float(drawn.max()), digits),
        n=len(drawn),
    )


def array(values: tuple[float | None, ...]) -> np.ndarray:
    """A series' values as floats, NaN where there was none."""
    return np.array([np.nan if value is None else value for value in values], float)


def rounded(line: Alignment) -> Alignment:
    """A line as it is stored: what is judged must be what is read back."""
    return Alignment(round(float(line.offset_s), 4), round(float(line.speed), 6))


def rounded_geometry(geometry: Geometry) -> Geometry:
    """A geometry as it is stored."""
    crop, placed = (
        Box(*(round(float(edge), 5) for edge in box)) for box in (geometry.crop, geometry.placed)
    )
    turn = round(float(geometry.rotation), 3)
    return Geometry(geometry.mirrored, crop, placed, turn, geometry.evidence)
