"""`mediacheck models`: which models are known, where they lie, whether they are the pinned ones.

`fetch` alone uses the network, and only for the model that it is given. A model that is missing is
otherwise shown with the command that gets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from mediacheck.cli import console
from mediacheck.cli.options import Quiet
from mediacheck.errors import WeightsRefused, WrongUsage

if TYPE_CHECKING:
    from mediacheck.weights.registry import Weights

app = typer.Typer(help="List, verify and fetch the models that mediacheck knows.")

HEADINGS = ("NAME", "SIZE", "LICENCE", "READ BY", "WHERE")


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of models asked for on the command line."""

    def run(self) -> None:
        rows = [HEADINGS, *(_row(weights) for weights in _known().values())]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS) - 1)]
        for name, size, *rest, where in rows:
            cells = [name.ljust(widths[0]), size.rjust(widths[1])]
            cells += [cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=True)]
            console.result("  ".join([*cells, where]))


@dataclass(frozen=True, slots=True)
class Verifying:
    """One model, or every one that is installed."""

    name: str | None

    def run(self) -> None:
        """Raises WeightsRefused, naming the file, at the first that is not the pinned one."""
        from mediacheck.weights.loading import load, places

        if self.name is not None:
            _chosen(self.name)
        lacking = []
        for weights in _known().values():
            if self.name is None and not places(weights):
                lacking.append(weights.name)
            elif self.name in (None, weights.name):
                load(weights.name, weights.use)
                console.result(
                    f"{weights.name}: verified, SHA-256 {weights.sha256}, in {_folders(weights)}"
                )
        if lacking:
            console.result(f"not installed: {', '.join(lacking)}")


@dataclass(frozen=True, slots=True)
class Fetching:
    """One model to be brought over the network, unless it is here."""

    name: str
    quiet: bool

    def run(self) -> None:
        from mediacheck.weights.fetching import fetch
        from mediacheck.weights.places import models_folder

        weights = _chosen(self.name)
        if self._is_here(weights):
            console.result(f"{weights.name}: already here and verified, in {_folders(weights)}")
            return
        folder = models_folder()
        with console.at_work(quiet=self.quiet, verbose=False) as progress:
            if not self.quiet and weights.can_be_fetched:
                hosts = {urlsplit(file.url or "").hostname for file in weights.files}
                console.say(
                    f"{weights.name}: {_size(weights)}, licence {weights.licence},"
                    f" from {', '.join(sorted(map(str, hosts)))} to {folder / weights.name}"
                )
            fetch(weights, folder, progress)
        console.result(f"{weights.name}: fetched and verified, in {_folders(weights)}")

    def _is_here(self, weights: Weights) -> bool:
        """Raises WeightsRefused where a package holds damaged files: it would win over ours."""
        from mediacheck.weights.fetching import missing
        from mediacheck.weights.loading import load, places
        from mediacheck.weights.places import models_folder, openai_folder

        found = {path.parent for path in places(weights)}
        if not found or models_folder() / weights.name in found:
            return not missing(weights, models_folder())
        try:
            load(weights.name, weights.use)
        except WeightsRefused:
            if openai_folder() not in found:
                raise
            return False
        return True


@app.command("list")
def list_command() -> Listing:
    """List the known models: name, size, licence, what reads them, and where they lie."""
    return Listing()


@app.command("verify")
def verify_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="One model; all installed if not given.",
            autocompletion=lambda: list(_known()),
        ),
    ] = None,
) -> Verifying:
    """Compare the files of installed models with the pinned SHA-256.

    Exit code: 0 all as pinned, 2 a file differs or the model is not installed.
    """
    return Verifying(name)


@app.command("fetch")
def fetch_command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="One of those that `models list` shows.",
            autocompletion=lambda: list(_known()),
        ),
    ],
    quiet: Quiet = False,
) -> Fetching:
    """Download one model and verify it. No other command uses the network.

    Exit code: 0 it is here, as pinned, 2 it could not be fetched and nothing was kept.
    """
    return Fetching(name, quiet)


def _known() -> dict[str, Weights]:
    from mediacheck.weights import registry

    return {**registry.REGISTRY, **registry.OPENAI}


def _chosen(name: str) -> Weights:
    known = _known()
    if name not in known:
        raise WrongUsage(f"unknown model {name!r}; known: {', '.join(known)}")
    return known[name]


def _row(weights: Weights) -> Sequence[str]:
    from mediacheck.weights.loading import is_installed

    if weights.use == "voice-activity":
        reader = "speech activity"
    else:
        own = weights.files[0].name.endswith(".pt")
        reader = "openai-whisper" if own else "faster-whisper, openai-whisper"
    if is_installed(weights):
        where = _folders(weights)
    else:
        fetch = f"mediacheck models fetch {weights.name}"
        ways = [weights.install, *([fetch] if weights.can_be_fetched else [])]
        where = f"missing; get it: {', or '.join(dict.fromkeys(ways))}"
    return weights.name, _size(weights), weights.licence, reader, where


def _size(weights: Weights) -> str:
    return f"{weights.bytes / 1e6:.1f} MB"


def _folders(weights: Weights) -> str:
    """Where the files lie, each folder once."""
    from mediacheck.weights.loading import places

    return ", ".join(dict.fromkeys(str(path.parent) for path in places(weights)))
