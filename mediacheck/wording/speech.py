"""What is heard in each file, as clauses: languages, terms, words that differ."""

from __future__ import annotations

from collections.abc import Sequence

from mediacheck.model import (
    Confirmation,
    Dispute,
    Finding,
    Span,
    TermSearch,
    Timeline,
    Transcript,
    Transcripts,
    WordChange,
    Words,
)
from mediacheck.wording.languages import language_name
from mediacheck.wording.notation import at, between, counted, listed, percent, quoted, visible
from mediacheck.wording.places import NAMED_AT_MOST, in_own_sound, within

QUOTED_AT_MOST = 120  # characters of one quotation


def languages(transcripts: Transcripts, sure: bool = False) -> str:
    """English is heard in the clip, ...; with `sure`, how sure the model is. Needs both transcripts."""

    def named(transcript: Transcript) -> str:
        share = f" ({percent(transcript.language_probability)} sure)" if sure else ""
        return f"{language_name(transcript.language)}{share}"

    if transcripts.clip is None or transcripts.original is None:
        return ""
    clip, original = named(transcripts.clip), named(transcripts.original)
    return f"{clip} is heard in the clip, {original} in {within(transcripts.original.range)}"


def term_heard(term: TermSearch, searched: Span | None = None) -> str:
    """Where one term was heard and where it was not, with how much was searched.

    searched: the part of the original beyond which nothing was listened to; None for the whole.
    """
    others = [visible(spelling) for spelling in term.spellings if spelling != term.term]
    name = quoted(term.term) + (f" (also searched as {listed(others)})" if others else "")
    if term.clip is None:
        return f"{name} was not searched in the clip{_because(term)}"
    if term.original is None:
        missing = f"the original was not searched{_because(term)}"
        return f"{name} is {_times(term.clip, 'clip')}; {missing}"
    if term.original:
        clip = (
            f"is {_times(term.clip, 'clip')} and"
            if term.clip
            else "is not heard in the clip but is"
        )
        return f"{name} {clip} {_times(term.original, 'original')}"
    if not term.original_searched_s:
        nowhere = f"not in {within(searched)}, which holds no speech that could be searched"
        return f"{name} is {_times(term.clip, 'clip') if term.clip else 'not heard in the clip'} and {nowhere}"
    much = f"the {term.original_searched_s:.1f} s of the original's sound"
    much += f" within {between(searched)}" if searched else ""
    if lost := sum(span.length for span in term.original_unreliable):
        much += f" ({lost:.1f} s of it could not be heard reliably)"
    if not term.clip:
        return f"{name} is heard neither in the clip nor in {much}"
    return f"{name} is {_times(term.clip, 'clip')} and in none of {much}"


def misheard(term: TermSearch, timeline: Timeline) -> str:
    """A clause for a term heard in the clip only where the clip's sound is the original's: empty for any other."""
    if not (term.only_in_clip and term.clip and in_own_sound(timeline, term.clip)):
        return ""
    return (
        "; the clip's sound there was found to be the original's own, so that it was probably misheard"
        " in one of the two"
    )


def confirmation(term: TermSearch) -> str:
    """What every second reading says to it. Only other weights count, not another decoder."""
    told = [
        f"read again by {_reader(each)}: heard too{_share(each, term)}{_worth(each)}"
        for each in term.confirmed_by
    ]
    told += [
        f"not confirmed: read again by {_reader(each)}, {_dispute(each)}"
        for each in term.disputed_by
    ]
    if told:
        return "; ".join(told)
    why = f" ({visible(term.unconfirmed)})" if term.unconfirmed else ""
    return f"read by one speech model alone{why}"


def change_read_again(change: WordChange) -> str:
    """The same of one change of words; empty where nobody read it again."""
    told = [
        f"read again by {_reader(each)}: differs too{_worth(each)}" for each in change.confirmed_by
    ]
    told += [
        f"not confirmed: read again by {_reader(each)}, which hears"
        f" {_excerpt(each.clip_text) or 'nothing'} in the clip and"
        f" {_excerpt(each.original_text) or 'nothing'} in the original"
        for each in change.disputed_by
    ]
    return "; ".join(told)


def _reader(each: Confirmation | Dispute) -> str:
    return f"{visible(each.engine)} with {'other' if each.independent else 'the same'} weights"


def _share(each: Confirmation, term: TermSearch) -> str:
    heard, places = len(each.clip), len(term.clip or ())
    return f" in {heard} of {places} places" if 0 < heard < places else ""


