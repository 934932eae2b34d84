"""`mediacheck models`: which models are known, which are installed, and whether they are the pinned ones.

Nothing is fetched: a model that is missing is shown with the command that gets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from mediacheck.cli import console
from mediacheck.errors import WrongUsage

app = typer.Typer(help="List the models that mediacheck knows, and verify those installed.")


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of models asked for on the command line."""

    def run(self) -> None:
        from mediacheck.weights.loading import is_installed
        from mediacheck.weights.registry import REGISTRY

        for weights in REGISTRY.values():
            size = sum(file.bytes for file in weights.files)
            state = "installed" if is_installed(weights) else f"get it: {weights.install}"
            console.result(f"{weights.name}, {weights.licence}, {size / 1e6:.1f} MB, {state}")


@dataclass(frozen=True, slots=True)
class Verifying:
    """One model, or every one that is installed."""

    name: str | None

    def run(self) -> None:
        """Raises WeightsRefused, naming the file, at the first that is not the pinned one."""
        from mediacheck.weights.loading import is_installed, load
        from mediacheck.weights.registry import REGISTRY

        if self.name is not None and self.name not in REGISTRY:
            raise WrongUsage(f"unknown model {self.name!r}; known: {', '.join(REGISTRY)}")
        for weights in REGISTRY.values():
            if self.name is None and not is_installed(weights):
                console.result(f"{weights.name}: not verified, not installed")
            elif self.name in (None, weights.name):
                load(weights.name, weights.use)
                console.result(f"{weights.name}: verified, SHA-256 {weights.sha256}")


@app.command("list")
def list_command() -> Listing:
    """List the known models: name, licence, size, and whether they are installed."""
    return Listing()


@app.command("verify")
def verify_command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One model; all installed if not given.")
    ] = None,
) -> Verifying:
    """Compare the files of installed models with the pinned SHA-256.

    Exit code: 0 all as pinned, 2 a file differs or the model is not installed.
    """
    return Verifying(name)
