"""One pass over a file: every sampled frame and every sound track, and what was wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mediacheck.errors import MediaUnreadable, RangeRefused
from mediacheck.media import wire
from mediacheck.media.frames import (
    FRAMES_PER_S,
    LONG_SIDE,
    THUMB_SIDE,
    Frames,
    FrameStore,
    album_stride,
)
from mediacheck.media.probe import Source, with_condition
from mediacheck.media.sound import Sound, SoundStore
from mediacheck.model import Media, Span
from mediacheck.progress import SILENT, Progress

MISSING_S = (
    0.5  # containers round what they say of their length; ends of sound and picture differ by less
)
MISSING_SHARE = 0.02
CANCELLED_S = 1.0  # below it chance, as in the noise of a pause
ROUNDED_S = 0.1  # within it the container's own word on its length is kept


@dataclass(frozen=True, slots=True)
class Decoded:
    """`media` is the probe's record with the duration and the damage that decoding found.

    sounds: the track that plays stands first. Of a part of a file, times and samples count from the part's start.
    """

    media: Media
    frames: Frames | None
    sounds: tuple[Sound, ...]


def decode(
    source: Source,
    stage: str = "decode",
    progress: Progress = SILENT,
    part: Span | None = None,
) -> Decoded:
    """part: the seconds of the file that are wanted, at most LONGEST_S of them are read; None for the whole.

    Raises MediaUnreadable when nothing at all can be decoded, or when the decoder dies; RangeRefused when the
    part holds nothing.
    """
    if part is not None:
        part = Span(part.start, min(part.end, part.start + wire.LONGEST_S))
    total = max(_lasts(source.media, part), 0.1)
    every = album_stride(_sampled(source.media, total))
    frames = FrameStore(every)
    tracks: dict[int, SoundStore] = {}
    reported = 0.0
    progress.at(stage, 0.0, total)
    settings = {"long_side": LONG_SIDE, "fps": FRAMES_PER_S, "part": part and tuple(part)}
    settings |= {"thumb_side": THUMB_SIDE, "every": every}
    with source.asked("decode", **settings) as answers:
        for kind, payload in answers:
            if kind in (wire.FRAME, wire.THUMB):
                now = (frames.take if kind == wire.FRAME else frames.take_thumb)(payload)
                if now > reported + total / 200:
                    reported = now
                    progress.at(stage, min(now, total), total)
            elif kind == wire.SOUND:
                number = wire.sound(payload)[0]
                if number not in tracks:
                    tracks[number] = SoundStore()
                tracks[number].take(payload)
            elif kind == wire.DONE:
                try:
                    found = _decoded(source, frames.frames(), tracks, wire.facts(payload), part)
                except (KeyError, IndexError, TypeError, ValueError) as error:
                    raise wire.ChildGone("facts that make no sense") from error
    progress.at(stage, total, total)
    return found


def _lasts(media: Media, part: Span | None) -> float:
    return media.duration_s if part is None else min(part.end, media.duration_s) - part.start


def _sampled(media: Media, lasts_s: float) -> float:
    """How many frames of so many seconds the child will send, going by what the container says."""
    rates = [each.fps for each in media.streams if each.kind == "picture" and each.fps]
    return min(lasts_s, wire.LONGEST_S) * min(FRAMES_PER_S, *rates, FRAMES_PER_S)


def _decoded(
    source: Source,
    frames: Frames | None,
    tracks: Mapping[int, SoundStore],
    facts: Mapping[str, Any],
    part: Span | None,
) -> Decoded:
    found = [
        _with_side(store.sound(facts["sounds"][number]), tracks.get(number + wire.SIDE))
        for number, store in sorted(tracks.items())
        if number < wire.SIDE
    ]
    sounds = tuple(_until(sound, part) for sound in found if sound is not None)
    if frames is None and not sounds:
        if part is not None:
            raise RangeRefused(
                f"{source.path.name}: nothing from {part.start:.1f} s on could be decoded, and it says it lasts "
                f"{source.media.duration_s:.1f} s; give another range"
            )
        raise MediaUnreadable(
            f"{source.path.name}: nothing in it could be decoded; is the download complete?"
        )
    return Decoded(_examined(source.media, frames, sounds, facts, part), frames, sounds)


def _with_side(sound: Sound | None, store: SoundStore | None) -> Sound | None:
    side = None if store is None else store.sound(0)
    return sound if sound is None or side is None else replace(sound, side=side.samples)


def _until(sound: Sound, part: Span | None) -> Sound:
    """The sound without what its last packet holds beyond the part."""
    if part is None:
        return sound
    most = round(part.length * sound.rate)
    side = None if sound.side is None else sound.side[:most]
    ends = min(sound.ends, most / sound.rate)
    return replace(sound, samples=sound.samples[:most], ends=ends, side=side)


def _examined(
    media: Media,
    frames: Frames | None,
    sounds: Sequence[Sound],
    facts: Mapping[str, Any],
    part: Span | None,
) -> Media:
    picture = facts["picture"] if frames is not None else None
    ends = [sound.ends for sound in sounds]
    if picture is not None:
        ends.append(float(picture["ends"]))
        media = _turned(media, picture["index"], picture["rotation"])
    reached = max(ends) + (0.0 if part is None else part.start)
    still = frames is not None and len(frames) == 1
    # A picture file has no length, whatever length the decoder gives its one frame.
    if still and not sounds and media.container.endswith("_pipe"):
        return with_condition(media, "the picture is a single still", duration_s=0.0)
    conditions = list(_damage(media, reached, facts))
    where = " in the part that was read" if part is not None else ""
    if part is not None:
        conditions.insert(0, _read(part, media))
    if media.has("picture") and frames is None:
        conditions.append(f"its picture could not be decoded{where}")
    if media.has("sound") and not sounds:
        conditions.append(f"its sound could not be decoded{where}")
    if still:
        conditions.append(f"the picture is a single still{where}")
    return with_condition(media, *conditions, duration_s=_length(media, reached, facts))


def _read(part: Span, media: Media) -> str:
    """The limit that a part sets to all that is said of the file."""
    to = f"to {part.end:.1f} s" if part.end < media.duration_s else "on"
    return f"only read from {part.start:.1f} s {to}: what lies outside was neither searched nor checked for damage"


def _length(media: Media, reached: float, facts: Mapping[str, Any]) -> float:
    """The container's own word on its length where decoding bears it out, or stopped before the end."""
    if facts["goes_on"]:
        return max(media.duration_s, round(reached, 3))
    borne_out = abs(media.duration_s - reached) <= ROUNDED_S
    return media.duration_s if borne_out and media.duration_s > 0 else round(reached, 3)


