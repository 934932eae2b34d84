"""Which parts with a geometry of their own are copies, and how do they stand in the timeline?

Pure arithmetic on stored numbers. Registration has shown that such a part is of the same scene. That it is of the
same moment is shown by its frames: they differ clearly less at their place than at moments beside it, or, where
nothing moves, no more than other copies of this pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mediacheck.align.joints import LEAST_FLOOR
from mediacheck.align.picture_states import PictureTracks
from mediacheck.align.timeline import Limits, MotionTrack
from mediacheck.model import Alignment, Geometry, PictureSegment, Span


@dataclass(frozen=True, slots=True)
class PartTrack:
    """A part's stored series, see parts.py. times: clip seconds, one a frame."""

    line: Alignment
    geometry: Geometry
    covered: bool
    times: np.ndarray
    differences: np.ndarray
    aside: np.ndarray


def copies(
    parts: Sequence[PartTrack], lines: Sequence[MotionTrack], limits: Limits
) -> tuple[PartTrack, ...]:
    """The parts whose frames are the moments that their line says."""
    usual = _usual(lines, limits)
    found = []
    for part in parts:
        known = np.isfinite(part.differences)
        if not known.any():
            continue
        differ = float(np.median(part.differences[known]))
        beside = float(np.median(part.aside[known]))
        of_the_moment = beside >= limits["part_aside"] * differ
        if differ <= limits["copies_differ"] and (
            of_the_moment or differ <= limits["part_floors"] * usual
        ):
            found.append(part)
    return tuple(found)


def with_copies(tracks: PictureTracks, parts: Sequence[PartTrack], limits: Limits) -> PictureTracks:
    """The tracks with the frames of these parts as alike as they are under their own geometry.

    What a part's frames differ by in the middle comes from resampling them: it counts as what is usual of the pair.
    Where a line means nothing it goes on meaning nothing.
    """
    usual, lines = _usual(tracks.lines, limits), list(tracks.lines)
    for part in parts:
        for number, track in enumerate(lines):
            if track.line != part.line or not len(tracks.frame_times):
                continue
            scale = min(1.0, usual / max(usual, float(np.nanmedian(part.differences))))
            first = int(np.abs(tracks.frame_times - part.times[0]).argmin())
            differ = track.differences.copy()
            there = slice(first, first + len(part.differences))
            known = differ[there]
            own = part.differences[: len(known)] * scale
            differ[there] = np.where(np.isnan(known), np.nan, np.fmin(known, own))
            lines[number] = replace(track, differences=differ)
    return replace(tracks, lines=tuple(lines))


def with_geometries(
    segments: Sequence[PictureSegment], parts: Sequence[PartTrack], limits: Limits
) -> tuple[PictureSegment, ...]:
    """The matched segments cut where a part stands otherwise in the clip's frame than the pair does."""
    out = list(segments)
    for part in parts:
        if part.covered:
            continue
        span = _lasting(part, limits)
        out = [piece for each in out for piece in _cut(each, span, part, limits)]
    return tuple(out)


def _usual(lines: Sequence[MotionTrack], limits: Limits) -> float:
    """What most copies of the pair differ by: zooms and banners may take more than half of the clip."""
    table = np.array([track.differences for track in lines])
    known = table[:, np.isfinite(table).any(axis=0)] if table.size else table
    if not known.size:
        return LEAST_FLOOR
    return max(
        LEAST_FLOOR, float(np.quantile(np.nanmin(known, axis=0), limits["part_usual_share"]))
    )


def _lasting(part: PartTrack, limits: Limits) -> Span:
    """From the first frame that its geometry explains to the last one."""
    step = float(part.times[1] - part.times[0]) if len(part.times) > 1 else 0.0
    fits = part.differences <= limits["part_fits"] * np.nanmedian(part.differences)
    first, last = np.flatnonzero(fits)[[0, -1]]
    return Span(
        round(max(0.0, float(part.times[first]) - step / 2), 3),
        round(float(part.times[last]) + step / 2, 3),
    )


def _cut(
    segment: PictureSegment, span: Span, part: PartTrack, limits: Limits
) -> list[PictureSegment]:
    clip, source, least_s = segment.clip, segment.original, limits["part_border_s"]
    start, end = max(clip.start, span.start), min(clip.end, span.end)
    if source is None or end - start < least_s:
        return [segment]
    speed = segment.speed or 1.0
    middle = (start + end) / 2
    shown = source.start + speed * (middle - clip.start)
    if abs(part.line.original_at(middle) - shown) > limits["part_place_s"]:
        return [segment]
    start = clip.start if start - clip.start < least_s else start
    end = clip.end if clip.end - end < least_s else end
    own = part.geometry
    edges = [clip.start, start, end, clip.end]
    pieces = []
    for number in range(3):
        low, high = edges[number], edges[number + 1]
        if high <= low:
            continue
        there = Span(
            round(source.start + speed * (low - clip.start), 3)
            if low > clip.start
            else source.start,
            round(source.start + speed * (high - clip.start), 3) if high < clip.end else source.end,
        )
        piece = replace(segment, clip=Span(low, high), original=there)
        if number == 1:
            piece = replace(
                piece,
                mirrored=own.mirrored,
                crop=own.crop,
                placed=own.placed,
                rotation=own.rotation,
            )
        pieces.append(piece)
    return pieces
