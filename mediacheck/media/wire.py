"""What the decoding child and its parent say to each other.

Requests go down as one JSON line each. Answers come up as messages of a kind, a length and a payload. Every
size is checked before memory is taken and every number before it is used, because the child has read a file
that nobody trusts.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

READY = b"R"  # payload: JSON, empty; the child has loaded all it needs
FRAME = b"F"  # payload: FRAME_HEADER, then height * width * channels bytes
THUMB = b"T"  # payload: as that of FRAME; a frame that is only wanted as its thumbnail
SOUND = b"S"  # payload: SOUND_HEADER, then 16-bit samples; starts a new stretch where `starts` is 1
DONE = b"D"  # payload: JSON, what was found; ends the answer to one request
REFUSED = b"E"  # payload: JSON {"reason"}; the file's fault; ends the answer to one request
BROKEN = b"B"  # payload: JSON {"traceback"}; our fault; the last that comes

FRAME_HEADER = struct.Struct("<dHHB")  # seconds, width, height, channels
SOUND_HEADER = struct.Struct(
    "<B?d"
)  # track, starts, seconds of the first sample (used where starts is 1)
SIDE = 64  # added to a track's number: half of its left channel less its right one, where the two differ
_HEAD = struct.Struct("<cI")

RATE = 16_000  # samples a second: what speech recognition needs, and twice the band that alignment uses
LONGEST_S = 12 * 3600.0
LARGEST_PAYLOAD = 64 * 1024 * 1024


class ChildGone(Exception):
    """The pipe ended within a message or before one that was due, or what came makes no sense."""


def send(pipe: IO[bytes], kind: bytes, *parts: bytes | bytearray | memoryview) -> None:
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


def facts(payload: bytes) -> dict[str, Any]:
    """A payload of JSON."""
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ChildGone("an answer that is no JSON") from error
    if not isinstance(content, dict):
        raise ChildGone("an answer that is no object")
    return content


def frame(payload: bytes) -> tuple[float, np.ndarray]:
    """(seconds, pixels (height, width, channels) uint8)."""
    if len(payload) < FRAME_HEADER.size:
        raise ChildGone("a frame without its header")
    time_s, width, height, channels = FRAME_HEADER.unpack_from(payload)
    pixels = np.frombuffer(payload, np.uint8, offset=FRAME_HEADER.size)
    if not len(pixels) or len(pixels) != width * height * channels:
        raise ChildGone(f"a frame of {width} x {height} x {channels} in {len(pixels)} bytes")
    if not 0.0 <= time_s <= LONGEST_S:
        raise ChildGone(f"a frame at {time_s} s")
    return time_s, pixels.reshape(height, width, channels)


def sound(payload: bytes) -> tuple[int, float | None, np.ndarray]:
    """(track, seconds of the first sample or None where it follows the last, samples (n,) int16)."""
    if len(payload) < SOUND_HEADER.size or (len(payload) - SOUND_HEADER.size) % 2:
        raise ChildGone("half a sample")
    track, starts, time_s = SOUND_HEADER.unpack_from(payload)
    samples = np.frombuffer(payload, np.int16, offset=SOUND_HEADER.size)
    if not (math.isfinite(time_s) and abs(time_s) <= LONGEST_S):
        raise ChildGone(f"sound at {time_s} s")
    return track, time_s if starts else None, samples
