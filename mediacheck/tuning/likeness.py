"""What is a clip like, as far as an innocent copy can be made like it? Read off the clip, never chosen.

The sound's level is told by where it is the original's own. Speed, rotation, captions, what fills a border and
earlier generations of compression are not imitated.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mediacheck.media.footage import weights
from mediacheck.media.probe import Source
from mediacheck.media.sound import stretch
from mediacheck.model import Box, Comparison, Likeness, PictureState, SoundState, Span, StreamInfo

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
USUAL_FPS = 25.0
FASTEST_FPS = 60.0
LONGEST_S = 120.0  # of one copy: each costs what decoding and comparing it costs
HEARD_S = 60.0  # of sound that tells its level
FULL_SCALE = 32768.0


def likeness(comparison: Comparison, clip: Source, original: Source) -> Likeness | None:
    """None for a clip that shows nothing that moves. Raises MediaUnreadable where a file's child dies."""
    picture, sound = weights(clip)
    streams = {stream.index: stream for stream in comparison.clip.streams}
    seen = None if picture is None else streams.get(picture.index)
    length_s = comparison.clip.duration_s
    if picture is None or seen is None or not seen.width or not seen.height or length_s <= 0:
        return None
    width, height = _upright(seen)
    matched = any(part.state is PictureState.MATCHED for part in comparison.timeline.picture)
    geometry = (
        comparison.geometry if matched else None
    )  # else it is of frames that look alike by chance
    like = Likeness(
        duration_s=min(length_s, LONGEST_S),
        width=width,
        height=height,
        fps=min(seen.fps or USUAL_FPS, FASTEST_FPS),
        picture_codec=seen.codec,
        picture_kbit=_kbit(picture.bytes, length_s),
        mirrored=geometry is not None and geometry.mirrored,
        crop=WHOLE if geometry is None else geometry.crop,
        placed=WHOLE if geometry is None else geometry.placed,
    )
    heard = None if sound is None else streams.get(sound.index)
    if sound is None or heard is None or not comparison.original.has("sound"):
        return like
    return replace(
        like,
        sound_codec=heard.codec,
        sound_kbit=_kbit(sound.bytes, length_s),
        rate=heard.rate,
        channels=heard.channels,
        gain_db=_gain_db(comparison, clip, original),
    )


def _upright(seen: StreamInfo) -> tuple[int, int]:
    """Even width and height of the frame as it is shown."""
    width, height = int(seen.width or 0), int(seen.height or 0)
    if round(seen.rotation or 0.0) % 180:
        width, height = height, width
    return max(2, width // 2 * 2), max(2, height // 2 * 2)


def _kbit(size: int, length_s: float) -> float:
    return round(size * 8 / 1000 / length_s, 1)


def _gain_db(comparison: Comparison, clip: Source, original: Source) -> float | None:
    same = [
        (part.clip, part.original)
        for part in comparison.timeline.sound
        if part.state is SoundState.SAME and part.original is not None and part.clip.length > 0
    ]
    if not same:
        return None
    here, there = max(same, key=lambda pair: pair[0].length)
    levels = [_level(source, span) for source, span in ((clip, here), (original, there))]
    if not all(levels):
        return None
    return round(20 * math.log10(levels[0] / levels[1]), 1)


def _level(source: Source, span: Span) -> float:
    """Root mean square over the first HEARD_S of the span, in full scale; 0 for silence."""
    samples = stretch(source, Span(span.start, min(span.end, span.start + HEARD_S)))
    if not len(samples):
        return 0.0
    return float(np.sqrt(np.mean((samples / FULL_SCALE) ** 2)))
