"""path -> Source: an opened file, its hash and the facts of its streams. Nothing is guessed.

The file is opened once; what is hashed here is what the child later decodes, by the same descriptor.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from mediacheck.errors import MediaUnreadable
from mediacheck.media import wire
from mediacheck.media.confine import Child, start_child
from mediacheck.model import Media, StreamInfo

LARGEST_METADATA = 64  # entries kept; a hostile file can hold thousands
LONGEST_METADATA = 400  # characters kept of each
_BLOCK = 1 << 20

_HASHED: dict[tuple[int, ...], str] = {}

Known = Callable[[str, Callable[[], Media]], Media]


@dataclass(slots=True)
class Source:
    """One file that stays open, with the child that reads it. Close it, or use it in a with statement."""

    path: Path
    file: BinaryIO
    _child: Child | None
    media: Media
    _ended: bool = False

    @property
    def child(self) -> Child:
        """Started when it is first needed: a file that is known already may never need one."""
        if self._child is None and not self._ended:
            self._child = start_child(self.file, self.path)
            if not self._ended:  # meanwhile, from another thread
                _await(self._child)
        if self._ended:
            self.end()
        if self._child is None:
            raise wire.ChildGone("the file was closed")
        return self._child

    @contextmanager
    def asked(self, what: str, **details: object) -> Iterator[Iterator[tuple[bytes, bytes]]]:
        """The answers to one request, as (kind, payload), DONE last.

        Raises MediaUnreadable when the child refuses or dies, or when the body raises ChildGone over what came.
        """
        with _blamed_on(self.path):
            yield _answers(self.path, self.child, what, details)

    def still_the_same(self) -> bool:
        """Whether the file's bytes are those that were hashed when it was opened."""
        return _sha256(self.file) == self.media.sha256

    def end(self) -> None:
        """Ends the child, from any thread; what is asked of it fails from then on."""
        self._ended = True
        if self._child is not None:
            self._child.end()

    def close(self) -> None:
        self.end()
        self.file.close()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_source(path: Path, known: Known | None = None) -> Source:
    """known: given the hash and the probe, says what the probe found; it may know without probing.

    Raises MediaUnreadable when there is no file, it is empty, or it holds neither picture nor sound.
    """
    file = _open_regular(path)
    child = None

    def probe() -> Media:
        nonlocal child
        child = start_child(file, path)
        return _probed(path, child, sha256, size)

    try:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            raise MediaUnreadable(f"{path.name}: the file is empty; is the download complete?")
        sha256 = sha256_of(file)
        media = probe() if known is None else known(sha256, probe)
        return Source(path, file, child, media)
    except BaseException:
        if child is not None:
            child.end()
        file.close()
        raise


def _open_regular(path: Path) -> BinaryIO:
    # O_NONBLOCK: a named pipe would otherwise keep us waiting for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_dir():
            raise MediaUnreadable(f"{path}: it is a folder; name the file in it")
        descriptor = _above_streams(os.open(path, flags))
    except FileNotFoundError as error:
        raise MediaUnreadable(f"{path}: there is no such file; check its name") from error
    except PermissionError as error:
        raise MediaUnreadable(
            f"{path}: it may not be read ({error.strerror}); check its permissions"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise MediaUnreadable(f"{path}: it cannot be opened ({reason}); check its name") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise MediaUnreadable(f"{path}: it is a pipe or a device; save it as a file first")
    return os.fdopen(descriptor, "rb")


def _above_streams(descriptor: int) -> int:
    """The same file under a number above 2: in a child those below are its own streams."""
    low = []
    while descriptor <= 2:
        low.append(descriptor)
        descriptor = os.dup(descriptor)
    for number in low:
        os.close(number)
    return descriptor


def sha256_of(file: BinaryIO) -> str:
    """The hash of all its bytes; read once for each state that the system tells apart.

    A comparison opens a file for its name, for decoding and for each exhibit, and an original may have gigabytes. A
    change that leaves size and times alone goes unnoticed here, and not by `Source.still_the_same`.
    """
    found = os.fstat(file.fileno())
    state = found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    if state not in _HASHED:
        _HASHED[state] = _sha256(file)
    return _HASHED[state]


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    position = 0
    while block := _read_at(file, position):
        digest.update(block)
        position += len(block)
    return digest.hexdigest()


def _read_at(file: BinaryIO, position: int) -> bytes:
    file.seek(position)
    return file.read(_BLOCK)


@contextmanager
def _blamed_on(path: Path) -> Iterator[None]:
    try:
        yield
    except wire.ChildGone as error:
        raise MediaUnreadable(
            f"{path.name}: the decoder stopped while reading it; get a fresh copy of the file"
        ) from error


def _answers(
    path: Path, child: Child, what: str, details: Mapping[str, object]
) -> Iterator[tuple[bytes, bytes]]:
    _send(child, what, details)
    while True:
        kind, payload = wire.receive(child.answers)
        if kind == wire.REFUSED:
            raise MediaUnreadable(
                f"{path.name}: it cannot be read as video or sound "
                f"({wire.facts(payload).get('reason')}); is the download complete?"
            )
        if kind == wire.BROKEN:
            raise RuntimeError(f"in the decoding process: {wire.facts(payload).get('traceback')}")
        yield kind, payload
        if kind == wire.DONE:
            return


def _send(child: Child, what: str, details: Mapping[str, object]) -> None:
    try:
        child.requests.write(json.dumps({"do": what, **details}).encode() + b"\n")
        child.requests.flush()
    except (OSError, ValueError) as error:  # ValueError: the pipe was closed
        raise wire.ChildGone("the decoder takes no requests") from error


def _await(child: Child) -> None:
    try:
        wire.receive(child.answers)
    except wire.ChildGone as error:  # before it saw the file: no fault of the file's
        raise RuntimeError("the decoding process did not start") from error


def _probed(path: Path, child: Child, sha256: str, size: int) -> Media:
    _await(child)
    with _blamed_on(path):
        *_, (_, payload) = _answers(path, child, "probe", {})
        try:
            media = _media(sha256, size, wire.facts(payload))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise wire.ChildGone("facts that make no sense") from error
    if not (media.has("picture") or media.has("sound")):
        raise MediaUnreadable(
            f"{path.name}: there is neither picture nor sound in it; is it the right file?"
        )
    return media


def _media(sha256: str, size: int, facts: Mapping[str, Any]) -> Media:
    streams = tuple(StreamInfo(**stream) for stream in facts["streams"])
    lengths = [stream.duration_s for stream in streams if stream.duration_s is not None]
    duration = facts["duration_s"] if facts["duration_s"] is not None else max(lengths, default=0.0)
    entries = sorted(facts["metadata"].items())[:LARGEST_METADATA]
    return Media(
        sha256=sha256,
        bytes=size,
        duration_s=max(0.0, duration),
        container=facts["container"],
        streams=streams,
        metadata={key[:LONGEST_METADATA]: value[:LONGEST_METADATA] for key, value in entries},
    )


def with_condition(media: Media, *conditions: str, duration_s: float | None = None) -> Media:
    """The same file with what decoding brought to light."""
    return replace(
        media,
        condition=(*media.condition, *conditions),
        duration_s=media.duration_s if duration_s is None else duration_s,
    )
