"""`mediacheck bench`: how often does mediacheck err, on footage that nobody tuned it on?"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediacheck import __version__
from mediacheck.cli import console
from mediacheck.cli.options import Quiet
from mediacheck.errors import FolderTaken, WrongUsage

if TYPE_CHECKING:
    from mediacheck.calibration import Calibration
    from mediacheck.tuning.material import Source
    from mediacheck.tuning.scores import Score

QUICK = (
    *("excerpt", "h264-240p", "crop", "aac-32k", "combined"),
    *("dub-whole", "dub-part-2s", "voice-over", "cut-3s", "desync-1s", "unrelated"),
)
QUICK_MINUTES = 2.0
HALVES = ("tuning", "reporting", "both")


@dataclass(frozen=True, slots=True)
class Benching:
    """One bench asked for on the command line."""

    footage: Path
    recipes: tuple[str, ...]
    budget_s: float
    workers: int
    out: Path
    identity: str
    transcripts: bool
    keep_bytes: int
    half: str
    speed: bool
    quiet: bool

    def run(self) -> None:
        """Measure what was asked for and write its page."""
        if self.speed:
            self._time()
        else:
            self._count()

    def _time(self) -> None:
        with console.at_work(quiet=self.quiet, verbose=False) as progress:
            from mediacheck.tuning import material, speed

            usable = [s for s in material.sources(self.footage) if s.has_picture and s.has_sound]
            if not usable:
                raise WrongUsage(f"{self.footage}: nothing in it has picture and sound")
            longest = max(usable, key=lambda source: source.seconds)
            page, book = self.out / "speed.md", self.out / "speed.json"
            try:
                self.out.mkdir(parents=True, exist_ok=True)
                found = speed.measure(
                    longest,
                    self.budget_s,
                    progress,
                    before=speed.stored(book),
                    keep=lambda measured: speed.store(measured, book),
                )
                page.write_text(speed.page(found), encoding="utf-8")
            except OSError as error:
                raise FolderTaken(f"{page}: it cannot be written ({error.strerror})") from error
        console.result(str(page))

    def _count(self) -> None:
        """Make and compare pairs within the budget, then write the record from all pairs that are there."""
        with console.at_work(quiet=self.quiet, verbose=False) as progress:
            from mediacheck.calibration import Calibration
            from mediacheck.tuning import bench, material, sampling
            from mediacheck.tuning.doctor import RECIPES
            from mediacheck.tuning.scores import measured_now, score
            from mediacheck.tuning.terms import voices

            known = {recipe.name: recipe for recipe in RECIPES}
            if unknown := [name for name in self.recipes if name not in known]:
                raise WrongUsage(f"there is no recipe {unknown[0]!r}; known: {', '.join(known)}")
            chosen = [known[name] for name in self.recipes] or list(RECIPES)
            found = material.sources(self.footage)
            asked = [source for source in found if self.half in ("both", source.half)]
            tally = bench.run(
                sampling.plan(chosen, asked),
                self.out,
                self.budget_s,
                self.workers,
                self.transcripts,
                progress,
                self.keep_bytes,
            )
            page = None
            if self.half != "tuning":  # whoever tunes does not look at the other half
                limits = Calibration.load()
                measured = measured_now(self.out, "reporting")
                said = voices((p.facts["source"], p.comparison) for p in measured if p.comparison)
                scored = [score(pair, limits, said) for pair in measured]
                page = self._write(scored, limits, found)
        console.result(
            f"{tally.compared} pairs compared, {tally.there} there before, {tally.unsuitable} that the"
            f" footage does not allow, {tally.failed} failed, {tally.left} left for another time"
        )
        console.result(str(page or self.out / "pairs" / "tuning"))

    def _write(
        self, scored: Sequence[Score], calibration: Calibration, found: tuple[Source, ...]
    ) -> Path:
        from mediacheck.tuning import record

        if not scored:
            raise WrongUsage(
                f"{self.footage}: no pair of the reporting half was compared; give it more time (--budget)"
                " or more footage"
            )
        made = record.Circumstances(
            identity=self.identity,
            version=__version__,
            calibration=calibration,
            measured_on=f"{len({s.source for s in scored})} sources, {datetime.now(UTC):%Y-%m}",
            command=self._command(),
            looks=record.looked(self.out, self.identity),
            sources=found,
            notes=record.notes(self.out),
        )
        page = self.out / f"{self.identity}.md"
        files = {
            page.name: record.page(scored, made),
            f"{self.identity}.json": record.data(scored, made).decode(),
            "error_rates.json": record.rates(scored, made),
            **record.drawings(scored, made),
        }
        try:
            for name, content in files.items():
                (self.out / name).write_text(content, encoding="utf-8")
        except OSError as error:
            raise FolderTaken(f"{self.out}: it cannot be written ({error.strerror})") from error
        return page

    def _command(self) -> str:
        """What was asked for, without the name of the user's folder."""
        parts = ["mediacheck", "bench", "FOOTAGE_DIR", "--budget", f"{self.budget_s / 60:g}"]
        parts += ["--recipes", ",".join(self.recipes)] if self.recipes else []
        parts += ["--half", self.half] if self.half != "both" else []
        parts += ["--transcripts"] if self.transcripts else []
        return shlex.join([*parts, "--id", self.identity])


