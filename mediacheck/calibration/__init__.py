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

SHIPPED = "the shipped calibration"
LEVEL = "_db"  # how limits end that may be negative: levels below full scale
SEE = "mediacheck checks --limits prints all that are asked for"


@dataclass(frozen=True, slots=True)
class Calibration:
    """digest: SHA-256 over names and values; comments and order do not count.

    rates: those measured with these very limits; empty for others. source: where they were read, for messages.
    """

    id: str
    digest: str
    tables: Mapping[str, Mapping[str, float]]
    rates: Rates = field(default_factory=Rates)
    source: str = field(default="", compare=False)

    @classmethod
    def load(cls, path: Path | None = None) -> Calibration:
        """The shipped calibration, or another one. Raises CalibrationRefused, naming what is wrong."""
        name = SHIPPED if path is None else path.name
        try:
            content = shipped() if path is None else path.read_text("utf-8")
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
                limit: _number(value, f"{name}: {table}.{limit}", limit.endswith(LEVEL))
                for limit, value in limits.items()
            }
        return cls.of(identity, tables, name)

    @classmethod
    def of(
        cls, identity: str, tables: Mapping[str, Mapping[str, float]], source: str = ""
    ) -> Calibration:
        """The calibration with these limits, and the shipped error rates where they are of these very limits."""
        digest = hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()
        rates = Rates.load()
        measured = rates if rates.calibration == digest else Rates()
        return cls(identity, digest, tables, measured, source)

    def changed(self, limit: str, value: float) -> Calibration:
        """With another value of one limit, named as table.limit. Raises KeyError where there is none."""
        table, _, name = limit.partition(".")
        if name not in self.tables[table]:
            raise KeyError(limit)
        tables = {**self.tables, table: {**self.tables[table], name: value}}
        return Calibration.of(self.id, tables, self.source)

    def limits(self, table: str, wanted: tuple[str, ...]) -> Mapping[str, float]:
        """The limits of one check. Raises CalibrationRefused when one is missing or nobody asks for one."""
        found = self.tables.get(table, {})
        missing = [f"{table}.{name} is missing" for name in sorted(set(wanted) - set(found))[:1]]
        unknown = [
            f"nothing asks for {table}.{name}" for name in sorted(set(found) - set(wanted))[:1]
        ]
        if faults := [*unknown, *missing]:  # both where a name is misspelt
            raise CalibrationRefused(f"{self._named}: {' and '.join(faults)}; {SEE}")
        return found

    def refuse_tables_but(self, known: Collection[str]) -> None:
        """Raises CalibrationRefused for a table that belongs to no check: most likely a misspelt name."""
        if unknown := sorted(set(self.tables) - set(known)):
            raise CalibrationRefused(f"{self._named}: nothing asks for [{unknown[0]}]; {SEE}")

    @property
    def _named(self) -> str:
        return self.source or f"calibration {self.id}"

    def record(self, condition: str | None = None) -> CalibrationRecord:
        """condition: the one that the clip is most like, among those that error rates were measured under."""
        return CalibrationRecord(self.id, self.digest, self.rates.checks, condition)


def shipped() -> str:
    """The shipped calibration as TOML, with where each limit comes from: what another one is made from."""
    return resources.files(__package__).joinpath("default.toml").read_text("utf-8")


def _number(value: object, where: str, may_be_negative: bool) -> float:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            if value < 0 and not may_be_negative:
                raise CalibrationRefused(f"{where} is negative, and only levels in dB can be")
            return float(value)
    except OverflowError:  # an integer of hundreds of digits
        pass
    raise CalibrationRefused(f"{where} is no number")
