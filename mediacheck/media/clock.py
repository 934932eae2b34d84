"""When is each frame shown, in seconds from the file's first presentation time? Runs in the child.

Time stamps of the container decide, never a count of frames. Broadcast formats may start their stamps anew in the
middle (parts joined end to end): such a part is moved to where the one before it ended, as players do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import av
from av.format import Flags

from mediacheck.model import Span

JUMP_S = 10.0  # forward: longer than any loss of reception that is worth keeping as a gap
BACK_S = 0.1
NEAR_S = 1.0


class Clock:
    """Joins parts whose time stamps start anew. Packets must come in the order of the file.

    The rule is that of ffmpeg's command line (`ts_discontinuity_detect`). Deviation: packets of the former part
    that come after the first of the next keep the former shift, where ffmpeg may put a gap there.

    part: the seconds of the file that are wanted; times then count from the part's start. `begins` is the file's
    start on that clock, `ends` the part's end.
    """

    def __init__(self, container: Any, first: float, part: Span | None = None) -> None:
        self.first = first if part is None else first + part.start
        self.begins = 0.0 if part is None else -part.start
        self.ends = math.inf if part is None else part.length
        self.joins = 0
        self._may_jump = bool(container.format.flags & Flags.ts_discont.value)
        self._shift = self._former = 0.0
        self._due: dict[int, float] = {}

    @property
    def may_jump(self) -> bool:
        """Whether a place in the file cannot be told from its time."""
        return self._may_jump

    def place(self, packet: Any) -> None:
        """Moves the packet's time stamps."""
        if not self._may_jump or packet.dts is None:
            return
        base = float(packet.time_base)
        stamp, lasts = packet.dts * base, (packet.duration or 0) * base
        due = self._due.get(packet.stream_index)
        shift = self._shift if due is None else self._chosen(stamp, due)
        self._due[packet.stream_index] = stamp + shift + lasts
        if shift:
            ticks = round(shift / base)
            packet.dts += ticks
            if packet.pts is not None:
                packet.pts += ticks

    def _chosen(self, stamp: float, due: float) -> float:
        late, late_before = stamp + self._shift - due, stamp + self._former - due
        if -BACK_S < late < NEAR_S:
            return self._shift
        if -BACK_S < late_before < NEAR_S:
            return self._former
        if -BACK_S < late < JUMP_S:
            return self._shift
        self.joins += 1
        self._former, self._shift = self._shift, due - stamp
        return self._shift


class Gate(Protocol):
    """What lets through only the packets that are needed; `media.part.Gate` is one."""

    over: bool

    def passed(self, packet: Any) -> Sequence[Any]: ...
    def precedes(self, packet: Any) -> bool: ...


def decoded(
    container: Any,
    wanted: Sequence[Any],
    clock: Clock,
    *,
    only: Any = None,
    skip_to: float | None = None,
    gate: Gate | None = None,
) -> Iterator[tuple[Any, Any]]:
    """(stream, frame), or (stream, None) for a packet that could not be decoded.

    (None, None) comes where reading breaks off; what was read before stays usable. only: the one stream to
    decode, where the clock needs to see the others. skip_to: packets before this many seconds are not decoded.
    gate: chooses the packets and ends the reading; damage before its part is not told.
    """
    packets = container.demux(*wanted)
    decoding = wanted if only is None else [only]
    cut_short = False
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            packet, cut_short = None, True
            for stream in decoding:
                yield from _frames(stream, None)
        if packet is None:
            if cut_short:
                yield None, None
            return
        if packet.size:  # not one of those that only empty the decoders at the end
            cut_short = packet.is_corrupt
        clock.place(packet)
        if packet.stream not in decoding:
            continue
        if skip_to is not None and packet.dts is not None:
            if packet.dts * packet.time_base - clock.first < skip_to:
                continue
            skip_to = None
        for each in (packet,) if gate is None else gate.passed(packet):
            for found in _frames(each.stream, each):
                if found[1] is not None or gate is None or not gate.precedes(each):
                    yield found
        if gate is not None and gate.over:
            for stream in decoding:
                yield from _frames(stream, None)
            return


def _frames(stream: Any, packet: Any) -> Iterator[tuple[Any, Any]]:
    try:
        frames = stream.codec_context.decode(packet)
    except av.FFmpegError:
        yield stream, None
        return
    for frame in frames:
        yield stream, frame


class Stamps:
    """Times of one stream's frames, in the order of showing, in seconds from the first presentation time.

    Presentation stamps count until more of them have gone backwards than decoding stamps have: AVI has only the
    latter, and what stands in for the former there is a guess. The rule of ffmpeg's `guess_correct_pts`.
    """

    def __init__(self, stream: Any, clock: Clock) -> None:
        self.base = float(stream.time_base)  # as a float: fractions cost more than the rest of this
        self._clock = clock
        self._last_pts = self._last_dts = -math.inf
        self._faulty_pts = self._faulty_dts = 0

    def time_of(self, frame: Any) -> float | None:
        """None where the container gives no time at all."""
        pts, dts = frame.pts, frame.dts
        if dts is not None:
            self._faulty_dts += dts <= self._last_dts
        if pts is not None:
            self._faulty_pts += pts <= self._last_pts
        if pts is None and dts is None:
            return None
        self._last_dts = pts if dts is None else dts
        self._last_pts = dts if pts is None else pts
        trusted = pts is not None and (dts is None or self._faulty_pts <= self._faulty_dts)
        ticks: int = pts if trusted else dts
        return ticks * self.base - self._clock.first