def _damage(media: Media, reached: float, facts: Mapping[str, Any]) -> Sequence[str]:
    found = []
    picture = facts["picture"] or {"corrupt": 0, "untimed": 0, "sizes": 0}
    if facts["faults"] or picture["corrupt"]:
        found.append(
            f"damaged: packets that could not be decoded: {facts['faults']}, "
            f"frames marked corrupt: {picture['corrupt']}"
        )
    if facts["beyond"]:
        found.append(f"what lies beyond {wire.LONGEST_S / 3600:.0f} hours was not read")
    missing = min(media.duration_s, wire.LONGEST_S) - reached
    cut_short = missing > max(MISSING_S, MISSING_SHARE * media.duration_s)
    if (facts["breaks_off"] or cut_short) and not facts["goes_on"]:
        found.append(
            f"truncated: it says it lasts {media.duration_s:.1f} s, decoding reached {reached:.1f} s"
        )
    if picture["untimed"]:
        found.append(f"{picture['untimed']} frames carry no time; an even frame rate was assumed")
    if facts["cancelled_s"] > CANCELLED_S:
        found.append("its sound channels cancel each other; the first was taken alone")
    if facts["joins"]:
        found.append(f"its clock starts anew ({facts['joins']} times)")
    if picture["sizes"] > 1:
        found.append(f"the picture changes its size ({picture['sizes']} sizes)")
    return found


def _turned(media: Media, index: int, rotation: float) -> Media:
    streams = tuple(
        replace(stream, rotation=rotation) if stream.index == index else stream
        for stream in media.streams
    )
    return replace(media, streams=streams)
