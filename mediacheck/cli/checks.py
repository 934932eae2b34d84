"""`mediacheck checks`: what is asked of a pair, how, and by which limits."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from mediacheck.cli import console

WIDTH = 96
SHARED = ("timeline", "verdict")  # tables that belong to no single check


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of checks asked for on the command line."""

    as_json: bool

    def run(self) -> None:
        from mediacheck.calibration import Calibration
        from mediacheck.checks import CHECKS
        from mediacheck.wording.methods import METHODS, WEAKNESSES

        calibration = Calibration.load()
        rows = [
            {
                "name": check.name,
                "version": check.version,
                "asks": check.asks,
                "method": METHODS.get(check.name),
                "weaknesses": list(WEAKNESSES[check.name]),
                "limits": dict(calibration.limits(check.name, check.thresholds)),
            }
            for check in CHECKS
        ]
        shared = {table: dict(calibration.tables[table]) for table in SHARED}
        if self.as_json:
            identity = {"id": calibration.id, "digest": calibration.digest}
            lines = json.dumps(
                {"calibration": identity, "checks": rows, "shared_limits": shared}, indent=2
            ).splitlines()
        else:
            lines = [f"Calibration {calibration.id} ({calibration.digest[:8]})", ""]
            for check in CHECKS:
                method = METHODS.get(check.name, "The method is not described.")
                limits = calibration.limits(check.name, check.thresholds)
                lines += [f"{check.name} (version {check.version})", *_wrapped(check.asks)]
                lines += [*_wrapped(method), *_limits(limits)]
                lines += [
                    line for each in WEAKNESSES[check.name] for line in _wrapped(f"Weak: {each}")
                ]
                lines.append("")
            for table, values in shared.items():
                lines += [f"{table} (limits of all checks together)", *_limits(values), ""]
            lines.pop()
        for line in lines:
            console.result(line)


@dataclass(frozen=True, slots=True)
class Limits:
    """The shipped limits, as the file that `judge --calibration` takes."""

    def run(self) -> None:
        from mediacheck.calibration import shipped

        for line in shipped().splitlines():
            console.result(line)


def command(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    limits: Annotated[
        bool,
        typer.Option("--limits", help="The limits alone, as TOML: a file to change for judge."),
    ] = False,
) -> Listing | Limits:
    """List the checks: the question, the method, and the limits that decide."""
    if as_json and limits:
        raise typer.BadParameter("--json and --limits exclude each other")
    return Limits() if limits else Listing(as_json)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _limits(limits: Mapping[str, float]) -> Iterator[str]:
    if not limits:
        yield "  no limits"
    for name, value in limits.items():
        yield f"  {name} = {value:.15g}"
