"""Was this word said, and when?

Spellings are compared folded (spelling.py) and at word starts, so that endings count: Pakistan
finds Pakistan's and Pakistani, Пакистан finds Пакистаном. Up to three letters count as a whole word
only, and three capitals or fewer (US, WHO) only in capitals. Russian and Ukrainian case endings may
replace the term's own (Россия finds России), Arabic and Hebrew particles may stand before it
(وباكستان). Scripts without spaces are searched letter by letter.

Missed: words that the recogniser wrote wrongly (nothing is fuzzy), other names of the same thing,
prefixes and compounds (anti-Pakistan is two words and found, Kernpakistan is not), changes inside
the stem (Prag, in Czech Praha), case endings of other languages that replace the term's own (Polish
Rosja, Rosji), traditional against simplified characters, numbers in words. Found without being
meant: longer words that begin alike (Niger finds Nigeria). Give more spellings as aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mediacheck.model import FileRole, Span, SpeechSegment, Term, TermSearch, Transcript
from mediacheck.speech.coverage import merged, unheard
from mediacheck.speech.scripts import SPACELESS, shares, used
from mediacheck.speech.spelling import folded

# letters up to which a term must be the whole word: "Uz" must not find "Uzbek" by accident
WHOLE_WORD = 3
# letters from which a term may have been written in pieces: "Islam Abad", "New-York"
SPLIT_WORD = 6

# Endings of Russian and Ukrainian nouns and adjectives, folded (й is и, ї is і, ё is е).
_CASES = """
    ого его ому ему ыми ими ами ями ією ою ею єю ая яя ое ее ые ие ії ія ію іи ых их ым им ую юю ом ем
    єм ам ям ах ях ов ев ів ои еи ыи ии єи ові еві єві а я о е є у ю ы и і ь
