"""Which frames and which sound does a source file hold, and when?

Unlike mediacheck.media, which reads doubted files in a confined child and reduces them to features,
this opens trusted material in full size, so that recipes can rearrange it frame by frame. Times are
seconds from the file's first presentation time; sound is mono at RATE.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from mediacheck.errors import MediaUnreadable

RATE = 48_000  # Hz
LEAD_IN_S = 1.0  # decoding starts this much earlier: AAC's first packet and open-GOP frames are incomplete after a seek
SAME_LEVELS = 4.0  # mean difference of one frame after two encodings; a speaker's other moments differ by more
SILENT_DB = (
    -65.0
)  # of full scale: what never rises above it counts as no sound, as in timeline.silence_db
LEVEL_S = 0.05  # over which that level is taken
MAX_JITTER_S = (
    0.003  # containers with millisecond clocks round each packet; a larger step is a real gap
)


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """A source file, looked at once. times: of every shown frame, rising, empty without picture.

    width and height are those of the picture as shown (rotated, square pixels), made even; 0
    without picture.
    """

    path: Path
    times: tuple[float, ...]
    width: int
    height: int
    fps: Fraction
    pixel_aspect: float
    sound_s: float
    zero_s: float

    @property
    def has_picture(self) -> bool:
        return len(self.times) > 1

    @property
    def has_sound(self) -> bool:
        """Whether there is an audio track; it may be silent, see `audible`."""
        return self.sound_s > 0

    @property
    def picture_s(self) -> float:
        """From the first frame to the end of the last one."""
        return self.times[-1] - self.times[0] + float(1 / self.fps)

    def nearest(self, seconds: float) -> int:
        """Index of the frame whose time is closest, within the file's first and last frame."""
        after = int(np.searchsorted(self.times, seconds))
        if after == 0:
            return 0
        if (
            after == len(self.times)
            or seconds - self.times[after - 1] <= self.times[after] - seconds
        ):
            return after - 1
        return after


def open_footage(path: Path) -> Footage:
    """Read the file's packets (not its pictures). Raises MediaUnreadable without picture and sound."""
    with av.open(str(path)) as container:
        if not container.streams.video and not container.streams.audio:
            raise MediaUnreadable(
                f"{path.name}: no audio or video in it; is the download complete?"
            )
        zero_s = (container.start_time or 0) / av.time_base
        seen: list[float] = []
        sound_end_s = 0.0
        for packet in container.demux(video=0) if container.streams.video else ():
            if packet.pts is not None and packet.time_base and not packet.is_discard:
                seen.append(float(packet.pts * packet.time_base) - zero_s)
        if container.streams.audio:
            stream = container.streams.audio[0]
            sound_end_s = (container.duration or 0) / av.time_base
            if stream.duration and stream.time_base:
                sound_end_s = float(stream.duration * stream.time_base)
        width = height = 0
        fps, aspect = Fraction(0), 1.0
        if container.streams.video:
            picture = container.streams.video[0]
            fps = picture.average_rate or picture.guessed_rate or Fraction(25)
    if len(seen) > 1:
        width, height, aspect = _shown_shape(path)
    return Footage(path, tuple(sorted(seen)), width, height, fps, aspect, sound_end_s, zero_s)


