"""Which part of the original is searched, and on whose clock does the search count?

Checks measure on arrays that begin where the searched part begins, as if the rest had been cut off. Records count on
the file's clock: every time of the original is moved by the part's start before anything is stored or judged.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from mediacheck.errors import RangeRefused
from mediacheck.media.wire import LONGEST_S
from mediacheck.model import (
    Alignment,
    Measured,
    Media,
    Outcome,
    Question,
    Series,
    Span,
    Timeline,
)

Record = TypeVar("Record", bound=Any)

LEAST_S = 3.0  # of the clip's own footage 2 s were found nowhere
# Their length is told by their last stamp, and stamps may start anew: it refuses nothing.
UNSURE_OF_LENGTH = ("mpegts", "mpeg", "ogg")


def asked_part(question: Question, original: Media, name: str) -> Span | None:
    """The range asked for, in milliseconds; None for the whole. original: as probed; name: for the message.

    Raises RangeRefused where it is outside the file, or too short or too long to be searched.
    """
    asked = question.original_range
    if asked is None:
        return None
    start, end = round(asked.start, 3), round(asked.end, 3)
    known = original.duration_s > 0 and original.container not in UNSURE_OF_LENGTH
    length = original.duration_s if known else end
    if start < 0:
        raise RangeRefused(f"a range cannot start before the file does ({start:g} s)")
    if start >= length:
        raise RangeRefused(
            f"{name}: it is {length:.1f} s long, and the range starts at {start:g} s"
        )
    if round(min(end, length) - start, 3) < LEAST_S:
        whole = f"; {name} is {length:.1f} s long" if known and end > length else ""
        raise RangeRefused(
            f"a range of {min(end, length) - start:.3g} s is too short to be searched: give at least "
            f"{LEAST_S:g} s{whole}"
        )
    if known and min(end, length) - start > LONGEST_S:
        raise RangeRefused(
            f"a range of more than {LONGEST_S / 3600:g} hours is not read: give an earlier end"
        )
    return Span(start, end)


def on_file_clock(outcome: Outcome, searched: Span | None) -> Outcome:
    """What was measured on the searched part's clock, with every time of the original on the file's."""
    if searched is None or not isinstance(outcome, Measured):
        return outcome
    found = _on_file_clock(outcome, searched.start)
    heard = found.transcripts
    if heard is None or heard.original is None:
        return found
    told = replace(heard.original, range=searched)
    return replace(found, transcripts=replace(heard, original=told))


def placed(timeline: Timeline, by: float) -> Timeline:
    """The timeline with its places in the original on a clock that shows `by` seconds more."""
    return _on_file_clock(timeline, by)


def moved(line: Alignment, by: float) -> Alignment:
    """The line as it runs on a clock of the original that shows `by` seconds more."""
    return Alignment(round(line.offset_s + by, 4), line.speed)


def _on_file_clock(record: Record, by: float, of_original: bool = False) -> Record:
    """Records name what belongs to the original so; below such a name every span, start and end is the original's."""
    changed = {}
    for field in fields(record):
        value = getattr(record, field.name)
        theirs = of_original or field.name.startswith("original")
        if isinstance(record, Series) and field.name == "start_s":
            value = round(value + by, 3) if record.file == "original" else value
        elif isinstance(value, float) and field.name in ("start", "end"):
            value = round(value + by, 3) if theirs else value
        elif isinstance(value, tuple):
            value = tuple(_each(item, by, theirs) for item in value)
        else:
            value = _each(value, by, theirs)
        changed[field.name] = value
    return replace(record, **changed)


def _each(value: Any, by: float, of_original: bool) -> Any:
    if isinstance(value, Alignment):
        return moved(value, by)
    return _on_file_clock(value, by, of_original) if is_dataclass(value) else value
