"""Where is the cache, is it ours alone, and what lies in it?

A folder is a cache of ours when it holds our CACHEDIR.TAG, which also tells backup programs to leave it out. It must
belong to the user, and nobody else may write into it: what lies there is believed. Nothing that is a link is followed,
and only files named as ours are ever read or removed.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mediacheck.errors import CacheRefused

VARIABLE = "MEDIACHECK_CACHE"
OFF = "off"
TAG = "CACHEDIR.TAG"
# The first line is that of the Cache Directory Tagging Specification, https://bford.info/cachedir/
TAGGED = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"
    b"# A cache of mediacheck; made again when missing. Empty it with: mediacheck cache clear\n"
)
PARTIAL = "partial-"
_OURS = re.compile(rf"[a-z]+-[0-9a-f]{{32}}\.entry|{PARTIAL}[0-9a-f]{{32}}")
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of the cache: its size, and when it was last used (seconds since 1970)."""

    path: Path
    bytes: int
    used: float

    @property
    def is_partial(self) -> bool:
        """Still being written, or left behind by a run that was killed."""
        return self.path.name.startswith(PARTIAL)


def chosen(asked: str | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The folder: what was asked for, else MEDIACHECK_CACHE, else the user's own; None = no cache."""
    named = asked or environment.get(VARIABLE)
    if named:
        return None if named == OFF else Path(named)
    try:
        return _users(environment) / "mediacheck"
    except RuntimeError:  # nobody's home
        return None


def _users(environment: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    # A relative path there is invalid and to be ignored, says the XDG Base Directory Specification.
    named = Path(environment.get("XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".cache"


def prepared(folder: Path) -> Path:
    """The folder, made and marked if it is missing or empty. Raises CacheRefused where it cannot be trusted.

    One that we make is the user's alone. One that was there keeps its mode: it is the user's, and what we lay into it
    nobody else can read.
    """
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        refuse_foreign(folder)
        if not is_marked(folder):
            _refuse_inhabited(folder)
            _mark(folder)
    except OSError as error:
        raise CacheRefused(f"{folder} cannot be used ({error.strerror or error})") from error
    return folder


def _refuse_inhabited(folder: Path) -> None:
    """Raises CacheRefused where somebody else keeps something; another run may be about to mark it."""
    inside = [name for name in os.listdir(folder) if not name.startswith(PARTIAL)]
    if inside and not is_marked(folder):
        raise CacheRefused(f"{folder} is no cache of mediacheck; it is left alone")


def _mark(folder: Path) -> None:
    """Whole or absent, also when two runs begin at once."""
    fresh = folder / f"{PARTIAL}{os.urandom(16).hex()}"
    fresh.write_bytes(TAGGED)
    fresh.chmod(0o600)
    fresh.replace(folder / TAG)


def refuse_foreign(folder: Path) -> None:
    """Raises CacheRefused for a link, for what is no folder, and for one that others own or may write into."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise CacheRefused(f"{folder} is no folder of its own (a link or a file)")
    if os.name == "posix":
        if found.st_uid != os.geteuid():
            raise CacheRefused(f"{folder} belongs to another user")
        if found.st_mode & _OTHERS_MAY_WRITE:
            raise CacheRefused(f"others may write into {folder}")


def refuse_foreign_file(descriptor: int) -> None:
    """Raises CacheRefused for an open file that is none, or that others own or may write into."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise CacheRefused("it is no file")
    if os.name == "posix" and (found.st_uid != os.geteuid() or found.st_mode & _OTHERS_MAY_WRITE):
        raise CacheRefused("others own it or may write into it")


def is_marked(folder: Path) -> bool:
    """Whether it is a cache of ours."""
    tag = folder / TAG
    try:
        return tag.lstat().st_size == len(TAGGED) and tag.read_bytes() == TAGGED
    except FileNotFoundError:
        return False


def files(folder: Path) -> Iterator[Kept]:
    """What is ours in it: regular files with names as we give them."""
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # another run has removed it
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(found.st_mode) and _OURS.fullmatch(entry.name):
                    yield Kept(Path(entry.path), found.st_size, found.st_mtime)


def listed(folder: Path) -> tuple[Kept, ...]:
    """All of `files`; none where the folder is missing or empty. Raises CacheRefused for one that is no cache."""
    try:
        refuse_foreign(folder)
        if not is_marked(folder):
            _refuse_inhabited(folder)
            return ()
        return tuple(files(folder))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CacheRefused(f"{folder} cannot be read ({error.strerror or error})") from error


@dataclass(frozen=True, slots=True)
class Cleared:
    """Files of the cache: those removed and those that the system did not let go."""

    removed: tuple[Kept, ...]
    left: tuple[Kept, ...]


def clear(folder: Path) -> Cleared:
    """The folder and its mark stay, and so does what is not ours.

    Raises CacheRefused for a folder that is no cache, or not the user's own.
    """
    removed: list[Kept] = []
    left: list[Kept] = []
    for kept in listed(folder):
        (removed if is_removed(kept) else left).append(kept)
    return Cleared(tuple(removed), tuple(left))


def is_removed(kept: Kept) -> bool:
    """Removes it. False where the system does not let it go, as Windows while another run reads it."""
    try:
        kept.path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