def command(
    footage: Annotated[
        Path,
        typer.Argument(
            metavar="FOOTAGE_DIR", readable=False, help="A folder with trusted footage."
        ),
    ],
    recipes: Annotated[
        str,
        typer.Option(
            "--recipes", metavar="NAME,...", help="Which recipes; all of them if not given."
        ),
    ] = "",
    budget: Annotated[
        float | None,
        typer.Option(
            "--budget",
            metavar="MINUTES",
            min=0,
            help="Begin no pair after that; 90 if not given.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="Pairs at a time; one for each core."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Where pairs and record go; a folder of its own in reports/.",
        ),
    ] = None,
    identity: Annotated[
        str | None,
        typer.Option("--id", metavar="NAME", help="The record's name; the date if not given."),
    ] = None,
    transcripts: Annotated[
        bool,
        typer.Option("--transcripts", help="Check the words of some of the pairs too; slower."),
    ] = False,
    keep: Annotated[
        float,
        typer.Option(
            "--keep-clips",
            metavar="GB",
            min=0,
            help="Room for made clips, so that they need not be made again.",
        ),
    ] = 8.0,
    half: Annotated[
        str,
        typer.Option(
            "--half", metavar="HALF", help="tuning (no record is written), reporting or both."
        ),
    ] = "both",
    quick: Annotated[
        bool, typer.Option("--quick", help="A few recipes in two minutes, to see that it works.")
    ] = False,
    speed: Annotated[
        bool, typer.Option("--speed", help="Measure what a comparison costs instead.")
    ] = False,
    quiet: Quiet = False,
) -> Benching:
    """Make pairs with known truth from FOOTAGE_DIR, compare them, and record how often mediacheck errs.

    What was measured is kept: the same command goes on where it stopped.
    """
    names = tuple(name.strip() for name in recipes.split(",") if name.strip())
    return Benching(
        footage=footage,
        recipes=names or (QUICK if quick else ()),
        budget_s=60 * ((QUICK_MINUTES if quick else 90.0) if budget is None else budget),
        workers=workers or os.cpu_count() or 1,
        out=out or Path("reports", "benchmarks" if speed else "calibration"),
        identity=_name(identity or f"{datetime.now(UTC):%Y-%m-%d}"),
        transcripts=transcripts,
        half=_half(half),
        keep_bytes=round(keep * 1e9),
        speed=speed,
        quiet=quiet,
    )


def _half(text: str) -> str:
    if text not in HALVES:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(HALVES)}", param_hint="--half")
    return text


def _name(text: str) -> str:
    if not text or any(not (letter.isalnum() or letter in "-_.") for letter in text):
        raise typer.BadParameter(f"{text!r} is no name for a file", param_hint="--id")
    return text
