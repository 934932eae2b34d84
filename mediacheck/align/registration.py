"""From frames to geometries: guesses, scenes that features agree on, and pairs that a line puts beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mediacheck.align.geometry import (
    WHOLE,
    Described,
    agreed,
    alike,
    drifting,
    geometry_of,
    guesses,
    register,
)
from mediacheck.align.upright import View
from mediacheck.model import Alignment, Box, Geometry

SCENE_CLIP_FRAMES = 3
SCENE_ORIGINAL_FRAMES = 32


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
    """What pairs of frames that the line puts beside each other agree on; None where none registers.

    moments: clip seconds, one pair each. mirrored: which of both is tried first.
    """
    found = []
    for at in moments:
        shown_at, shown = clip.nearest(at)
        pair = Described(shown), Described(original.nearest(line.original_at(shown_at))[1])
        for flipped in (mirrored, not mirrored):
            match = register(*pair, flipped)
            if match is not None:
                sizes = [(frame.width, frame.height) for frame in pair]
                found.append(geometry_of(match, sizes[0], sizes[1]))
                break
    return drifting(found)


def spread(times: np.ndarray, count: int) -> np.ndarray:
    """So many moments, evenly over a file and clear of its ends."""
    return np.linspace(float(times[0]), float(times[-1]), count + 2)[1:-1]
