"""What does an exhibit show? Its file name says it: owner, file, moment or stretch, as f1-clip-4.000.jpg."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mediacheck.model import FileRole, Finding, Span
from mediacheck.wording import at, between

OVERVIEW = "overview"  # owner of the pair that stands for the whole comparison
_NAME = re.compile(
    r"(?P<owner>[A-Za-z0-9_-]+?)-(?P<file>clip|original)-(?P<start>\d{1,6}\.\d{3})"
    r"(?:-(?P<end>\d{1,6}\.\d{3}))?\.(?P<suffix>jpg|mp3)"
)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A still (no stretch) or a piece of sound; `made` says whether its file is there."""

    name: str
    owner: str
    file: FileRole
    span: Span
    made: bool

    @property
    def is_still(self) -> bool:
        return self.name.endswith(".jpg")

    @property
    def caption(self) -> str:
        file = "Clip" if self.file == "clip" else "Original"
        return (
            f"{file} at {at(self.span.start)}" if self.is_still else f"{file} {between(self.span)}"
        )


def of_finding(finding: Finding, made: Iterable[str]) -> tuple[Exhibit, ...]:
    """Those that the finding names; a name that is not in the known form is left out."""
    return _parsed(finding.exhibits, frozenset(made))


def overview(made: Iterable[str]) -> tuple[Exhibit, ...]:
    """The pair of stills for the whole, as far as it was made."""
    names = sorted(made)
    return tuple(row for row in _parsed(names, frozenset(names)) if row.owner == OVERVIEW)


def _parsed(names: Iterable[str], made: frozenset[str]) -> tuple[Exhibit, ...]:
    found = []
    for name in names:
        if match := _NAME.fullmatch(name):
            start, end = float(match["start"]), float(match["end"] or match["start"])
            if start <= end:
                file: FileRole = "clip" if match["file"] == "clip" else "original"
                found.append(Exhibit(name, match["owner"], file, Span(start, end), name in made))
    return tuple(found)
