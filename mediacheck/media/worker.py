"""Runs in a child process: decodes one file with PyAV and sends small frames and sound with their times.

Nothing here decides anything about the pair. Times sent are presentation times of the container in seconds,
less the file's first presentation time. One thread decodes: frame threading makes damaged files decode
differently every run (shared by FFmpeg's own documentation of FF_THREAD_FRAME and measured on such files).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.video.reformatter import VideoReformatter

from mediacheck.media import confine, wire

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,wav,mp3,aac,flac,amr,aiff,caf,"
    "w64,mxf,h264,hevc,ivf,gif,jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe"
)  # no playlists: they make a decoder open other files
MAX_STREAMS = 64
MAX_PIXELS = 35_651_584  # 8192 x 4352
RATE = 16_000  # samples a second: what speech recognition needs, and twice the band that alignment uses
SOUND_TRACKS = 4
# A stretch whose time stamp is off by more than this is placed anew. Stream-copied joins shift sound by one
# AAC frame (21 to 46 ms) each; rounding in a container's time base stays under 1 ms.
REPLACE_S = 0.008
LONGEST_S = 12 * 3600.0


def main(url: str) -> None:
    confine.limit_own_resources()
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            answer = ANSWERS[request.pop("do")](url, out, **request)
        except (av.FFmpegError, ValueError, MemoryError, StopIteration) as error:
            reason = str(getattr(error, "strerror", None) or error or type(error).__name__)
            wire.send_json(out, wire.REFUSED, {"reason": reason})
        else:
            wire.send_json(out, wire.DONE, answer)


def _open(url: str) -> Any:
    return av.open(
        url,
        options={
            "protocol_whitelist": "file",
            "format_whitelist": FORMATS,
            "max_streams": str(MAX_STREAMS),
        },
        metadata_errors="replace",
    )


def _picture_stream(container: Any) -> Any:
    """The picture that players show: not a cover image; the default one, else the largest."""
    streams = [
        stream
        for stream in container.streams.video
        if not int(stream.disposition) & int(av.stream.Disposition.attached_pic)
    ]
    if not streams:
        return None

    def rank(stream: Any) -> tuple[bool, int]:
        default = bool(int(stream.disposition) & int(av.stream.Disposition.default))
        return default, stream.codec_context.width * stream.codec_context.height

    return max(streams, key=rank)


def _prepare(stream: Any) -> None:
    context = stream.codec_context
    context.thread_type = "SLICE"
    context.thread_count = 1
    if stream.type == "video":
        context.options = {"max_pixels": str(MAX_PIXELS)}


def _first_time(container: Any) -> float:
    starts = [
        float(stream.start_time * stream.time_base)
        for stream in (*container.streams.video, *container.streams.audio)
        if stream.start_time is not None
    ]
    return min(starts, default=0.0)


def _probe(url: str, out: IO[bytes]) -> dict[str, object]:
    with _open(url) as container:
        first = _first_time(container)
        facts = {
            "container": container.format.name,
            "duration_s": _seconds(container.duration, 1 / av.time_base),
            "metadata": dict(container.metadata),
            "streams": [_stream_facts(stream, first) for stream in container.streams],
        }
        picture = _picture_stream(container)
        facts["picture_index"] = None if picture is None else picture.index
    wire.send_json(out, wire.PROBED, facts)
    return {}


def _stream_facts(stream: Any, first: float) -> dict[str, object]:
    kind = {"video": "picture", "audio": "sound"}.get(stream.type, "other")
    context = stream.codec_context
    if kind == "picture" and int(stream.disposition) & int(av.stream.Disposition.attached_pic):
        kind = "other"
    facts: dict[str, object] = {
        "index": stream.index,
        "kind": kind,
        "codec": context.name if context is not None else "unknown",
        "start_s": None
        if stream.start_time is None
        else round(float(stream.start_time * stream.time_base) - first, 3),
        "duration_s": _seconds(stream.duration, float(stream.time_base or 0)),
        "language": stream.language,
    }
    if kind == "picture":
        fps = stream.average_rate
        facts |= {
            "width": context.width,
            "height": context.height,
            "fps": None if fps is None else round(float(fps), 4),
            "pixel_format": context.pix_fmt,
        }
    elif kind == "sound":
        facts |= {"rate": context.rate, "channels": context.layout.nb_channels}
    return facts


def _seconds(ticks: int | None, base: float) -> float | None:
    return None if ticks is None else round(ticks * base, 3)


def _decode(url: str, out: IO[bytes], long_side: int, fps: float) -> dict[str, object]:
    """Everything once: grey frames at most `fps` a second, and every sound track at 16 kHz mono."""
    with _open(url) as container:
        first = _first_time(container)
        picture = _picture_stream(container)
        sounds = list(container.streams.audio)[:SOUND_TRACKS]
        wanted = [stream for stream in (picture, *sounds) if stream is not None]
        for stream in wanted:
            _prepare(stream)
        frames = None if picture is None else _GreyFrames(out, first, long_side, fps)
        tracks = {stream.index: _Track(out, number, first) for number, stream in enumerate(sounds)}
        faults = 0
        for stream, decoded in _decoded(container, wanted):
            if decoded is None:
                faults += 1
            elif frames is not None and stream is picture:
                frames.take(decoded)
            elif stream.index in tracks:
                tracks[stream.index].take(decoded)
        for track in tracks.values():
            track.finish()
        return {
            "faults": faults,
            "frames": 0 if frames is None else frames.seen,
            "corrupt": 0 if frames is None else frames.corrupt,
            "last_s": None if frames is None or frames.last is None else frames.last,
            "rotation": None if frames is None else frames.rotation,
            "sizes": 0 if frames is None else len(frames.sizes),
            "samples": [track.samples for track in tracks.values()],
            "sounds": [stream.index for stream in sounds],
        }


def _decoded(container: Any, wanted: list[Any]) -> Iterator[tuple[Any, Any]]:
    """(stream, frame), or (stream, None) for a packet that could not be decoded."""
    packets = container.demux(*wanted)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            # A truncated file ends here; what was read before it stays usable, and the fault is counted.
            yield wanted[0], None
            return
        try:
            decoded = packet.decode()
        except av.FFmpegError:
            yield packet.stream, None
            continue
        for frame in decoded:
            yield packet.stream, frame


class _GreyFrames:
    """Thins frames to at most `fps` a second, turns them upright and sends them grey and small."""

    def __init__(self, out: IO[bytes], first: float, long_side: int, fps: float) -> None:
        self._out = out
        self._first = first
        self._long_side = long_side
        self._step = 1.0 / fps
        self._next = 0.0
        self._reformatter = VideoReformatter()
        self.seen = 0
        self.corrupt = 0
        self.last: float | None = None
        self.rotation: float | None = None
        self.sizes: set[tuple[int, int]] = set()

    def take(self, frame: Any) -> None:
        if frame.pts is None:
            self.corrupt += 1
            return
        self.seen += 1
        self.corrupt += bool(frame.is_corrupt)
        now = float(frame.pts * frame.time_base) - self._first
        if not -1.0 < now < LONGEST_S or (self.last is not None and now <= self.last):
            return
        self.sizes.add((frame.width, frame.height))
        self.last = round(now, 6)
        # Half a step early: of a 25 fps file sampled at 12.5 fps exactly every other frame is taken.
        if now < self._next - 0.25 * self._step:
            return
        self._next = max(self._next + self._step, now + 0.5 * self._step)
        self.rotation = float(frame.rotation or 0)
        pixels = upright(frame, self._reformatter, self._long_side, "gray")
        height, width = pixels.shape[:2]
        header = wire.FRAME_HEADER.pack(now, width, height, 1)
        wire.send(self._out, wire.FRAME, header, pixels.tobytes())


def upright(frame: Any, reformatter: Any, long_side: int, pixel_format: str) -> np.ndarray:
    """Pixels as a viewer sees them: aspect ratio and rotation applied, longest side at most long_side.

    Rotations that are no quarter turn are not applied.
    """
    aspect = frame.sample_aspect_ratio if hasattr(frame, "sample_aspect_ratio") else None
    width = frame.width * (float(aspect) if aspect else 1.0)
    height = float(frame.height)
    scale = min(1.0, long_side / max(width, height))
    small = reformatter.reformat(
        frame,
        max(2, round(width * scale)),
        max(2, round(height * scale)),
        pixel_format,
        interpolation="AREA",
        threads=1,
    )
    pixels = small.to_ndarray()
    turns = round(float(frame.rotation or 0) / 90.0)
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns % 4 else pixels


class _Track:
    """One sound track: mono, 16 kHz, placed by its packets' time stamps and not by counting samples."""

    def __init__(self, out: IO[bytes], number: int, first: float) -> None:
        self._out = out
        self._number = number
        self._first = first
        self._resampler: AudioResampler | None = None
        self._format: tuple[object, ...] | None = None
        self._due: float | None = None
        self.samples = 0

    def take(self, frame: Any) -> None:
        at = None if frame.pts is None else float(frame.pts * frame.time_base) - self._first
        if at is not None and not -60.0 < at < LONGEST_S:
            return
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        misplaced = at is not None and self._due is not None and abs(at - self._due) > REPLACE_S
        starts = self._resampler is None or kind != self._format or misplaced
        if starts:
            self.finish()
            self._resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
            self._format = kind
            self._due = at if at is not None else self._due or 0.0
            self._send_start(self._due)
        assert self._due is not None
        assert self._resampler is not None
        self._due += frame.samples / frame.sample_rate
        frame.pts = None
        for piece in self._resampler.resample(frame):
            self._send(piece)

    def finish(self) -> None:
        if self._resampler is not None:
            for piece in self._resampler.resample(None):
                self._send(piece)
        self._resampler = None

    def _send_start(self, at: float) -> None:
        wire.send(self._out, wire.SOUND, wire.SOUND_HEADER.pack(self._number, 1, at))

    def _send(self, piece: Any) -> None:
        samples = piece.to_ndarray().reshape(-1)
        self.samples += len(samples)
        header = wire.SOUND_HEADER.pack(self._number, 0, 0.0)
        wire.send(self._out, wire.SOUND, header, samples.tobytes())


