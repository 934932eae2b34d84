"""In which script is a text written?

The standard library knows no script property, but character names begin with it. Letters only:
digits, marks and punctuation belong to every script.
"""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from collections.abc import Mapping

# First word of a character's name -> script, where the two differ.
_NAMES = {
    "CJK": "Han",
    "IDEOGRAPHIC": "Han",
    "HIRAGANA": "Kana",
    "KATAKANA": "Kana",
    "KATAKANA-HIRAGANA": "Kana",
    "FULLWIDTH": "Latin",
    "HALFWIDTH": "Kana",
}
_NONE = {"MODIFIER", "MATHEMATICAL", "SCRIPT", "FEMININE", "MASCULINE", "DOUBLE-STRUCK"}

SPACELESS = frozenset({"Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"})

# A transcript in one script holds stray names in another ("YouTube"); below this share they are
# strays.
MIN_SHARE = 0.1


@functools.lru_cache(maxsize=8192)
def script(character: str) -> str | None:
    """`Latin`, `Cyrillic`, `Arabic`, `Devanagari`, `Han`, `Kana`, `Hangul` ...

    None for what is no letter.
    """
    if unicodedata.category(character)[0] != "L":
        return None
    first = unicodedata.name(character, "").partition(" ")[0]
    if not first or first in _NONE:
        return None
    return _NAMES.get(first, first.capitalize())


def shares(text: str) -> Mapping[str, float]:
    """Script -> share of the letters, largest first, equal ones by name.

    Empty for a text without letters.
    """
    counted = Counter(found for character in text if (found := script(character)) is not None)
    total = sum(counted.values())
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return {name: count / total for name, count in ordered}


def used(text: str) -> tuple[str, ...]:
    """The scripts that a text is written in, largest share first, strays left out."""
    return tuple(name for name, share in shares(text).items() if share >= MIN_SHARE)
