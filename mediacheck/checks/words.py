"""What is said in the clip and not in the original, or the other way round?"""

from __future__ import annotations

from mediacheck.checks.base import Check, Limits, Record
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Finding,
    Kind,
    Measured,
    Measurement,
    PictureSegment,
    Severity,
    SoundSegment,
    SoundState,
    Span,
    Stream,
    Transcript,
    WordChange,
    Words,
)
from mediacheck.speech.diff import compare_words

NAME = "words"
_CHANGED = (SoundState.REPLACED, SoundState.MIXED)
MARGIN_S = 0.3  # word times of a recogniser are off by up to a quarter of a second


def measure(evidence: Evidence) -> Measured:
    found = evidence.transcripts
    if found.clip is None or found.original is None:
        return Measured(NAME, CHECK.version, transcripts=found, words=Words(comparable=False))
    span = _compared_span(evidence)
    comparable, changes, similarity = compare_words(found.clip, found.original, span)
    taken = (
        ()
        if similarity is None
        else (
            Measurement(f"{NAME}.m1", NAME, "similarity", round(similarity, 3), "share of words"),
        )
    )
    words = Words(comparable=comparable, changes=changes, similarity=similarity)
    return Measured(NAME, CHECK.version, taken, transcripts=found, words=words)


def _compared_span(evidence: Evidence) -> Span | None:
    """The stretch of the original that the best line lays beside the clip; None without a line."""
    if not (evidence.clip.sounds and evidence.original.sounds):
        return None
    lines = evidence.sound.lines
    if not lines and evidence.clip.frames is not None and evidence.original.frames is not None:
        lines = evidence.picture.lines
    if not lines:
        return None
    there = lines[0].original_span(Span(0.0, evidence.sounds[0].duration_s))
    start = max(0.0, there.start - MARGIN_S)
    return Span(start, max(start, min(evidence.sounds[1].duration_s, there.end + MARGIN_S)))


def judge(record: Record, limits: Limits) -> list[Finding]:
    return [*_language(record, limits), *_words(record, limits)]


def _language(record: Record, limits: Limits) -> list[Finding]:
    clip, original = record.transcripts.clip, record.transcripts.original
    if clip is None or original is None or clip.language == original.language:
        return []
    if {clip.language, original.language} == {"hi", "ur"}:
        return []
    if not (_sure(clip, limits) and _sure(original, limits)):
        return []
    return [Finding(Kind.LANGUAGE_DIFFERS, Stream.WORDS, Severity.NOTE, None, None, ())]


def _sure(transcript: Transcript, limits: Limits) -> bool:
    spoken = sum(s.end - s.start for s in transcript.segments if s.reliable)
    return (
        transcript.language_probability >= limits["language_probability"]
        and spoken >= limits["least_spoken_s"]
    )


def _words(record: Record, limits: Limits) -> list[Finding]:
    """One finding for each stretch of replaced or mixed sound in which words differ; one note for the rest."""
    changes = record.words.changes
    shown = any(part.original is not None for part in record.timeline.picture)
    heard = any(part.original is not None for part in record.timeline.sound)
    if not changes or not (shown or heard):
        return []  # two recordings that share nothing say different things; that is no finding
    found = []
    left = list(changes)
    for part in record.timeline.sound:
        if part.state not in _CHANGED:
            continue
        inside = [change for change in left if _touches(change, part, record.timeline.picture)]
        left = [change for change in left if change not in inside]
        if inside:
            found.append(_finding(part.clip, record.shown(part.clip), Severity.ALTERATION))
    several = sum(
        len(change.clip_text.split()) + len(change.original_text.split()) for change in left
    )
    similarity = record.words.similarity
    if (
        several >= limits["least_note_words"]
        and similarity is not None
        and similarity < limits["note_similarity"]
    ):
        spans = [change.clip for change in left if change.clip is not None]
        whole = Span(min(s.start for s in spans), max(s.end for s in spans)) if spans else None
        found.append(_finding(whole, None, Severity.NOTE))
    return found


def _touches(change: WordChange, part: SoundSegment, picture: tuple[PictureSegment, ...]) -> bool:
    if change.clip is not None:
        return (
            change.clip.overlap(part.clip) > 0
            or part.clip.start <= change.clip.start < part.clip.end
        )
    if change.original is None:
        return False
    shown = [
        Span(
            max(p.clip.start, part.clip.start),
            max(p.clip.start, part.clip.start, min(p.clip.end, part.clip.end)),
        )
        for p in picture
        if p.original is not None
    ]
    places = [p for p in picture if p.original is not None]
    for span, place in zip(shown, places, strict=True):
        assert place.original is not None
        speed = place.speed or 1.0
        start = place.original.start + speed * (span.start - place.clip.start)
        if Span(start, start + speed * span.length).overlap(change.original) > 0:
            return True
    return False


def _finding(clip: Span | None, original: Span | None, severity: Severity) -> Finding:
    return Finding(Kind.WORDS_DIFFER, Stream.WORDS, severity, clip, original, (f"{NAME}.m1",))


CHECK = Check(
    name=NAME,
    version=1,
    asks="What is said in the clip and not in the original, or the other way round?",
    measure=measure,
    judge=judge,
    thresholds=("language_probability", "least_spoken_s", "least_note_words", "note_similarity"),
)
