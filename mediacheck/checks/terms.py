"""Are the words asked for heard in the clip, and are they heard in the original?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mediacheck.checks.base import Check, Limits, Record
from mediacheck.errors import NotAvailable
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Finding,
    Kind,
    Measured,
    Measurement,
    Severity,
    SoundState,
    Span,
    Stream,
    TermSearch,
    Timeline,
    Transcript,
    Words,
)
from mediacheck.speech.confirmation import around, confirmed_terms
from mediacheck.speech.terms import search, sureness

NAME = "terms"
_CHANGED = (SoundState.REPLACED, SoundState.MIXED)


def measure(evidence: Evidence) -> Measured:
    terms = evidence.question.terms
    if not terms:
        raise NotAvailable("no terms were asked for")
    found = evidence.transcripts
    searched = search(terms, found.clip, found.original, evidence.searched_s())
    if evidence.question.options.confirm_model is not None:
        searched = _read_again(searched, evidence)
    taken = tuple(
        row
        for number, term in enumerate(searched, 1)
        for row in _measurements(f"{NAME}.t{number}", term, found.clip)
    )
    words = Words(comparable=False, terms=searched)
    return Measured(NAME, CHECK.version, taken, words=words)


def _read_again(searched: tuple[TermSearch, ...], evidence: Evidence) -> tuple[TermSearch, ...]:
    """What is heard only in the clip, with what a second reading says; unchanged where nothing is."""
    clip = evidence.transcripts.clip
    places = [hit for term in searched if term.only_in_clip for hit in term.clip or ()]
    if clip is None or not places:
        return searched
    try:
        again = evidence.read_again(around(places, clip.voiced))
    except NotAvailable as reason:
        return tuple(
            replace(term, unconfirmed=str(reason)) if term.only_in_clip else term
            for term in searched
        )
    return confirmed_terms(searched, evidence.question.terms, again)


def _measurements(start: str, term: TermSearch, clip: Transcript | None) -> Iterator[Measurement]:
    """The numbers behind one term that is heard in the clip, under ids that begin with `start`."""
    if not term.clip or clip is None or term.original is None:
        return
    where = Span(term.clip[0].start, term.clip[-1].end)
    lost = sum(span.length for span in term.original_unreliable)
    again = len(term.confirmed_by) + len(term.disputed_by)
    for number, (name, value, unit) in enumerate(
        (
            ("word_probability", sureness(clip, term.clip), "probability"),
            ("heard", float(len(term.clip)), "times"),
            ("original_searched", term.original_searched_s, "s"),
            ("original_unreliable", lost, "s"),
            ("readings_that_agree", float(len(term.confirmed_by)), f"of {again}"),
        ),
        1,
    ):
        if again or not name.startswith("readings"):
            yield Measurement(
                f"{start}.m{number}",
                NAME,
                name,
                None if value is None else round(value, 4),
                unit,
                clip=where if number <= 2 else None,
            )


def judge(record: Record, limits: Limits) -> list[Finding]:
    return [
        _finding(number, term, record)
        for number, term in enumerate(record.words.terms, 1)
        if term.only_in_clip
    ]


def _finding(number: int, term: TermSearch, record: Record) -> Finding:
    assert term.clip
    inside = in_changed_sound(term, record.timeline)
    hits = inside or term.clip
    taken = record.measured[NAME].measurements
    return Finding(
        kind=Kind.TERM_ONLY_IN_CLIP,
        stream=Stream.WORDS,
        severity=Severity.ALTERATION if inside else Severity.NOTE,
        clip=Span(hits[0].start, hits[-1].end),
        original=None,
        because=tuple(m.id for m in taken if m.id.startswith(f"{NAME}.t{number}.")),
    )


def in_changed_sound(term: TermSearch, timeline: Timeline) -> tuple[Span, ...]:
    """Where the term is heard in sound of the clip that is not the original's alone: of its places these accuse."""
    changed = [part.clip for part in timeline.sound if part.state in _CHANGED]
    return tuple(
        hit
        for hit in term.clip or ()
        if any(hit.overlap(span) > 0 or span.start <= hit.start < span.end for span in changed)
    )


CHECK = Check(
    name=NAME,
    version=2,
    asks="Are the words asked for heard in the clip, and are they heard in the original?",
    kinds=(Kind.TERM_ONLY_IN_CLIP,),
    measure=measure,
    judge=judge,
)
