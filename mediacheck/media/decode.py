"""One pass over a file: every sampled frame and every sound track, and what was wrong on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mediacheck.errors import MediaUnreadable
from mediacheck.media import wire
from mediacheck.media.frames import FRAMES_PER_S, LONG_SIDE, Frames, FrameStore
from mediacheck.media.probe import Source, with_condition
from mediacheck.media.sound import Sound, SoundStore
from mediacheck.model import Media
from mediacheck.progress import SILENT, Progress


@dataclass(frozen=True, slots=True)
class Decoded:
    """`media` is the probe's record with the duration and the damage that decoding found."""

    media: Media
    frames: Frames | None
    sounds: tuple[Sound, ...]


def decode(source: Source, stage: str = "decode", progress: Progress = SILENT) -> Decoded:
    """Raises MediaUnreadable when nothing at all can be decoded, or when the decoder dies."""
    frames = FrameStore()
    tracks: dict[int, SoundStore] = {}
    total = max(source.media.duration_s, 0.1)
    source.ask("decode", long_side=LONG_SIDE, fps=FRAMES_PER_S)
    reported = 0.0
    while True:
        try:
            kind, payload = wire.receive(source.child.answers)
        except wire.ChildGone as error:
            raise MediaUnreadable(
                f"{source.path.name}: the decoder stopped while reading it"
            ) from error
        if kind == wire.FRAME:
            frames.take(payload)
            now = wire.FRAME_HEADER.unpack_from(payload)[0]
            if now > reported + total / 200:
                reported = now
                progress.at(stage, min(now, total), total)
        elif kind == wire.SOUND:
            tracks.setdefault(payload[0], SoundStore()).take(payload)
        elif kind == wire.DONE:
            progress.at(stage, total, total)
            return _decoded(source, frames.frames(), tracks, json.loads(payload))
        else:
            raise MediaUnreadable(f"{source.path.name}: {json.loads(payload)['reason']}")


def _decoded(
    source: Source,
    frames: Frames | None,
    tracks: dict[int, SoundStore],
    facts: dict[str, object],
) -> Decoded:
    indices = facts["sounds"]
    assert isinstance(indices, list)
    stored = [(indices[number], store) for number, store in sorted(tracks.items())]
    found = [store.sound(index) for index, store in stored]
    sounds = tuple(sound for sound in found if sound is not None)
    if frames is None and not sounds:
        raise MediaUnreadable(
            f"{source.path.name}: nothing in it could be decoded; is the download complete?"
        )
    return Decoded(_examined(source.media, frames, sounds, facts), frames, sounds)


def _examined(
    media: Media, frames: Frames | None, sounds: tuple[Sound, ...], facts: dict[str, object]
) -> Media:
    conditions: list[str] = []
    if facts["faults"] or facts["corrupt"]:
        conditions.append(
            f"damaged: {facts['faults']} packets could not be decoded, "
            f"{facts['corrupt']} frames are marked corrupt"
        )
    ends = [sound.ends for sound in sounds]
    if isinstance(facts["last_s"], float):
        ends.append(facts["last_s"])
    reached = max(ends, default=0.0)
    if media.duration_s - reached > max(1.0, 0.05 * media.duration_s):
        conditions.append(
            f"truncated: it says it lasts {media.duration_s:.1f} s, decoding reached {reached:.1f} s"
        )
    if media.has("picture") and frames is None:
        conditions.append("its picture could not be decoded")
    if media.has("sound") and not sounds:
        conditions.append("its sound could not be decoded")
    if isinstance(facts["sizes"], int) and facts["sizes"] > 1:
        conditions.append(f"the picture changes its size ({facts['sizes']} sizes)")
    still = frames is not None and len(frames) == 1
    duration = media.duration_s if media.duration_s > 0 and not conditions else reached
    if still:
        conditions.append("the picture is a single still")
    return with_condition(
        media, *conditions, duration_s=round(max(duration, reached if still else 0), 3)
    )
