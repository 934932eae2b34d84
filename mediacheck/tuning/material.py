"""Which footage is there to measure with, and which of it may be tuned on?

A source is one file of a folder, known by its SHA-256. The hash alone decides its half, once and for all: what
limits are tuned on is never what error rates are reported of. A folder that holds `real.*` and `dub_*` files is one
take with its own voice and the same pictures with other voices; the latter are no sources of their own. Every other
file is taken for a take of its own: put no two cuts of one recording into the folder, they would count as two, and
might fall into both halves.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mediacheck.errors import MediacheckError
from mediacheck.tuning.footage import audible, open_footage

logger = logging.getLogger(__name__)

Half = Literal["tuning", "reporting"]
SHORTEST_S = 2.0  # of footage; nothing shorter gives a clip that any check can decide on
SUFFIXES = frozenset(
    {".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".ts", ".mts", ".mpg", ".ogv"}
)


class FootageRefused(MediacheckError):
    """A folder holds nothing to measure with."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A file with the pictures of a take and another voice."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """One take. has_sound: something can be heard. voices: they need the take as their source."""

    path: Path
    sha256: str
    seconds: float
    has_picture: bool
    has_sound: bool
    voices: tuple[Voice, ...] = ()

    @property
    def half(self) -> Half:
        """By the parity of the hash's first 32 bits: odd is for tuning, even for reporting."""
        return "tuning" if int(self.sha256[:8], 16) % 2 else "reporting"

    @property
    def name(self) -> str:
        """What records call it: they name no files of the user's."""
        return self.sha256[:8]


def sources(folder: Path) -> tuple[Source, ...]:
    """Every take below the folder, in the order of their hashes; the same bytes twice count once.

    Files that cannot be read, or are too short, are left out with a warning. Raises FootageRefused where no
    take is left.
    """
    if not folder.is_dir():
        raise FootageRefused(f"{folder}: there is no such folder; name one with footage")
    found: dict[str, Source] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file() or _is_voice(path):
            continue
        try:
            source = _source(path)
        except (MediacheckError, OSError, ValueError) as error:
            logger.warning("%s is left out: %s", path.name, error)
            continue
        if source.seconds < SHORTEST_S:
            logger.warning("%s is left out: it lasts %.1f s only", path.name, source.seconds)
            continue
        found.setdefault(source.sha256, source)
    if not found:
        kinds = ", ".join(sorted(SUFFIXES))
        raise FootageRefused(f"{folder}: no footage of {SHORTEST_S:.0f} s or more in it ({kinds})")
    return tuple(found[digest] for digest in sorted(found))


def _is_voice(path: Path) -> bool:
    return path.stem.startswith("dub_") and any(path.parent.glob("real.*"))


def _source(path: Path) -> Source:
    sha256 = _digest(path)
    footage = open_footage(path)
    voices = sorted(path.parent.glob("dub_*")) if path.stem == "real" else []
    return Source(
        path=path,
        sha256=sha256,
        seconds=footage.picture_s if footage.has_picture else footage.sound_s,
        has_picture=footage.has_picture,
        has_sound=footage.has_sound and audible(footage),
        voices=tuple(
            Voice(voice, _digest(voice)) for voice in voices if voice.suffix.lower() in SUFFIXES
        ),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
