"""What is said in the clip and not in the original, or the other way round?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mediacheck.checks.base import Check, Limits, Record
from mediacheck.errors import NotAvailable
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Alignment,
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
from mediacheck.speech.confirmation import around, confirmed_changes
from mediacheck.speech.diff import compare_words, one_language

NAME = "words"
_CHANGED = (SoundState.REPLACED, SoundState.MIXED)
SIMILARITY = f"{NAME}.m1"
# The ids of the two numbers that say how sure a language is.
LANGUAGE = {"clip": (f"{NAME}.m2", f"{NAME}.m3"), "original": (f"{NAME}.m4", f"{NAME}.m5")}
PLACES = f"{NAME}.m6"
ONE_PLACE_S = 1.5  # processing that swallows a moment of the sound shifts what follows by less
MARGIN_S = 0.3  # word times of a recogniser are off by up to a quarter of a second


def measure(evidence: Evidence) -> Measured:
    found = evidence.transcripts
    taken = [
        row
        for file, heard in (("clip", found.clip), ("original", found.original))
        if heard is not None
        for row in _language_numbers(file, heard)
    ]
    if found.clip is None or found.original is None:
        words = Words(comparable=False)
        return Measured(NAME, CHECK.version, tuple(taken), transcripts=found, words=words)
    lines = _lines(evidence)
    places = _places(lines)
    taken.append(Measurement(PLACES, NAME, "places", places, "places in the original"))
    if places > 1:
        # Laid along one of the lines, words that are in the original would count as missing from it.
        words = Words(comparable=False)
        return Measured(NAME, CHECK.version, tuple(taken), transcripts=found, words=words)
    span = _compared_span(evidence, lines)
    comparable, changes, similarity = compare_words(found.clip, found.original, span)
    if similarity is not None:
        taken.insert(
            0, Measurement(SIMILARITY, NAME, "similarity", round(similarity, 3), "share of words")
        )
    words = Words(comparable=comparable, changes=changes, similarity=similarity)
    if changes and evidence.question.options.confirm_model is not None:
        words = _read_again(words, evidence)
    return Measured(NAME, CHECK.version, tuple(taken), transcripts=found, words=words)


def _language_numbers(file: str, heard: Transcript) -> tuple[Measurement, Measurement]:
    probability, spoken = LANGUAGE[file]
    return (
        Measurement(
            probability,
            NAME,
            f"{file}_language_probability",
            heard.language_probability,
            "probability",
        ),
        Measurement(spoken, NAME, f"{file}_reliable_speech", round(_spoken_s(heard), 3), "s"),
    )


def _read_again(words: Words, evidence: Evidence) -> Words:
    """All changes, since which of them lie in replaced sound is judged later, and may be judged again."""
    clip = evidence.transcripts.clip
    assert clip is not None
    places = [change.clip for change in words.changes or () if change.clip is not None]
    try:
        again = evidence.read_again(around(places, clip.voiced))
    except NotAvailable as reason:
        return replace(words, unconfirmed=str(reason))
    return replace(words, changes=confirmed_changes(words.changes or (), again))


def _lines(evidence: Evidence) -> tuple[Alignment, ...]:
    """Where the clip stands in the original: as its sound tells, else its picture; empty where neither does."""
    if not (evidence.clip.sounds and evidence.original.sounds):
        return ()
    lines = evidence.sound.lines
    if not lines and evidence.clip.frames is not None and evidence.original.frames is not None:
        lines = evidence.picture.lines
    return lines


def _places(lines: Sequence[Alignment]) -> int:
    """How many of the lines lead to another place; a step of the sound beside its own place leads to none."""
    apart: list[Alignment] = []
    for line in lines:
        if all(abs(line.offset_s - other.offset_s) > ONE_PLACE_S for other in apart):
            apart.append(line)
    return len(apart)


def _compared_span(evidence: Evidence, lines: Sequence[Alignment]) -> Span | None:
    """The stretch of the original that the best line lays beside the clip; None without a line."""
    if not lines:
        return None
    there = lines[0].original_span(Span(0.0, evidence.sounds[0].duration_s))
    start = max(0.0, there.start - MARGIN_S)
    return Span(start, max(start, min(evidence.sounds[1].duration_s, there.end + MARGIN_S)))


def judge(record: Record, limits: Limits) -> list[Finding]:
    return [*_language(record, limits), *_words(record, limits)]


def _language(record: Record, limits: Limits) -> list[Finding]:
    clip, original = record.transcripts.clip, record.transcripts.original
    if clip is None or original is None:
        return []
    if one_language({clip.language, original.language}):
        return []
    if not (_sure(clip, limits) and _sure(original, limits)):
        return []
    behind = (*LANGUAGE["clip"], *LANGUAGE["original"])
    return [Finding(Kind.LANGUAGE_DIFFERS, Stream.WORDS, Severity.NOTE, None, None, behind)]


def _sure(transcript: Transcript, limits: Limits) -> bool:
    return (
        transcript.language_probability >= limits["language_probability"]
        and _spoken_s(transcript) >= limits["least_spoken_s"]
    )


def _spoken_s(transcript: Transcript) -> float:
    return sum(s.end - s.start for s in transcript.segments if s.reliable)


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
    return Finding(Kind.WORDS_DIFFER, Stream.WORDS, severity, clip, original, (SIMILARITY,))


CHECK = Check(
    name=NAME,
    version=2,
    asks="What is said in the clip and not in the original, or the other way round?",
    kinds=(Kind.WORDS_DIFFER, Kind.LANGUAGE_DIFFERS),
    measure=measure,
    judge=judge,
    thresholds=("language_probability", "least_spoken_s", "least_note_words", "note_similarity"),
)
