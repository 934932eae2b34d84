"""Decoded files and records as entries of the cache, and back, bit by bit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np
from pydantic import TypeAdapter

from mediacheck.media.decode import Decoded
from mediacheck.media.entry import Entry
from mediacheck.media.frames import Album, Frames
from mediacheck.media.sound import Sound
from mediacheck.model import Media, Transcript

Record = TypeVar("Record")


def of_record(record: Media | Transcript) -> Entry:
    return Entry({"record": asdict(record)}, {})


def record_of(kind: type[Record], entry: Entry) -> Record:
    """Raises ValueError or KeyError where the entry holds none of that kind."""
    return _read(kind, entry.facts["record"])


def of_decoded(decoded: Decoded) -> Entry:
    facts: dict[str, Any] = {"media": asdict(decoded.media), "sounds": []}
    arrays: dict[str, np.ndarray] = {}
    if decoded.frames is not None:
        album = decoded.frames.album
        arrays |= {
            "times": decoded.frames.times,
            "thumbs": decoded.frames.thumbs,
            "album_times": album.times,
            "album_ends": np.cumsum([len(encoded) for encoded in album.encoded], dtype=np.int64),
            "album": np.frombuffer(b"".join(album.encoded), np.uint8),
        }
    for number, sound in enumerate(decoded.sounds):
        facts["sounds"].append(
            {
                "rate": sound.rate,
                "starts": sound.starts,
                "ends": sound.ends,
                "stream_index": sound.stream_index,
            }
        )
        arrays[f"sound{number}"] = sound.samples
        if sound.side is not None:
            arrays[f"side{number}"] = sound.side
    return Entry(facts, arrays)


def decoded_of(entry: Entry) -> Decoded:
    """Large arrays stay in the entry's file. Raises ValueError, KeyError or TypeError where it holds no such thing."""
    media = _read(Media, entry.facts["media"])
    sounds = tuple(
        Sound(
            samples=entry.arrays[f"sound{number}"],
            side=entry.arrays.get(f"side{number}"),
            **row,
        )
        for number, row in enumerate(entry.facts["sounds"])
    )
    return Decoded(media, _frames(entry.arrays) if "times" in entry.arrays else None, sounds)


def _frames(arrays: Mapping[str, np.ndarray]) -> Frames:
    times, thumbs = np.array(arrays["times"]), arrays["thumbs"]
    album_times, ends = np.array(arrays["album_times"]), arrays["album_ends"].tolist()
    if len(times) != len(thumbs) or len(album_times) != len(ends):
        raise ValueError("frames without a time")
    encoded = arrays["album"].data
    starts = [0, *ends[:-1]]
    pictures = tuple(encoded[start:end] for start, end in zip(starts, ends, strict=True))
    return Frames(times, thumbs, Album(album_times, pictures))


def _read(kind: type[Record], content: object) -> Record:
    # Through text: only so is a list taken for a tuple and a string for a member of an enumeration.
    return TypeAdapter(kind).validate_json(json.dumps(content))
