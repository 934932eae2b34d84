"""`mediacheck cache`: where what was found out about files is kept, how much that is, and a way to be rid of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from mediacheck.cli import console
from mediacheck.errors import CacheRefused
from mediacheck.media import cachefolder

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
        """Raises CacheRefused for a folder that is no cache of ours; nothing in it is touched then."""
        folder = cachefolder.chosen(self.folder)
        if folder is None:
            raise CacheRefused("the cache is off; name the folder to empty with --cache")
        number, size = cachefolder.clear(folder)
        console.result(f"removed {number} entries, {size / 1e6:.1f} MB, from {folder.absolute()}")


@app.command("info")
def info_command(folder: Folder = None) -> Showing:
    """Show where the cache is, how many entries it holds, their size, and its limit."""
    return Showing(folder)


@app.command("clear")
def clear_command(folder: Folder = None) -> Clearing:
    """Remove all entries of the cache, and nothing else.

    Exit code: 0 done, 2 the folder is no cache of mediacheck.
    """
    return Clearing(folder)
