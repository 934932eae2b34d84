"""What each stretch of the clip's picture is: matched along a line, foreign, or undetermined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mediacheck.align.joints import Stretch, same_place, stretches
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
    """The picture check's series as arrays. centres, frame_times: clip seconds, each equally spaced.

    changes: of each frame from the one before, see align/looks.py.
    """

    centres: np.ndarray
    movement: np.ndarray
    detail: np.ndarray
    frame_times: np.ndarray
    changes: np.ndarray
    lines: tuple[MotionTrack, ...]
    decoys: tuple[MotionTrack, ...] = ()
    frame_s: float = 0.0  # between two frames of the file


def picture_segments(
    tracks: PictureTracks,
    geometry: Geometry | None,
    clip_end: float,
    original_end: float,
    heard: Sequence[tuple[Span, int]],
    limits: Limits,
) -> tuple[PictureSegment, ...]:
    """Segments that cover [0, clip_end) without gap; empty when there are no windows.

    heard: stretches of the clip whose sound lies on tracks.lines[index]. A file may last longer than its frames do;
    nothing is claimed of that rest.
    """
    if not len(tracks.centres):
        return ()
    path = _bridged(
        tracks,
        picture_path(
            tracks.centres,
            tracks.movement,
            tracks.lines,
            tracks.decoys,
            original_end,
            limits,
            heard,
        ),
        limits,
    )
    frames_end = float(tracks.centres[-1]) + _step(tracks)
    if len(tracks.centres) < 2 or clip_end - frames_end < limits["picture_bridge_s"]:
        frames_end = clip_end
    found = stretches(
        tracks.centres,
        path,
        tracks.frame_times,
        tracks.lines,
        np.interp(tracks.frame_times, tracks.centres, tracks.movement)
        >= limits["picture_moving_levels"],
        tracks.changes <= limits["held_change"],
        [(span.start, span.end, line) for span, line in heard],
        frames_end,
        limits,
        tracks.frame_s,
    )
    segments: list[PictureSegment] = []
    for number, stretch in enumerate(found):
        if stretch.end > stretch.start:
            beside = {found[n].line for n in (number - 1, number + 1) if 0 <= n < len(found)}
            segments += _segments(
                tracks, stretch, beside - {NOWHERE}, geometry, original_end, limits
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
        if len(sides) != 1 or not same_scene(tracks, run, line := next(iter(sides)), limits):
            continue
        still = float(np.median(tracks.movement[run.windows])) < limits["picture_moving_levels"]
        short = run.count * _step(tracks) <= limits["picture_bridge_s"]
        if still or short or (inner and _not_contradicted(tracks, run, line, limits)):
            path[run.windows] = line
    return path


def _step(tracks: PictureTracks) -> float:
    return float(tracks.centres[1] - tracks.centres[0]) if len(tracks.centres) > 1 else 0.0


def same_scene(tracks: PictureTracks, run: Run, line: int, limits: Limits) -> bool:
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
    stretch: Stretch,
    beside: set[int],
    geometry: Geometry | None,
    original_end: float,
    limits: Limits,
) -> list[PictureSegment]:
    clip = Span(stretch.start, stretch.end)
    run = _windows(tracks, clip)
    if stretch.line == NOWHERE:
        return [PictureSegment(clip, None, _unmatched(tracks, run, clip, beside, limits))]
    track = tracks.lines[stretch.line]
    motion = track.motion[run.windows]
    score = float(np.nanmean(motion)) if np.isfinite(motion).any() else 0.0
    return on_line(track, clip, geometry, original_end, score)


def _windows(tracks: PictureTracks, clip: Span) -> Run:
    """The windows whose middle lies in a stretch of the clip, or the one nearest to it."""
    inside = np.flatnonzero((tracks.centres >= clip.start) & (tracks.centres < clip.end))
    if not len(inside):
        inside = np.array([np.abs(tracks.centres - (clip.start + clip.end) / 2).argmin()])
    return Run(int(inside[0]), int(inside[-1]) + 1, NOWHERE)


def on_line(
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


def _unmatched(
    tracks: PictureTracks, run: Run, clip: Span, beside: set[int], limits: Limits
) -> PictureState:
    """Foreign only where the clip moved enough to be recognised, had it been there, or where its frames are
    another scene than the lines on either side would show.
    """
    blank = tracks.detail[run.windows] < limits["blank_levels"]
    if beside and not blank.any() and _another_scene(tracks, clip, limits):
        return PictureState.FOREIGN
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


def _another_scene(tracks: PictureTracks, clip: Span, limits: Limits) -> bool:
    """Whether frame by frame the stretch differs from the place that each line gives it as scenes differ, and nothing
    else holds it to one of them.
    """
    inside = (tracks.frame_times >= clip.start) & (tracks.frame_times < clip.end)
    table = np.array([track.differences[inside] for track in tracks.lines])
    known = table[np.isfinite(table).all(axis=1)] if table.size else table
    if clip.length < limits["other_scene_s"] or not known.size:
        return False
    if any(same_place(t, tracks.centres, clip.start, clip.end, limits) for t in tracks.lines):
        return False
    return bool(np.median(known.min(axis=0)) >= limits["other_scene_differ"])


def _same_moment(tracks: PictureTracks, run: Run, line: int, limits: Limits) -> bool:
    """Whether a line explains this stretch weakly, in motion and in scene: then it is not foreign."""
    return same_scene(tracks, run, line, limits) and _not_contradicted(tracks, run, line, limits)
