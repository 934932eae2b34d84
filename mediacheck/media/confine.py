"""Starts the child that decodes one file, and says how far it is confined.

The only module that may use what one system alone has. Today's level is D: the child gets one open descriptor
instead of a name, protocol and format white lists, and resource limits where the system knows them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

LEVEL = "D: reduced confinement (own process, one descriptor, format and protocol lists, resource limits)"

ADDRESS_SPACE_BYTES = 4 << 30  # HEVC of 7680 x 4320 in 10 bit took 1.1 GiB, of 3840 x 2160 0.4 GiB
# A two-hour 4K original decodes in less; a file that loops does not run for ever.
CPU_SECONDS = 6 * 3600
OPEN_FILES = 64


@dataclass(frozen=True, slots=True)
class Child:
    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]

    def end(self) -> None:
        """Kills the child if it still runs and waits for it; safe to call twice and from any thread."""
        # First of all: closing a pipe waits for a thread that reads from it.
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.requests, self.answers):
            with suppress(OSError):  # a broken pipe on close: the child is gone already
                pipe.close()


def start_child(file: BinaryIO, path: Path) -> Child:
    """A decoding child that can read `file` and, on POSIX, knows it by descriptor only.

    Elsewhere the child opens `path` itself, before the decoder comes in. Its stderr is dropped: decoders print
    there whatever a hostile file makes them print.
    """
    command = [sys.executable, "-I", "-c", _entry()]
    environment = {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        **{key: os.environ[key] for key in ("SYSTEMROOT", "TMPDIR", "TEMP") if key in os.environ},
    }
    posix = os.name == "posix"
    process = subprocess.Popen(
        [*command, str(file.fileno()) if posix else str(path.resolve())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(file.fileno(),) if posix else (),
        env=environment,
        # Own group: Ctrl-C reaches the parent alone, which then ends its children in order.
        start_new_session=posix,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    return Child(process, process.stdin, process.stdout)


def inherited(argument: str) -> int:
    """Called in the child: the descriptor of the file that `start_child` was given."""
    if os.name == "posix":
        return int(argument)
    return os.open(argument, os.O_RDONLY | getattr(os, "O_BINARY", 0))


def limit_own_resources() -> None:
    """Called in the child before it opens anything. Does nothing where the system has no such limits."""
    if os.name != "posix":
        return
    import resource

    for which, limit in (
        (resource.RLIMIT_AS, ADDRESS_SPACE_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(which)
        ceiling = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(which, (ceiling, ceiling))
        except (ValueError, OSError):  # macOS refuses some of these; the others still hold
            continue


def _entry() -> str:
    # -I ignores PYTHONPATH and the working folder, so the package is named by the place it was imported from.
    root = str(Path(__file__).resolve().parents[2])
    return (
        f"import sys; sys.path.insert(0, {root!r}); "
        "from mediacheck.media.worker import main; main(sys.argv[1])"
    )
