"""How are times, foreign text and lists written? Times as 0:04.0; foreign text inert and visible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from mediacheck.model import Box, Span

MARKS_AT_MOST = 4  # combining marks on one letter: no language needs more, and towers hide lines
_JOINERS = "\u200c\u200d"  # Hindi, Urdu and Persian spelling needs them
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")


def at(seconds: float) -> str:
    """A moment: 0:04.0, or 1:02:03.4 from an hour on; rounded to a tenth."""
    tenths = round(abs(seconds) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{'-' if seconds < 0 and tenths else ''}{clock}:{rest // 10:02d}.{rest % 10}"


def between(span: Span) -> str:
    """A stretch: 0:04.0-0:08.0; one without length is a moment."""
    return at(span.start) if span.length == 0 else f"{at(span.start)}-{at(span.end)}"


def visible(text: str) -> str:
    """The text with everything written out that could act or hide, as ⟨U+202E⟩.

    Control, escape, direction, zero-width, private and unassigned characters, half characters of
    broken names, combining marks beyond the fourth on one letter, and line breaks: one text stays
    one line.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        acts = category[0] == "C" or category in ("Zl", "Zp") or marks > MARKS_AT_MOST
        shown.append(_written_out(character) if acts and character not in _JOINERS else character)
    return "".join(shown)


def without_half_characters(text: str) -> str:
    """What UTF-8 cannot hold (broken file names arrive so) written out; all else untouched."""
    return _HALF_CHARACTERS.sub(lambda match: _written_out(match[0]), text)


def quoted(text: str) -> str:
    return f"“{visible(text)}”"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}" if len(parts) > 1 else "".join(parts)


def counted(number: int, noun: str) -> str:
    """1 change, 2 changes."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def place_in_frame(box: Box) -> str:
    """Where a box lies, in the words of somebody who looks at the frame."""
    down = _third(box.y + box.height / 2, ("top", "middle", "bottom"))
    across = _third(box.x + box.width / 2, ("left", "centre", "right"))
    where = "centre" if (down, across) == ("middle", "centre") else f"{down} {across}"
    return f"{where} of the frame, {size_in_frame(box)}"


def size_in_frame(box: Box) -> str:
    return f"{percent(box.width)} of its width and {percent(box.height)} of its height"


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _third(centre: float, names: tuple[str, str, str]) -> str:
    return names[min(2, max(0, int(centre * 3)))]


def _written_out(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"
