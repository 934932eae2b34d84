"""`mediacheck judge`: a stored case under another calibration, without the media."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from mediacheck.cli import console
from mediacheck.cli.options import (
    EVERY_FORMAT,
    Force,
    Formats,
    Quiet,
    announced,
    chosen_formats,
    refuse_unwritable,
)
from mediacheck.errors import FolderTaken
from mediacheck.model import Answer, Comparison


@dataclass(frozen=True, slots=True)
class Judging:
    """One stored case to be judged again."""

    case: Path
    calibration: Path
    out: Path | None
    force: bool
    formats: tuple[str, ...]
    quiet: bool

    def run(self) -> Answer:
        """Judge, write a new case folder, print the headline and the report's path."""
        with console.at_work(quiet=self.quiet, verbose=False) as progress:
            from mediacheck import casefolder
            from mediacheck.calibration import Calibration
            from mediacheck.judging import rejudge

            calibration = Calibration.load(self.calibration)
            stored = casefolder.read(self.case)
            folder = self.out or casefolder.judged_folder(self.case, calibration.digest)
            if os.path.exists(folder) and folder.samefile(self.case):
                raise FolderTaken(f"{folder} is the case itself; choose another with --out")
            casefolder.refuse_taken(folder, self.force)
            refuse_unwritable(folder)
            comparison = rejudge(stored.comparison, calibration)
            written = casefolder.write(
                comparison,
                replace(
                    stored.run,
                    warnings=(*stored.run.warnings, self._note(stored.comparison, comparison)),
                ),
                Path(stored.run.clip_path),
                Path(stored.run.original_path),
                folder,
                formats=self.formats,
                force=self.force,
                progress=progress,
                making=stored.making,
            )
        return announced(comparison, written, self.formats)

    def _note(self, before: Comparison, after: Comparison) -> str:
        """For run.json: the times and the host there are those of the measuring."""
        named = self.case if self.case.name not in ("", "..") else self.case.resolve()
        return (
            f"Judged again from the stored measurements of {named.name}, without the files: by"
            f" {after.tool.name} {after.tool.version} under calibration {_shown(after)}; before by"
            f" {before.tool.name} {before.tool.version} under {_shown(before)}. Exhibits are those"
            " of the earlier report; findings that are new have none."
        )


def command(
    case: Annotated[
        Path, typer.Argument(metavar="CASE", readable=False, help="A folder that compare wrote.")
    ],
    calibration: Annotated[
        Path,
        typer.Option(
            "--calibration", metavar="FILE", readable=False, help="The limits to judge by (TOML)."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where the report goes; beside CASE if not given."
        ),
    ] = None,
    force: Force = False,
    formats: Formats = EVERY_FORMAT,
    quiet: Quiet = False,
) -> Judging:
    """Judge the stored CASE under another calibration and write a new report; needs no media.

    Exit code: 0 no alteration found, 1 altered, 2 could not run, 3 inconclusive or not in the
    original, 70 a defect of mediacheck, 130 interrupted.
    """
    return Judging(case, calibration, out, force, chosen_formats(formats), quiet)


def _shown(comparison: Comparison) -> str:
    return f"{comparison.calibration.id} ({comparison.calibration.digest[:8]})"
