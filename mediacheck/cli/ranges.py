"""Which part of the original is meant? START-END as typed: seconds, M:SS or H:MM:SS; no END is the file's end."""

from __future__ import annotations

import re

import typer

from mediacheck.model import TO_THE_END_S, Span

OPTION = "--original-range"
_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")
_CLOCK = re.compile(r"(([0-9]+):)?([0-9]+):([0-9]{2}(\.[0-9]+)?)")


def chosen_range(text: str) -> Span:
    """In milliseconds. Raises typer.BadParameter for what is no range; whether the file holds it is seen later."""
    start, dash, end = (part.strip() for part in text.partition("-"))
    if not dash or not start or "-" in end:
        raise _refused(f"{text!r} is not START-END, such as 1:10:00-1:12:30 or 600-")
    first, last = _seconds(start), _seconds(end) if end else TO_THE_END_S
    if first >= last:
        raise _refused(f"{text!r} ends before it starts")
    return Span(first, last)


def _seconds(text: str) -> float:
    if _SECONDS.fullmatch(text):
        seconds = round(float(text), 3)
    else:
        clock = _CLOCK.fullmatch(text)
        if clock is None:
            raise _refused(f"{text!r} is no time such as 75, 1:15.5 or 1:10:00")
        # Not int: it refuses thousands of digits with an error of its own.
        hours, minutes, rest = float(clock[2] or 0), float(clock[3]), float(clock[4])
        if rest >= 60 or (clock[2] and minutes >= 60):
            raise _refused(f"{text!r} is no time: a minute and a second are below 60")
        seconds = round(3600 * hours + 60 * minutes + rest, 3)
    if seconds >= TO_THE_END_S:
        raise _refused(f"{text!r} is beyond {TO_THE_END_S / 3600:.0f} hours")
    return seconds


def _refused(reason: str) -> typer.BadParameter:
    return typer.BadParameter(reason, param_hint=OPTION)
