"""Where does each sample of a sound track stand? At 16 kHz, placed by time stamps. Runs in the child.

Sent as mono. Two channels of opposite sign are silence in mono and speech to a listener: there the first is taken
alone. Where the two differ otherwise, half of their difference is sent besides: the left one is the sum of both, the
right one what is left of mono without it.

Counting samples is wrong wherever tracks were joined without decoding: each joint leaves or takes up to one packet.
Placing each packet alone is wrong too: stamps are rounded and jitter. So samples are counted from a placed one, and
placed anew where the stamps of the next quarter of a second agree that the count is off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from av.audio.resampler import AudioResampler

from mediacheck.media import wire
from mediacheck.media.clock import Clock, Stamps

# Two stamps rounded to the 1 ms of Matroska, FLV and ASF stay below it; so does what is left uncorrected.
TOLERANCE_S = 0.0012
AGREEING_S = 0.25
AGREEING_PACKETS = 9
AGREEING_SHARE = 0.8
EARLIEST_S = -60.0
CANCELLED = (
    0.01  # of the channels' energy; two unlike recordings leave a half of it, real speech more
)
DIFFERING = 0.01  # of the channels' energy: what codecs add to one voice in both stays below a hundredth of it
LEAST_SIDE = (
    8.0  # of 32767, root-mean-square: a recorder's own noise differs from channel to channel
)
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
        self._begins = clock.begins
        self._stamps = Stamps(stream, clock)
        self._tolerance = max(TOLERANCE_S, 0.75 * self._stamps.base)
        self._waiting: deque[_Waiting] = deque()
        self._waiting_s = 0.0
        self._counted = 0.0
        self._off: float | None = None
        self._resampler: AudioResampler | None = None
        self._format: tuple[object, ...] | None = None
        self._starts: float | None = None
        self._position = 0  # of the next sample in the file, at wire.RATE
        self.cancelled_s = 0.0
        self.beyond = False

    def take(self, frame: Any) -> None:
        if not frame.samples or not frame.sample_rate:
            return
        at = self._stamps.time_of(frame)
        if at is not None and at >= wire.LONGEST_S:
            self.beyond = True
            return
        if at is not None and at < EARLIEST_S:
            return
        lasts = frame.samples / frame.sample_rate
        off = None if at is None else at - self._counted
        self._waiting.append(_Waiting(frame, lasts, self._counted, off))
        self._counted += lasts
        self._waiting_s += lasts
        while self._waiting_s > AGREEING_S and len(self._waiting) > AGREEING_PACKETS:
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
            layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
            self._resampler = AudioResampler("s16", layout, wire.RATE, frame_size=PIECE)
            self._format, self._off = kind, off
            self._starts = due.counted + off
            self._position = round(self._starts * wire.RATE)
        frame.pts = None
        self._send(self._resampler.resample(frame))

    def _agreed(self) -> float:
        """How far from its count the next frame stands: as before, or as its stamp and those after it say."""
        own = self._waiting[0].off
        if self._off is None:
            return next((each.off for each in self._waiting if each.off is not None), self._begins)
        if own is None or self._close(own, self._off):
            return self._off
        stamps = [each.off for each in self._waiting if each.off is not None]
        side = 1.0 if own > self._off else -1.0
        agreeing = sum(side * (stamp - self._off) > self._tolerance for stamp in stamps)
        if agreeing < AGREEING_SHARE * len(stamps):
            return self._off  # its stamp alone is off
        middle = sorted(stamps)[len(stamps) // 2]
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
            channels = piece.to_ndarray().reshape(-1, piece.layout.nb_channels)
            middle, side = self._mixed(channels)
            wire.send(self._out, wire.SOUND, header, middle.tobytes())
            if side is not None:
                number, at_s = self._number + wire.SIDE, self._position / wire.RATE
                header = wire.SOUND_HEADER.pack(number, True, at_s)
                wire.send(self._out, wire.SOUND, header, side.tobytes())
            self._starts = None
            self._position += len(middle)

    def _mixed(self, channels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """channels: (n, 1 or 2) int16; mono and half of the difference, (n,) int16, None where there is none."""
        if channels.shape[1] == 1:
            return channels[:, 0], None
        both = channels.astype(np.float32)
        middle = (both[:, 0] + both[:, 1]) / 2  # as their mean, in a fifth of its time
        energy = float((both**2).mean())
        if float((middle**2).mean()) < CANCELLED * energy:
            self.cancelled_s += len(channels) / wire.RATE
            return channels[:, 0], None
        mono = np.asarray(middle.round(), np.int16)
        side = both[:, 0] - middle
        if float((side**2).mean()) < max(DIFFERING * energy, LEAST_SIDE**2):
            return mono, None
        return mono, np.asarray(side.round(), np.int16)
