"""What reaches a terminal is harmless, and progress reads well with and without one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mediacheck.cli.console import Lines, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("clip.mp4", "clip.mp4"),
        ("Пресс-конференция, часть 1.mp4", "Пресс-конференция, часть 1.mp4"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("\x1b[31mred\x07", "⟨U+001B⟩[31mred⟨U+0007⟩"),
        ("two\nlines\r", "two⟨U+000A⟩lines⟨U+000D⟩"),
        ("\x9b2J", "⟨U+009B⟩2J"),
        ("clip\u202e4pm.exe", "clip⟨U+202E⟩4pm.exe"),
        ("a\u2066b\u200fc\ufeffd", "a⟨U+2066⟩b⟨U+200F⟩c⟨U+FEFF⟩d"),
        ("line\u2028break", "line⟨U+2028⟩break"),
        (os.fsdecode(b"caf\xe9.mp4"), "caf⟨U+DCE9⟩.mp4"),
    ],
)
def test_hidden_characters_are_shown_by_number(text: str, seen: str) -> None:
    assert visible(text) == seen


def spoken(*steps: tuple[float, str, float, float]) -> list[str]:
    """The lines written for (seconds, stage, done, total)."""
    said: list[str] = []
    clock = iter(seconds for seconds, *_ in steps)
    lines = Lines(said.append, clock=lambda: next(clock))
    for _, stage, done, total in steps:
        lines.at(stage, done, total)
    return said


def test_stage_is_told_when_it_begins_and_ends() -> None:
    assert spoken((0, "sound", 0, 9), (1, "sound", 4, 9), (2, "sound", 9, 9)) == [
        "sound: started",
        "sound: done in 2.0 s",
    ]


def test_long_stage_is_told_every_ten_seconds_with_the_time_left() -> None:
    steps = [(float(second), "words", float(second), 40.0) for second in range(0, 41, 4)]
    assert spoken(*steps) == [
        "words: started",
        "words: 30 %, about 28 s left",
        "words: 60 %, about 16 s left",
        "words: 90 %, about 4 s left",
        "words: done in 40.0 s",
    ]


def test_stages_side_by_side_and_again_are_told_apart() -> None:
    assert spoken(
        (0, "clip", 0, 1),
        (1, "original", 0, 1),
        (2, "clip", 1, 1),
        (3, "clip", 1, 1),
        (4, "original", 1, 1),
        (5, "clip", 0, 1),
        (6, "clip", 1, 1),
    ) == [
        "clip: started",
        "original: started",
        "clip: done in 2.0 s",
        "original: done in 3.0 s",
        "clip: started",
        "clip: done in 1.0 s",
    ]


AT_WORK = """
import sys
from mediacheck.cli.console import at_work
with at_work(quiet=False, verbose=False) as progress:
    progress.at("reading", 1, 4)
    print("printed by a library")
    progress.at("[red]stage[/red]\\x1b[2J", 2, 4)
    progress.at("reading", 4, 4)
"""


@pytest.mark.parametrize("verbose", [True, False])
def test_warnings_of_python_are_for_the_verbose(verbose: bool) -> None:
    warning = (
        "import warnings\n"
        "from mediacheck.cli.console import at_work\n"
        f"with at_work(quiet=False, verbose={verbose}):\n"
        "    warnings.warn('slow first run')"
    )
    ended = subprocess.run([sys.executable, "-c", warning], capture_output=True, text=True)
    assert ended.returncode == 0
    assert ("slow first run" in ended.stderr) == verbose


@pytest.mark.skipif(sys.platform == "win32", reason="pty is for POSIX")
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_terminal_shows_stages_and_stdout_stays_empty(term: str) -> None:
    import pty

    terminal, stderr = pty.openpty()
    ended = subprocess.run(
        [sys.executable, "-c", AT_WORK],
        stdout=subprocess.PIPE,
        stderr=stderr,
        env={**os.environ, "TERM": term, "COLUMNS": "100"},
    )
    os.close(stderr)
    drawn = b""
    try:
        while block := os.read(terminal, 65536):
            drawn += block
    except OSError:  # Linux's way to say that the other end is closed
        pass
    os.close(terminal)

    text = drawn.decode()
    assert (ended.returncode, ended.stdout) == (0, b"")
    assert "reading" in text
    assert "printed by a library" in text
    assert "[red]stage[/red]⟨U+001B⟩[2J" in text
    assert ("100%" in text) == (term == "xterm")
