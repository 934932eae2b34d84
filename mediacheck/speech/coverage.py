"""Which speech has no words?

Recognisers leave out sentences, silently. Speech without words is not evidence that nothing was
said there.
"""

from __future__ import annotations

from collections.abc import Iterable

from mediacheck.model import Span, Word

REACH_S = 0.5  # recognised word times err by up to 0.3 s, and short pauses count as speech
# alignment stretches the word before a gap over the gap; no word is spoken longer
LONGEST_WORD_S = 1.5
MIN_UNHEARD_S = 1.0  # two words: shorter ones are laughter, breath and drawn-out vowels


def unheard(voiced: Iterable[Span], words: Iterable[Word]) -> tuple[Span, ...]:
    """Parts of the voiced stretches, at least MIN_UNHEARD_S long, in which no word was recognised.

    All on one clock, in order. A word covers itself (at most LONGEST_WORD_S) and REACH_S around it.
    """
    covered = [
        (word.start - REACH_S, min(word.end, word.start + LONGEST_WORD_S) + REACH_S)
        for word in sorted(words, key=lambda word: word.start)
    ]
    found = []
    first = 0
    for stretch in voiced:
        while first < len(covered) and covered[first][1] <= stretch.start:
            first += 1
        position = stretch.start
        for start, end in covered[first:]:
            if start >= stretch.end:
                break
            if start - position >= MIN_UNHEARD_S:
                found.append(Span(round(position, 3), round(start, 3)))
            position = max(position, end)
        if stretch.end - position >= MIN_UNHEARD_S:
            found.append(Span(round(position, 3), round(stretch.end, 3)))
    return tuple(found)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, overlapping ones joined."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and (span.start < joined[-1].end or span == joined[-1]):
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)
