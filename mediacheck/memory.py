"""What is known of one file, whatever it is compared with: asked of the cache first, made where it is not there.

The road is the same with and without a cache, and so is the result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from mediacheck.media import kept
from mediacheck.media.cache import Cache, Key, Setting
from mediacheck.media.decode import Decoded, decode
from mediacheck.media.entry import Entry
from mediacheck.media.probe import Source, open_source
from mediacheck.media.sound import Sound
from mediacheck.model import Channel, Media, Span, Transcript
from mediacheck.progress import SILENT, Progress
from mediacheck.speech.activity import speech_probability
from mediacheck.speech.engines import Engine

MODEL_ITSELF = "model.bin"
SMALL_BYTES = 64 << 20  # whatever lies beside a model and is read with it is smaller

Made = TypeVar("Made")


def opened(path: Path, cache: Cache | None) -> Source:
    """As `open_source`; a file that an earlier run has probed needs no child until somebody asks for more."""
    if cache is None:
        return open_source(path)

    def known(sha256: str, probe: Callable[[], Media]) -> Media:
        return _remembered(
            cache,
            Key("probe", sha256),
            probe,
            kept.of_record,
            lambda entry: kept.record_of(Media, entry),
        )

    return open_source(path, known)


class Memory:
    """One file of a comparison. part: what of it is read, None for the whole. Not thread-safe."""

    def __init__(self, source: Source, part: Span | None, cache: Cache | None) -> None:
        self._source, self._part, self._cache = source, part, cache
        self._speech: dict[tuple[int, Channel | None], np.ndarray] = {}

    def decoded(self, stage: str, progress: Progress = SILENT) -> Decoded:
        """As `media.decode.decode`."""

        def make() -> Decoded:
            return decode(self._source, stage, progress, self._part)

        def take(entry: Entry) -> Decoded:
            progress.at(stage, 0.0, 1.0)
            found = kept.decoded_of(entry)
            progress.at(stage, 1.0, 1.0)
            return found

        return self._asked("decoded", {}, make, kept.of_decoded, take)

    def speech(self, sound: Sound) -> np.ndarray:
        """`speech_probability` of a whole sound of this file."""
        asked = (sound.stream_index, sound.channel)
        if asked not in self._speech:
            self._speech[asked] = self._asked(
                "speech",
                {"stream": sound.stream_index, "channel": sound.channel},
                lambda: speech_probability(np.asarray(sound.samples)),
                lambda made: Entry({}, {"probability": made}),
                lambda entry: np.array(entry.arrays["probability"]),
            )
        return self._speech[asked]

    def transcript(
        self,
        engine: Engine,
        model: str,
        sound: Sound,
        spoken: tuple[Span, ...],
        language: str | None,
        progress: Progress,
    ) -> Transcript:
        """What `engine` reads in these stretches of a sound of this file. model: as the user named it."""
        settings: dict[str, Setting] = {
            "stream": sound.stream_index,
            "channel": sound.channel,
            "spoken": hashlib.sha256(repr([tuple(span) for span in spoken]).encode()).hexdigest(),
            "language": language,
            "engine": engine.name,
            "model": engine.model,
            "weights": engine.sha256,
            "beside": _beside(Path(model)),
        }
        return self._asked(
            "transcript",
            settings,
            lambda: engine.transcribe(sound.samples, 0.0, spoken, language, progress),
            kept.of_record,
            lambda entry: kept.record_of(Transcript, entry),
        )

    def _asked(
        self,
        kind: str,
        settings: dict[str, Setting],
        make: Callable[[], Made],
        entry_of: Callable[[Made], Entry],
        made_of: Callable[[Entry], Made],
    ) -> Made:
        if self._cache is None:
            return make()
        part = None if self._part is None else f"{self._part.start!r}-{self._part.end!r}"
        key = Key(kind, self._source.media.sha256, {**settings, "part": part})
        return _remembered(self._cache, key, make, entry_of, made_of)


def _remembered(
    cache: Cache,
    key: Key,
    make: Callable[[], Made],
    entry_of: Callable[[Made], Entry],
    made_of: Callable[[Entry], Made],
) -> Made:
    found = cache.load(key)
    if found is not None:
        try:
            return made_of(found)
        except (ValueError, KeyError, TypeError) as error:
            cache.warn(f"the cache's {key.kind} of a file was not used: {error}")
    made = make()
    cache.store(key, entry_of(made))
    return made


def _beside(folder: Path) -> str | None:
    """A digest of what lies beside a model of the user's own: its tokenizer changes words as well. None where the
    weights are no folder, and pinned as a whole or in one file.
    """
    if not folder.is_dir():
        return None
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.name != MODEL_ITSELF and path.is_file() and path.stat().st_size <= SMALL_BYTES:
            content = path.read_bytes()
            digest.update(f"{path.name!r} {len(content)}\n".encode() + content)
    return digest.hexdigest()
