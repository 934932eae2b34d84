"""Which packets must be read and decoded for a part of a file? Runs in the child.

A part of hours costs what the part costs: reading starts at a key frame before it where the file can be sought, and
from the file's start, without decoding, where it cannot. Reading ends behind the part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import av

from mediacheck.media.clock import Clock
from mediacheck.media.opening import all_of, first_time, opened

SOUND_LEAD_S = 1.0  # decoders of sound need some packets before they are exact
PICTURE_LEAD_S = 1.0  # times that are guessed, as those of AVI, settle within some frames
LEADS_S = (2.0, 12.0)  # tracks of one moment lie apart in a file, as badly as by seconds
SETTLED_S = 0.25  # of sound that must have been read before the part: Opus needs 0.08 s, MP3 0.2 s
APART_S = 10.0  # behind the part's end no packet of it comes any more
MOST_HELD = 64 * 1024 * 1024  # bytes of packets that may turn out to be needed
# Their packets carry no times of their own: reading must have counted them from the file's start.
COUNTED = ("mp3", "aac", "amr", "h264", "hevc", "gif")


def place_to_seek(descriptor: int, start_s: float) -> float | None:
    """Seconds of the file to seek to, from where all of each track is read that start_s needs.

    None where reading must begin at the file's start: no index, no times, clocks that may jump.
    """
    for lead_s in LEADS_S:
        if start_s - lead_s <= 0.0:
            return None
        with opened(descriptor) as container:
            if Clock(container, 0.0).may_jump or container.format.name in COUNTED:
                return None
            try:
                seek(container, start_s - lead_s)
                if _lands_before(container, start_s):
                    return start_s - lead_s
            except av.FFmpegError:
                return None
    return None


def seek(container: Any, time_s: float) -> None:
    """To the last key frame of the picture (or the first sound track) at or before time_s of the file."""
    stream = all_of(container)[0]
    target = round((first_time(container) + time_s) / float(stream.time_base))
    container.seek(target, stream=stream)


def _lands_before(container: Any, start_s: float) -> bool:
    """Whether the next packet of each track comes early enough for start_s."""
    first, missing = first_time(container) + start_s, {each.index for each in all_of(container)}
    for packet in container.demux(*all_of(container)):
        at = _seconds(packet)
        if at is None:
            return False
        early = at - first if packet.stream.type == "video" else at - first + SETTLED_S
        if packet.stream.index in missing:
            if early > 0 or not packet.is_keyframe:
                return False
            missing.discard(packet.stream.index)
        if not missing:
            return True
        if early > 0:
            return False
    return False


def _seconds(packet: Any) -> float | None:
    """When it is shown, in the container's seconds; when it is decoded where that is not told."""
    stamp = packet.dts if packet.pts is None else packet.pts
    return None if stamp is None else float(stamp * packet.time_base)


class Gate:
    """Lets through what the clock's part needs: the picture from a key frame before it, the sound from a little
    before. Packets must come in the order of the file, moved by the clock.
    """

    def __init__(self, clock: Clock, wanted: Sequence[Any]) -> None:
        self.over = False  # nothing of the part can come any more
        self.goes_on = False  # the file reaches behind the part
        self._clock = clock
        self._tracks = {stream.index for stream in wanted}
        self._ended: set[int] = set()
        self._held: list[Any] = []
        self._held_bytes = 0
        self._flows = False

    def passed(self, packet: Any) -> list[Any]:
        """The packets to decode next, in their order."""
        if packet.dts is None:
            return [*self._released(), packet]
        at = float(packet.dts * packet.time_base) - self._clock.first
        if at >= self._clock.ends:  # what is decoded so late is shown no earlier
            self.goes_on = True
            self._ended.add(packet.stream.index)
            self.over = self._ended == self._tracks or at >= self._clock.ends + APART_S
            return []
        if packet.stream.type != "video":
            return [packet] if at >= -SOUND_LEAD_S else []
        return self._picture(packet, at)

    def precedes(self, packet: Any) -> bool:
        """Whether a packet is shown before the part: decoders may stumble there."""
        at = _seconds(packet)
        return at is not None and at < self._clock.first

    def _picture(self, packet: Any, at: float) -> list[Any]:
        if packet.is_keyframe and self._may_begin(packet):
            self._held, self._held_bytes, self._flows = [], 0, False
        if self._flows:
            return [packet]
        self._held.append(packet)
        self._held_bytes += packet.size
        if at < 0 and self._held_bytes <= MOST_HELD:
            return []
        return self._released()

    def _may_begin(self, packet: Any) -> bool:
        shown = _seconds(packet)
        return shown is not None and shown <= self._clock.first - PICTURE_LEAD_S

    def _released(self) -> list[Any]:
        held, self._held, self._held_bytes, self._flows = self._held, [], 0, True
        return held
