"""Pictures of a file on its clock, small enough to keep: what the child sends, reduced as it arrives."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mediacheck.media import wire
from mediacheck.media.probe import Source, open_source
from mediacheck.media.thumbs import Thumbs

FRAMES_PER_S = 12.5  # speech moves a face at up to 6 Hz; 25 and 50 fps footage divides evenly
LONG_SIDE = 320  # what registration needs to find a few hundred features in a talking-head frame
THUMB_SIDE = 64  # a 9:16 crop of a 16:9 frame still covers 20 x 36 of it
MOST_FRAMES = int(wire.LONGEST_S * FRAMES_PER_S) + 1
ALBUM_FRAMES = 7_500  # ten minutes at full rate, two hours at one frame a second; about 60 MB
SURE = 0.75  # of the frames that a file says it holds; one that holds fewer has the thinner album
JPEG_QUALITY = 92
HELD_S, HELD_TIMES = (
    0.5,
    3.0,
)  # a frame this long, and so much longer than is usual in the file, stands still


@dataclass(frozen=True, slots=True)
class Album:
    """Larger grey frames, compressed, evenly thinned to at most ALBUM_FRAMES."""

    times: np.ndarray  # (m,) seconds, rising
    encoded: Sequence[bytes | memoryview]

    def nearest(self, time_s: float) -> tuple[float, np.ndarray]:
        """(time, grey frame of at most LONG_SIDE) closest to time_s. Raises IndexError when empty."""
        after = int(np.searchsorted(self.times, time_s))
        near = [index for index in (after - 1, after) if 0 <= index < len(self.times)]
        index = min(near, key=lambda index: abs(float(self.times[index]) - time_s))
        pixels = cv2.imdecode(np.frombuffer(self.encoded[index], np.uint8), cv2.IMREAD_GRAYSCALE)
        assert pixels is not None
        return float(self.times[index]), pixels


@dataclass(frozen=True, slots=True)
class Frames:
    """Thumbnails of every sampled frame and an album of larger ones.

    thumbs: (n, h, w) uint8 grey, longest side THUMB_SIDE; they lie in a temporary file, or in the cache's.
    """

    times: np.ndarray  # (n,) seconds, rising
    thumbs: np.ndarray
    album: Album

    def __len__(self) -> int:
        return len(self.times)

    def nearest(self, time_s: float) -> tuple[float, np.ndarray]:
        """(time, larger grey frame) closest to time_s."""
        return self.album.nearest(time_s)

    @property
    def aspect(self) -> float:
        """Width over height of the displayed frame."""
        _, height, width = self.thumbs.shape
        pixels = self.album.nearest(0.0)[1] if len(self.album.times) else np.empty((height, width))
        return float(pixels.shape[1] / pixels.shape[0])


def album_stride(frames: float) -> int:
    """How far apart an album's frames will surely lie in a file of so many: those between need not come in full."""
    stride = 1
    while SURE * frames / stride >= ALBUM_FRAMES:
        stride *= 2
    return stride


