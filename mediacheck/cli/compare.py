"""`mediacheck compare`: the arguments, the early refusals, and the two lines on stdout."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
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
from mediacheck.model import ENGINES, Answer, Media, Options, Question, Term


@dataclass(frozen=True, slots=True)
class Comparing:
    """One comparison asked for on the command line."""

    clip: Path
    original: Path
    question: Question
    out: Path | None
    force: bool
    formats: tuple[str, ...]
    quiet: bool
    verbose: bool

    def run(self) -> Answer:
        """Compare, write the case folder, print the headline and the report's path."""
        with console.at_work(quiet=self.quiet, verbose=self.verbose) as progress:
            from mediacheck.casefolder import default_folder, refuse_taken, write
            from mediacheck.compare import examine

            if place := self._place():
                refuse_taken(place, self.force)
                refuse_unwritable(place)
            case = examine(self.clip, self.original, self.question, progress=progress)
            comparison = case.comparison
            folder = self.out or default_folder(
                comparison.clip, comparison.original, self.clip.name
            )
            written = write(
                comparison,
                case.run,
                case.clip_path,
                case.original_path,
                folder,
                formats=self.formats,
                force=self.force,
                progress=progress,
            )
        return announced(comparison, written, self.formats)

    def _place(self) -> Path | None:
        """Where the report will go; None where the probe will refuse a file anyway."""
        from mediacheck.casefolder import default_folder

        if self.out is not None:
            return self.out
        clip, original = _hashed(self.clip), _hashed(self.original)
        return default_folder(clip, original, self.clip.name) if clip and original else None


def command(
    # readable=False: the probe opens the files and says what is wrong with one.
    clip: Annotated[Path, typer.Argument(metavar="CLIP", readable=False, help="The doubted file.")],
    original: Annotated[
        Path, typer.Argument(metavar="ORIGINAL", readable=False, help="The trusted file.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where the report goes; a folder of its own in reports/."
        ),
    ] = None,
    force: Force = False,
    formats: Formats = EVERY_FORMAT,
    terms: Annotated[
        list[str] | None,
        typer.Option(
            "--term",
            metavar="WORD[=ALIAS,...]",
            help="A word to listen for, with other spellings of it. May be repeated.",
        ),
    ] = None,
    no_transcript: Annotated[
        bool, typer.Option("--no-transcript", help="Leave the spoken words unchecked.")
    ] = False,
    model: Annotated[
        str, typer.Option("--model", metavar="NAME|PATH", help="The speech model.")
    ] = Options().model,
    engine: Annotated[
        str, typer.Option("--engine", metavar="|".join(ENGINES), help="What reads the speech.")
    ] = Options().engine,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="CODE", help="Spoken language; found out if not given."),
    ] = None,
    quiet: Quiet = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say what is being tried.")] = False,
) -> Comparing:
    """Compare CLIP, the doubted file, with ORIGINAL, the trusted one, and write a report.

    Exit code: 0 no alteration found, 1 altered, 2 could not run, 3 inconclusive or not in the
    original, 70 a defect of mediacheck, 130 interrupted.
    """
    if quiet and verbose:
        raise typer.BadParameter("--quiet and --verbose exclude each other")
    options = Options(
        transcript=not no_transcript,
        model=model,
        language=language and _language(language),
        engine=_engine(engine),
    )
    question = Question(terms=tuple(_term(text) for text in terms or ()), options=options)
    return Comparing(clip, original, question, out, force, chosen_formats(formats), quiet, verbose)


def _hashed(path: Path) -> Media | None:
    """As much of a file as names its case folder; None where the probe will refuse it anyway."""
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
    return Media(sha256, 0, 0.0, container="", streams=(), metadata={})


def _term(text: str) -> Term:
    word, _, aliases = text.partition("=")
    term = Term(word.strip(), tuple(alias.strip() for alias in aliases.split(",") if alias.strip()))
    if not term.term or ("=" in text and not term.aliases):
        raise typer.BadParameter(f"{text!r} is not WORD or WORD=ALIAS,...", param_hint="--term")
    return term


def _engine(name: str) -> str:
    if name not in ENGINES:
        raise typer.BadParameter(
            f"{name!r} is not one of {', '.join(ENGINES)}", param_hint="--engine"
        )
    return name


def _language(code: str) -> str:
    if not re.fullmatch("[a-z]{2,3}", code.lower()):
        raise typer.BadParameter(
            f"{code!r} is no language code such as ru or en", param_hint="--language"
        )
    return code.lower()
