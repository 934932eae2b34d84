"""Can the PDF draw this character? What no font holds is written out, as ⟨U+4E2D⟩, and counted.

PDF/A refuses a character without a glyph, and plain PDF prints an empty box for it. A letter and the
marks on it are drawn from one font, so one of the fonts must hold them all.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from mediacheck.wording import visible

# In the order of the template's list; the names of their packages and files.
PACKAGES = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic", "fontpkg_noto_sans_devanagari")
SPARE = frozenset("⟨⟩")  # Noto Sans lacks them; typst brings DejaVu Sans Mono, which has them
BREAK = "\u200b"  # the template makes an empty box of it, so that it is in no copied text
UNBROKEN_AT_MOST = 30  # letters of a word that may stand in one line; a hash has 64
STEP = 8
LETTERS_AT_MOST = 4000  # of one text: a page and a half; report.json holds the rest
_LONG = re.compile(rf"\S{{{UNBROKEN_AT_MOST + 1},}}")
_WRITTEN_OUT = re.compile(r"⟨U\+[0-9A-F]{4,6}⟩")
_JOINERS = "\u200c\u200d"


class Drawn:
    """Makes texts drawable; `missing` gathers the characters that were written out for want of a glyph."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def everywhere(self, value: Any) -> Any:
        """`text` applied to every string of what JSON can hold; keys stay."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {key: self.everywhere(item) for key, item in value.items()}
            case list() | tuple():
                return [self.everywhere(item) for item in value]
        return value

    def text(self, text: str) -> str:
        """Inert, of bounded length, every character with a glyph, long words breakable."""
        if len(text) > LETTERS_AT_MOST:
            length = f"… ({len(text):,} characters, all in report.json)"
            text = text[:LETTERS_AT_MOST] + length
        shown = visible(text)
        if not shown.isascii():
            shown = "".join(self._drawable(letter, marks) for letter, marks in _clusters(shown))
        return _LONG.sub(lambda match: BREAK.join(_pieces(match[0])), shown)

    def _drawable(self, letter: str, marks: str) -> str:
        # A mark that follows no letter would be set on whatever stands before this text.
        able = [held for held in (*coverage(), SPARE) if letter in held and not _is_mark(letter)]
        kept = letter if able else self._written_out(letter)
        for mark in marks:
            able = [held for held in able if mark in held or mark in _JOINERS]
            kept += mark if able else self._written_out(mark)
        return kept

    def _written_out(self, character: str) -> str:
        self.missing.add(character)
        return f"⟨U+{ord(character):04X}⟩"


def folders() -> tuple[str, ...]:
    """Where the fonts lie."""
    return tuple(str(_folder(package)) for package in PACKAGES)


@cache
def coverage() -> tuple[frozenset[str], ...]:
    """The characters of each font, upright; their italics are not used."""
    return tuple(
        _characters(file.read_bytes())
        for package in PACKAGES
        for file in sorted(_folder(package).glob("*.ttf"))
        if "Italic" not in file.name
    )


def _folder(package: str) -> Path:
    return Path(str(resources.files(package))) / "files"


def _characters(font: bytes) -> frozenset[str]:
    """From the font's `cmap`, subtables of format 12 (OpenType 1.9): these fonts have one, with all.

    Raises ValueError where there is none.
    """
    (tables,) = struct.unpack_from(">H", font, 4)
    entries = [struct.unpack_from(">4s4xI4x", font, 12 + 16 * index) for index in range(tables)]
    cmap = dict(entries)[b"cmap"]
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for index in range(count):
        start = cmap + struct.unpack_from(">4xI", font, cmap + 4 + 8 * index)[0]
        form, groups = struct.unpack_from(">H10xI", font, start)
        if form == 12:
            spans = struct.iter_unpack(">III", font[start + 16 : start + 16 + 12 * groups])
            return frozenset(
                chr(code) for first, last, _ in spans for code in range(first, last + 1)
            )
    raise ValueError("the font has no cmap of format 12")


def _clusters(text: str) -> Iterator[tuple[str, str]]:
    """Each letter with the marks and joiners that follow it; marks before any letter stand alone."""
    letter, marks = "", ""
    for character in text:
        if letter and (character in _JOINERS or _is_mark(character)):
            marks += character
            continue
        if letter:
            yield letter, marks
        letter, marks = character, ""
    if letter:
        yield letter, marks


def _pieces(word: str) -> Iterator[str]:
    """Parts of a long word between which a line may end: no letter loses its marks, and what is
    written out stays whole."""
    place = 0
    piece = ""
    while place < len(word):
        written = _WRITTEN_OUT.match(word, place)
        end = written.end() if written else place + 1
        while end < len(word) and (word[end] in _JOINERS or _is_mark(word[end])):
            end += 1
        piece += word[place:end]
        place = end
        if written or len(piece) >= STEP:
            yield piece
            piece = ""
    if piece:
        yield piece


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"
