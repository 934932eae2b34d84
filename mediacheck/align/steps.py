"""Is what looks like another speed a step? A fraction of a second that was taken out leaves two lines of one speed.

Least squares lay a slope through both, and a few seconds fit it nearly as well. The sound, which is exact to
milliseconds, tells which speed to expect; only where the picture fits a step at that speed no worse is it one.
"""

from __future__ import annotations

import math

import numpy as np

from mediacheck.align import picture
from mediacheck.align.picture import Motion
from mediacheck.model import Alignment

REACH_S = 0.6
FINE_S = 0.04  # half a row of the signatures
LEAST_WINDOWS = 3  # on either side of the joint
AS_GOOD = 0.985  # of the slope's fit: the joint lies within a window, which fits neither line


def stepped(
    clip: Motion, original: Motion, line: Alignment, speed: float, centres: np.ndarray
) -> tuple[Alignment, ...]:
    """Two lines of that speed, in the order of the clip, that explain it as well as `line` does; empty where no two do.

    centres: (n,) clip seconds, of all windows.
    """
    if len(centres) < 2 * LEAST_WINDOWS:
        return ()
    middle = float(centres.mean())
    moved = np.arange(-REACH_S, REACH_S + FINE_S / 2, FINE_S)
    lines = [
        Alignment(line.original_at(middle) - speed * middle + float(by), speed) for by in moved
    ]
    tracks = np.stack([_track(clip, original, each, centres) for each in lines])
    before = np.cumsum(tracks, axis=1)
    after = before[:, -1:] - before
    joints = np.arange(LEAST_WINDOWS - 1, len(centres) - LEAST_WINDOWS)
    totals = before.max(axis=0)[joints] + after.max(axis=0)[joints]
    joint = int(joints[totals.argmax()])
    if float(totals.max()) < AS_GOOD * float(_track(clip, original, line, centres).sum()):
        return ()
    parts = (
        (lines[int(before[:, joint].argmax())], centres[: joint + 1]),
        (lines[int(after[:, joint].argmax())], centres[joint + 1 :]),
    )
    first, second = (
        picture.polished(clip, original, each, own, least_span_s=math.inf) for each, own in parts
    )
    return (first, second) if abs(first.offset_s - second.offset_s) >= FINE_S else ()


def _track(clip: Motion, original: Motion, line: Alignment, centres: np.ndarray) -> np.ndarray:
    return np.asarray(np.nan_to_num(picture.along(clip, original, line, centres)[0]))