def _worth(each: Confirmation) -> str:
    return "" if each.independent else ", which is no independent confirmation"


def _dispute(each: Dispute) -> str:
    """Which hears ...: what it heard where, as a clause."""
    if each.original:
        return f"by which it is {_times(each.original, 'original')}"
    if each.original is None or each.clip is None:
        return "which could not search for it in both files"
    clip = _excerpt(each.clip_text)
    return f"which does not hear it there{f', but {clip}' if clip else ''}"


def changed(words: Words, part: Span | None) -> str:
    """What differs in this part of the clip: one change is quoted, more are counted."""
    if words.changes is None:
        return ""
    found = [
        change
        for change in words.changes
        if part is None or (change.clip is not None and _touch(change.clip, part))
    ]
    again = changes_read_again(found) or _not_read_again(words)
    if len(found) == 1:
        change = found[0]
        clip, original = (_excerpt(text) for text in (change.clip_text, change.original_text))
        # A phrase that goes on outside the part has times of its own: the quote must not borrow the part's.
        beyond = part is not None and change.clip is not None and not _within(change.clip, part)
        said, stands = (
            f" at {between(span)}" if beyond and span else ""
            for span in (change.clip, change.original)
        )
        return (
            f": {clip or 'nothing'} in the clip{said}, {original or 'nothing'} in the original{stands}"
            f"{again}"
        )
    kinds = [change.kind for change in found]
    counts = [
        f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "replaced") if kind in kinds
    ]
    return f": {listed(counts)}{again}" if counts else ""


def heard_within(transcript: Transcript | None, part: Span | None) -> str:
    """What is heard in a stretch, quoted in the transcript's own spelling; "" where nobody listened or heard anything
    reliable.
    """
    told = []
    for segment in transcript.segments if transcript and part else ():
        inside = [
            word.text
            for word in segment.words
            if part and part.start <= (word.start + word.end) / 2 < part.end
        ]
        if not segment.reliable or not inside:
            continue
        whole = len(inside) == len(segment.words)
        told.append(segment.text if whole else " ".join(inside))
    return f"; heard there: {_excerpt(' '.join(told))}" if told else ""


def changes_read_again(changes: Sequence[WordChange]) -> str:
    """As a clause to go on with: what second readings say to one change, or how many of several they share."""
    if len(changes) == 1:
        told = change_read_again(changes[0])
        return f"; {told}" if told else ""
    readings: dict[str, Confirmation | Dispute] = {}
    for change in changes:
        readings |= {_reader(r): r for r in change.confirmed_by}
        readings |= {_reader(r): r for r in change.disputed_by}
    told = ""
    for name, reading in readings.items():
        agreed = sum(any(_reader(r) == name for r in c.confirmed_by) for c in changes)
        disputed = sum(any(_reader(r) == name for r in c.disputed_by) for c in changes)
        told += f"; {'' if agreed else 'not confirmed: '}read again by {name}: "
        told += f"{agreed or 'none'} of {agreed + disputed} differ too"
        told += "" if reading.independent else ", which is no independent confirmation"
    return told


def _not_read_again(words: Words) -> str:
    return f"; not read again ({visible(words.unconfirmed)})" if words.unconfirmed else ""


def terms_of(finding: Finding, words: Words) -> tuple[TermSearch, ...]:
    """The terms that a finding speaks of: heard in its part of the clip and not in the original."""
    only = [term for term in words.terms if term.only_in_clip]
    if finding.clip is None:
        return tuple(only)
    return tuple(term for term in only if _falls_in(term.clip or (), finding.clip)) or tuple(only)


def _falls_in(heard: Sequence[Span], part: Span) -> bool:
    return any(part.start <= span.start <= part.end for span in heard)


def _times(spans: Sequence[Span], file: str) -> str:
    if not spans:
        return f"not heard in the {file}"
    times = [at(span.start) for span in spans[:NAMED_AT_MOST]]
    more = len(spans) - NAMED_AT_MOST
    times += [counted(more, "more time")] if more > 0 else []
    return f"heard in the {file} at {listed(times)}"


def _because(term: TermSearch) -> str:
    return f" ({visible(term.reason)})" if term.reason else ""


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _excerpt(text: str) -> str:
    short = " ".join(text.split())
    if len(short) > QUOTED_AT_MOST:
        short = f"{short[: QUOTED_AT_MOST - 1]}…"
    return quoted(short) if short else ""
