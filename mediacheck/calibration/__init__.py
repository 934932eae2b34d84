"""Every number that decides something, from one file: load it, check it, name it by its digest."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from mediacheck.calibration.rates import Rates
from mediacheck.errors import CalibrationRefused
from mediacheck.model import CalibrationRecord


@dataclass(frozen=True, slots=True)
class Calibration:
    """digest: SHA-256 over names and values; comments and order do not count.

    rates: those measured with these very limits; empty for others.
    """

    id: str
    digest: str
    tables: Mapping[str, Mapping[str, float]]
    rates: Rates = field(default_factory=Rates)

    @classmethod
    def load(cls, path: Path | None = None) -> Calibration:
        """The shipped calibration, or another one. Raises CalibrationRefused, naming what is wrong."""
        name = "the shipped calibration" if path is None else path.name
        try:
            content = (
                resources.files(__package__).joinpath("default.toml").read_text("utf-8")
                if path is None
                else path.read_text("utf-8")
            )
        except (OSError, UnicodeDecodeError) as error:
            raise CalibrationRefused(
                f"{name}: it cannot be read as a calibration ({error})"
            ) from error
        return cls.parse(content, name)

    @classmethod
    def parse(cls, content: str, name: str) -> Calibration:
        """The calibration that a TOML text holds; raises as `load`."""
        try:
            raw = tomllib.loads(content)
        except (ValueError, RecursionError) as error:  # ValueError: also thousands of digits
            raise CalibrationRefused(
                f"{name}: it cannot be read as a calibration ({error})"
            ) from error
        identity = raw.pop("id", None)
        if not isinstance(identity, str) or not identity:
            raise CalibrationRefused(f"{name}: it has no id")
        tables: dict[str, dict[str, float]] = {}
        for table, limits in raw.items():
            if not isinstance(limits, dict):
                raise CalibrationRefused(f"{name}: {table} is no table of limits")
            tables[table] = {
                limit: _number(value, f"{name}: {table}.{limit}") for limit, value in limits.items()
            }
        return cls.of(identity, tables)

    @classmethod
    def of(cls, identity: str, tables: Mapping[str, Mapping[str, float]]) -> Calibration:
        """The calibration with these limits, and the shipped error rates where they are of these very limits."""
        digest = hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()
        rates = Rates.load()
        return cls(identity, digest, tables, rates if rates.calibration == digest else Rates())

    def changed(self, limit: str, value: float) -> Calibration:
        """With another value of one limit, named as table.limit. Raises KeyError where there is none."""
        table, _, name = limit.partition(".")
        if name not in self.tables[table]:
            raise KeyError(limit)
        tables = {**self.tables, table: {**self.tables[table], name: value}}
        return Calibration.of(self.id, tables)

    def limits(self, table: str, wanted: tuple[str, ...]) -> Mapping[str, float]:
        """The limits of one check. Raises CalibrationRefused when one is missing or nobody asks for one."""
        found = self.tables.get(table, {})
        if missing := sorted(set(wanted) - set(found)):
            raise CalibrationRefused(f"calibration {self.id}: {table}.{missing[0]} is missing")
        if unknown := sorted(set(found) - set(wanted)):
            raise CalibrationRefused(
                f"calibration {self.id}: nothing asks for {table}.{unknown[0]}"
            )
        return found

    def refuse_tables_but(self, known: Collection[str]) -> None:
        """Raises CalibrationRefused for a table that belongs to no check: most likely a misspelt name."""
        if unknown := sorted(set(self.tables) - set(known)):
            raise CalibrationRefused(f"calibration {self.id}: nothing asks for [{unknown[0]}]")

    def record(self, condition: str | None = None) -> CalibrationRecord:
        """condition: the one that the clip is most like, among those that error rates were measured under."""
        return CalibrationRecord(self.id, self.digest, self.rates.checks, condition)


def _number(value: object, where: str) -> float:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except OverflowError:  # an integer of hundreds of digits
        pass
    raise CalibrationRefused(f"{where} is no number")
