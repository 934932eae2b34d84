"""`mediacheck compare`: the arguments, the early refusals, and the two lines on stdout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from mediacheck.casefile import load, merged
from mediacheck.cli import console
from mediacheck.cli.completion import model_names
from mediacheck.cli.options import (
    EVERY_FORMAT,
    Force,
    Formats,
    Quiet,
    announced,
    chosen_formats,
    refuse_unwritable,
)
from mediacheck.cli.ranges import OPTION, chosen_range
from mediacheck.errors import WeightsRefused
from mediacheck.media import cachefolder
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
    case: Path | None = None
    cache: str | None = None
    self_check: bool = False
    model_is_named: bool = False

    def run(self) -> Answer:
        """Compare, write the case folder, print the headline and the report's path."""
        with console.at_work(quiet=self.quiet, verbose=self.verbose) as progress:
            from mediacheck.casefolder import default_folder, refuse_taken, write
            from mediacheck.compare import examine

            if self.model_is_named and self.question.options.transcript:
                _refuse_missing(self.question.options.model)
            question = load(self.case).added_to(self.question) if self.case else self.question
            if place := self._place():
                refuse_taken(place, self.force)
                refuse_unwritable(place)
            cache = cachefolder.chosen(self.cache)
            case = examine(self.clip, self.original, question, cache=cache, progress=progress)
            if self.self_check:
                from mediacheck.tuning.selfcheck import checked

                case = checked(case, progress)
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
    context: typer.Context,
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
    case: Annotated[
        Path | None,
        typer.Option(
            "--case",
            metavar="FILE",
            readable=False,
            help="What the editor knows of the case (TOML).",
        ),
    ] = None,
    original_range: Annotated[
        str | None,
        typer.Option(
            OPTION,
            metavar="START-END",
            help="Search this part of the original only, such as 1:10:00-1:12:30.",
        ),
    ] = None,
    no_transcript: Annotated[
        bool, typer.Option("--no-transcript", help="Leave the spoken words unchecked.")
    ] = False,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            metavar="NAME|PATH",
            help="The speech model.",
            autocompletion=model_names,
        ),
    ] = Options().model,
    confirm_model: Annotated[
        str | None,
        typer.Option(
            "--confirm-model",
            metavar="NAME|PATH",
            help="Another speech model, which reads again what was found.",
            autocompletion=model_names,
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="|".join(ENGINES),
            help="What reads the speech.",
            autocompletion=lambda: ENGINES,
        ),
    ] = Options().engine,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="CODE", help="Spoken language; found out if not given."),
    ] = None,
    cache: Annotated[
        str | None,
        typer.Option(
            "--cache", metavar="DIR|off", help="Where what is found out about files is kept."
        ),
    ] = None,
    self_check: Annotated[
        bool,
        typer.Option(
            "--self-check",
            help="Try innocent copies of ORIGINAL, made like CLIP, for false alarms.",
        ),
    ] = False,
    quiet: Quiet = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say what is being tried.")] = False,
) -> Comparing:
    """Compare CLIP, the doubted file, with ORIGINAL, the trusted one, and write a report.

    Exit code: 0 no alteration found, 1 altered, 2 could not run, 3 inconclusive or not in the
    original, 70 a defect of mediacheck, 130 interrupted.
    """
    if quiet and verbose:
        raise typer.BadParameter("--quiet and --verbose exclude each other")
    if confirm_model and no_transcript:
        raise typer.BadParameter("--confirm-model and --no-transcript exclude each other")
    options = Options(
        transcript=not no_transcript,
        model=model,
        language=language and _language(language),
        engine=_engine(engine),
        confirm_model=confirm_model,
    )
    question = Question(
        terms=merged(_term(text) for text in terms or ()),
        original_range=None if original_range is None else chosen_range(original_range),
        options=options,
    )
    kinds = chosen_formats(formats)
    source = context.get_parameter_source("model")
    model_is_named = source is not None and source.name == "COMMANDLINE"
    return Comparing(
        *(clip, original, question, out, force, kinds, quiet, verbose, case, cache, self_check),
        model_is_named=model_is_named,
    )


def _hashed(path: Path) -> Media | None:
    """As much of a file as names its case folder; None where the probe will refuse it anyway."""
    from mediacheck.media.probe import sha256_of

    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            sha256 = sha256_of(file)
    except OSError:
        return None
    return Media(sha256, 0, 0.0, container="", streams=(), metadata={})


def _refuse_missing(model: str) -> None:
    """Raises WeightsRefused, with how to get it, for a known model that is not there: who names it wants it."""
    from mediacheck.weights.loading import is_installed
    from mediacheck.weights.registry import REGISTRY

    if model in REGISTRY and not is_installed(REGISTRY[model]):
        raise WeightsRefused(
            f"the weights {model!r} are not installed; get them: {REGISTRY[model].install}"
        )


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
