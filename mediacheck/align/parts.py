"""Which stretches of the clip show the original's moment in a way of their own: nearer, mirrored, partly covered?

A zoom of some seconds, another crop after a cut, a banner: there the frames differ from the place that a line gives
them although the clip runs along it before or after. They are registered with that place. Registration shows the same
scene, never the same moment, so a part brings how much its frames differ at their place and at moments beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.align import looks
from mediacheck.align.geometry import alike
from mediacheck.align.looks import Looks
from mediacheck.align.registration import registered_at
from mediacheck.align.timeline import runs
from mediacheck.align.upright import View, placed_as_shown, placed_upright, upright
from mediacheck.model import Alignment, Box, Geometry

USUAL = 0.25  # of the frames differ less than what is usual of the pair: a zoom may take more than half of a clip
UNALIKE, LEAST_UNALIKE = 6.0, 9.0  # times that, and thousandths: a tenth of zoom reaches 20
LEAST_FRAMES = 5  # 0.4 s
GAP_FRAMES = 2  # that may look alike within a stretch
MOST_PARTS = 8  # the longest; each costs three registrations a line or more
MOMENTS = 3
SAME_EDGES = 0.012  # by which registration of one geometry moves an edge at most
ASIDE_S = (-0.96, -0.48, -0.24, 0.24, 0.48, 0.96)
# Where a banner or a title leaves the picture free, as shares of what the clip shows.
FREE = (
    Box(0.0, 0.0, 1.0, 0.7),
    Box(0.0, 0.3, 1.0, 0.7),
    Box(0.0, 0.0, 0.6, 1.0),
    Box(0.4, 0.0, 0.6, 1.0),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Frames first, first + 1, ... of the grid, as they differ from their place on a line under a geometry.

    covered: the geometry is the pair's, cut to what nothing lies over. aside: the least difference from the moments
    ASIDE_S beside the place. Both in thousandths, see looks.py; NaN where the line leaves the original.
    """

    line: Alignment
    geometry: Geometry
    covered: bool
    first: int
    differences: np.ndarray
    aside: np.ndarray


@dataclass(frozen=True, slots=True)
class _Some:
    """Some frames of a view in a row."""

    times: np.ndarray
    thumbs: np.ndarray
    aspect: float
    nearest: Callable[[float], tuple[float, np.ndarray]]


def parts(
    clip: View,
    original: View,
    whole: Geometry,
    lines: Sequence[Alignment],
    differences: np.ndarray,
    grid: np.ndarray,
) -> tuple[Part, ...]:
    """Those on which features agree, in the clip's order; whether they are copies is not judged here.

    whole: the pair's geometry; without evidence it is a guess, and there are no parts. differences: (lines, len(grid))
    of each frame along each line.
    """
    if not whole.evidence or not len(lines) or not len(grid):
        return ()
    table = np.nan_to_num(differences, nan=looks.NOTHING_ALIKE)
    best = table.min(axis=0)
    usual = float(np.quantile(best, USUAL))
    found = []
    for first, end in _unalike(best > max(LEAST_UNALIKE, UNALIKE * usual)):
        tried = [
            part
            for line in _lines_beside(table, first, end)
            if (part := _part(clip, original, whole, lines[line], grid, first, end)) is not None
        ]
        if tried:
            found.append(min(tried, key=lambda part: float(np.nanmedian(part.differences))))
    return tuple(found)


def _unalike(differ: np.ndarray) -> list[tuple[int, int]]:
    """Stretches [first, end) of frames that look like no line's, the longest of them in order."""
    closed = differ.copy()
    for run in runs(differ.astype(int)):
        if not differ[run.first] and run.count <= GAP_FRAMES and run.first > 0:
            closed[run.windows] = run.last < len(differ)
    found = [
        (run.first, run.last)
        for run in runs(closed.astype(int))
        if closed[run.first] and run.count >= LEAST_FRAMES
    ]
    longest = sorted(found, key=lambda each: each[0] - each[1])[:MOST_PARTS]
    return sorted(longest)


def _lines_beside(table: np.ndarray, first: int, end: int) -> list[int]:
    """The lines that the frames on either side lie on, and the one that is nearest within."""
    beside = [at for at in (first - 1, end) if 0 <= at < table.shape[1]]
    within = int(np.median(table[:, first:end], axis=1).argmin())
    return list(dict.fromkeys([*(int(table[:, at].argmin()) for at in beside), within]))


def _part(
    clip: View,
    original: View,
    whole: Geometry,
    line: Alignment,
    grid: np.ndarray,
    first: int,
    end: int,
) -> Part | None:
    at = grid[first:end]
    there = line.offset_s + line.speed * at
    inside = (there >= original.times[0]) & (there <= original.times[-1])
    if inside.sum() < LEAST_FRAMES:
        return None
    moments = np.quantile(at[inside], np.linspace(0.1, 0.9, MOMENTS)).tolist()
    geometry = registered_at(clip, original, line, moments, whole.mirrored)
    if geometry is None:
        return None
    shown = _some(clip, float(at[0]) - 0.2, float(at[-1]) + 0.2)
    reach = max(ASIDE_S) + 0.2
    source = _some(original, float(there[0]) - reach, float(there[-1]) + reach)
    covered = alike(geometry, whole, SAME_EDGES)
    tried = [_within(whole, free) for free in FREE] if covered else [geometry]
    made = [_compared(shown, source, each, line, at) for each in tried]
    best = min(range(len(made)), key=lambda n: float(np.nanmedian(made[n][0])))
    return Part(line, tried[best], covered, first, *made[best])


def _compared(
    shown: View, source: View, geometry: Geometry, line: Alignment, at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(differences, aside) as in Part."""
    turned = upright(shown, geometry)
    own = Looks.of(turned.times, turned.thumbs, placed_upright(geometry))
    other = Looks.of(source.times, source.thumbs, geometry.crop, geometry.mirrored)
    aside = [
        looks.differences(own, other, Alignment(line.offset_s + shift, line.speed), at)
        for shift in ASIDE_S
    ]
    known = np.nan_to_num(np.array(aside), nan=looks.NOTHING_ALIKE)
    return looks.differences(own, other, line, at), known.min(axis=0)


def _some(view: View, start_s: float, end_s: float) -> _Some:
    first = max(0, int(np.searchsorted(view.times, start_s)) - 1)
    last = min(len(view.times), int(np.searchsorted(view.times, end_s)) + 1)
    first = min(first, max(0, last - 2))
    return _Some(view.times[first:last], view.thumbs[first:last], view.aspect, view.nearest)


def _within(whole: Geometry, free: Box) -> Geometry:
    """The pair's geometry, cut to a share of what is shown. Turned pictures are cut as they stand upright."""
    return Geometry(
        whole.mirrored,
        _share(whole.crop, free),
        placed_as_shown(_share(placed_upright(whole), free), whole.rotation),
        whole.rotation,
        whole.evidence,
    )


def _share(box: Box, free: Box) -> Box:
    return Box(
        box.x + free.x * box.width,
        box.y + free.y * box.height,
        free.width * box.width,
        free.height * box.height,
    )