"""
_ENDINGS = tuple(sorted(_CASES.split(), key=lambda ending: (-len(ending), ending)))
_STEM = 3  # letters that must be left of a term without its ending or article

_ARABIC_ARTICLE = "ال"
_PARTICLES = {
    "ar": re.compile("[وف]?(?:لل|[بكل]?(?:ال)?)"),  # and, so; in, as, for; the
    "he": re.compile("ו?[שכ]?[בלמ]?ה?"),  # and; that, as; in, to, from; the
}


@dataclass(frozen=True, slots=True)
class _Token:
    text: str  # folded
    written: str  # the letters of the recognised word, case kept
    span: Span
    reliable: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """A segment without spaces: `owners[i]` is the time of letter i."""

    letters: str
    owners: tuple[Span, ...]
    reliable: bool


@dataclass(frozen=True, slots=True)
class _Heard:
    """A transcript, prepared once for all terms."""

    language: str
    scripts: tuple[str, ...]
    tokens: tuple[_Token, ...]
    lines: tuple[_Line, ...]
    readable: bool  # something of its speech, or there is none

    def searchable(self, spelling: str) -> bool:
        return not self.scripts or set(shares(spelling)) <= set(self.scripts)


def search(
    terms: tuple[Term, ...],
    clip: Transcript | None,
    original: Transcript | None,
    original_searched_s: float,
) -> tuple[TermSearch, ...]:
    """Where each term was heard, in the order asked.

    original_searched_s: seconds of the original's sound that were searched; repeated where it was
    searched. A file without transcript, one of whose speech nothing could be read reliably, or one
    written in scripts in which no spelling was given, is not searched: None and a reason. No speech
    at all is searched and empty. Only reliable segments count as heard; `original_unreliable` lists
    what of the original could not be heard well enough to say, term or not.
    """
    clip_heard, original_heard = _prepared(clip), _prepared(original)
    doubtful = () if original is None else _doubtful(original)
    return tuple(
        _search(term, clip_heard, original_heard, original_searched_s, doubtful) for term in terms
    )


def sureness(transcript: Transcript, places: tuple[Span, ...]) -> float | None:
    """Mean probability of the words at the places, as the recogniser gave it; None without words."""
    said = [
        word.probability
        for segment in transcript.segments
        for word in segment.words
        if any(Span(word.start, word.end).overlap(place) > 0 for place in places)
    ]
    return sum(said) / len(said) if said else None


def _search(
    term: Term,
    clip: _Heard | None,
    original: _Heard | None,
    original_searched_s: float,
    doubtful: tuple[Span, ...],
) -> TermSearch:
    in_original = _hits(term, original)
    return TermSearch(
        term=term.term,
        spellings=term.spellings,
        clip=_hits(term, clip),
        original=in_original,
        original_searched_s=0.0 if in_original is None else original_searched_s,
        original_unreliable=() if in_original is None else doubtful,
        reason=_not_searched(term, {"clip": clip, "original": original}),
    )


def _not_searched(term: Term, files: Mapping[FileRole, _Heard | None]) -> str | None:
    """Why one file or both were not searched; None where both were. What holds for both is said once."""
    faults: dict[tuple[str, str], list[FileRole]] = {}
    for role, heard in files.items():
        if (fault := _fault(term, heard)) is not None:
            faults.setdefault(fault, []).append(role)
    told = [
        f"{before} the {' and the '.join(roles)} {after}".rstrip()
        for (before, after), roles in faults.items()
    ]
    return "; ".join(told) or None


def _fault(term: Term, heard: _Heard | None) -> tuple[str, str] | None:
    """What stands before and behind the name of a file that cannot be searched; None for one that can."""
    if heard is None:
        return "there is no transcript of", ""
    if not heard.readable:
        return "no speech of", "could be read reliably"
    if any(heard.searchable(spelling) for spelling in term.spellings):
        return None
    scripts = " and ".join(heard.scripts)
    return (
        "the speech of",
        f'is written in {scripts} script and no spelling of "{term.term}" in that script was given'
        f' (add --term "{term.term}=SPELLING")',
    )


def _doubtful(transcript: Transcript) -> tuple[Span, ...]:
    unreliable = [Span(s.start, s.end) for s in transcript.segments if not s.reliable]
    words = (word for segment in transcript.segments for word in segment.words)
    return merged([*unreliable, *unheard(transcript.voiced, words)])


def _hits(term: Term, heard: _Heard | None) -> tuple[Span, ...] | None:
    if heard is None or not heard.readable:
        return None
    searchable = [s for s in term.spellings if folded(s) and heard.searchable(s)]
    if not searchable and heard.scripts:
        return None
    return merged(
        span for spelling in searchable for span, reliable in _found(spelling, heard) if reliable
    )


def _found(spelling: str, heard: _Heard) -> Iterator[tuple[Span, bool]]:
    if set(shares(spelling)) & SPACELESS:
        yield from _in_lines("".join(folded(spelling).split()), heard.lines)
        return
    letters = _letters(spelling)
    if len(letters) <= WHOLE_WORD and letters.isupper():
        for token in heard.tokens:
            if token.written == letters:
                yield token.span, token.reliable
        return
    needles = folded(spelling).split()
    tokens = heard.tokens
    for first in range(len(tokens)):
        part = tokens[first : first + len(needles)]
        if len(part) < len(needles) or not all(
            _matches(token.text, needle, heard.language)
            for token, needle in zip(part, needles, strict=True)
        ):
            part = _joined(tokens, first, "".join(needles), len(needles))
        if part:
            yield (
                Span(part[0].span.start, max(token.span.end for token in part)),
                all(token.reliable for token in part),
            )


def _matches(token: str, needle: str, language: str) -> bool:
    if language in _PARTICLES:
        bare = needle.removeprefix(_ARABIC_ARTICLE) if language == "ar" else needle
        found = _PARTICLES[language].match(token)
        cuts = range(1, found.end() + 1 if found else 0)
        if len(bare) >= _STEM and any(_begins(token[cut:], bare) for cut in cuts):
            return True
    return _begins(token, needle) or _inflected(token, needle)


def _begins(token: str, needle: str) -> bool:
    return token == needle if len(needle) <= WHOLE_WORD else token.startswith(needle)


def _inflected(token: str, needle: str) -> bool:
    """Whether both are the same stem with Russian or Ukrainian endings.

    Only Cyrillic ones are listed.
    """
    for ending in _ENDINGS:  # longest first
        stem = needle.removesuffix(ending)
        if stem != needle and len(stem) >= _STEM:
            return token.startswith(stem) and token[len(stem) :] in ("", *_ENDINGS)
    return False


def _joined(tokens: tuple[_Token, ...], first: int, needle: str, pieces: int) -> tuple[_Token, ...]:
    """The tokens from `first` that together begin with the needle, written in more or fewer pieces."""
    if len(needle) < SPLIT_WORD:
        return ()
    joined = ""
    for last in range(first, min(first + pieces + 2, len(tokens))):
        joined += tokens[last].text
        if not (joined.startswith(needle) or needle.startswith(joined)):
            return ()
        if len(joined) >= len(needle):
            part = tokens[first : last + 1]
            return part if len(part) != pieces else ()
    return ()


def _in_lines(needle: str, lines: Iterable[_Line]) -> Iterator[tuple[Span, bool]]:
    for line in lines:
        place = line.letters.find(needle)
        while place >= 0:
            owners = line.owners[place : place + len(needle)]
            yield Span(owners[0].start, max(owner.end for owner in owners)), line.reliable
            place = line.letters.find(needle, place + 1)


def _prepared(transcript: Transcript | None) -> _Heard | None:
    if transcript is None:
        return None
    text = " ".join(segment.text for segment in transcript.segments)
    return _Heard(
        language=transcript.language,
        scripts=used(text),
        tokens=tuple(token for segment in transcript.segments for token in _tokens(segment)),
        lines=tuple(_line(segment) for segment in transcript.segments),
        readable=any(segment.reliable for segment in transcript.segments)
        or not (transcript.segments or transcript.voiced),
    )


def _tokens(segment: SpeechSegment) -> Iterator[_Token]:
    for text, span in _timed(segment):
        written = _letters(text.removesuffix("'s").removesuffix("’s"))
        for part in folded(text).split():
            yield _Token(part, written, span, segment.reliable)


def _line(segment: SpeechSegment) -> _Line:
    letters, owners = "", []
    for text, span in _timed(segment):
        bare = "".join(folded(text).split())
        letters += bare
        owners += [span] * len(bare)
    return _Line(letters, tuple(owners), segment.reliable)


def _timed(segment: SpeechSegment) -> Iterator[tuple[str, Span]]:
    """The words with their times; the whole text with the segment's time where there are no words."""
    if not segment.words:
        yield segment.text, Span(segment.start, segment.end)
    for word in segment.words:
        yield word.text, Span(word.start, word.end)


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