def _stills(url: str, out: IO[bytes], times_s: list[float], long_side: int) -> dict[str, object]:
    """For each time the colour frame that is on screen then; sent in the order of the times."""
    with _open(url) as container:
        first = _first_time(container)
        picture = _picture_stream(container)
        if picture is None:
            raise ValueError("it has no picture")
        _prepare(picture)
        reformatter = VideoReformatter()
        for time_s in times_s:
            shown = _frame_at(container, picture, first + time_s)
            # Past the last frame there is nothing on screen; a second covers slides and slow streams.
            if shown is None or first + time_s - float(shown.pts * shown.time_base) > 1.0:
                continue
            pixels = upright(shown, reformatter, long_side, "rgb24")
            at = float(shown.pts * shown.time_base) - first
            height, width = pixels.shape[:2]
            wire.send(
                out, wire.FRAME, wire.FRAME_HEADER.pack(at, width, height, 3), pixels.tobytes()
            )
    return {}


def _frame_at(container: Any, stream: Any, at: float) -> Any:
    target = max(0, round(at / stream.time_base))
    container.seek(target, stream=stream, backward=True)
    shown = None
    half_frame = 0.5 / float(stream.average_rate or 25)
    for found, frame in _decoded(container, [stream]):
        if found is None or frame is None or frame.pts is None:
            continue
        if shown is not None and float(frame.pts * frame.time_base) > at + half_frame:
            break
        shown = frame
    return shown


def _excerpt(url: str, out: IO[bytes], start_s: float, end_s: float) -> dict[str, object]:
    """A stretch of the first sound track, from a little before start_s to a little after end_s."""
    with _open(url) as container:
        first = _first_time(container)
        if not container.streams.audio:
            raise ValueError("it has no sound")
        stream = container.streams.audio[0]
        _prepare(stream)
        container.seek(max(0, round((first + start_s - 1.0) / stream.time_base)), stream=stream)
        track = _Track(out, 0, first)
        for _, frame in _decoded(container, [stream]):
            if frame is None or frame.pts is None:
                continue
            at = float(frame.pts * frame.time_base) - first
            if at > end_s + 0.5:
                break
            track.take(frame)
        track.finish()
    return {}


ANSWERS: dict[str, Callable[..., dict[str, object]]] = {
    "probe": _probe,
    "decode": _decode,
    "stills": _stills,
    "excerpt": _excerpt,
}
