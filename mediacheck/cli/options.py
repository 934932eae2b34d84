"""Options that more than one command takes, with what they refuse."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from mediacheck.cli import console
from mediacheck.errors import FolderTaken
from mediacheck.model import Answer, Comparison
from mediacheck.wording.selfcheck import errs, tried

FORMATS = ("html", "pdf", "json")
EVERY_FORMAT = ",".join(FORMATS)

Force = Annotated[bool, typer.Option("--force", help="Replace an earlier report in that folder.")]
Formats = Annotated[str, typer.Option("--format", metavar=EVERY_FORMAT, help="What to write.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no warnings.")]


def chosen_formats(text: str) -> tuple[str, ...]:
    """In the order of FORMATS: the first is the one that a person opens."""
    wanted = {name.strip() for name in text.split(",")}
    if not wanted <= set(FORMATS):
        raise typer.BadParameter(
            f"{text!r} is not one or more of {EVERY_FORMAT}", param_hint="--format"
        )
    return tuple(name for name in FORMATS if name in wanted)


def refuse_unwritable(folder: Path) -> None:
    """Raises FolderTaken where the folder could not be made, without making it."""
    nearest = next(parent for parent in folder.absolute().parents if os.path.lexists(parent))
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise FolderTaken(f"{nearest} cannot be written to; choose another folder with --out")


def announced(comparison: Comparison, folder: Path, formats: tuple[str, ...]) -> Answer:
    """The two lines on stdout, headline and path; the answer decides the exit code."""
    said, found = comparison.verdict.headline, comparison.self_check
    if found is not None and not errs(found):  # its errors stand in the headline
        said = f"{said} {tried(found)}"
    report = str(folder / f"report.{formats[0]}")
    lost = [console.undelivered(line) for line in (" ".join(said.split()), report)]
    if reason := next(filter(None, lost), None):
        # The answer stands and so does its code; only who reads stdout must be told where it is.
        answer = comparison.verdict.answer.value
        console.complain(
            f"stdout could not be written ({reason}): {answer}, the report is {report}"
        )
    return comparison.verdict.answer
