"""What the sound's own place adds to the picture: a basis, a joint where nothing moves, a place for a still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from mediacheck.align.joints import LEAST_FLOOR
from mediacheck.align.picture_states import PictureTracks, on_line, same_scene
from mediacheck.align.timeline import NOWHERE, Limits, Run, runs
from mediacheck.model import Geometry, PictureSegment, PictureState, Span

ONE_PLACE_S = (
    0.3  # the picture's places are exact to 0.08 s, the sound may run beside it by innocent 0.2 s
)
SAME_JUMP_S = 0.5  # between two stretches of sound: a word's length that windows of 0.4 s leave open around a joint
NO_WORSE = 0.15  # mean correlation: its standard error over the second or two between two joints


def with_sound(
    segments: Sequence[PictureSegment],
    tracks: PictureTracks,
    heard: Sequence[tuple[Span, int]],
    geometry: Geometry | None,
    original_end: float,
    limits: Limits,
) -> tuple[PictureSegment, ...]:
    """The segments with what the sound's own place adds: a basis, and a place for a still picture.

    heard: stretches of the clip whose sound lies on tracks.lines[index]. A stretch that motion leaves open
    takes the sound's place only when the registered frames show the same scene there.
    """
    out: list[PictureSegment] = []
    for part in _joined_by_sound(segments, tracks, heard, limits):
        if part.state is PictureState.MATCHED:
            agree = any(
                span.overlap(part.clip) > 0.5 * part.clip.length
                and abs(tracks.lines[index].line.original_at(part.clip.start) - _start(part))
                < ONE_PLACE_S
                for span, index in heard
            )
            alone = agree and _stands_still(tracks, part.clip, limits)
            out.append(replace(part, basis="sound" if alone else "both" if agree else "picture"))
        elif part.state is PictureState.UNDETERMINED:
            out.extend(_placed_by_sound(part, tracks, heard, geometry, original_end, limits))
        else:
            out.append(part)
    return tuple(out)


def _stands_still(tracks: PictureTracks, clip: Span, limits: Limits) -> bool:
    """Whether the picture moves too little to have a place of its own."""
    inside = (tracks.centres >= clip.start) & (tracks.centres < clip.end)
    moving = limits["picture_moving_levels"]
    return bool(inside.any()) and float(np.median(tracks.movement[inside])) < moving


def _joined_by_sound(
    segments: Sequence[PictureSegment],
    tracks: PictureTracks,
    heard: Sequence[tuple[Span, int]],
    limits: Limits,
) -> list[PictureSegment]:
    """Joints moved to where the sound makes the same jump, as far as motion does not speak against it.

    A still speaker leaves a joint open by a second or two; the sound of the same cut is exact.
    """
    out = list(segments)
    for number, (before, after) in enumerate(pairwise(segments)):
        if before.original is None or after.original is None:
            continue
        for (first, left), (second, right) in pairwise(heard):
            at = (first.end + second.start) / 2
            moved = abs(at - before.clip.end)
            if second.start - first.end > SAME_JUMP_S or moved > limits["picture_joint_reach_s"]:
                continue
            # The joint before this one may have been moved into the part already.
            if not max(before.clip.start, out[number].clip.start) < at < after.clip.end:
                continue
            if not (_runs_on(before, tracks, left, at) and _runs_on(after, tracks, right, at)):
                continue
            if _fits_as_well(tracks, left, right, before.clip.end, at, limits):
                out[number] = _until(out[number], at)
                out[number + 1] = _from(after, at)
    return out


def _runs_on(part: PictureSegment, tracks: PictureTracks, line: int, at: float) -> bool:
    """Whether a part lies on a track's line."""
    shown = _start(part) + (part.speed or 1.0) * (at - part.clip.start)
    return abs(tracks.lines[line].line.original_at(at) - shown) < ONE_PLACE_S


