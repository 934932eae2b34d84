"""Records as rows of text: items, segments, measurements, terms, versions. Nothing is judged here."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

from mediacheck.model import (
    TO_THE_END_S,
    Comparison,
    Confirmation,
    Dispute,
    Measurement,
    Media,
    Null,
    Options,
    Run,
    Span,
    StreamInfo,
    TermSearch,
    Transcript,
)
from mediacheck.wording import (
    CHECKS,
    at,
    between,
    change_read_again,
    confirmation,
    counted,
    listed,
    picture_states,
    sound_states,
    within,
)

ROWS_AT_MOST = 200  # of one table; the rest is counted, report.json holds it
LETTERS_AT_MOST = 400  # of one tag: files can carry megabytes of them


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as wide as the head; `more` rows were left out."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class TermView:
    """One term asked for, with where it was heard in each file."""

    term: str
    spellings: tuple[str, ...]
    facts: tuple[Fact, ...]


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    every = [tuple(row) for row in rows]
    kept = tuple(every[:ROWS_AT_MOST])
    return Table(caption, tuple(head), kept, len(every) - len(kept))


def number(value: float | None, unit: str = "") -> str:
    """Four digits are what a reader can use; report.json holds six."""
    if value is None:
        return "none"
    if unit == "yes or no":
        return "yes" if value else "no"
    if value == 1 and len(unit) > 1:
        unit = unit.removesuffix("s")  # 1 track, 2 tracks
    return f"{value:.4g}{f' {unit}' if unit else ''}"


def question(comparison: Comparison) -> tuple[Fact, ...]:
    asked = comparison.question
    facts = [
        Fact(
            "Asked",
            "Does the clip show and say what the original shows and says? Where does it come from?",
        )
    ]
    for term in asked.terms:
        facts.append(Fact("Term asked for", ", ".join(term.spellings)))
    if searched := asked.searched(comparison.original):
        value = f"{between(searched)} of {at(comparison.original.duration_s)}, as asked"
        facts.append(Fact("Part of the original searched", value))
    return tuple(facts)


def dates(run: Run) -> tuple[Fact, ...]:
    return (Fact("Received", run.received), Fact("Finished", run.finished))


def items(comparison: Comparison, run: Run) -> Table:
    clip, original = comparison.clip, comparison.original
    searched = comparison.question.searched(original)
    only = f", of which {between(searched)} was searched" if searched else ""
    rows = [
        ("Name as received", run.clip_name, run.original_name),
        ("SHA-256", clip.sha256, original.sha256),
        ("Size", _size(clip), _size(original)),
        ("Length", f"{at(clip.duration_s)}", f"{at(original.duration_s)}{only}"),
        ("Container", clip.container, original.container),
        ("Picture", _streams(clip, "picture"), _streams(original, "picture")),
        ("Sound", _streams(clip, "sound"), _streams(original, "sound")),
        ("Other tracks", _streams(clip, "other"), _streams(original, "other")),
        ("Condition", _condition(clip), _condition(original)),
    ]
    return table("The two files", ("", "Clip", "Original"), rows)


def tags(comparison: Comparison) -> Table:
    rows = [
        (name, key, _cut(value))
        for name, media in (("Clip", comparison.clip), ("Original", comparison.original))
        for key, value in sorted(media.metadata.items())
    ]
    cut = [(file, _cut(key), value) for file, key, value in rows]
    return table("What the files say about themselves", ("File", "Tag", "Content"), cut)


def segments(comparison: Comparison) -> tuple[Table, ...]:
    """The timeline of the picture and of the sound."""
    searched = comparison.question.searched(comparison.original)
    nowhere = "nowhere" if searched is None else f"nowhere in {between(searched)}"
    shows, sounds = picture_states(searched), sound_states(searched)
    picture = [
        (
            between(part.clip),
            between(part.original) if part.original else nowhere,
            shows[part.state],
            number(part.speed),
            number(part.score),
            part.basis or "none",
            "yes" if part.mirrored else "no" if part.mirrored is not None else "not known",
        )
        for part in comparison.timeline.picture
    ]
    sound = [
        (
            between(part.clip),
            between(part.original) if part.original else nowhere,
            sounds[part.state],
            number(part.presence),
            number(part.cleanliness),
            number(part.residual_db, "dB"),
        )
        for part in comparison.timeline.sound
    ]
    both = (
        table(
            "Picture of the clip",
            ("Clip", "Original", "State", "Speed", "Score", "Placed by", "Mirrored"),
            picture,
        ),
        table(
            "Sound of the clip",
            ("Clip", "Original", "State", "Presence", "Cleanliness", "Residual"),
            sound,
        ),
    )
    return tuple(rows for rows in both if rows.rows)


def numbers(measurements: Iterable[Measurement], caption: str) -> Table:
    """Without the columns of places where no row has one."""
    taken = list(measurements)
    rows = [
        (
            row.id,
            f"{row.name.replace('_', ' ')}{f' ({row.check})' if row.check in CHECKS else ''}",
            number(row.value, row.unit),
            _null(row.null),
            between(row.clip) if row.clip else "",
            between(row.original) if row.original else "",
        )
        for row in taken
    ]
    head = ("Id", "What was measured", "Value", "By chance in this pair", "Clip", "Original")
    told = [True] * 4 + [any(row.clip for row in taken), any(row.original for row in taken)]
    return table(caption, tuple(compress(head, told)), [tuple(compress(row, told)) for row in rows])


def series(comparison: Comparison) -> Table:
    rows = [
        (
            row.id,
            f"{row.name.replace('_', ' ')} ({row.check})",
            row.file,
            f"{len(row.values)} every {row.step_s:.4g} s from {at(row.start_s)}",
            _null(row.null),
            f"original = {row.alignment.offset_s:+.3f} s + {row.alignment.speed:.5g} × clip"
            if row.alignment
            else "",
        )
        for row in comparison.series
    ]
    head = ("Id", "What was measured", "File", "Values", "By chance in this pair", "Compared at")
    return table("Numbers along time", head, rows)


def terms(comparison: Comparison) -> tuple[TermView, ...]:
    searched = comparison.question.searched(comparison.original)
    return tuple(_term(row, searched) for row in comparison.words.terms)


def changes(comparison: Comparison) -> Table:
    """Every difference of words, the removed ones too, which no line of the clip can show."""
    rows = [
        (
            f"{row.kind}; {change_read_again(row)}" if change_read_again(row) else row.kind,
            between(row.clip) if row.clip else "",
            row.clip_text,
            between(row.original) if row.original else "",
            row.original_text,
        )
        for row in comparison.words.changes or ()
    ]
    head = ("Change", "Clip", "Said in the clip", "Original", "Said in the original")
    return table("Where the words differ", head, rows)


def setting(comparison: Comparison) -> tuple[Fact, ...]:
    """Everything that a repetition must share to come to the same bytes."""
    options = comparison.question.options
    facts = [
        Fact("Tool", f"{comparison.tool.name} {comparison.tool.version}"),
        Fact("Record", comparison.schema),
        Fact("Calibration", comparison.calibration.id),
        Fact("Calibration digest", comparison.calibration.digest),
        Fact("Transcripts", "on" if options.transcript else "off"),
    ]
    if options.transcript:
        facts.append(Fact("Speech model", options.model))
        if options.confirm_model:
            facts.append(Fact("Read again with", options.confirm_model))
        facts.append(Fact("Language given", options.language or "none, told by the model"))
    if searched := comparison.question.searched(comparison.original):
        facts.append(Fact("Part of the original searched", between(searched)))
    heard = (comparison.transcripts.clip, comparison.transcripts.original)
    for weights in dict.fromkeys(_weights(row) for row in heard if row):
        facts.append(Fact("Weights", weights))
    return tuple(facts)


def command(comparison: Comparison) -> str:
    """What to type to ask the same again; CLIP and ORIGINAL stand for the files, told by hash.

    CASE.toml stands for the editor's case file; what it held is in the report.
    """
    options = comparison.question.options
    parts = ["mediacheck", "compare", "CLIP", "ORIGINAL"]
    if comparison.question.claim or comparison.question.context:
        parts += ["--case", "CASE.toml"]
    for term in comparison.question.terms:
        parts += ["--term", "=".join(filter(None, (term.term, ",".join(term.aliases))))]
    if asked := comparison.question.original_range:
        parts += ["--original-range", f"{asked.start:.10g}-{_end(asked)}"]
    if not options.transcript:
        parts.append("--no-transcript")
    if options.model != Options().model:
        parts += ["--model", options.model]
    if options.engine != Options().engine:
        parts += ["--engine", options.engine]
    if options.confirm_model:
        parts += ["--confirm-model", options.confirm_model]
    if options.language:
        parts += ["--language", options.language]
    if comparison.self_check is not None:
        parts.append("--self-check")
    return shlex.join([*parts, "--out", "NEW_FOLDER"])


def _end(asked: Span) -> str:
    return "" if asked.end >= TO_THE_END_S else f"{asked.end:.10g}"


def versions(comparison: Comparison, run: Run) -> tuple[Fact, ...]:
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in sorted(run.stages.items()))
    facts = [
        Fact("Machine", f"{run.host}, {run.platform}"),
        Fact("Processor", f"{run.processor}, {run.instruction_set}"),
        Fact("Python", run.python),
        *(Fact(name, version) for name, version in sorted(run.packages.items())),
        Fact("Decoding was confined by", run.confinement),
        Fact("Time taken", f"{run.wall_s:.1f} s ({run.cpu_s:.1f} s of processor time)"),
    ]
    return (*facts, Fact("Stages", stages)) if stages else tuple(facts)


def _term(row: TermSearch, part: Span | None) -> TermView:
    lost = sum(span.length for span in row.original_unreliable)
    searched = f"{row.original_searched_s:.1f} s of sound"
    searched += f", {between(part)} and no other part" if part else ""
    if lost:
        places = listed([between(span) for span in row.original_unreliable[:5]])
        searched += f"; {lost:.1f} s could not be heard reliably ({places})"
    facts = [
        Fact("In the clip", _heard(row.clip, row.reason)),
        Fact(f"In {within(part)}", _heard(row.original, row.reason)),
        Fact("Searched in the original", searched),
        Fact("Second reading", confirmation(row)),
    ]
    readings: tuple[Confirmation | Dispute, ...] = (*row.confirmed_by, *row.disputed_by)
    facts += [
        Fact("Read by", f"{reading.engine}, weights {reading.model_sha256}") for reading in readings
    ]
    return TermView(row.term, row.spellings, tuple(facts))


def _heard(spans: Sequence[Span] | None, reason: str | None) -> str:
    if spans is None:
        return f"not searched{f': {reason}' if reason else ''}"
    if not spans:
        return "not heard"
    return f"heard {counted(len(spans), 'time')}: {', '.join(between(span) for span in spans[:20])}"


def _null(null: Null | None) -> str:
    if null is None:
        return "none taken"
    return f"{null.mean:.3g} ± {null.spread:.2g}, at most {null.max:.3g} in {null.n}"


def _size(media: Media) -> str:
    return f"{media.bytes:,} bytes"


def _streams(media: Media, kind: str) -> str:
    return "; ".join(_stream(row) for row in media.streams if row.kind == kind) or "none"


def _stream(row: StreamInfo) -> str:
    parts = [
        row.codec,
        f"{row.width}×{row.height}" if row.width and row.height else "",
        f"{row.fps:.5g} frames a second" if row.fps else "",
        row.pixel_format or "",
        f"rotated {row.rotation:.0f}°" if row.rotation else "",
        f"{row.rate:,} Hz" if row.rate else "",
        counted(row.channels, "channel") if row.channels else "",
        f"language {row.language}" if row.language not in (None, "und") else "",
        f"starts at {row.start_s:.3f} s" if row.start_s else "",
        f"{row.duration_s:.3f} s long" if row.duration_s is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def _condition(media: Media) -> str:
    return "; ".join(media.condition) or "nothing noted"


def _weights(transcript: Transcript) -> str:
    return f"{transcript.model} ({transcript.engine}): {transcript.sha256}"


def _cut(text: str) -> str:
    if len(text) <= LETTERS_AT_MOST:
        return text
    return f"{text[:LETTERS_AT_MOST]}… ({len(text):,} characters, all in report.json)"
