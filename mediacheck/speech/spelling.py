"""When do two spellings of one word count as the same?

This is the form of a single word, for matching words and finding terms, in every language. Stretches
that differ in it may still be the same words ("25%", "twenty five percent"): that is asked of
Whisper's own normalisers, see normalisation.py. They are no form for single words, because they join
and part words, and they drop vowel signs.

Modelled on `BasicTextNormalizer(remove_diacritics=True)` of openai-whisper. Differences: case
folding instead of lower case; text in brackets is kept; vowel signs of Indic and Thai script and the
voicing marks of kana are kept (there, dropping marks merges different words), the nukta is not
(recognisers write it or not); Arabic letters with several code points are one.
"""

from __future__ import annotations

import functools
import unicodedata

from mediacheck.speech.scripts import SPACELESS, script

# Letters that decomposition leaves whole, as in whisper.normalizers.basic, and the dotless i.
_LETTERS = {"œ": "oe", "ø": "o", "æ": "ae", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
# Persian and Urdu forms of letters that the same recogniser also writes the Arabic way.
_ARABIC = {"ی": "ي", "ے": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ۃ": "ه", "ة": "ه", "ى": "ي", "ـ": ""}
_REPLACED = {**_LETTERS, **_ARABIC}


def folded(text: str) -> str:
    """Case, accents, pointing, width forms and punctuation taken out.

    Runs of letters and digits parted by one space. й becomes и, ё becomes е, ß becomes ss.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(_folded_character(character) for character in decomposed)
    return " ".join(unicodedata.normalize("NFC", plain).split())


def units(text: str) -> tuple[str, ...]:
    """The folded words.

    In scripts without spaces every letter (with its marks) is a unit of its own.
    """
    found: list[str] = []
    for word in folded(text).split():
        open_word = False
        for character in word:
            spaceless = script(character) in SPACELESS
            mark = unicodedata.category(character)[0] == "M"
            if (open_word and not spaceless) or (mark and found):
                found[-1] += character
            else:
                found.append(character)
            open_word = (open_word and mark) or (not spaceless and not mark)
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    if character in _REPLACED:
        return _REPLACED[character]
    category = unicodedata.category(character)
    if category == "Mn":
        return "" if is_accent(unicodedata.combining(character)) else character
    if category == "Cf":  # joiners, direction marks, soft hyphens
        return ""
    return " " if category[0] in "PSZC" else character


def is_accent(combining_class: int) -> bool:
    """Whether a mark may be left out of a word.

    Nukta (7), Hebrew and Arabic pointing (10 to 36), general accents (200 and more).

    Not virama (9), kana voicing (8), Thai, Lao and Tibetan signs (103 to 132) or vowel signs (0).
    """
    return combining_class == 7 or 10 <= combining_class <= 36 or combining_class >= 200
