"""Do two texts say the same words, written differently?

Whisper's own normalisers, which word error rates of Whisper are measured with: "25%" is "twenty five
percent", "colour" is "color", "won't" is "will not". spelling.py is the form of a single word, for
matching and for terms; this is asked of a stretch of words that did not match by it.
"""

from __future__ import annotations

import functools
import importlib.util
import logging
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mediacheck.speech.spelling import is_accent

logger = logging.getLogger(__name__)

# The normalisers drop what stands in brackets, as a subtitle's [music]; a recogniser's brackets hold words.
_BRACKETS = str.maketrans("()[]<>", "      ")


def same_words(left: str, right: str, language: str) -> bool:
    """Whether Whisper's normaliser of this language makes both texts equal.

    English has its own, every other language the basic one. Texts with vowel or tone signs (Devanagari,
    Thai and the like) are never the same here: the basic normaliser drops those signs, and with them
    what tells मरना (to die) from मारना (to kill). Without openai-whisper the answer is always no,
    and readers see as changes what is a way of writing.
    """
    plain = _normaliser("english" if language == "en" else "basic")
    if plain is None or (language != "en" and (_has_vowel_signs(left) or _has_vowel_signs(right))):
        return False
    return normalised(left, language) == normalised(right, language)


def normalised(text: str, language: str) -> str:
    """The text as Whisper's normaliser writes it; as it is where there is no normaliser."""
    plain = _normaliser("english" if language == "en" else "basic")
    return (
        " ".join(text.split()) if plain is None else str(plain(text.translate(_BRACKETS))).strip()
    )


def _has_vowel_signs(text: str) -> bool:
    return any(
        unicodedata.category(letter)[0] == "M" and not is_accent(unicodedata.combining(letter))
        for letter in unicodedata.normalize("NFC", text)
    )


@functools.cache
def _normaliser(name: str) -> Callable[[str], str] | None:
    """English or basic, from the folder of openai-whisper, without running whisper/__init__.py.

    That one imports torch: seconds, and hundreds of megabytes, for what needs neither. So the
    subpackage is loaded under a name of its own; its modules find each other by relative imports.
    """
    whisper = importlib.util.find_spec("whisper")  # finds without running
    for place in (whisper.submodule_search_locations or ()) if whisper else ():
        folder = Path(place, "normalizers")
        if (folder / "__init__.py").is_file():
            try:
                package = _loaded("mediacheck_whisper_normalizers", folder)
            except (ImportError, OSError) as error:
                logger.warning("words are compared as they are written: %s", error)
                return None
            made = (
                package.EnglishTextNormalizer if name == "english" else package.BasicTextNormalizer
            )
            normaliser: Callable[[str], str] = made()
            return normaliser
    logger.warning(
        "words are compared as they are written, because openai-whisper is missing:"
        " python -m pip install openai-whisper"
    )
    return None


def _loaded(name: str, folder: Path) -> Any:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # relative imports look for their package here
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]
