"""Does a second reading hear the same?

A recogniser invents and mishears. What one hears in the clip and not in the original is read again
by another: the clip's speech around the place, and the original's speech. The second reading finds
out the language for itself. Whether it counts as a second opinion is a question of its weights:
another decoder of the same weights repeats their mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mediacheck.model import (
    Confirmation,
    Dispute,
    Span,
    Term,
    TermSearch,
    Transcript,
    Word,
    WordChange,
)
from mediacheck.speech.diff import compare_words
from mediacheck.speech.terms import search

# Speech this far before and after a place is read with it: a recogniser needs the sentence.
AROUND_S = 5.0
# Two readings of one word lie this close: word times err by up to 0.3 s each.
NEAR_S = 0.5
# Words this far round a change are compared again; its own words alone would match anything.
BESIDE_S = 3.0


@dataclass(frozen=True, slots=True)
class SecondReading:
    """`clip` holds the parts that were read again, `original` all of its speech."""

    clip: Transcript
    original: Transcript
    independent: bool

    def agrees(self, clip: tuple[Span, ...] = ()) -> Confirmation:
        return Confirmation(self.clip.engine, self.clip.sha256, self.independent, clip)

    def differs(
        self,
        clip: tuple[Span, ...] | None,
        original: tuple[Span, ...] | None,
        clip_text: str,
        original_text: str,
    ) -> Dispute:
        return Dispute(
            self.clip.engine,
            self.clip.sha256,
            self.independent,
            clip,
            original,
            clip_text,
            original_text,
        )


def around(places: Iterable[Span], voiced: Sequence[Span]) -> tuple[Span, ...]:
    """The whole stretches of speech that lie within AROUND_S of a place."""
    near = [Span(max(0.0, p.start - AROUND_S), p.end + AROUND_S) for p in places]
    return tuple(stretch for stretch in voiced if any(stretch.overlap(p) > 0 for p in near))


def confirmed_terms(
    searched: Sequence[TermSearch], terms: tuple[Term, ...], again: SecondReading
) -> tuple[TermSearch, ...]:
    """Each term that is heard only in the clip, with what the second reading says to it.

    It agrees where it hears the term at one of the same places of the clip and nowhere in the
    original.
    """
    second = search(terms, again.clip, again.original, 0.0)
    return tuple(
        _confirmed(first, other, again) if first.only_in_clip else first
        for first, other in zip(searched, second, strict=True)
    )


def _confirmed(first: TermSearch, second: TermSearch, again: SecondReading) -> TermSearch:
    places = first.clip or ()
    same = tuple(hit for hit in second.clip or () if any(_near(hit, place) for place in places))
    if same and second.original == ():
        return replace(first, confirmed_by=(*first.confirmed_by, again.agrees(same)))
    dispute = again.differs(
        second.clip,
        second.original,
        _text(again.clip, places),
        _text(again.original, second.original or ()),
    )
    return replace(first, disputed_by=(*first.disputed_by, dispute))


def confirmed_changes(
    changes: Iterable[WordChange], again: SecondReading
) -> tuple[WordChange, ...]:
    """Each change with what the second reading says to it.

    It agrees where it hears well that the words around the place differ, whatever they are, and
    disagrees where it hears no difference there. A place that it hears unsurely, or not at all, is
    left as it is.
    """
    return tuple(_weighed(change, again) for change in changes)


def _weighed(change: WordChange, again: SecondReading) -> WordChange:
    if change.clip is None or change.original is None:
        return change
    ours = _within(again.clip, _wider(change.clip, BESIDE_S))
    span = _wider(change.original, BESIDE_S)
    if _differ(ours, again.original, span, change.clip):
        return replace(change, confirmed_by=(*change.confirmed_by, again.agrees()))
    if _differ(_as_if_sure(ours), _as_if_sure(again.original), span, change.clip) is not False:
        return change
    dispute = again.differs(
        (), (), _text(again.clip, [change.clip]), _text(again.original, [change.original])
    )
    return replace(change, disputed_by=(*change.disputed_by, dispute))


def _differ(clip: Transcript, original: Transcript, span: Span, place: Span) -> bool | None:
    """Whether a change is claimed at this place of the clip; None where nothing can be compared."""
    comparable, found, _ = compare_words(clip, original, span)
    if not comparable or found is None:
        return None
    return any(other.clip is not None and _near(other.clip, place) for other in found)


def _as_if_sure(transcript: Transcript) -> Transcript:
    """Every word with probability 1, so that a difference does not go unclaimed for doubt."""
    segments = tuple(
        replace(s, words=tuple(replace(word, probability=1.0) for word in s.words))
        for s in transcript.segments
    )
    return replace(transcript, segments=segments)


def _within(transcript: Transcript, span: Span) -> Transcript:
    """The transcript with the words of a span alone; no speech beside it counts as unheard."""
    segments = tuple(
        replace(segment, words=tuple(word for word in segment.words if _middle_in(word, span)))
        for segment in transcript.segments
    )
    voiced = tuple(
        Span(max(v.start, span.start), min(v.end, span.end))
        for v in transcript.voiced
        if v.overlap(span) > 0
    )
    return replace(transcript, segments=tuple(s for s in segments if s.words), voiced=voiced)


def _text(transcript: Transcript, places: Iterable[Span]) -> str:
    """The reliable words at and right beside the places; a gap between places is shown as such."""
    words = [word for s in transcript.segments if s.reliable for word in s.words]
    parts = [
        " ".join(word.text for word in words if _middle_in(word, _wider(place, AROUND_S / 2)))
        for place in places
    ]
    return " … ".join(dict.fromkeys(part for part in parts if part))


def _middle_in(word: Word, span: Span) -> bool:
    return span.start <= (word.start + word.end) / 2 < span.end


def _wider(span: Span, by_s: float) -> Span:
    return Span(max(0.0, span.start - by_s), span.end + by_s)


def _near(one: Span, other: Span) -> bool:
    return one.start <= other.end + NEAR_S and other.start <= one.end + NEAR_S
