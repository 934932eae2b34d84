"""Where does the clip come from? Spans and clauses read off the timeline, without judgement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mediacheck.model import PictureSegment, PictureState, SoundSegment, SoundState, Span, Timeline
from mediacheck.wording.notation import at, between, listed

NAMED_AT_MOST = 3  # places in one sentence; more are counted
JOIN_S = 0.05  # places closer than a camera frame are one place


def within(searched: Span | None, original: str = "the original") -> str:
    """the original, or 0:08.0-0:12.0 of the original where no more than that was searched."""
    return original if searched is None else f"{between(searched)} of {original}"


def shown(timeline: Timeline, clip: Span) -> tuple[Span, ...]:
    """Where in the original the picture of this stretch of the clip stands; empty where nowhere."""
    places: list[Span] = []
    for part in timeline.picture:
        start, end = max(part.clip.start, clip.start), min(part.clip.end, clip.end)
        if part.state is not PictureState.MATCHED or part.original is None or start >= end:
            continue
        pace = part.original.length / part.clip.length
        first = part.original.start + (start - part.clip.start) * pace
        places.append(Span(round(first, 3), round(first + (end - start) * pace, 3)))
    return joined(places)


def sound_from(timeline: Timeline, clip: Span, states: frozenset[SoundState]) -> tuple[Span, ...]:
    """Where in the original the sound of this stretch stands, where its state is among `states`."""
    return joined(
        part.original
        for part in timeline.sound
        if part.state in states and part.original is not None and part.clip.overlap(clip) > 0
    )


def in_own_sound(timeline: Timeline, places: Sequence[Span]) -> bool:
    """Whether in the middle of each of these places what is heard in the clip is the original's own sound."""
    own = [part.clip for part in timeline.sound if part.state is SoundState.SAME]
    middles = [(place.start + place.end) / 2 for place in places]
    return bool(places) and all(
        any(span.start <= middle < span.end for span in own) for middle in middles
    )


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Neighbours that run on into each other as one, in the order given."""
    places: list[Span] = []
    for span in spans:
        if places and abs(places[-1].end - span.start) < JOIN_S:
            span = Span(places.pop().start, max(span.start, span.end))
        places.append(span)
    return tuple(places)


def seconds(parts: Iterable[tuple[Span, object]], state: object) -> float:
    """How long a stream is in one state."""
    return sum(span.length for span, found in parts if found is state)


def where(spans: Iterable[Span]) -> str:
    """from 0:04.0 to 0:08.0 and from 0:10.0 to 0:12.0; many are counted; nothing for no span."""
    places = joined(sorted(spans))
    if len(places) > NAMED_AT_MOST:
        return f"in {len(places)} places from {at(places[0].start)} to {at(places[-1].end)}"
    return listed(
        [
            f"from {at(place.start)} to {at(place.end)}"
            if place.length
            else f"at {at(place.start)}"
            for place in places
        ]
    )


def source(timeline: Timeline) -> str:
    """Clause that names where in the original picture and sound stand, or nothing."""
    picture = [
        (part.clip, part.original)
        for part in timeline.picture
        if part.state is PictureState.MATCHED and part.original is not None
    ]
    sound = [
        (part.clip, part.original)
        for part in timeline.sound
        if part.state is SoundState.SAME and part.original is not None
    ]
    if not picture:
        return _stands("the sound is", sound, timeline.sound) if sound else ""
    if _alike(picture, sound):
        return _stands("picture and sound are", picture, timeline.picture)
    return _stands("the picture is", picture, timeline.picture)


def _alike(picture: Sequence[tuple[Span, Span]], sound: Sequence[tuple[Span, Span]]) -> bool:
    """Whether both stand in the same places, and nothing between them is left to tell."""
    for side in (0, 1):
        ours, theirs = joined(pair[side] for pair in picture), joined(pair[side] for pair in sound)
        if len(ours) != len(theirs):
            return False
        for one, other in zip(ours, theirs, strict=True):
            if max(abs(one.start - other.start), abs(one.end - other.end)) > JOIN_S:
                return False
    return True


def _stands(
    what: str,
    found: Sequence[tuple[Span, Span]],
    whole: Sequence[PictureSegment] | Sequence[SoundSegment],
) -> str:
    places = joined(original for _, original in found)
    covered = sum(clip.length for clip, _ in found)
    length = sum(part.clip.length for part in whole)
    some = "" if length - covered < JOIN_S else f" for {covered:.1f} of {length:.1f} s"
    if len(places) == 1:
        return f"{what} the original's{some} from {at(places[0].start)} to {at(places[0].end)}"
    if len(places) <= NAMED_AT_MOST:
        return f"{what} the original's{some} at {listed([between(place) for place in places])}"
    first, last = min(place.start for place in places), max(place.end for place in places)
    return f"{what} the original's{some}, {len(places)} parts of it from {at(first)} to {at(last)}"
