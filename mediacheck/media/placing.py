"""Where does each sample of a sound track stand? Mono at 16 kHz, placed by time stamps. Runs in the child.

Counting samples is wrong wherever tracks were joined without decoding: each joint leaves or takes up to one packet.
Placing each packet alone is wrong too: stamps are rounded and jitter. So samples are counted from a placed one, and
placed anew where the stamps of a quarter of a second agree that the count is off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any

from av.audio.resampler import AudioResampler

from mediacheck.media import wire
from mediacheck.media.clock import Clock, time_of

# Rounding to the 1 ms of Matroska, FLV and ASF stays below it; so does what is left uncorrected.
TOLERANCE_S = 0.0015
AGREEING_S = 0.25
EARLIEST_S = -60.0
PIECE = wire.RATE // 2  # samples; one packet at a time would cost as much as decoding it


@dataclass(slots=True)
class _Waiting:
    """A frame, where its stamp puts it and where the count does, in seconds."""

    frame: Any
    lasts: float
    counted: float
    off: float | None  # stamp less count; None without a stamp


class Track:
    """One sound track on its way from the decoder to the parent."""

    def __init__(self, out: IO[bytes], number: int, stream: Any, clock: Clock) -> None:
        self._out = out
        self._number = number
        self._base = float(stream.time_base)
        self._clock = clock
        self._tolerance = max(TOLERANCE_S, 0.75 * self._base)
        self._waiting: deque[_Waiting] = deque()
        self._waiting_s = 0.0
        self._counted = 0.0
        self._off: float | None = None
        self._resampler: AudioResampler | None = None
        self._format: tuple[object, ...] | None = None
        self._starts: float | None = None

    def take(self, frame: Any) -> None:
        if not frame.samples or not frame.sample_rate:
            return
        at = time_of(frame, self._base, self._clock)
        if at is not None and not EARLIEST_S < at < wire.LONGEST_S:
            return
        lasts = frame.samples / frame.sample_rate
        off = None if at is None else at - self._counted
        self._waiting.append(_Waiting(frame, lasts, self._counted, off))
        self._counted += lasts
        self._waiting_s += lasts
        while self._waiting_s > AGREEING_S:
            self._release()

    def finish(self) -> None:
        """Sends what is left."""
        while self._waiting:
            self._release()
        self._drain()

    def _release(self) -> None:
        off = self._agreed()
        due = self._waiting.popleft()
        self._waiting_s -= due.lasts
        frame = due.frame
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._resampler is None or kind != self._format or off != self._off:
            self._drain()
            self._resampler = AudioResampler("s16", "mono", wire.RATE, frame_size=PIECE)
            self._format, self._off = kind, off
            self._starts = due.counted + off
        frame.pts = None
        self._send(self._resampler.resample(frame))

    def _agreed(self) -> float:
        """How far from its count the next frame stands: as before, or as its stamp and those after it say."""
        stamps = [each.off for each in self._waiting if each.off is not None]
        own = self._waiting[0].off
        if self._off is None:
            return stamps[0] if stamps else 0.0
        if own is None or self._close(own, self._off):
            return self._off
        middle = sorted(stamps)[len(stamps) // 2]
        if self._close(middle, self._off):
            return self._off  # its stamp alone is off
        return own if self._close(own, middle) or self._close(own, *stamps[1:2]) else middle

    def _close(self, off: float, *others: float) -> bool:
        return any(abs(off - other) <= self._tolerance for other in others)

    def _drain(self) -> None:
        if self._resampler is not None:
            self._send(self._resampler.resample(None))
        self._resampler = None

    def _send(self, pieces: Iterable[Any]) -> None:
        for piece in pieces:
            header = wire.SOUND_HEADER.pack(
                self._number, self._starts is not None, self._starts or 0.0
            )
            samples = memoryview(piece.planes[0])[: piece.samples * 2]
            wire.send(self._out, wire.SOUND, header, samples)
            self._starts = None
