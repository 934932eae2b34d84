"""What each stretch of the clip's picture is: matched along a line, foreign, or undetermined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from mediacheck.align.timeline import (
    NOWHERE,
    Limits,
    MotionTrack,
    Run,
    parted,
    picture_path,
    runs,
)
from mediacheck.model import Geometry, PictureSegment, PictureState, Span


@dataclass(frozen=True, slots=True)
class PictureTracks:
    """The picture check's series as arrays. centres: (n,) clip seconds, equally spaced."""

    centres: np.ndarray
    movement: np.ndarray
    detail: np.ndarray
    lines: tuple[MotionTrack, ...]
    decoys: tuple[MotionTrack, ...] = ()


def picture_segments(
    tracks: PictureTracks,
    geometry: Geometry | None,
    clip_end: float,
    original_end: float,
    limits: Limits,
) -> tuple[PictureSegment, ...]:
    """Segments that cover [0, clip_end) without gap; empty when there are no windows.

    A file may last longer than its frames do; nothing is claimed of that rest.
    """
    if not len(tracks.centres):
        return ()
    path = _bridged(
        tracks,
        picture_path(
            tracks.centres, tracks.movement, tracks.lines, tracks.decoys, original_end, limits
        ),
        limits,
    )
    found = list(runs(path))
    half = (tracks.centres[1] - tracks.centres[0]) / 2 if len(tracks.centres) > 1 else clip_end
    frames_end = float(tracks.centres[-1]) + _step(tracks)
    if len(tracks.centres) < 2 or clip_end - frames_end < limits["picture_bridge_s"]:
        frames_end = clip_end
    segments: list[PictureSegment] = []
    for number, run in enumerate(found):
        start = 0.0 if number == 0 else float(tracks.centres[run.first] - half)
        end = frames_end if number == len(found) - 1 else float(tracks.centres[run.last - 1] + half)
        if end > start:
            clip = Span(round(start, 3), round(end, 3))
            beside = {found[n].line for n in (number - 1, number + 1) if 0 <= n < len(found)}
            segments += _segments(
                tracks, run, beside - {NOWHERE}, clip, geometry, original_end, limits
            )
    segments = _unmatched_joined(segments)
    if frames_end < clip_end:
        rest = Span(round(frames_end, 3), clip_end)
        segments.append(PictureSegment(rest, None, PictureState.UNDETERMINED))
    return tuple(segments)


def _unmatched_joined(segments: Sequence[PictureSegment]) -> list[PictureSegment]:
    """What a line left over beside footage that no line explains belongs to that footage."""
    out: list[PictureSegment] = []
    for part in segments:
        if out and out[-1].original is None and part.original is None:
            before = out.pop()
            longer = max(before, part, key=lambda each: each.clip.length)
            part = replace(longer, clip=Span(before.clip.start, part.clip.end))
        out.append(part)
    return out


def _bridged(tracks: PictureTracks, path: np.ndarray, limits: Limits) -> np.ndarray:
    """The path with gaps closed in which the clip stands still, shows the scene, and the line goes on."""
    path = path.copy()
    found = list(runs(path))
    for number, run in enumerate(found):
        if run.line != NOWHERE:
            continue
        sides = {found[n].line for n in (number - 1, number + 1) if 0 <= n < len(found)} - {NOWHERE}
        inner = 0 < number < len(found) - 1
        if len(sides) != 1 or not _same_scene(tracks, run, line := next(iter(sides)), limits):
            continue
        still = float(np.median(tracks.movement[run.windows])) < limits["picture_moving_levels"]
        short = run.count * _step(tracks) <= limits["picture_bridge_s"]
        if still or short or (inner and _not_contradicted(tracks, run, line, limits)):
            path[run.windows] = line
    return path


def _step(tracks: PictureTracks) -> float:
    return float(tracks.centres[1] - tracks.centres[0]) if len(tracks.centres) > 1 else 0.0


def _same_scene(tracks: PictureTracks, run: Run, line: int, limits: Limits) -> bool:
    """Whether the hashes in the run are as close as two copies of one frame are."""
    bits = _hash_bits(tracks, run, line)
    return bits is not None and bits <= limits["same_scene_bits"]


def _hash_bits(tracks: PictureTracks, run: Run, line: int) -> float | None:
    """Middle distance of the run's hashes along a line; None without any. Short runs borrow from beside them."""
    track = tracks.lines[line]
    margin = 0.6 if run.count * _step(tracks) < 2.0 else 0.0
    start, end = tracks.centres[run.first] - margin, tracks.centres[run.last - 1] + margin
    inside = (track.hash_times >= start) & (track.hash_times <= end) & np.isfinite(track.hash_bits)
    return float(np.median(track.hash_bits[inside])) if inside.any() else None


def _not_contradicted(tracks: PictureTracks, run: Run, line: int, limits: Limits) -> bool:
    """Whether motion in the run still leans to the line: weak agreement, not none."""
    inside = tracks.lines[line].motion[run.windows]
    inside = inside[np.isfinite(inside)]
    return bool(len(inside)) and float(inside.mean()) >= limits["picture_leaning_motion"]


