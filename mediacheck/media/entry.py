"""One entry of the cache as a file: facts as JSON and arrays as raw bytes, under one SHA-256.

Nothing in it is ever executed: no pickles, no object arrays. The digest is there for accidents (a bad disk, half a
write after a power cut); whoever can write into the folder can write a fitting digest too. SHA-256, because it costs
0.08 s for the 160 MB of half an hour where the processor has instructions for it, 0.4 s where not, against the 75 s of
decoding that it guards; CRC-32 would be three times as fast and let one damage in four thousand million through.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedRandom, BufferedReader
from typing import Any

import numpy as np

MAGIC = b"mediacheck.cache/1\n"
_HEAD = struct.Struct("<32sI")  # SHA-256 of all that follows it but this number, length of the JSON
_BLOCK = 1 << 20
_NUMBERS = "fiu"  # kinds of arrays that are kept


class Damaged(Exception):
    """The bytes are not what was written, or make no sense."""


@dataclass(frozen=True, slots=True)
class Entry:
    """arrays: read-only and lying in the file; copy what should not keep it open."""

    facts: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]


def size_of(entry: Entry) -> int:
    """Bytes on disk, give or take a page for each array."""
    return len(_header(entry)) + sum(_whole(array.nbytes) for array in entry.arrays.values())


def write(file: BufferedRandom, entry: Entry) -> None:
    """Into an empty file opened for writing, at most a block at a time in memory."""
    header = _header(entry)
    digest = hashlib.sha256()

    def put(block: bytes | memoryview) -> None:
        digest.update(block)
        file.write(block)

    start = len(MAGIC) + _HEAD.size
    file.write(bytes(start))
    put(header)
    put(bytes(_whole(start + len(header)) - start - len(header)))
    for array in entry.arrays.values():
        content = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        for first in range(0, len(content), _BLOCK):
            put(content[first : first + _BLOCK])
        put(bytes(_whole(len(content)) - len(content)))
    file.seek(0)
    file.write(MAGIC + _HEAD.pack(digest.digest(), len(header)))


def read(file: BufferedReader) -> Entry:
    """Raises Damaged unless the file is, byte for byte, what `write` has written."""
    try:
        return _read(file)
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise Damaged(str(error) or type(error).__name__) from error


def _read(file: BufferedReader) -> Entry:
    start = len(MAGIC) + _HEAD.size
    head = file.read(start)
    if not head.startswith(MAGIC):
        raise Damaged("it is of another kind or version")
    digest, length = _HEAD.unpack(head[len(MAGIC) :])
    if hashlib.file_digest(file, "sha256").digest() != digest:
        raise Damaged("its bytes are not those that were written")
    content = np.asarray(np.memmap(file, np.uint8, "r"))
    header = json.loads(content[start : start + length].tobytes())
    arrays = {}
    position = _whole(start + length)
    for row in header["arrays"]:
        kind, shape = np.dtype(row["dtype"]), tuple(row["shape"])
        if kind.kind not in _NUMBERS or min(shape, default=0) < 0:
            raise Damaged(f"an array of {kind}, shape {shape}")
        size = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
        arrays[row["name"]] = content[position : position + size].view(kind).reshape(shape)
        position += _whole(size)
    if position != os.fstat(file.fileno()).st_size:
        raise Damaged("its length is not the one that it names")
    return Entry(header["facts"], arrays)


def _header(entry: Entry) -> bytes:
    rows = [
        {"name": name, "dtype": array.dtype.str, "shape": array.shape}
        for name, array in entry.arrays.items()
    ]
    return json.dumps({"facts": entry.facts, "arrays": rows}).encode()


def _whole(size: int) -> int:
    """Rounded up: each array begins on a page, as a mapping of its own file would."""
    return -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
