"""How does a stretch of an original become an innocent copy that is like a clip?

The original is doubtful input too: its frames and sound come from its confined child as plain pixels and samples,
and ffmpeg reads nothing but those and the files that it wrote itself. Sound comes at 16 kHz in one channel, which is
all that a comparison hears; the encoder spends the clip's bits on less than the clip's had to carry, so a copy's
sound is a little better than the clip's.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import av
import cv2
import ffmpeg
import numpy as np
from scipy.io import wavfile

from mediacheck.errors import MediaUnreadable
from mediacheck.media.footage import shown
from mediacheck.media.frames import Still
from mediacheck.media.probe import Source
from mediacheck.media.sound import RATE, stretch
from mediacheck.model import Box, Likeness, Span
from mediacheck.tuning.encoding import encode
from mediacheck.tuning.plan import Encoding

LONGEST_SIDE = 4096  # of a frame that the child sends
MASTER = Encoding(crf=8)  # what the copies of one stretch are encoded from
TRIES = 4  # encodings at most until the picture is as heavy as the clip's
NEAR = 1.1  # a factor in bits that no comparison can tell
# Of a decoder's name -> the encoder, the lowest and the highest crf, and the crf that doubles the bits.
FAMILIES = {
    "hevc": ("libx265", 12, 51, 6.0),
    "265": ("libx265", 12, 51, 6.0),
    "vp8": ("libvpx-vp9", 12, 63, 10.0),
    "vp9": ("libvpx-vp9", 12, 63, 10.0),
    "av1": ("libvpx-vp9", 12, 63, 10.0),
}
OTHERS = ("libx264", 12, 51, 6.0)
FIRST_CRF = 30
SOUNDS = {"mp3": "libmp3lame", "opus": "libopus"}
RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
SOUND_KBIT = (12, 320)
PEAK = 0.98


def make(original: Source, span: Span, like: Likeness, path: Path, guess: int | None = None) -> int:
    """Write the innocent copy of this stretch to `path`, an mp4; returns the crf that made its picture as heavy as
    the clip's. guess: that of another stretch, to begin with.

    The same file, likeness and guess give the same bytes on the same ffmpeg: one encoder thread, no dates in the file.
    Raises MediaUnreadable where the stretch cannot be decoded, RuntimeError when ffmpeg fails; close the original
    then.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        folder = Path(scratch)
        heard = _heard(original, span, like, folder / "sound.wav")
        _filmed(original, span, like, folder / "master.mp4")
        best, off = -1, math.inf
        encoder, lowest, highest, doubling = _family(like.picture_codec)
        crf, tried = guess or FIRST_CRF, set[int]()
        while crf not in tried and len(tried) < TRIES and off > math.log2(NEAR):
            tried.add(crf)
            made = folder / f"{crf}.mp4"
            picture = ffmpeg.input(str(folder / "master.mp4")).video
            encode(picture, heard, _encoding(like, encoder, crf), made, iter(()))
            more = math.log2(max(_picture_kbit(made, span), 0.1) / max(like.picture_kbit, 0.1))
            if abs(more) < off:
                best, off = crf, abs(more)
            crf = round(min(highest, max(lowest, crf + doubling * more)))
        (folder / f"{best}.mp4").replace(path)
        return best


def _heard(original: Source, span: Span, like: Likeness, path: Path) -> ffmpeg.Stream | None:
    if like.sound_codec is None:
        return None
    samples = stretch(original, span).astype(np.float32) / 32768
    count = round(span.length * RATE)
    samples = np.pad(samples, (0, max(0, count - len(samples))))[:count]
    samples *= np.float32(10 ** ((like.gain_db or 0.0) / 20))
    loudest = float(np.abs(samples).max(initial=0.0))
    samples *= np.float32(min(1.0, PEAK / loudest)) if loudest else np.float32(1.0)
    channels = np.repeat(samples[:, None], min(2, like.channels or 1), axis=1)
    wavfile.write(path, RATE, (channels * 32767).round().astype(np.int16))
    return ffmpeg.input(str(path)).audio


def _filmed(original: Source, span: Span, like: Likeness, path: Path) -> None:
    """The picture in the clip's frame and at its rate, hardly compressed."""
    across, down = _pixels(like.placed, like.width, like.height)[2:]
    side = math.ceil(max(across / like.crop.width, down / like.crop.height))
    stills = shown(original, span, min(side, LONGEST_SIDE))
    first = next(stills, None)
    if first is None:
        raise MediaUnreadable(f"{original.path.name}: it shows nothing from {span.start:.1f} s on")
    height, width = first.pixels.shape[:2]
    raw = ffmpeg.input(
        "pipe:",
        format="rawvideo",
        pix_fmt="rgb24",
        s=f"{width}x{height}",
        framerate=f"{like.fps:.6g}",
    )
    encode(
        _reframed(raw, like, width, height),
        None,
        MASTER,
        path,
        _paced(chain([first], stills), span, like.fps, (width, height)),
    )


def _reframed(raw: ffmpeg.Stream, like: Likeness, width: int, height: int) -> ffmpeg.Stream:
    picture = raw.hflip() if like.mirrored else raw
    x, y, across, down = _pixels(like.crop, width, height)
    left, top, inner_width, inner_height = _pixels(like.placed, like.width, like.height)
    picture = picture.filter("crop", across, down, x, y, exact=1)
    picture = picture.filter("scale", inner_width, inner_height, flags="bicubic")
    return picture.filter("pad", like.width, like.height, left, top, "black")


def _pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """x, y, width and height within a frame, the sizes even and at least 2, but no larger than the frame."""
    across = min(width, max(2, round(box.width * width / 2) * 2))
    down = min(height, max(2, round(box.height * height / 2) * 2))
    x = min(width - across, max(0, round(box.x * width)))
    y = min(height - down, max(0, round(box.y * height)))
    return x, y, across, down


def _paced(
    stills: Iterator[Still], span: Span, fps: float, size: tuple[int, int]
) -> Iterator[bytes]:
    """One frame at each tick of the clip's rate: the one on screen then. Takes all stills."""
    current = next(stills)
    following = next(stills, None)
    for tick in range(max(1, round(span.length * fps))):
        at = span.start + tick / fps + 1e-3
        while following is not None and following.time_s <= at:
            current, following = following, next(stills, None)
        pixels = current.pixels
        if pixels.shape[1::-1] != size:
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        yield np.ascontiguousarray(pixels).tobytes()
    for _ in stills:
        pass


def _family(codec: str) -> tuple[str, int, int, float]:
    """The encoder nearest to a codec; H.264 where there is none of its kind."""
    return next((found for name, found in FAMILIES.items() if name in codec.lower()), OTHERS)


def _encoding(like: Likeness, encoder: str, crf: int) -> Encoding:
    if like.sound_codec is None:
        return Encoding(crf, picture_codec=encoder)
    codec = next((found for name, found in SOUNDS.items() if name in like.sound_codec), "aac")
    rate = min(RATES, key=lambda known: (abs(known - (like.rate or 48_000)), known))
    return Encoding(
        crf,
        sound_codec=codec,
        sound_kbit=round(min(SOUND_KBIT[1], max(SOUND_KBIT[0], like.sound_kbit or 0.0))),
        sound_rate=48_000 if codec == "libopus" else rate,
        picture_codec=encoder,
    )


def _picture_kbit(made: Path, span: Span) -> float:
    """Of a file that ffmpeg has just written here: nobody else's."""
    with av.open(str(made)) as container:
        return sum(packet.size for packet in container.demux(video=0)) * 8 / 1000 / span.length
