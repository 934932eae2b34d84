"""One pass over a file: every sampled frame and every sound track, and what was wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mediacheck.errors import MediaUnreadable
from mediacheck.media import wire
from mediacheck.media.frames import FRAMES_PER_S, LONG_SIDE, Frames, FrameStore
from mediacheck.media.probe import Source, with_condition
from mediacheck.media.sound import Sound, SoundStore
from mediacheck.model import Media
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

    sounds: the track that plays stands first.
    """

    media: Media
    frames: Frames | None
    sounds: tuple[Sound, ...]


def decode(source: Source, stage: str = "decode", progress: Progress = SILENT) -> Decoded:
    """Raises MediaUnreadable when nothing at all can be decoded, or when the decoder dies."""
    frames = FrameStore()
    tracks: dict[int, SoundStore] = {}
    total = max(source.media.duration_s, 0.1)
    reported = 0.0
    progress.at(stage, 0.0, total)
    with source.asked("decode", long_side=LONG_SIDE, fps=FRAMES_PER_S) as answers:
        for kind, payload in answers:
            if kind == wire.FRAME:
                now = frames.take(payload)
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
                    found = _decoded(source, frames.frames(), tracks, wire.facts(payload))
                except (KeyError, IndexError, TypeError, ValueError) as error:
                    raise wire.ChildGone("facts that make no sense") from error
    progress.at(stage, total, total)
    return found


def _decoded(
    source: Source,
    frames: Frames | None,
    tracks: Mapping[int, SoundStore],
    facts: Mapping[str, Any],
) -> Decoded:
    stored = [(facts["sounds"][number], store) for number, store in sorted(tracks.items())]
    found = [store.sound(index) for index, store in stored]
    sounds = tuple(sound for sound in found if sound is not None)
    if frames is None and not sounds:
        raise MediaUnreadable(
            f"{source.path.name}: nothing in it could be decoded; is the download complete?"
        )
    return Decoded(_examined(source.media, frames, sounds, facts), frames, sounds)


def _examined(
    media: Media, frames: Frames | None, sounds: Sequence[Sound], facts: Mapping[str, Any]
) -> Media:
    picture = facts["picture"] if frames is not None else None
    ends = [sound.ends for sound in sounds]
    if picture is not None:
        ends.append(float(picture["ends"]))
        media = _turned(media, picture["index"], picture["rotation"])
    reached = max(ends)
    still = frames is not None and len(frames) == 1
    # A picture file has no length, whatever length the decoder gives its one frame.
    if still and not sounds and media.container.endswith("_pipe"):
        return with_condition(media, "the picture is a single still", duration_s=0.0)
    conditions = list(_damage(media, reached, facts))
    if media.has("picture") and frames is None:
        conditions.append("its picture could not be decoded")
    if media.has("sound") and not sounds:
        conditions.append("its sound could not be decoded")
    if still:
        conditions.append("the picture is a single still")
    borne_out = abs(media.duration_s - reached) <= ROUNDED_S
    duration = media.duration_s if borne_out and media.duration_s > 0 else round(reached, 3)
    return with_condition(media, *conditions, duration_s=duration)


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
    if facts["breaks_off"] or missing > max(MISSING_S, MISSING_SHARE * media.duration_s):
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
