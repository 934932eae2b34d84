"""What does a viewer see of a frame? Turned, mirrored and stretched as the file asks, small. Runs in the child."""

from __future__ import annotations

import math
import struct
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from av.video.reformatter import VideoReformatter

from mediacheck.media import wire
from mediacheck.media.clock import JUMP_S, Clock, Stamps

if TYPE_CHECKING:
    from mediacheck.media.thumbs import Thumbs

USUAL_FPS = 25.0  # where neither the container nor the stream says how long a frame lasts
SLIDE_S = 1.0  # a frame that stays so long into a part of the file is shown from the part's start
MOST_STRETCHED = 8.0  # sample aspect ratios beyond it are mistakes; the widest in use is 64:33
_MATRIX = struct.Struct("=9i")


class GreyFrames:
    """Thins frames to at most `fps` a second, turns them upright and sends them grey and small.

    thumbs: only every `every`-th frame, the first among them, is sent as it is, the others as their thumbnails.
    """

    def __init__(
        self,
        out: IO[bytes],
        stream: Any,
        clock: Clock,
        long_side: int,
        fps: float,
        thumbs: Thumbs | None = None,
        every: int = 1,
    ) -> None:
        self._out = out
        self._thumbs, self._every, self._sent = thumbs, every, 0
        self._stream = stream
        self._step = 1.0 / fps
        self._next = 0.0
        self._clock = clock
        self._stamps = Stamps(stream, clock)
        self._unshown = clock.begins  # when a frame without a time comes, as long as none was shown
        self._lasts = 1.0 / float(stream.guessed_rate or USUAL_FPS)
        self._viewer = Viewer(stream, long_side, "gray")
        self._doubted: tuple[float, Any] | None = None
        self._before: tuple[float, Any] | None = None  # the last frame before the part
        self._last: float | None = None
        self.corrupt = 0
        self.untimed = 0
        self.beyond = False
        self.ends: float | None = None
        self.rotation: float | None = None
        self.sizes: set[tuple[int, int]] = set()

    def take(self, frame: Any) -> None:
        now = self._stamps.time_of(frame)
        if now is None:
            self.untimed += 1
            now = self._unshown if self._last is None else self._last + self._lasts
        if now >= self._clock.ends - 1e-6:
            return
        self.corrupt += bool(frame.is_corrupt) and now >= -1e-6
        if now >= wire.LONGEST_S:
            self.beyond = True
            return
        if self._doubted is not None and now > self._doubted[0]:
            self._show(*self._doubted)
        self._doubted = None
        # A frame before the first presentation time is not shown; one that goes back in time is damage.
        if now < -1e-6:
            self._unshown = now + self._lasts
            self._before = (now, frame)
            return
        if self._last is not None and now <= self._last:
            return
        if self._last is not None and now - self._last > JUMP_S:
            self._doubted = (
                now,
                frame,
            )  # all that follow would go back in time if this stamp is damaged
        else:
            self._show(now, frame)

    def finish(self) -> None:
        """Sends what is left."""
        if self._doubted is not None:
            self._show(*self._doubted)
            self._doubted = None
        if self._before is not None and self._last is None:
            at, frame = self._before
            if at + (frame.duration or 0) * self._stamps.base >= SLIDE_S:
                self._send(0.0, frame)

    def _show(self, now: float, frame: Any) -> None:
        if self._before is not None and self._last is None and now > SLIDE_S:
            self._send(0.0, self._before[1])
        self._send(now, frame)

    def _send(self, now: float, frame: Any) -> None:
        self.sizes.add((frame.width, frame.height))
        self._last = now
        lasts = (frame.duration or 0) * self._stamps.base
        self.ends = min(now + (lasts or self._lasts), self._clock.ends)
        # A little early: of a 25 fps file sampled at 12.5 fps exactly every other frame is taken.
        if now < self._next - 0.25 * self._step:
            return
        self._next = max(self._next + self._step, now + 0.5 * self._step)
        if self.rotation is None:
            self.rotation = float(frame.rotation)
        pixels, kind = self._viewer.pixels(frame), wire.FRAME
        if self._thumbs is not None:
            thumb = self._thumbs.of(pixels)
            if self._sent % self._every:
                pixels, kind = thumb, wire.THUMB
        self._sent += 1
        send_frame(self._out, max(0.0, now), pixels, kind)


def send_frame(out: IO[bytes], time_s: float, pixels: np.ndarray, kind: bytes = wire.FRAME) -> None:
    """pixels: (h, w) grey or (h, w, 3) colour."""
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    header = wire.FRAME_HEADER.pack(time_s, width, height, channels)
    wire.send(out, kind, header, np.ascontiguousarray(pixels).reshape(-1).data)


class Viewer:
    """Shows frames of one picture stream as a viewer sees them: turned, mirrored, in their aspect ratio."""

    def __init__(self, stream: Any, long_side: int, pixel_format: str) -> None:
        """long_side: what the longest side is at most. pixel_format: gray or rgb24."""
        self._stream = stream
        self._long_side = long_side
        self._pixel_format = pixel_format
        self._reformatter = VideoReformatter()
        self._turn: int | None = None
        self._matrix = (1, 0, 0, 1)

    def pixels(self, frame: Any) -> np.ndarray:
        width, height = frame.width * _aspect(self._stream), float(frame.height)
        scale = min(1.0, self._long_side / max(width, height))
        small = self._reformatter.reformat(
            frame,
            max(2, round(width * scale)),
            max(2, round(height * scale)),
            self._pixel_format,
            interpolation="AREA",
            threads=1,
        )
        # Only where the turn changes: PyAV ties a frame whose side data was read to itself, and frames then pile
        # up until the garbage collector comes round (300 MB at 720p).
        if frame.rotation != self._turn:
            self._turn, self._matrix = frame.rotation, _display_matrix(frame)
        return turned(small.to_ndarray(), *self._matrix)


def turned(pixels: np.ndarray, a: int, b: int, c: int, d: int) -> np.ndarray:
    """Pixels (h, w, ...) moved from (x, y) to (a x + c y, b x + d y): quarter turns and mirrors.

    The letters are those of ISO/IEC 14496-12, 6.2.2. Any other matrix is not applied.
    """
    straight, crossed = min(abs(a), abs(d)), min(abs(b), abs(c))
    if min(straight, crossed) * 10 > max(straight, crossed) or not max(straight, crossed):
        return pixels
    if crossed > straight:  # x of the frame becomes y of the display
        pixels = pixels.swapaxes(0, 1)
        rows, columns = b, c
    else:
        rows, columns = d, a
    return np.ascontiguousarray(pixels[:: -1 if rows < 0 else 1, :: -1 if columns < 0 else 1])


def _display_matrix(frame: Any) -> tuple[int, int, int, int]:
    try:
        stored = frame.side_data.get("DISPLAYMATRIX")
    except (
        ValueError
    ):  # PyAV 18 fails on side data that is newer than its list; the turn it knows apart
        turn = math.radians(-frame.rotation)
        cosine, sine = round(1000 * math.cos(turn)), round(1000 * math.sin(turn))
        return cosine, sine, -sine, cosine
    if stored is None:
        return 1, 0, 0, 1
    a, b, _, c, d, *_ = _MATRIX.unpack(bytes(stored)[: _MATRIX.size])
    return a, b, c, d


def _aspect(stream: Any) -> float:
    """Width over height of one stored pixel, 1.0 where unknown or absurd."""
    ratio = float(stream.sample_aspect_ratio or 1.0)
    return ratio if 1 / MOST_STRETCHED <= ratio <= MOST_STRETCHED else 1.0