def pictures(footage: Footage, wanted: Sequence[int], size: tuple[int, int]) -> Iterator[bytes]:
    """Frames by index as planar yuv420p bytes of the given even (width, height), one per wanted index.

    wanted: not falling; an index that stands n times comes n times. A frame of another shape than
    size is scaled to cover it and cut evenly at both sides. Raises MediaUnreadable where a wanted
    frame does not decode.
    """
    with av.open(str(footage.path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 2
        start_s = max(0.0, footage.times[wanted[0]] - LEAD_IN_S) + footage.zero_s
        container.seek(int(start_s * av.time_base))
        position = 0
        for frame in container.decode(stream):
            if position == len(wanted):
                return
            if frame.time is None:
                continue
            index = footage.nearest(frame.time - footage.zero_s)
            if index > wanted[position]:
                break
            if index == wanted[position]:
                content = _fitted(frame, size, footage.pixel_aspect)
                while position < len(wanted) and wanted[position] == index:
                    yield content
                    position += 1
    if position < len(wanted):
        at_s = footage.times[wanted[position]]
        raise MediaUnreadable(f"{footage.path.name}: the frame at {at_s:.3f} s does not decode")


def same_pictures(one: Footage, other: Footage) -> bool:
    """Whether two files show the same frames at the same times, but for compression."""
    if (one.width, one.height) != (other.width, other.height) or not one.has_picture:
        return False
    if abs(len(one.times) - len(other.times)) > 2:
        return False
    size, count = (one.width, one.height), min(len(one.times), len(other.times))
    looked = sorted({round(share * (count - 1)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)})
    pairs = zip(pictures(one, looked, size), pictures(other, looked, size), strict=True)
    return all(
        np.abs(np.frombuffer(here, np.uint8).astype(int) - np.frombuffer(there, np.uint8)).mean()
        < SAME_LEVELS
        for here, there in pairs
    )


def sound(footage: Footage, start_s: float, length_s: float) -> np.ndarray:
    """Mono samples in [-1, 1] at RATE, shape (round(length_s * RATE),), placed by packet times, 0 where there is none.

    start_s may be negative. Raises MediaUnreadable without an audio track.
    """
    count = round(length_s * RATE)
    with av.open(str(footage.path)) as container:
        if not container.streams.audio:
            raise MediaUnreadable(f"{footage.path.name} has no audio track")
        stream = container.streams.audio[0]
        stream.codec_context.thread_count = 1
        rate = int(stream.codec_context.sample_rate)
        from_s = start_s - LEAD_IN_S
        container.seek(int((max(0.0, from_s) + footage.zero_s) * av.time_base))
        placed = np.zeros(round((length_s + 2 * LEAD_IN_S) * rate), dtype=np.float32)
        mono = av.AudioResampler(format="flt", layout="mono", rate=rate)
        expected: int | None = None
        for frame in container.decode(stream):
            if frame.time is None:
                continue
            at = round((frame.time - footage.zero_s - from_s) * rate)
            if expected is not None and abs(expected - at) <= MAX_JITTER_S * rate:
                at = expected
            if at >= len(placed):
                break
            for block in mono.resample(frame):
                samples = block.to_ndarray().reshape(-1)
                first, last = max(0, at), min(len(placed), at + len(samples))
                if first < last:
                    placed[first:last] = samples[first - at : last - at]
                at += len(samples)
            expected = at
    common = gcd(rate, RATE)
    even = resample_poly(placed, RATE // common, rate // common) if rate != RATE else placed
    skip = round(LEAD_IN_S * RATE)
    return np.asarray(even[skip : skip + count], dtype=np.float32)


def audible(footage: Footage) -> bool:
    """Whether anything can be heard: one LEVEL_S above SILENT_DB. Reads no further than that."""
    with av.open(str(footage.path)) as container:
        if not container.streams.audio:
            return False
        stream = container.streams.audio[0]
        mono = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        size = round(LEVEL_S * RATE)
        left = np.empty(0, dtype=np.float32)
        for frame in container.decode(stream):
            blocks = [block.to_ndarray().reshape(-1) for block in mono.resample(frame)]
            heard = np.concatenate([left, *blocks])
            steps = heard[: len(heard) // size * size].reshape(-1, size)
            left = heard[steps.size :]
            if len(steps) and (steps**2).mean(axis=1).max() > 10 ** (SILENT_DB / 10):
                return True
    return False


def _shown_shape(path: Path) -> tuple[int, int, float]:
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        aspect = float(container.streams.video[0].sample_aspect_ratio or 1)
    width, height = round(frame.width * aspect), frame.height
    if frame.rotation % 180:
        width, height = height, width
    return width // 2 * 2, height // 2 * 2, aspect


def _fitted(frame: av.VideoFrame, size: tuple[int, int], pixel_aspect: float) -> bytes:
    """Rotated, scaled and cut to size; frames that have that size already are copied without going through RGB."""
    if not frame.rotation and (frame.width, frame.height) == size:
        return frame.to_ndarray(format="yuv420p").tobytes()
    sideways = frame.rotation % 180 != 0
    across, down = frame.width * pixel_aspect, float(frame.height)
    if sideways:
        across, down = down, across
    scale = max(size[0] / across, size[1] / down)
    width, height = max(size[0], round(across * scale)), max(size[1], round(down * scale))
    stored = (height, width) if sideways else (width, height)
    rgb = frame.to_ndarray(format="rgb24", width=stored[0], height=stored[1])
    # PyAV gives the angle counterclockwise, as rot90 takes it.
    rgb = np.rot90(rgb, frame.rotation // 90)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    cut: npt.NDArray[np.uint8] = np.ascontiguousarray(
        rgb[top : top + size[1], left : left + size[0]]
    )
    return av.VideoFrame.from_ndarray(cut, format="rgb24").to_ndarray(format="yuv420p").tobytes()
