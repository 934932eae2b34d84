"""What a person sees while mediacheck runs: progress, log lines and messages.

stdout carries results only; everything else goes to stderr. Names come from strangers: every line
is made visible first. A reader that went away (closed pipe) never changes how the run ends; a result that
could not be written (full disk) is told.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
import threading
import time
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TextIO

from mediacheck.errors import OutputLost
from mediacheck.progress import SILENT, Progress

SPEAK_EVERY_S = 10.0

# Control, format (bidi overrides, zero widths), surrogate, private, unassigned, line and paragraph.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # Persian, Urdu and Hindi are spelt with them


def visible(text: str) -> str:
    """Characters that steer a terminal or hide in a line, shown by their number: ⟨U+202E⟩."""
    return "".join(
        f"⟨U+{ord(character):04X}⟩"
        if unicodedata.category(character) in _HIDDEN and character not in _JOINERS
        else character
        for character in text
    )


def result(text: str) -> None:
    """One line on stdout. Raises OutputLost where it cannot be written; that nobody reads on is no fault."""
    lost = _write(sys.stdout, text)
    if lost is not None and lost.errno != errno.EPIPE:
        raise OutputLost(f"the result could not be written to stdout: {lost.strerror}")


def undelivered(text: str) -> str | None:
    """One line on stdout; why it could not be written, None where it was."""
    lost = _write(sys.stdout, text)
    return None if lost is None else lost.strerror


def say(text: str) -> None:
    """One line on stderr."""
    _write(sys.stderr, text)


def complain(message: str) -> None:
    """One line on stderr that says who speaks."""
    say(f"mediacheck: {message}")


def show_traceback() -> None:
    """The exception being handled, on stderr."""
    for line in traceback.format_exc().splitlines():
        say(line.expandtabs())


def flush() -> None:
    """Empty both streams now: at Python's own end a failure would give exit code 120."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except (OSError, ValueError):
                _discard(stream)


@contextmanager
def at_work(*, quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Progress and log lines on stderr while the block runs; stray prints do not reach stdout."""
    with _logging(quiet=quiet, verbose=verbose), redirect_stdout(_Stderr()):
        if quiet:
            yield SILENT
        elif _can_draw():
            with _bars() as bars:
                yield bars
        else:
            yield Lines(say)


class Lines:
    """Progress as a log: one line when a stage begins and ends, and one every 10 s in between."""

    def __init__(
        self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._write = write
        self._clock = clock
        self._lock = threading.Lock()
        self._began: dict[str, float] = {}
        self._spoke: dict[str, float] = {}
        self._ended: set[str] = set()

    def at(self, stage: str, done: float, total: float) -> None:
        now = self._clock()
        with self._lock:
            ended = done >= total
            if ended and stage in self._ended:
                return
            if stage not in self._began:
                self._ended.discard(stage)
                self._began[stage] = self._spoke[stage] = now
                self._write(f"{stage}: started")
            took = now - self._began[stage]
            if ended:
                self._ended.add(stage)
                del self._began[stage]
                self._write(f"{stage}: done in {took:.1f} s")
            elif now - self._spoke[stage] >= SPEAK_EVERY_S:
                self._spoke[stage] = now
                left = f", about {took * (total - done) / done:.0f} s left" if done > 0 else ""
                self._write(f"{stage}: {100 * done / total:.0f} %{left}")


def _can_draw() -> bool:
    terminal = sys.stderr is not None and sys.stderr.isatty()
    return terminal and os.environ.get("TERM") not in ("dumb", "unknown")


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Drawing
    from rich.progress import TimeRemainingColumn as TimeLeft

    class Bars:
        def __init__(self, drawing: Drawing) -> None:
            self._drawing = drawing
            self._lock = threading.Lock()
            self._tasks: dict[str, TaskID] = {}

        def at(self, stage: str, done: float, total: float) -> None:
            with self._lock:
                if stage not in self._tasks:
                    self._tasks[stage] = self._drawing.add_task(visible(stage), total=total)
                self._drawing.update(self._tasks[stage], completed=done, total=total)

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeLeft(elapsed_when_finished=True),
    )
    with Drawing(*columns, console=Console(stderr=True)) as drawing:
        yield Bars(drawing)


@contextmanager
def _logging(*, quiet: bool, verbose: bool) -> Iterator[None]:
    """Warnings of ours and of others; with verbose every line of ours; with quiet only errors."""
    ours, python = logging.getLogger("mediacheck"), logging.getLogger("py.warnings")
    handler = _Handler(logging.ERROR if quiet else logging.DEBUG)
    before = ours.level, python.level
    ours.setLevel(logging.DEBUG if verbose else logging.WARNING)
    python.setLevel(logging.WARNING if verbose else logging.ERROR)
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(handler)
        ours.setLevel(before[0])
        python.setLevel(before[1])


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(f"{record.levelname.lower()}: {record.name}: {record.getMessage()}")


class _Stderr(io.TextIOBase):
    """Whatever sys.stderr is at the time of writing: a drawn progress replaces it."""

    def write(self, text: str) -> int:
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.write(text)
        return len(text)


def _write(stream: TextIO | None, text: str) -> OSError | None:
    """Why it could not be written; None where it was."""
    closed = OSError(errno.EBADF, "it is closed")
    if stream is None:  # started without this stream
        return closed
    encoding = getattr(stream, "encoding", None) or "utf-8"
    line = visible(text).encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(f"{line}\n")
        stream.flush()
    except OSError as error:
        _discard(stream)
        return error
    except ValueError:
        _discard(stream)
        return closed
    return None


def _discard(stream: TextIO) -> None:
    """Send what is still buffered nowhere; the way of Python's own note on SIGPIPE."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
