"""Is a word found to be said in the clip only, where that is so, and never where it is not?

The terms are chosen from what was read of the pair itself, always the same ones. Of a copy, and of the same words by
another voice: words heard in the clip, which must not be claimed to be missing from the original. Of a dub: words of
the donor's own reading, taken at another time and from another file, between the first and the last that the clip was
heard to share with it, and never read in the original; each must be found. Words of fewer letters than LETTERS are
not asked for, so scripts without spaces are not either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import Match, SequenceMatcher
from random import Random
from typing import Any

from mediacheck.checks.terms import in_changed_sound
from mediacheck.model import Comparison, Term, Timeline, Transcript, Transcripts
from mediacheck.speech.spelling import folded
from mediacheck.speech.terms import search

ASKED = 5  # terms of a pair
LETTERS = 4  # from which a term finds its other endings too
SHARED = 3  # words in a row that are no chance
ADRIFT = 5  # words left out or put in by either reading, beyond which a likeness is another place
SAME_WORDS = "machine-voice-whole"
OTHER_WORDS = ("dub-whole", "dub-part-4s", "voice-over-6db", "words-in-pause")


@dataclass(frozen=True, slots=True)
class Terms:
    """new: only the clip says them. asked: how many; none where it is not known what the new voice says. noted: of
    those claimed, heard in the original's own sound only, which accuses nobody.
    """

    new: bool
    asked: int
    claimed: int
    noted: int = 0


def voices(compared: Iterable[tuple[str, Comparison]]) -> Mapping[str, Transcript]:
    """(the source's name, what its pair gave) -> what is said in each source, by a reading of all of it."""
    known: dict[str, Transcript] = {}
    for source, comparison in compared:
        said = comparison.transcripts.original
        whole = comparison.original.sha256.startswith(source)
        if said is not None and said.range is None and whole:
            known.setdefault(source, said)
    return known


def asked(
    facts: Mapping[str, Any],
    transcripts: Transcripts,
    known: Mapping[str, Transcript],
    timeline: Timeline | None = None,
) -> Terms | None:
    """facts: as in pair.json. None where the words were not read, or the recipe leaves open what is said."""
    clip, original = transcripts.clip, transcripts.original
    if clip is None or original is None:
        return None
    draw = Random(f"{facts['recipe']} {facts['source']} {facts['seed']}")
    if facts["innocent"] or facts["recipe"].startswith(SAME_WORDS):
        there, new = _words(clip), False
    elif facts["recipe"].startswith(OTHER_WORDS):
        there, new = _new_words(clip, original, known.get(facts["donor"] or "")), True
    else:
        return None
    long = sorted({word for word in there if len(word) >= LETTERS})
    chosen = draw.sample(long, min(ASKED, len(long)))
    found = search(tuple(Term(word) for word in chosen), clip, original, 0.0)
    claimed = [term for term in found if term.only_in_clip]
    noted = [term for term in claimed if timeline and not in_changed_sound(term, timeline)]
    return Terms(new, len(chosen), len(claimed), len(noted))


def _words(said: Transcript, unsure: bool = False) -> list[str]:
    """Folded, in their order. unsure: those of unreliable segments too."""
    return [
        word
        for segment in said.segments
        if segment.reliable or unsure
        for each in segment.words
        for word in folded(each.text).split()
    ]


def _new_words(clip: Transcript, original: Transcript, donor: Transcript | None) -> list[str]:
    if donor is None:
        return []
    theirs = _words(donor)
    first, end = _shared(_words(clip, unsure=True), theirs)
    candidates = tuple(dict.fromkeys(theirs[first:end]))
    every = tuple(replace(segment, reliable=True) for segment in original.segments)
    heard = search(
        tuple(Term(word) for word in candidates), None, replace(original, segments=every), 0.0
    )
    return [term.term for term in heard if term.original == ()]


def _shared(clip: list[str], donor: list[str]) -> tuple[int, int]:
    """The donor's words from the first to the one behind the last that both readings have at one place; or none."""
    blocks = SequenceMatcher(None, clip, donor, autojunk=False).get_matching_blocks()
    best = max(blocks, key=lambda block: block.size)
    if best.size < SHARED:
        return 0, 0
    near = list(_along(blocks, best.b - best.a))
    return near[0].b, near[-1].b + near[-1].size


def _along(blocks: Iterable[Match], shift: int) -> Iterator[Match]:
    return (block for block in blocks if block.size and abs(block.b - block.a - shift) <= ADRIFT)