def _fits_as_well(
    tracks: PictureTracks, left: int, right: int, joint: float, at: float, limits: Limits
) -> bool:
    """Whether all that is shown between two joints fits the other line about as well as the one it lies on."""
    low, high = min(joint, at), max(joint, at)
    own, other = (tracks.lines[line] for line in ((left, right) if at < joint else (right, left)))
    between = (tracks.frame_times >= low) & (tracks.frame_times < high)
    if not between.any():
        return False
    differ = [np.nan_to_num(line.differences[between], nan=np.inf) for line in (own, other)]
    if (differ[1] > limits["joint_as_well"] * np.maximum(differ[0], LEAST_FLOOR)).any():
        return False
    inside = (tracks.centres >= low) & (tracks.centres < high)
    if not inside.any():
        return True
    motion = [np.nan_to_num(line.motion[inside]).mean() for line in (own, other)]
    return bool(motion[1] >= motion[0] - NO_WORSE)


def _until(part: PictureSegment, at: float) -> PictureSegment:
    clip = Span(part.clip.start, round(max(part.clip.start, at), 3))
    end = _start(part) + (part.speed or 1.0) * clip.length
    return replace(part, clip=clip, original=Span(_start(part), round(end, 3)))


def _from(part: PictureSegment, at: float) -> PictureSegment:
    assert part.original is not None
    clip = Span(round(min(part.clip.end, at), 3), part.clip.end)
    start = max(0.0, part.original.end - (part.speed or 1.0) * clip.length)
    return replace(part, clip=clip, original=Span(round(start, 3), part.original.end))


def _start(part: PictureSegment) -> float:
    assert part.original is not None
    return part.original.start


def _placed_by_sound(
    part: PictureSegment,
    tracks: PictureTracks,
    heard: Sequence[tuple[Span, int]],
    geometry: Geometry | None,
    original_end: float,
    limits: Limits,
) -> list[PictureSegment]:
    """An open stretch cut where the sound's place changes; what the sound does not place stays open, what shows
    another scene than the sound's place is foreign.
    """
    pieces: list[PictureSegment] = []
    at = part.clip.start
    scenes = [
        (*piece, index) for span, index in heard for piece in _by_scene(tracks, span, index, limits)
    ]
    for span, other, index in scenes:
        begin, end = max(at, span.start), min(part.clip.end, span.end)
        if end - begin < limits["picture_bridge_s"]:
            continue
        if not other and not _shows(tracks, begin, end, index, limits):
            continue
        if begin - at <= limits["picture_joint_s"]:
            begin = at
        else:
            pieces.append(replace(part, clip=Span(at, begin)))
        if part.clip.end - end <= limits["picture_joint_s"]:
            end = part.clip.end
        if other:
            pieces.append(PictureSegment(Span(begin, end), None, PictureState.FOREIGN))
        else:
            placed = on_line(tracks.lines[index], Span(begin, end), geometry, original_end, 0.0)
            pieces += [replace(each, basis="sound" if each.original else None) for each in placed]
        at = end
    if at < part.clip.end:
        pieces.append(replace(part, clip=Span(at, part.clip.end)))
    return pieces


def _by_scene(
    tracks: PictureTracks, span: Span, line: int, limits: Limits
) -> list[tuple[Span, bool]]:
    """The span cut where the registered frames along a line change between its scene and another (True).

    Single hashes do not count: a flash or a title passes.
    """
    track = tracks.lines[line]
    inside = (track.hash_times >= span.start) & (track.hash_times < span.end)
    inside &= np.isfinite(track.hash_bits)
    times = track.hash_times[inside]
    bits = track.hash_bits[inside]
    if not (bits <= limits["same_scene_bits"]).any():
        return [(span, False)]  # nowhere its scene: the registration may be what is wrong
    far = bits >= limits["other_scene_bits"]
    for run in list(runs(far.astype(int))):
        if far[run.first] and run.count < 2:
            far[run.windows] = False
    cuts: list[tuple[Span, bool]] = []
    begin = span.start
    for run in runs(far.astype(int)):
        last = run.last == len(times)
        end = span.end if last else round(float(times[run.last - 1] + times[run.last]) / 2, 3)
        cuts.append((Span(begin, end), bool(far[run.first])))
        begin = end
    return cuts or [(span, False)]


def _shows(tracks: PictureTracks, begin: float, end: float, line: int, limits: Limits) -> bool:
    inside = np.flatnonzero((tracks.centres >= begin) & (tracks.centres < end))
    if not len(inside):
        return False
    return same_scene(tracks, Run(int(inside[0]), int(inside[-1]) + 1, NOWHERE), line, limits)
