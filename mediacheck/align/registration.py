"""From frames to geometries: guesses, scenes that features agree on, and pairs that a line puts beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mediacheck.align.facing import Seen, around
from mediacheck.align.geometry import (
    WHOLE,
    Described,
    Registered,
    agreed,
    alike,
    corners_of,
    drifting,
    geometry_of,
    guesses,
    register,
)
from mediacheck.align.upright import View
from mediacheck.model import Alignment, Box, Geometry

SCENE_CLIP_FRAMES = 3
SCENE_ORIGINAL_FRAMES = 32
ONE_WAY = 120  # features that agree on no mirror image: on that of a symmetrical scene 30 did, of made flags 90


def first_guesses(clip: View, original: View, active: Box) -> list[Geometry]:
    """Those with the clip's bars left out and with bars that are picture; unmirrored ones first."""
    found = list(guesses(clip.aspect, original.aspect, active))
    for geometry in guesses(clip.aspect, original.aspect, WHOLE):
        if geometry not in found:
            found.append(geometry)
    return sorted(found, key=lambda geometry: geometry.mirrored)


def scene_geometries(clip: View, original: View) -> list[Geometry]:
    """Geometries on which features agree although no moment is known yet, the best supported first."""
    scenes = [
        Described(original.nearest(at)[1]) for at in spread(original.times, SCENE_ORIGINAL_FRAMES)
    ]
    found: list[Geometry] = []
    for at in spread(clip.times, SCENE_CLIP_FRAMES):
        shown = Described(clip.nearest(at)[1])
        found += [
            geometry_of(match, (shown.width, shown.height), (scene.width, scene.height))
            for scene in scenes
            for mirrored in (False, True)
            if (match := register(shown, scene, mirrored)) is not None
        ]
    chosen: list[Geometry] = []
    while found and len(chosen) < 3:
        geometry = agreed(found)
        if geometry is None:
            break
        chosen.append(geometry)
        found = [each for each in found if not alike(each, geometry, 0.08)]
    return chosen


def registered_at(
    clip: View, original: View, line: Alignment, moments: Sequence[float], mirrored: bool
) -> Geometry | None:
    """What pairs of frames that the line puts beside each other agree on; None where none registers."""
    found = seen_at(clip, original, line, moments, mirrored)
    return drifting([each.geometry for each in found])


def seen_at(
    clip: View,
    original: View,
    line: Alignment,
    moments: Sequence[float],
    mirrored: bool,
    about: Box = WHOLE,
) -> tuple[Seen, ...]:
    """Each pair of frames that registers, of those that the line puts beside each other.

    moments: clip seconds, one pair each. mirrored: which of both is tried first. about: the part of the clip's frame
    in which features are looked for; a small one is enlarged for it.
    """
    found = []
    for at in moments:
        shown_at, shown = clip.nearest(at)
        part, enlarged, corner = _cut(shown, about)
        pair = Described(part), Described(original.nearest(line.original_at(shown_at))[1])
        match = _either_way(*pair, mirrored)
        if match is not None:
            match = match.in_frame(enlarged, corner)
            own, other = (shown.shape[1], shown.shape[0]), (pair[1].width, pair[1].height)
            corners = corners_of(match, other) / own
            geometry = geometry_of(match, own, other)
            found.append(Seen(shown_at, geometry, corners, match.quad is not None))
    return tuple(found)


def seen_closely(
    clip: View, original: View, line: Alignment, moments: Sequence[float], known: Geometry
) -> tuple[Seen, ...]:
    """As `seen_at`, and once more in the enlarged part around a small picture: whatever more features agree on."""
    seen = seen_at(clip, original, line, moments, known.mirrored)
    found = drifting([each.geometry for each in seen])
    near = around((found or known).placed)
    if near == WHOLE:
        return seen
    closer = seen_at(clip, original, line, moments, known.mirrored, near)
    again = drifting([each.geometry for each in closer])
    if again is None or (found is not None and found.evidence >= again.evidence):
        return seen
    return closer


def _either_way(shown: Described, scene: Described, mirrored: bool) -> Registered | None:
    """The registration that more features agree on, of that which is tried first and, where they are few, its mirror
    image: a desk between two flags resembles its own.
    """
    first = register(shown, scene, mirrored)
    if first is not None and first.inliers >= ONE_WAY:
        return first
    other = register(shown, scene, not mirrored)
    if first is None or other is None:
        return first or other
    return other if other.inliers > first.inliers else first


def _cut(frame: np.ndarray, about: Box) -> tuple[np.ndarray, float, tuple[int, int]]:
    """(that part, enlarged to the size of a frame; by how much; its top left corner in the frame)."""
    height, width = frame.shape
    left, top = round(about.x * width), round(about.y * height)
    right = round((about.x + about.width) * width)
    bottom = round((about.y + about.height) * height)
    if (right - left, bottom - top) == (width, height):
        return frame, 1.0, (0, 0)
    part = frame[top:bottom, left:right]
    enlarged = max(width, height) / max(part.shape)
    part = cv2.resize(part, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC)
    return part, enlarged, (left, top)


def spread(times: np.ndarray, count: int) -> np.ndarray:
    """So many moments, evenly over a file and clear of its ends."""
    return np.linspace(float(times[0]), float(times[-1]), count + 2)[1:-1]
