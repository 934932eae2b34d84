"""What each stretch of the clip's picture is: matched along a line, foreign, or undetermined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mediacheck.align.timeline import NOWHERE, Limits, MotionTrack, Run, picture_path, runs
from mediacheck.model import Geometry, PictureSegment, PictureState, Span


@dataclass(frozen=True, slots=True)
class PictureTracks:
    """The picture check's series as arrays. centres: (n,) clip seconds, equally spaced."""

    centres: np.ndarray
    movement: np.ndarray
    detail: np.ndarray
    lines: tuple[MotionTrack, ...]


def picture_segments(
    tracks: PictureTracks,
    geometry: Geometry | None,
    clip_end: float,
    original_end: float,
    limits: Limits,
) -> tuple[PictureSegment, ...]:
    """Segments that cover [0, clip_end) without gap; empty when there are no windows."""
    if not len(tracks.centres):
        return ()
    path = _bridged(tracks, picture_path(tracks.movement, tracks.lines, limits), limits)
    found = list(runs(path))
    half = (tracks.centres[1] - tracks.centres[0]) / 2 if len(tracks.centres) > 1 else clip_end
    segments = []
    for number, run in enumerate(found):
        start = 0.0 if number == 0 else float(tracks.centres[run.first] - half)
        end = clip_end if number == len(found) - 1 else float(tracks.centres[run.last - 1] + half)
        if end > start:
            segments.append(_segment(tracks, run, Span(start, end), geometry, original_end, limits))
    return tuple(segments)


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
    """Whether the hashes near the run are as close as two copies of one frame are."""
    track = tracks.lines[line]
    start, end = tracks.centres[run.first] - 0.6, tracks.centres[run.last - 1] + 0.6
    inside = (track.hash_times >= start) & (track.hash_times <= end) & np.isfinite(track.hash_bits)
    return (
        bool(inside.any())
        and float(np.median(track.hash_bits[inside])) <= limits["same_scene_bits"]
    )


def _not_contradicted(tracks: PictureTracks, run: Run, line: int, limits: Limits) -> bool:
    """Whether motion in the run still leans to the line: weak agreement, not none."""
    inside = tracks.lines[line].motion[run.windows]
    inside = inside[np.isfinite(inside)]
    return bool(len(inside)) and float(inside.mean()) >= limits["picture_leaning_motion"]


def _segment(
    tracks: PictureTracks,
    run: Run,
    clip: Span,
    geometry: Geometry | None,
    original_end: float,
    limits: Limits,
) -> PictureSegment:
    clip = Span(round(clip.start, 3), round(clip.end, 3))
    if run.line == NOWHERE:
        return PictureSegment(clip, None, _unmatched(tracks, run, limits))
    track = tracks.lines[run.line]
    motion = track.motion[run.windows]
    score = float(np.nanmean(motion)) if np.isfinite(motion).any() else 0.0
    return matched(track, clip, geometry, original_end, score)


def matched(
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


def _unmatched(tracks: PictureTracks, run: Run, limits: Limits) -> PictureState:
    """Foreign only where the clip moved enough to be recognised, had it been there."""
    blank = tracks.detail[run.windows] < limits["blank_levels"]
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
    for part in segments:
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
    inside = (tracks.centres >= part.clip.start) & (tracks.centres < part.clip.end)
    where = np.flatnonzero(inside)
    if not len(where):
        return [part]
    run = Run(int(where[0]), int(where[-1]) + 1, NOWHERE)
    share: dict[int, float] = {}
    for span, index in heard:
        share[index] = share.get(index, 0.0) + span.overlap(part.clip)
    for index, seconds in sorted(share.items(), key=lambda item: -item[1]):
        if seconds > 0.5 * part.clip.length and _same_scene(tracks, run, index, limits):
            placed = matched(tracks.lines[index], part.clip, geometry, original_end, 0.0)
            return [replace(placed, basis="sound")]
    return [part]
