"""Sound of a file on its clock: mono, 16 kHz, each sample where its time stamp puts it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mediacheck.media import wire
from mediacheck.media.probe import Source, open_source
from mediacheck.model import Channel, Span

RATE = wire.RATE
_MINUTE = 60 * RATE


@dataclass(frozen=True, slots=True)
class Sound:
    """samples: (n,) int16 at `rate`; sample 0 stands at the file's first presentation time.

    Gaps in the track are zeros. `starts` and `ends` say where the track really begins and ends. side: half of the left
    channel less the right one, 0 where they do not differ, (up to n,) int16; None where they nowhere do.
    channel: the one that the samples are of; None for all of them mixed.
    """

    samples: np.ndarray
    rate: int
    starts: float
    ends: float
    stream_index: int
    side: np.ndarray | None = None
    channel: Channel | None = None

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate

    def between(self, span: Span) -> np.ndarray:
        """Samples of a span, clipped to the track."""
        first = max(0, round(span.start * self.rate))
        return self.samples[first : max(first, round(span.end * self.rate))]

    def channels(self, within: Span | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The left and the right one, (n,) int16 each; mono twice where they nowhere differ.

        within: the only seconds of them that are wanted; all others are 0 then and take no memory.
        """
        if self.side is None:
            return self.samples, self.samples
        count = len(self.samples)
        first, last = 0, count
        if within is not None:
            first, last = (min(max(0, round(at * self.rate)), count) for at in within)
        left, right = np.zeros(count, np.int16), np.zeros(count, np.int16)
        for begin in range(first, last, _MINUTE):
            part = slice(begin, min(last, begin + _MINUTE))
            left[part], right[part] = self._both(part)
        return left, right

    def minutes(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """`channels` one minute after the other: all of two hours take half a gigabyte."""
        for begin in range(0, len(self.samples), _MINUTE):
            yield self._both(slice(begin, begin + _MINUTE))

    def _both(self, part: slice) -> tuple[np.ndarray, np.ndarray]:
        mono = self.samples[part]
        if self.side is None:
            return mono, mono
        side = np.zeros(len(mono), np.int16)
        known = self.side[part]
        side[: len(known)] = known
        # OpenCV's sums of 16 bits stop at the largest number instead of starting anew. As one row of a picture: up to
        # four numbers in a row of their own it would take for one colour.
        return cv2.add(mono[None], side[None])[0], cv2.subtract(mono[None], side[None])[0]


class SoundStore:
    """Takes one track as the child sends it; samples lie in a file of the system's temporary folder."""

    def __init__(self) -> None:
        self._spool = tempfile.TemporaryFile(prefix="mediacheck-sound-")  # noqa: SIM115 - lives as long as the memmap
        self._position: int | None = None
        self._first: int | None = None
        self._end = 0

    def take(self, payload: bytes) -> None:
        _, starts, samples = wire.sound(payload)
        if starts is not None:
            self._position = round(starts * RATE)
        if self._position is None:
            raise wire.ChildGone("sound that starts nowhere")
        # Sound before the first presentation time is priming that players do not play.
        samples, self._position = samples[max(0, -self._position) :], self._position + len(samples)
        if not len(samples):
            return
        begin = self._position - len(samples)
        if self._position > wire.LONGEST_S * RATE:
            raise wire.ChildGone("sound without end")
        self._first = begin if self._first is None else min(self._first, begin)
        self._end = max(self._end, self._position)
        self._spool.seek(begin * 2)
        self._spool.write(samples.tobytes())

    def sound(self, stream_index: int) -> Sound | None:
        """None when not a single sample came."""
        if self._first is None:
            return None
        self._spool.flush()
        samples = np.memmap(self._spool, np.int16, "r", shape=(self._end,))
        return Sound(samples, RATE, self._first / RATE, self._end / RATE, stream_index)


def excerpt(path: Path, span: Span, rate: int = RATE) -> np.ndarray:
    """Mono 16-bit samples of a span of the sound track that plays; empty where there are none.

    Decoded in a child, which seeks instead of reading the file from its start.
    """
    if rate != RATE:
        raise ValueError(f"excerpts come at {RATE} Hz, not {rate}")
    with open_source(path) as source:
        return stretch(source, span)


def stretch(source: Source, span: Span) -> np.ndarray:
    """As `excerpt`, of a file that is open."""
    if not source.media.has("sound"):
        return np.empty(0, np.int16)
    store = SoundStore()
    with source.asked("excerpt", start_s=span.start, end_s=span.end) as answers:
        for kind, payload in answers:
            if kind == wire.SOUND and wire.sound(payload)[0] < wire.SIDE:
                store.take(payload)
    sound = store.sound(0)
    return np.empty(0, np.int16) if sound is None else np.array(sound.between(span))
