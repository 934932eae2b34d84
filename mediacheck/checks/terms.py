"""Are the words asked for heard in the clip, and are they heard in the original?"""

from __future__ import annotations

from mediacheck.checks.base import Check, Limits, Record
from mediacheck.errors import NotAvailable
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Finding,
    Kind,
    Measured,
    Severity,
    SoundState,
    Span,
    Stream,
    TermSearch,
    Words,
)
from mediacheck.speech.terms import search

NAME = "terms"
_CHANGED = (SoundState.REPLACED, SoundState.MIXED)


def measure(evidence: Evidence) -> Measured:
    terms = evidence.question.terms
    if not terms:
        raise NotAvailable("no terms were asked for")
    found = evidence.transcripts
    searched = search(terms, found.clip, found.original, evidence.searched_s())
    return Measured(NAME, CHECK.version, words=Words(comparable=False, terms=searched))


def judge(record: Record, limits: Limits) -> list[Finding]:
    return [
        _finding(term, record)
        for term in record.words.terms
        if term.clip and term.original is not None and not term.original
    ]


def _finding(term: TermSearch, record: Record) -> Finding:
    assert term.clip
    changed = [part.clip for part in record.timeline.sound if part.state in _CHANGED]
    inside = [hit for hit in term.clip if any(hit.overlap(span) > 0 for span in changed)]
    hits = inside or list(term.clip)
    return Finding(
        kind=Kind.TERM_ONLY_IN_CLIP,
        stream=Stream.WORDS,
        severity=Severity.ALTERATION if inside else Severity.NOTE,
        clip=Span(hits[0].start, hits[-1].end),
        original=None,
        because=(),
    )


CHECK = Check(
    name=NAME,
    version=1,
    asks="Are the words asked for heard in the clip, and are they heard in the original?",
    measure=measure,
    judge=judge,
)
