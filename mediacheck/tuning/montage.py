"""How does a plan become a clip with exact truth?

A Plan says, frame by frame and sample by sample, what the clip holds; `write` renders it and
derives the truth from the same numbers. Frames are chosen and retouched here, by index, and piped to ffmpeg,
which only crops, scales, draws over, leaves out and encodes: no filter decides times.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import ffmpeg
import numpy as np
from scipy.io import wavfile

from mediacheck.model import Kind, PictureState, SoundState
from mediacheck.tuning import soundtrack
from mediacheck.tuning.drawing import Layout, drawn, fraction, in_clip, layout, within
from mediacheck.tuning.encoding import encode, refuse_other_frames
from mediacheck.tuning.footage import RATE, pictures, sound
from mediacheck.tuning.lettering import pixels
from mediacheck.tuning.plan import KEPT, Plan
from mediacheck.tuning.retouching import framed
from mediacheck.tuning.screens import enlarged
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.soundtrack import Passage
from mediacheck.tuning.truth import (
    WHOLE,
    Box,
    FindingTruth,
    Interval,
    PictureTruth,
    SoundTruth,
    Truth,
)

PEAK = 0.98  # full scale is 1; a soundtrack that would pass it is turned down as a whole


def write(plan: Plan, rng: Random, path: Path) -> Truth:
    """Render the plan to an mp4 and return what is true of it.

    The same plan and rng state give the same bytes on the same ffmpeg: one encoder thread, no dates
    in the file. Raises RuntimeError when ffmpeg fails or the file made does not hold the planned
    frames.
    """
    there = layout(plan)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        folder = Path(scratch)
        size = f"{plan.source.width}x{plan.source.height}"
        rate = plan.fps * 2 if plan.interlaced else plan.fps
        raw = ffmpeg.input(
            "pipe:", format="rawvideo", pix_fmt="yuv420p", s=size, framerate=f"{rate}"
        )
        picture, heard = drawn(raw, plan, there, folder), None
        if plan.passages:
            wavfile.write(folder / "sound.wav", RATE, _soundtrack(plan, rng))
            heard = ffmpeg.input(str(folder / "sound.wav")).audio
        frames = _frames(plan)
        for generation, encoding in enumerate(plan.encodings, start=1):
            made = folder / f"{generation}.mp4"
            encode(picture, heard, encoding, made, frames)
            previous = ffmpeg.input(str(made))
            picture, heard = previous.video, previous.audio if plan.passages else None
            frames = iter(())
        refuse_other_frames(plan, made)
        made.replace(path)
    return _truth(plan, there)


def write_original(plan: Plan, folder: Path) -> Path:
    """Put what the clip is to be compared with into folder, as original.*: what is planned, or the source's kept part,
    or a copy of the source.
    """
    if plan.original is not None:
        path = folder / "original.mp4"
        write(plan.original, Random(0), path)
        return path
    if plan.kept is None:
        path = folder / f"original{plan.source.path.suffix}"
        shutil.copyfile(plan.source.path, path)
        return path
    path = folder / "original.mp4"
    start_s, end_s = plan.kept
    shot = Shot(plan.source, start_s, int((end_s - start_s) * plan.source.fps))
    length_s = float(shot.frames / plan.source.fps)
    heard = (Passage(length_s, SoundState.SAME, start_s),) if plan.source.has_sound else ()
    part = Plan(plan.source, None, plan.source.fps, (shot,), heard, encodings=(KEPT,))
    write(part, Random(0), path)
    return path


def _soundtrack(plan: Plan, rng: Random) -> np.ndarray:
    """The whole soundtrack in [-1, 1], as long as the picture; (samples,), or (samples, 2) with something beside."""
    shown = [shot for shot in plan.shots if not shot.foreign] or list(plan.shots)
    first = min(shown, key=lambda shot: shot.start_s)
    level = soundtrack.speech_level(sound(first.footage, first.start_s, plan.duration_s))
    track = soundtrack.lay(plan.passages, plan.source, plan.donor, level, rng, plan.bed)
    track = track[: round(plan.duration_s * RATE)]
    for process in plan.processes:
        track = process(track, rng)
    if plan.beside:
        other = soundtrack.lay(plan.beside, plan.source, plan.donor, level, rng)[: len(track)]
        track = np.stack((other, track) if plan.beside_left else (track, other), axis=1)
        if plan.width != 1:
            both = track.mean(axis=1, keepdims=True)
            track = both + (track - both) * np.float32(plan.width)
    track = track * np.float32(10 ** (plan.gain_db / 20))
    loudest = float(np.abs(track).max(initial=0.0))
    return track * np.float32(PEAK / loudest) if loudest > PEAK else track


def _frames(plan: Plan) -> Iterator[bytes]:
    """The frames that ffmpeg is fed, two to each clip frame where they are to be woven."""
    size = (plan.source.width, plan.source.height)
    feeds = [retouch.feed(plan.fps, size) for retouch in plan.retouches]
    grounds: Iterator[bytes] = iter(())
    if plan.inset:
        ground = plan.inset.ground
        grounds = iter(pictures(ground.footage, ground.indexes(plan.fps), size))
    at = 0
    for shot in plan.shots:
        wanted = shot.indexes(plan.fps)
        for first, end in plan.stalls:
            for k in range(max(first, at), min(end, at + shot.frames)):
                wanted[k - at] = wanted[max(0, first - 1 - at)]
        if plan.interlaced:
            following = [*wanted[1:], wanted[-1]]
            wanted = [each for pair in zip(wanted, following, strict=True) for each in pair]
            yield from pictures(shot.footage, wanted, size)
        elif plan.retouches or plan.lens or plan.inset or shot.near != WHOLE:
            for k, picture in enumerate(pictures(shot.footage, wanted, size), start=at):
                frame = framed(picture, size)
                for retouch, feed in zip(plan.retouches, feeds, strict=True):
                    frame = retouch.applied(frame, k, next(feed))
                if shot.near != WHOLE:
                    frame = enlarged(frame, shot.near)
                if plan.lens:
                    frame = plan.lens.seen(frame, k, plan.frames)
                if plan.inset:
                    frame = plan.inset.over(framed(next(grounds), size), frame)
                yield frame.tobytes()
        else:
            yield from pictures(shot.footage, wanted, size)
        at += shot.frames


def _truth(plan: Plan, there: Layout) -> Truth:
    crop, placed = _shown(plan, there)
    picture: list[PictureTruth] = []
    shown = 0
    for shot in plan.shots:
        clip = (float(shown / plan.fps), float((shown + shot.frames) / plan.fps))
        shown += shot.frames
        if shot.foreign:
            picture.append(PictureTruth(clip, None, PictureState.FOREIGN, crop=None, placed=None))
            continue
        original, state = shot.original(plan.fps), PictureState.MATCHED
        seen = within(shot.near, crop)
        picture.append(
            PictureTruth(
                clip, original, state, shot.speed, plan.mirrored, seen, placed, plan.rotation
            )
        )
    heard: list[SoundTruth] = []
    start_s = 0.0
    for passage in plan.passages:
        clip = (start_s, min(start_s + passage.length_s, plan.duration_s))
        heard.append(SoundTruth(clip, passage.original, passage.state))
        start_s += passage.length_s
    told = plan.told
    if any(part.state is PictureState.MATCHED for part in picture):
        told += _visible(plan, there, picture)
    return Truth(plan.answer, tuple(picture), tuple(heard), told)


def _shown(plan: Plan, there: Layout) -> tuple[Box, Box]:
    """crop and placed, as the contract has them."""
    if plan.inset is not None:
        return WHOLE, fraction(pixels(plan.inset.box, there.size), there.size)
    if plan.lens is None:
        return there.cropped, there.placed
    return plan.lens.crop, plan.lens.placed


def _visible(plan: Plan, there: Layout, picture: list[PictureTruth]) -> tuple[FindingTruth, ...]:
    """What was done to the picture on purpose: to all of it, or to a region."""
    clip = (0.0, plan.duration_s)
    original = picture[0].original if len(picture) == 1 else None
    crop, placed = _shown(plan, there)
    found = []
    for shot, part in zip(plan.shots, picture, strict=True):
        if shot.near != WHOLE:
            found.append(FindingTruth(Kind.CROPPED, part.clip, part.original, part.crop))
    if plan.mirrored:
        found.append(FindingTruth(Kind.MIRRORED, clip, original))
    if crop != WHOLE:
        found.append(FindingTruth(Kind.CROPPED, clip, original, crop))
    if placed != WHOLE:
        found.append(FindingTruth(Kind.BORDERED, clip, original, placed))
    if plan.rotation:
        found.append(FindingTruth(Kind.ROTATED, clip, original, value=plan.rotation))
    if plan.colour is not None:
        found.append(FindingTruth(Kind.COLOUR, clip, original))
    for retouch in plan.retouches:
        box = in_clip(retouch.told, plan, there)
        if box is not None:
            found.append(FindingTruth(retouch.kind, clip, original, box))
    for overlay in plan.overlays:
        box = fraction(pixels(overlay.swept, there.size), there.size)
        shown = overlay.shown or clip
        found.append(FindingTruth(Kind.OVERLAY, shown, _mapped(shown, picture), box))
    return tuple(found)


def _mapped(clip: Interval, picture: list[PictureTruth]) -> Interval | None:
    """The part of the original under a part of the clip; None unless one unbroken part covers the clip."""
    (part,) = picture if len(picture) == 1 else (None,)
    if part is None or part.original is None:
        return None
    start_s = part.original[0]
    return (start_s + clip[0] * part.speed, start_s + clip[1] * part.speed)
