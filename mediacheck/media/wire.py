"""What the decoding child and its parent say to each other.

Requests go down as one JSON line each. Answers come up as messages of a kind, a length and a payload. Every
size is checked before memory is taken, because the child has read a file that nobody trusts.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO

PROBED = b"P"  # payload: JSON, the facts of the file
FRAME = b"F"  # payload: FRAME_HEADER, then height * width * channels bytes
SOUND = b"S"  # payload: SOUND_HEADER, then 16-bit samples; starts a new stretch where `starts` is 1
DONE = b"D"  # payload: JSON, counts and damage; ends the answer to one request
REFUSED = b"E"  # payload: JSON {"reason"}; ends the answer to one request

FRAME_HEADER = struct.Struct("<dHHB")  # seconds, width, height, channels
SOUND_HEADER = struct.Struct(
    "<BBd"
)  # track, starts, seconds of the first sample (used where starts is 1)
_HEAD = struct.Struct("<cI")

LARGEST_PAYLOAD = 64 * 1024 * 1024


class ChildGone(Exception):
    """The pipe ended within a message, or before one that was due."""


def send(pipe: IO[bytes], kind: bytes, *parts: bytes | memoryview) -> None:
    size = sum(len(part) for part in parts)
    pipe.write(_HEAD.pack(kind, size))
    for part in parts:
        pipe.write(part)


def send_json(pipe: IO[bytes], kind: bytes, content: Mapping[str, object]) -> None:
    send(pipe, kind, json.dumps(content).encode())
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[bytes, bytes]:
    """(kind, payload). Raises ChildGone at the end of the pipe or on a message that is too long."""
    kind, size = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    if size > LARGEST_PAYLOAD:
        raise ChildGone(f"a message of {size} bytes")
    return kind, _exactly(pipe, size)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) != size:
        raise ChildGone("the decoder ended early")
    return content
