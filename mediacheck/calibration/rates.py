"""How often does a check err on material like this clip? From what was measured once, with these very limits.

The file beside this module is written by `mediacheck bench`. It belongs to one calibration, named by its digest:
rates of other limits say nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources

from mediacheck.errors import CalibrationRefused
from mediacheck.model import ErrorRate, Geometry, Measurement, Media

Features = Mapping[str, float]
SHARED = 3  # features that a clip must share with a condition to be compared with it


@dataclass(frozen=True, slots=True)
class Condition:
    """Where clips of one condition lie. reach: the distance within which 95 % of them lie."""

    centre: Features
    reach: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Error rates by check, and the conditions that they were measured under. Empty where nothing was measured."""

    calibration: str = ""
    spreads: Features = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    checks: Mapping[str, tuple[ErrorRate, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Rates:
        """The rates that are shipped; empty ones where none are. Raises CalibrationRefused where they are damaged."""
        try:
            content = resources.files(__package__).joinpath("error_rates.json").read_text("utf-8")
        except FileNotFoundError:
            return cls()
        try:
            return cls.parse(content)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CalibrationRefused(f"the shipped error rates cannot be read ({error})") from error

    @classmethod
    def parse(cls, content: str) -> Rates:
        raw = json.loads(content)
        return cls(
            calibration=raw["calibration"],
            spreads=raw["spreads"],
            conditions={
                name: Condition(row["centre"], row["reach"])
                for name, row in raw["conditions"].items()
            },
            checks={
                check: tuple(_rate(row) for row in rows) for check, rows in raw["checks"].items()
            },
        )

    def nearest(self, clip: Features) -> str | None:
        """The condition whose clips this one is most like; None where it is like none of them."""
        away = {
            name: distance(clip, condition.centre, self.spreads) / condition.reach
            for name, condition in self.conditions.items()
        }
        best = min(away, key=lambda name: (away[name], name), default=None)
        return best if best is not None and away[best] <= 1.0 else None

    def of(self, check: str, condition: str | None) -> ErrorRate | None:
        """The check's row for a condition."""
        return next((r for r in self.checks.get(check, ()) if r.condition == condition), None)


def features(
    clip: Media, geometry: Geometry | None, measurements: tuple[Measurement, ...]
) -> Features:
    """What tells one condition of a clip from another; those that the clip does not have are left out.

    height and bitrate as powers of two; crop and placed as shares of area; motion and cleanliness as measured.
    """
    found: dict[str, float] = {}
    heights = [s.height for s in clip.streams if s.kind == "picture" and s.height]
    if heights:
        found["height"] = math.log2(heights[0])
    if clip.duration_s > 0:
        found["bitrate"] = math.log2(max(1.0, clip.bytes * 8 / 1000 / clip.duration_s))
    if geometry is not None:
        found["crop"] = geometry.crop.width * geometry.crop.height
        found["placed"] = geometry.placed.width * geometry.placed.height
    for name, wanted in (("motion", "mean_motion"), ("cleanliness", "median_cleanliness")):
        values = [m.value for m in measurements if m.name == wanted and m.value is not None]
        if values:
            found[name] = max(values)
    return found


def distance(one: Features, other: Features, spreads: Features) -> float:
    """Root mean square of the differences in spreads, over what both have; infinite where that is too little."""
    shared = sorted(set(one) & set(other) & set(spreads))
    if len(shared) < SHARED:
        return math.inf
    total = sum(((one[name] - other[name]) / spreads[name]) ** 2 for name in shared)
    return math.sqrt(total / len(shared))


def _rate(row: Mapping[str, object]) -> ErrorRate:
    def interval(name: str) -> tuple[float, float, float] | None:
        value = row[name]
        if value is None:
            return None
        if not isinstance(value, list):
            raise ValueError(f"{name} is no interval")
        rate, low, high = map(float, value)
        return rate, low, high

    return ErrorRate(
        condition=str(row["condition"]),
        false_alarm=interval("false_alarm"),
        miss=interval("miss"),
        pairs=int(str(row["pairs"])),
        sources=int(str(row["sources"])),
        measured_on=str(row["measured_on"]),
        false_alarm_of=_counts(row["false_alarm_of"]),
        miss_of=_counts(row["miss_of"]),
    )


def _counts(value: object) -> tuple[int, int]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} are no counts")
    cases, sources = map(int, value)
    return cases, sources
