"""Which tracks of a file count, and what do they say of themselves? Runs in the child.

The demuxer gets bytes and no name: a name can make it open other files, or none at all. Playlists, which exist to
open other files, are not among the formats.
"""

from __future__ import annotations

import os
from typing import Any

import av
from av.stream import Disposition

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,wav,mp3,aac,flac,amr,aiff,caf,"
    "w64,mxf,h264,hevc,ivf,gif,jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe"
)
MAX_STREAMS = 64
MAX_PIXELS = 35_651_584  # 8192 x 4352
SOUND_TRACKS = 4
COUNTED_FROM_ZERO = (
    "matroska,webm",
    "flv",
)  # their length; that of others counts from the first frame
LONGEST_WORD = 40  # characters kept of a codec's or language's name
BLOCK = 1 << 16
# Covers, chapter thumbnails, and what shows something only together with another track (tiles of a photograph).
_NO_FOOTAGE = int(Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.dependent)


class Bytes:
    """A file read from its start, at a position of its own where the system allows it.

    The parent holds the same descriptor; reading by position leaves its position alone.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._position = 0

    def read(self, size: int) -> bytes:
        if hasattr(os, "pread"):
            block = os.pread(self._descriptor, size, self._position)
        else:
            os.lseek(self._descriptor, self._position, os.SEEK_SET)
            block = os.read(self._descriptor, size)
        self._position += len(block)
        return block

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position


def opened(descriptor: int) -> Any:
    """The container. Raises av.FFmpegError or ValueError where it is in none of the formats, or beyond a limit."""
    options = {
        "format_whitelist": FORMATS,
        "protocol_whitelist": "none",
        "max_pixels": str(MAX_PIXELS),
    }
    try:
        container = av.open(
            Bytes(descriptor), buffer_size=BLOCK, options=options, metadata_errors="replace"
        )
    except av.ArgumentError as error:  # what a demuxer outside the list is refused with
        raise ValueError("a playlist, a drawing or another format that is not read") from error
    # Not FFmpeg's own max_streams: it drops the tracks beyond and mixes up the packets of the others.
    if len(container.streams) > MAX_STREAMS:
        raise ValueError(f"{len(container.streams)} tracks; at most {MAX_STREAMS} are read")
    return container


def picture_of(container: Any) -> Any:
    """The picture that players show: no cover image; the default one, else the largest. None without one."""
    streams = [
        stream
        for stream in container.streams.video
        if _is_footage(stream) and stream.codec_context is not None
    ]

    def rank(stream: Any) -> tuple[bool, int]:
        context = stream.codec_context
        return _is_default(stream), context.width * context.height

    return max(streams, key=rank, default=None)


def sounds_of(container: Any) -> list[Any]:
    """The first SOUND_TRACKS sound tracks that can be decoded; the one that players play stands first."""
    streams = [stream for stream in container.streams.audio if stream.codec_context is not None]
    return sorted(streams, key=lambda stream: not _is_default(stream))[:SOUND_TRACKS]


def prepared(stream: Any) -> Any:
    """One thread decodes: frame threading makes damaged files decode differently every run."""
    context = stream.codec_context
    context.thread_type = "SLICE"
    context.thread_count = 1
    if stream.type == "video":
        context.options = {"max_pixels": str(MAX_PIXELS)}
    return stream


def all_of(container: Any) -> list[Any]:
    """The tracks that count: the picture, then the sounds."""
    return [*filter(None, [picture_of(container)]), *sounds_of(container)]


def first_time(container: Any) -> float:
    """Presentation time of the first frame or sample of the tracks that count, in the container's seconds."""
    starts = [_start(stream) for stream in all_of(container)]
    return min((start for start in starts if start is not None), default=0.0)


def facts_of(container: Any) -> dict[str, object]:
    """What the container says of itself; times in seconds from the first presentation time."""
    first = first_time(container)
    lasts = _seconds(container.duration, 1 / av.time_base)
    if lasts is not None and container.format.name in COUNTED_FROM_ZERO:
        lasts = round(max(0.0, lasts - first), 3)
    return {
        "container": container.format.name,
        "duration_s": lasts,
        "metadata": dict(container.metadata),
        "streams": [_stream_facts(stream, first) for stream in container.streams],
    }


def _stream_facts(stream: Any, first: float) -> dict[str, object]:
    kind = {"video": "picture", "audio": "sound"}.get(stream.type, "other")
    if kind == "picture" and not _is_footage(stream):
        kind = "other"
    context, start, language = stream.codec_context, _start(stream), stream.language
    facts: dict[str, object] = {
        "index": stream.index,
        "kind": kind,
        "codec": "unknown" if context is None else context.name[:LONGEST_WORD],
        "start_s": None if start is None else round(start - first, 3),
        "duration_s": _seconds(stream.duration, float(stream.time_base or 0)),
        "language": None if language is None else language[:LONGEST_WORD],
    }
    if context is None:
        return facts
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


def _is_footage(stream: Any) -> bool:
    return not int(stream.disposition) & _NO_FOOTAGE


def _is_default(stream: Any) -> bool:
    return bool(int(stream.disposition) & int(Disposition.default))


def _start(stream: Any) -> float | None:
    start, base = stream.start_time, stream.time_base
    return None if start is None or base is None else float(start * base)


def _seconds(ticks: int | None, base: float) -> float | None:
    return None if ticks is None else round(ticks * base, 3)
