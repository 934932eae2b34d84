"""What is said in both files, side by side, each line of the original beside its moment of the clip.

Unreliable speech keeps its place and its numbers; its text is not repeated, report.json holds it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mediacheck.model import Comparison, FileRole, Span, SpeechSegment, Timeline, Transcript
from mediacheck.wording import at, between, language_name, percent

_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Run:
    """Some words of a line. look: "" plain, "changed" differs from the other file, "term" asked for."""

    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One stretch of speech. Without runs it is unreliable, and `note` says how."""

    span: Span
    time: str
    runs: tuple[Run, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What is said at one moment of the clip; the same moment in the original beside it."""

    clip: Line | None
    original: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """Who spoke which language, read by what; `tag` is safe to stand in an attribute."""

    heading: str
    reading: str
    tag: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`elsewhere`: lines of the original that the clip does not show. `marks`: (look, words)."""

    clip: Column
    original: Column
    rows: tuple[Row, ...]
    elsewhere: tuple[Line, ...]
    marks: tuple[tuple[str, str], ...]


def side_by_side(comparison: Comparison) -> SideBySide | None:
    """None when nothing was transcribed."""
    ours, theirs = comparison.transcripts.clip, comparison.transcripts.original
    if ours is None and theirs is None:
        return None
    given = comparison.question.options.language is not None
    clip = _lines(comparison, ours, "clip")
    beside: dict[int, list[Line]] = {}
    alone: list[tuple[float, Row]] = []
    elsewhere: list[Line] = []
    for line in _lines(comparison, theirs, "original"):
        shown = _in_clip(comparison.timeline, line.span)
        if shown is None:
            elsewhere.append(line)
            continue
        overlaps = [shown.overlap(own.span) for own in clip]
        best = max(range(len(clip)), key=overlaps.__getitem__, default=None)
        if best is not None and overlaps[best] > 0:
            beside.setdefault(best, []).append(line)
        else:
            alone.append((shown.start, Row(None, (line,))))
    rows = [(line.span.start, Row(line, tuple(beside.get(i, ())))) for i, line in enumerate(clip)]
    rows = sorted(rows + alone, key=lambda pair: pair[0])
    marks: tuple[tuple[str, str], ...] = (
        (("changed", "words that differ"),) if comparison.words.changes else ()
    )
    marks += (("term", "a term asked for"),) if comparison.words.terms else ()
    return SideBySide(
        _column("Clip", ours, given),
        _column("Original", theirs, given),
        tuple(row for _, row in rows),
        tuple(elsewhere),
        marks,
    )


def _column(heading: str, transcript: Transcript | None, given: bool) -> Column:
    """given: the language was set by the caller, so nobody told it and its probability says nothing."""
    if transcript is None:
        return Column(heading, "not transcribed", "")
    part = f", {between(transcript.range)} only" if transcript.range else ""
    if transcript.language == "und":
        language = "no speech found"
    else:
        sure = f"{percent(transcript.language_probability)} sure"
        language = f"{language_name(transcript.language)} ({'as given' if given else sure})"
    reading = f"{language}, read by {transcript.engine}, model {transcript.model}{part}"
    tag = transcript.language if _LANGUAGE_TAG.fullmatch(transcript.language) else ""
    return Column(heading, reading, tag)


def _lines(comparison: Comparison, transcript: Transcript | None, file: FileRole) -> list[Line]:
    if transcript is None:
        return []
    changes = comparison.words.changes or ()
    changed = [change.clip if file == "clip" else change.original for change in changes]
    terms = [
        span
        for term in comparison.words.terms
        for span in (term.clip if file == "clip" else term.original) or ()
    ]
    marks = [(span, "changed") for span in changed if span] + [(span, "term") for span in terms]
    return [_line(segment, marks) for segment in transcript.segments]


def _line(segment: SpeechSegment, marks: Sequence[tuple[Span, str]]) -> Line:
    span = Span(segment.start, segment.end)
    time = f"{at(segment.start)}-{at(segment.end)}"
    if not segment.reliable:
        note = (
            f"Not reliable, therefore not quoted: mean log probability {segment.mean_logprob:.2f}, "
            f"no speech {percent(segment.no_speech)}, compression {segment.compression:.1f}"
        )
        return Line(span, time, (), note)
    return Line(span, time, _runs(segment, marks))


def _runs(segment: SpeechSegment, marks: Sequence[tuple[Span, str]]) -> tuple[Run, ...]:
    """The text cut where a mark begins or ends; a term outranks a change."""
    near = [(span, look) for span, look in marks if span.start < segment.end]
    near = [(span, look) for span, look in near if span.end > segment.start]
    runs: list[Run] = []
    cursor = 0
    for word in segment.words if near else ():
        text = word.text.strip()
        found = segment.text.find(text, cursor) if text else -1
        if found < 0:
            continue
        middle = (word.start + word.end) / 2
        looks = {look for span, look in near if span.start <= middle < span.end}
        look = "term" if "term" in looks else "changed" if looks else ""
        runs.append(Run(segment.text[cursor:found], runs[-1].look if runs and look else ""))
        runs.append(Run(text, look))
        cursor = found + len(text)
    runs.append(Run(segment.text[cursor:]))
    return _merged(runs)


def _merged(runs: Sequence[Run]) -> tuple[Run, ...]:
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].look == run.look:
            run = Run(joined.pop().text + run.text, run.look)
        if run.text:
            joined.append(run)
    return tuple(joined)


def _in_clip(timeline: Timeline, original: Span) -> Span | None:
    """The moment of the clip that shows this stretch of the original; by its sound where no picture does."""
    pairs = [(part.clip, part.original) for part in timeline.picture]
    pairs += [(part.clip, part.original) for part in timeline.sound]
    for clip, there in pairs:
        if there is None or there.overlap(original) <= 0 or there.length == 0:
            continue
        pace = clip.length / there.length
        start = clip.start + (original.start - there.start) * pace
        return Span(start, start + original.length * pace)
    return None
