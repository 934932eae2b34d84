"""What a figure is made of: shapes at fixed coordinates that a template writes as SVG.

A look is a style class of report.css; the words beside it say the same, so no meaning hangs on colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from mediacheck.model import Span
from mediacheck.wording import at

WIDE, NARROW = 860.0, 370.0  # for paper and screens; for phones, where text must not shrink
MARGIN = 8.0
TICK_STEPS_S = (0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
TICK_EVERY = 84.0  # units between two ticks, so that their times do not touch
LETTER = 6.7  # width of a letter of a label, upper estimate

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    look: str
    title: str = ""
    tag: ClassVar[str] = "rect"


@dataclass(frozen=True, slots=True)
class Path:
    d: str
    look: str
    title: str = ""
    tag: ClassVar[str] = "path"


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    y: float
    text: str
    look: str = "note"
    anchor: Anchor = "start"
    tag: ClassVar[str] = "text"


Shape = Rect | Path | Text


@dataclass(frozen=True, slots=True)
class Drawing:
    """`description` says in words what the drawing shows, for readers who cannot see it."""

    name: str
    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Seconds of one file to units across the drawing."""

    span: Span
    width: float

    def x(self, seconds: float) -> float:
        length = self.span.length or 1.0
        share = min(1.0, max(0.0, (seconds - self.span.start) / length))
        return round(MARGIN + share * (self.width - 2 * MARGIN), 1)

    def rect(self, span: Span, y: float, height: float, look: str, title: str) -> Rect:
        """At least one unit wide: what is short is still there."""
        left, right = self.x(span.start), self.x(span.end)
        return Rect(left, y, round(max(1.0, right - left), 1), height, look, title)


def label(rect: Rect, choices: Sequence[str], look: str = "label") -> list[Shape]:
    """The first of the choices that fits into the rectangle, centred; nothing where none does."""
    for text in choices:
        if len(text) * LETTER + 6 <= rect.width:
            middle = round(rect.x + rect.width / 2, 1)
            return [Text(middle, round(rect.y + rect.height / 2 + 4, 1), text, look, "middle")]
    return []


def ticks(scale: Scale, y: float) -> list[Shape]:
    """Times along a track, the marks hanging down from y and the times below them."""
    room = (scale.width - 2 * MARGIN) / TICK_EVERY
    step = next((s for s in TICK_STEPS_S if scale.span.length / s <= room), TICK_STEPS_S[-1])
    shapes: list[Shape] = []
    number = int(scale.span.start / step)
    while number * step <= scale.span.end:
        seconds = number * step
        number += 1
        if seconds < scale.span.start:
            continue
        x = scale.x(seconds)
        shapes.append(Path(f"M{x} {y}v4", "tick"))
        half = len(at(seconds)) * LETTER / 2
        anchor: Anchor = "middle"
        if x < half:
            anchor = "start"
        elif x > scale.width - half:
            anchor = "end"
        shapes.append(Text(x, y + 15, at(seconds), "time", anchor))
    return shapes
