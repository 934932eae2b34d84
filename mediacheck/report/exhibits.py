"""What does an exhibit show? Its file name says it: owner, file or kind of edit, moment or stretch.

As f1-clip-4.000.jpg, f1-clip-0.000-8.000.mp3, f1-clip-0.000-8.000-marked-2.000-5.000.png and
f4-cut-18.000-18.000-61.400-81.300.png.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mediacheck.model import FileRole, Finding, Kind, Span
from mediacheck.wording import at, between

OVERVIEW = "overview"  # owner of the pair that stands for the whole comparison
Sort = Literal["still", "sound", "spectrogram", "strip"]

_MOMENT = r"\d{1,6}\.\d{3}"
_NAME = re.compile(
    rf"(?P<owner>[A-Za-z0-9_-]+?)-(?P<what>clip|original|{'|'.join(Kind)})"
    rf"-(?P<start>{_MOMENT})(?:-(?P<end>{_MOMENT}))?"
    rf"(?:-(?:marked-)?(?P<first>{_MOMENT})-(?P<last>{_MOMENT}))?\.(?P<suffix>jpg|mp3|png)"
)
_STRIPS = {
    Kind.CUT: ("around the joint, clip", "what is left out, original"),
    Kind.FREEZE: ("what stands still, clip", "the same time, original"),
}
_WORDS = {"still": "Still", "sound": "Sound", "spectrogram": "Spectrogram", "strip": "Frames"}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """`made` says whether its file is there. span: a still has one without length; a strip has the clip's.

    marked: the finding within a spectrogram, or the original's part of a strip.
    """

    name: str
    owner: str
    sort: Sort
    file: FileRole
    span: Span
    made: bool
    marked: Span | None = None
    kind: str = ""

    @property
    def is_still(self) -> bool:
        return self.sort == "still"

    @property
    def what(self) -> str:
        return _WORDS[self.sort]

    @property
    def caption(self) -> str:
        file = "Clip" if self.file == "clip" else "Original"
        match self.sort:
            case "still":
                return f"{file} at {at(self.span.start)}"
            case "strip":
                ours, theirs = _STRIPS.get(Kind(self.kind), ("around each joint, clip", ""))
                rest = f"; {theirs} {between(self.marked)}" if theirs and self.marked else ""
                return f"{ours} {between(self.span)}{rest}"
        return f"{file} {between(self.span)}"


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
            first, last = match["first"], match["last"]
            sort = _sort(match)
            if sort is None or start > end or (first and float(first) > float(last)):
                continue
            what = match["what"]
            file: FileRole = "original" if what == "original" else "clip"
            marked = Span(float(first), float(last)) if first else None
            kind = what if sort == "strip" else ""
            span = Span(start, end)
            found.append(
                Exhibit(name, match["owner"], sort, file, span, name in made, marked, kind)
            )
    return tuple(found)


def _sort(match: re.Match[str]) -> Sort | None:
    """None for parts that do not belong together, such as a sound with borders."""
    of_file, stretch, marked = match["what"] in ("clip", "original"), match["end"], match["first"]
    match match["suffix"]:
        case "jpg" if of_file and not stretch:
            return "still"
        case "mp3" if of_file and stretch and not marked:
            return "sound"
        case "png" if stretch:
            return "spectrogram" if of_file else "strip"
    return None
