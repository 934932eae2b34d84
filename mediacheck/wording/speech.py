"""What is heard in each file, as clauses: languages, terms, words that differ."""

from __future__ import annotations

from collections.abc import Sequence

from mediacheck.model import Finding, Span, TermSearch, Transcript, Transcripts, Words
from mediacheck.wording.languages import language_name
from mediacheck.wording.notation import at, counted, listed, percent, quoted, visible
from mediacheck.wording.places import NAMED_AT_MOST

QUOTED_AT_MOST = 120  # characters of one quotation


def languages(transcripts: Transcripts, sure: bool = False) -> str:
    """English is heard in the clip, ...; with `sure`, how sure the model is. Needs both transcripts."""

    def named(transcript: Transcript) -> str:
        share = f" ({percent(transcript.language_probability)} sure)" if sure else ""
        return f"{language_name(transcript.language)}{share}"

    if transcripts.clip is None or transcripts.original is None:
        return ""
    clip, original = named(transcripts.clip), named(transcripts.original)
    return f"{clip} is heard in the clip, {original} in the original"


def term_heard(term: TermSearch) -> str:
    """Where one term was heard and where it was not, with how much was searched."""
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
    nowhere = f"none of the {term.original_searched_s:.1f} s of the original's sound"
    if not term.original_searched_s:
        nowhere = "not in the original, which holds no speech that could be searched"
    elif lost := sum(span.length for span in term.original_unreliable):
        nowhere += f" ({lost:.1f} s of it could not be heard reliably)"
    if not term.clip:
        return f"{name} is not heard in the clip, and {_in(nowhere)}"
    return f"{name} is {_times(term.clip, 'clip')} and {_in(nowhere)}"


def confirmation(term: TermSearch) -> str:
    """Whether a second reading stands behind it. Only other weights count, not another decoder."""
    others = [visible(reading.engine) for reading in term.confirmed_by if reading.independent]
    if others:
        return f"confirmed by {listed(others)} with other weights"
    if term.confirmed_by:
        again = listed([visible(reading.engine) for reading in term.confirmed_by])
        return f"read again by {again} with the same weights, which is no independent confirmation"
    return "read by one speech model alone"


def changed(words: Words, part: Span | None) -> str:
    """What differs in this part of the clip: one change is quoted, more are counted."""
    if words.changes is None:
        return ""
    found = [
        change
        for change in words.changes
        if part is None or (change.clip is not None and _touch(change.clip, part))
    ]
    if len(found) == 1:
        clip, original = (_excerpt(text) for text in (found[0].clip_text, found[0].original_text))
        return f": {clip or 'nothing'} in the clip, {original or 'nothing'} in the original"
    kinds = [change.kind for change in found]
    counts = [
        f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "replaced") if kind in kinds
    ]
    return f": {listed(counts)}" if counts else ""


def terms_of(finding: Finding, words: Words) -> tuple[TermSearch, ...]:
    """The terms that a finding speaks of: heard in its part of the clip and not in the original."""
    only = [term for term in words.terms if term.clip and term.original == ()]
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


def _in(nowhere: str) -> str:
    return nowhere if nowhere.startswith("not in") else f"in {nowhere}"


def _because(term: TermSearch) -> str:
    return f" ({visible(term.reason)})" if term.reason else ""


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _excerpt(text: str) -> str:
    short = " ".join(text.split())
    if len(short) > QUOTED_AT_MOST:
        short = f"{short[: QUOTED_AT_MOST - 1]}…"
    return quoted(short) if short else ""
