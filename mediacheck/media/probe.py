"""path -> Source: an opened file, its hash and the facts of its streams. Nothing is guessed.

The file is opened once; what is hashed here is what the child later decodes, by the same descriptor.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
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


@dataclass(slots=True)
class Source:
    """One file that stays open, with the child that reads it. Close it, or use it in a with statement."""

    path: Path
    file: BinaryIO
    child: Child
    media: Media
    picture_index: int | None

    def ask(self, what: str, **details: object) -> None:
        request = json.dumps({"do": what, **details}).encode() + b"\n"
        try:
            self.child.requests.write(request)
            self.child.requests.flush()
        except (BrokenPipeError, ValueError) as error:
            raise MediaUnreadable(
                f"{self.path.name}: the decoder stopped while reading it"
            ) from error

    def answers(self, *kinds: bytes) -> Iterator[bytes]:
        """Payloads of these kinds until the answer ends. Raises MediaUnreadable when the child refuses."""
        while True:
            kind, payload = self._receive()
            if kind == wire.DONE:
                return
            if kind == wire.REFUSED:
                raise MediaUnreadable(f"{self.path.name}: {json.loads(payload)['reason']}")
            if kind in kinds:
                yield payload

    def _receive(self) -> tuple[bytes, bytes]:
        try:
            return wire.receive(self.child.answers)
        except wire.ChildGone as error:
            raise MediaUnreadable(
                f"{self.path.name}: the decoder stopped while reading it"
            ) from error

    def still_the_same(self) -> bool:
        """Whether the file's bytes are those that were hashed when it was opened."""
        return _sha256(self.file) == self.media.sha256

    def close(self) -> None:
        self.child.end()
        self.file.close()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_source(path: Path) -> Source:
    """Raises MediaUnreadable when there is no file, it is empty, or it holds neither picture nor sound."""
    file = _open_regular(path)
    child = None
    try:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            raise MediaUnreadable(f"{path.name}: the file is empty; is the download complete?")
        sha256 = _sha256(file)
        child = start_child(file)
        facts = _probe(path, child)
        media = _media(path, sha256, size, facts)
        return Source(path, file, child, media, facts["picture_index"])
    except BaseException:
        if child is not None:
            child.end()
        file.close()
        raise


def _open_regular(path: Path) -> BinaryIO:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        file = os.fdopen(os.open(path, flags), "rb")
    except FileNotFoundError as error:
        raise MediaUnreadable(f"{path}: there is no such file") from error
    except OSError as error:
        raise MediaUnreadable(f"{path}: it cannot be opened ({error.strerror})") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise MediaUnreadable(f"{path}: it is not a file")
    return file


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


def _probe(path: Path, child: Child) -> dict[str, Any]:
    child.requests.write(b'{"do": "probe"}\n')
    child.requests.flush()
    facts: dict[str, Any] = {}
    while True:
        try:
            kind, payload = wire.receive(child.answers)
        except wire.ChildGone as error:
            raise MediaUnreadable(f"{path.name}: the decoder stopped while opening it") from error
        if kind == wire.REFUSED:
            reason = json.loads(payload)["reason"]
            raise MediaUnreadable(
                f"{path.name}: it cannot be read as video or sound ({reason}); is the download complete?"
            )
        if kind == wire.DONE:
            return facts
        facts = json.loads(payload)


def _media(path: Path, sha256: str, size: int, facts: Mapping[str, Any]) -> Media:
    streams = tuple(StreamInfo(**stream) for stream in facts["streams"])
    if not any(stream.kind in ("picture", "sound") for stream in streams):
        raise MediaUnreadable(f"{path.name}: there is neither picture nor sound in it")
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