class FrameStore:
    """Takes frames as the child sends them and keeps a bounded amount of memory.

    stride: a power of two; between two frames that come in full so many less one come as thumbnails. Raises ChildGone
    where frames do not follow each other in time, or are more than the rate asked for allows.
    """

    def __init__(self, stride: int = 1) -> None:
        self._times: list[float] = []
        self._thumbs = Thumbs(THUMB_SIDE)
        self._spool = tempfile.TemporaryFile(prefix="mediacheck-thumbs-")  # noqa: SIM115 - lives as long as the memmap
        self._album_times: list[float] = []
        self._album: list[bytes] = []
        self._every = self._stride = stride

    def take(self, payload: bytes) -> float:
        """A frame in full; its time in seconds."""
        time_s, pixels = wire.frame(payload)
        grey = pixels[:, :, 0]
        if len(self._times) % self._stride == 0:
            self._keep(time_s, grey)
        return self._add(time_s, self._thumbs.of(grey))

    def take_thumb(self, payload: bytes) -> float:
        """A frame's thumbnail; its time in seconds."""
        time_s, pixels = wire.frame(payload)
        height, width = pixels.shape[:2]
        if (width, height) != self._thumbs.size or len(self._times) % self._every == 0:
            raise wire.ChildGone(f"a thumbnail of {width} x {height} at {time_s} s")
        return self._add(time_s, pixels[:, :, 0])

    def _add(self, time_s: float, thumb: np.ndarray) -> float:
        if self._times and (time_s <= self._times[-1] or len(self._times) >= MOST_FRAMES):
            raise wire.ChildGone(f"frame {len(self._times)} at {time_s} s")
        self._spool.write(np.ascontiguousarray(thumb).data)
        self._times.append(time_s)
        return time_s

    def _keep(self, time_s: float, grey: np.ndarray) -> None:
        _, encoded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        self._album_times.append(time_s)
        self._album.append(encoded.tobytes())
        if len(self._album) >= ALBUM_FRAMES:
            self._album, self._album_times = self._album[::2], self._album_times[::2]
            self._stride *= 2

    def frames(self) -> Frames | None:
        """None when not a single frame came."""
        if self._thumbs.size is None:
            return None
        width, height = self._thumbs.size
        times = np.array(self._times)
        shown = _with_held(times)
        spool = self._spool
        spool.flush()
        thumbs = np.memmap(spool, np.uint8, "r", shape=(len(times), height, width))
        if len(shown) > len(times):
            spool = tempfile.TemporaryFile(prefix="mediacheck-thumbs-")  # noqa: SIM115 - as above
            for index, _ in shown:
                spool.write(thumbs[index].tobytes())
            spool.flush()
            thumbs = np.memmap(spool, np.uint8, "r", shape=(len(shown), height, width))
        encoded = dict(zip(self._album_times, self._album, strict=True))
        larger = [
            (time_s, encoded[self._times[index]])
            for index, time_s in shown
            if self._times[index] in encoded
        ]
        album = Album(np.array([time_s for time_s, _ in larger]), tuple(e for _, e in larger))
        return Frames(np.array([time_s for _, time_s in shown]), thumbs, album)


def _with_held(times: np.ndarray) -> list[tuple[int, float]]:
    """(index of a frame, time) of each frame, and once more just before the next where it stands for long.

    Screen recorders, phones and streams store a picture that stands still once. What is between it and the next
    frame is that picture, not a slow change from one to the other.
    """
    shown = [(0, float(times[0]))]
    gaps = np.diff(times)
    least = max(HELD_S, HELD_TIMES * float(np.median(gaps))) if len(gaps) else HELD_S
    for index, gap in enumerate(gaps.tolist()):
        if gap > least:
            shown.append((index, float(times[index + 1]) - 1 / FRAMES_PER_S))
        shown.append((index + 1, float(times[index + 1])))
    return shown


@dataclass(frozen=True, slots=True)
class Still:
    """One colour frame: pixels (h, w, 3) uint8 RGB, upright, with the time it is shown from."""

    time_s: float
    pixels: np.ndarray


def stills(path: Path, times_s: Sequence[float], long_side: int) -> tuple[Still, ...]:
    """The frames on screen at these times; those past the end are left out. Decoded in a child."""
    with open_source(path) as source:
        return stills_of(source, times_s, long_side)


def stills_of(
    source: Source, times_s: Sequence[float], long_side: int, early_s: float = 0.0
) -> tuple[Still, ...]:
    """As `stills`, of a file that is open. Times that rise by little are decoded in one go.

    early_s: a frame that came on screen so much earlier will do, and costs less.
    """
    request = {"times_s": list(times_s), "long_side": long_side, "early_s": early_s}
    with source.asked("stills", **request) as answers:
        return tuple(Still(*wire.frame(payload)) for kind, payload in answers if kind == wire.FRAME)
