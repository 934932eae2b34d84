"""A tiny pair to try an installation on: drawn and hissed by ffmpeg, so nobody's footage.

A flight into the Mandelbrot set with changing colours never shows the same picture twice; the hiss
swells and fades like no other of its kind. Not fit for measuring error rates: nothing real is that easy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
import imageio_ffmpeg

from mediacheck.errors import MediacheckError

LENGTH_S = 8
TRIAL_S = 0.5
SIZE = "320x180"
FPS = 25
RATE = 48_000


Encoders = Mapping[str, str | int]


class NotWritten(MediacheckError):
    """This ffmpeg could not write one of the files."""


@dataclass(frozen=True, slots=True)
class Sample:
    """copy: the original encoded again. dubbed: the same with another sound from end to end."""

    original: Path
    copy: Path
    dubbed: Path


@dataclass(frozen=True, slots=True)
class Trial:
    """One short file. codecs: the picture's, then the sound's if it has one."""

    codecs: tuple[str, ...]
    ending: str
    encoders: Encoders


_X264: Encoders = {"vcodec": "libx264", "preset": "veryfast"}
_X265: Encoders = {"vcodec": "libx265", "preset": "ultrafast", "x265-params": "log-level=error"}
_VP9: Encoders = {"vcodec": "libvpx-vp9", "deadline": "realtime", "cpu-used": 8}
_AV1: Encoders = {"vcodec": "libsvtav1", "preset": 12}

TRIALS = (
    Trial(("h264", "aac"), "mp4", {**_X264, "acodec": "aac"}),
    Trial(("hevc", "mp3"), "mkv", {**_X265, "acodec": "libmp3lame"}),
    Trial(("vp9", "opus"), "webm", {**_VP9, "acodec": "libopus"}),
    Trial(("av1",), "mp4", _AV1),
)


def writer() -> str:
    """The version of the ffmpeg that writes them."""
    return str(imageio_ffmpeg.get_ffmpeg_version())


def pair(folder: Path) -> Sample:
    """Write the three files into the folder. Raises NotWritten."""
    sample = Sample(*(folder / f"{name}.mp4" for name in ("original", "copy", "dubbed")))
    _write(
        [_picture(), _sound(seed=7, swell=3.1, fade=0.7)],
        sample.original,
        LENGTH_S,
        crf=23,
        **_X264,
    )
    source = ffmpeg.input(str(sample.original))
    _write([source.video, source.audio], sample.copy, LENGTH_S, crf=31, **_X264)
    other = _sound(seed=8, swell=2.3, fade=0.9)
    _write([source.video, other], sample.dubbed, LENGTH_S, crf=31, **_X264)
    return sample


def written(wanted: Trial, folder: Path) -> Path:
    """Write one file of that kind into the folder. Raises NotWritten."""
    path = folder / f"{'-'.join(wanted.codecs)}.{wanted.ending}"
    streams = [_picture()]
    if "acodec" in wanted.encoders:
        streams.append(_sound(seed=7, swell=3.1, fade=0.7))
    _write(streams, path, TRIAL_S, **wanted.encoders)
    return path


def _picture() -> ffmpeg.Stream:
    zoom = f"start_scale=1:end_scale=0.05:end_pts={LENGTH_S * FPS}:maxiter=300"
    return ffmpeg.input(f"mandelbrot=s={SIZE}:r={FPS}:{zoom},hue=H=0.3*t", f="lavfi").video


def _sound(seed: int, swell: float, fade: float) -> ffmpeg.Stream:
    noise = f"anoisesrc=c=pink:a=0.6:r={RATE}:seed={seed}"
    return ffmpeg.input(f"{noise},tremolo=f={swell}:d=0.9,tremolo=f={fade}:d=0.8", f="lavfi").audio


def _write(streams: list[ffmpeg.Stream], path: Path, length_s: float, **options: str | int) -> None:
    output = ffmpeg.output(
        *streams,
        str(path),
        **{"t": length_s, "threads": 1, "pix_fmt": "yuv420p", **options},
    )
    try:
        output.global_args("-nostdin", "-v", "error").overwrite_output().run(
            cmd=imageio_ffmpeg.get_ffmpeg_exe(), capture_stdout=True, capture_stderr=True
        )
    except ffmpeg.Error as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotWritten(
            f"{path.name}: {said[0] if said else 'ffmpeg does not say why'}"
        ) from error
