"""`mediacheck tune`: better limits, proposed from the tuning half of what a bench has measured."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediacheck.cli import console
from mediacheck.cli.options import Quiet
from mediacheck.errors import FolderTaken, WrongUsage

if TYPE_CHECKING:
    from mediacheck.tuning.sweep import Merit


@dataclass(frozen=True, slots=True)
class Tuning:
    """One sweep asked for on the command line."""

    out: Path
    calibration: Path | None
    limits: tuple[str, ...]
    target: float
    proposal: Path
    identity: str
    workers: int
    quiet: bool

    def run(self) -> None:
        """Sweep, write the proposal, print what changed and what it brings."""
        with console.at_work(quiet=self.quiet, verbose=False) as progress:
            from importlib import resources

            from mediacheck.calibration import Calibration
            from mediacheck.tuning import sweep
            from mediacheck.tuning.scores import folders

            start = Calibration.load(self.calibration)
            known = {f"{table}.{name}" for table, row in start.tables.items() for name in row}
            if unknown := [name for name in self.limits if name not in known]:
                raise WrongUsage(f"there is no limit {unknown[0]!r}; mediacheck checks lists them")
            if self.proposal.exists():
                raise FolderTaken(f"{self.proposal} exists already; choose another with --out")
            found = sweep.sweep(
                folders(self.out, "tuning"),
                start,
                self.limits or sweep.DECIDING,
                self.target,
                progress,
                self.workers,
            )
            text = (
                self.calibration.read_text("utf-8")
                if self.calibration
                else resources.files("mediacheck.calibration")
                .joinpath("default.toml")
                .read_text("utf-8")
            )
            try:
                self.proposal.write_text(
                    sweep.rewritten(text, self.identity, found.calibration), encoding="utf-8"
                )
            except OSError as error:
                raise FolderTaken(f"{self.proposal}: {error.strerror}; choose another") from error
        without = f", {found.left_out} left out that cannot be judged" if found.left_out else ""
        console.result(f"{found.pairs} pairs of the tuning half{without}")
        console.result(f"before: {_told(found.start)}")
        for step in found.steps:
            console.result(f"{step.limit}: {step.before:g} -> {step.after:g}: {_told(step.merit)}")
        console.result(f"after: {_told(found.end)}")
        console.result(str(self.proposal))


def _told(merit: Merit) -> str:
    return (
        f"of {merit.unaltered} unaltered pairs {merit.false_alarms} called altered,"
        f" {merit.left_open} answered otherwise than is true;"
        f" of {merit.told} true alterations {merit.missed} missed"
    )


def command(
    out: Annotated[
        Path,
        typer.Argument(metavar="BENCH_DIR", help="Where mediacheck bench kept its pairs."),
    ] = Path("reports/calibration"),
    calibration: Annotated[
        Path | None,
        typer.Option("--calibration", metavar="FILE", help="The limits to start from."),
    ] = None,
    limits: Annotated[
        str,
        typer.Option("--limits", metavar="TABLE.NAME,...", help="Which limits to move."),
    ] = "",
    target: Annotated[
        float,
        typer.Option(
            "--target",
            metavar="SHARE",
            min=0.0,
            max=1.0,
            help="Share of unaltered pairs that may be called altered.",
        ),
    ] = 0.0,
    proposal: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where the proposed limits go.")
    ] = Path("proposed.toml"),
    identity: Annotated[
        str, typer.Option("--id", metavar="NAME", help="The proposal's name.")
    ] = "proposed",
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="Processes; one for each core."),
    ] = None,
    quiet: Quiet = False,
) -> Tuning:
    """Judge the tuning half of a bench again under many limits and propose better ones.

    Needs no media. The reporting half is not looked at.
    """
    names = tuple(name.strip() for name in limits.split(",") if name.strip())
    processes = workers or os.cpu_count() or 1
    return Tuning(out, calibration, names, target, proposal, identity, processes, quiet)