def _segments(
    tracks: PictureTracks,
    run: Run,
    beside: set[int],
    clip: Span,
    geometry: Geometry | None,
    original_end: float,
    limits: Limits,
) -> list[PictureSegment]:
    if run.line == NOWHERE:
        return [PictureSegment(clip, None, _unmatched(tracks, run, beside, limits))]
    track = tracks.lines[run.line]
    motion = track.motion[run.windows]
    score = float(np.nanmean(motion)) if np.isfinite(motion).any() else 0.0
    return _on_line(track, clip, geometry, original_end, score)


def _on_line(
    track: MotionTrack, clip: Span, geometry: Geometry | None, original_end: float, score: float
) -> list[PictureSegment]:
    """The stretch as matched, less what of it the line places before or after the original."""
    return [
        _matched(track, piece, geometry, original_end, score)
        if inside
        else PictureSegment(piece, None, PictureState.UNDETERMINED)
        for piece, inside in parted(track.line, clip, original_end)
    ]


def _matched(
    track: MotionTrack, clip: Span, geometry: Geometry | None, original_end: float, score: float
) -> PictureSegment:
    there = track.line.original_span(clip)
    start = min(max(0.0, there.start), original_end)
    return PictureSegment(
        clip=clip,
        original=Span(round(start, 3), round(max(start, min(original_end, there.end)), 3)),
        state=PictureState.MATCHED,
        speed=round(track.line.speed, 5),
        mirrored=None if geometry is None else geometry.mirrored,
        crop=None if geometry is None else geometry.crop,
        placed=None if geometry is None else geometry.placed,
        rotation=None if geometry is None else geometry.rotation,
        score=round(min(1.0, max(0.0, score)), 3),
        basis="picture",
    )


def _unmatched(tracks: PictureTracks, run: Run, beside: set[int], limits: Limits) -> PictureState:
    """Foreign only where the clip moved enough to be recognised, had it been there, or where its frames are
    another scene than the lines on either side would show.
    """
    blank = tracks.detail[run.windows] < limits["blank_levels"]
    bits = [_hash_bits(tracks, run, line) for line in beside]
    if (
        bits
        and run.count * _step(tracks) >= limits["picture_foreign_s"]
        and all(each is not None and each >= limits["other_scene_bits"] for each in bits)
        and not blank.any()
    ):
        return PictureState.FOREIGN
    moving = np.clip(tracks.movement[run.windows] / limits["picture_moving_levels"], 0.0, 1.0) ** 2
    seconds = float(np.where(blank, 0.0, moving).sum()) * _step(tracks)
    share = seconds / max(1e-6, run.count * _step(tracks))
    if seconds < limits["picture_foreign_s"] or share < 0.5:
        return PictureState.UNDETERMINED
    if any(_same_moment(tracks, run, line, limits) for line in range(len(tracks.lines))):
        return PictureState.UNDETERMINED
    return PictureState.FOREIGN


def _same_moment(tracks: PictureTracks, run: Run, line: int, limits: Limits) -> bool:
    """Whether a line explains this stretch weakly, in motion and in scene: then it is not foreign."""
    return _same_scene(tracks, run, line, limits) and _not_contradicted(tracks, run, line, limits)


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
                and abs(tracks.lines[index].line.original_at(part.clip.start) - _start(part)) < 0.3
                for span, index in heard
            )
            out.append(replace(part, basis="both" if agree else "picture"))
        elif part.state is PictureState.UNDETERMINED:
            out.extend(_placed_by_sound(part, tracks, heard, geometry, original_end, limits))
        else:
            out.append(part)
    return tuple(out)


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
            if second.start - first.end > 0.5 or moved > limits["picture_joint_reach_s"]:
                continue
            if not (_runs_on(before, tracks, left, at) and _runs_on(after, tracks, right, at)):
                continue
            if _fits_as_well(tracks, left, right, before.clip.end, at):
                out[number] = _until(out[number], at)
                out[number + 1] = _from(after, at)
    return out


def _runs_on(part: PictureSegment, tracks: PictureTracks, line: int, at: float) -> bool:
    """Whether a part lies on a track's line."""
    shown = _start(part) + (part.speed or 1.0) * (at - part.clip.start)
    return abs(tracks.lines[line].line.original_at(at) - shown) < 0.3


def _fits_as_well(tracks: PictureTracks, left: int, right: int, joint: float, at: float) -> bool:
    """Whether the windows between two joints fit the other line about as well as the one they lie on."""
    low, high = min(joint, at), max(joint, at)
    inside = (tracks.centres >= low) & (tracks.centres < high)
    if not inside.any():
        return True
    own, other = (left, right) if at < joint else (right, left)
    motion = [np.nan_to_num(tracks.lines[line].motion[inside]).mean() for line in (own, other)]
    return bool(motion[1] >= motion[0] - 0.15)


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
            placed = _on_line(tracks.lines[index], Span(begin, end), geometry, original_end, 0.0)
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
    return _same_scene(tracks, Run(int(inside[0]), int(inside[-1]) + 1, NOWHERE), line, limits)
