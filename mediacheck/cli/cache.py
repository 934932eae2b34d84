"""`mediacheck cache`: where what was found out about files is kept, how much that is, and a way to be rid of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from mediacheck.cli import console
from mediacheck.errors import CacheRefused
from mediacheck.media import cachefolder
from mediacheck.media.cachefolder import Kept

app = typer.Typer(help="Show or empty the cache of what was found out about files.")

Folder = Annotated[
    str | None,
    typer.Option("--cache", metavar="DIR", help="Another cache than the one that compare uses."),
]


@dataclass(frozen=True, slots=True)
class Showing:
    """The facts of the cache asked for on the command line."""

    folder: str | None

    def run(self) -> None:
        """Raises CacheRefused for a folder that compare would not use either."""
        from mediacheck.media.cache import LIMIT_BYTES

        folder = cachefolder.chosen(self.folder)
        if folder is None:
            console.result("place: none, the cache is off")
            return
        found = cachefolder.listed(folder)
        entries = [kept for kept in found if not kept.is_partial]
        total = sum(kept.bytes for kept in found)
        console.result(f"place: {folder.absolute()}")
        console.result(f"entries: {len(entries)}")
        console.result(f"size: {total / 1e6:.1f} MB")
        console.result(
            f"limit: {LIMIT_BYTES / 1e6:.1f} MB, then what was not used for longest goes"
        )


@dataclass(frozen=True, slots=True)
class Clearing:
    """The cache to be emptied."""

    folder: str | None

    def run(self) -> None:
        """Raises CacheRefused for a folder that is no cache of ours (nothing is touched), and where files stayed."""
        folder = cachefolder.chosen(self.folder)
        if folder is None:
            raise CacheRefused("the cache is off; name the folder to empty with --cache")
        cleared = cachefolder.clear(folder)
        console.result(f"removed {_counted(cleared.removed)} from {folder.absolute()}")
        if cleared.left:
            raise CacheRefused(
                f"{_counted(cleared.left)} stayed in {folder.absolute()}: they cannot be deleted;"
                " is the folder write-protected, or another run at work?"
            )


@app.command("info")
def info_command(folder: Folder = None) -> Showing:
    """Show where the cache is, how many entries it holds, their size, and its limit."""
    return Showing(folder)


@app.command("clear")
def clear_command(folder: Folder = None) -> Clearing:
    """Remove all entries of the cache, and nothing else.

    Exit code: 0 done, 2 the folder is no cache of mediacheck, or something could not be removed.
    """
    return Clearing(folder)


def _counted(files: Sequence[Kept]) -> str:
    return f"{len(files)} entries, {sum(kept.bytes for kept in files) / 1e6:.1f} MB,"
