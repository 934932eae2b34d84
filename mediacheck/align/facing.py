"""A clip's frames laid onto the original's: seen face on where the screen was filmed at an angle, held still where the
frame closes in, and larger where the picture is small in the frame.

Boxes and one turn say where most pictures lie. A screen filmed at an angle is no box, and a frame that closes in has
another box at every moment. Corners that features found at a few moments say it for those: each frame of the clip is
warped to the original's, by its corners at that time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mediacheck.align.geometry import WHOLE
from mediacheck.align.looks import Looks
from mediacheck.align.upright import View, placed_upright, upright
from mediacheck.model import Box, Geometry

LEAST_SEEN = 3  # moments at which features were found
LEAST_AT_AN_ANGLE = 0.5  # of them at an angle
LEAST_TRAVEL = 0.03  # of the frame, by which a corner moves from the first moment to the last
MOST_ASIDE = 0.012  # of the frame, by which a corner lies beside its smooth way: a step is none
SMALL = 0.5  # of the clip's frame
SMALL_PX = 24  # of a thumbnail: the grid has 16 cells a side
ROOM = 0.05  # of the frame, by which a guess may be wrong
LARGE_SIDE, THUMB_SIDE = 256, 64
LEAST_COMMON = 0.3  # of the original's width and height, that are in sight all the time


@dataclass(frozen=True, slots=True)
class Seen:
    """Where the (mirrored) original lies in one of the clip's frames.

    corners: (4, 2) in fractions of that frame: top left, top right, bottom right, bottom left of the original.
    """

    at: float
    geometry: Geometry
    corners: np.ndarray
    at_an_angle: bool


@dataclass(frozen=True, slots=True)
class Framing:
    """Which part of which view of the clip shows which part of the (mirrored) original."""

    shown: View
    placed: Box
    crop: Box
    mirrored: bool
    moving: bool = False  # whether the original's corners move in the clip's frame

    @classmethod
    def of(cls, clip: View, geometry: Geometry) -> Framing:
        """By boxes and a turn."""
        shown, placed = upright(clip, geometry), placed_upright(geometry)
        return cls(shown, placed, geometry.crop, geometry.mirrored)

    def looks(self, original: View) -> tuple[Looks, Looks]:
        """The frames of clip and original, freed from brightness and contrast."""
        shown = self.shown
        return (
            Looks.of(shown.times, shown.thumbs, self.placed),
            Looks.of(original.times, original.thumbs, self.crop, self.mirrored),
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """Corners along time: (3, 8) factors of 1, t and t * t, with t from -1 at the first moment to 1 at the last."""

    first_s: float
    last_s: float
    factors: np.ndarray

    def at(self, time_s: float) -> np.ndarray:
        return np.asarray(self._powers(np.array([time_s])) @ self.factors).reshape(4, 2)

    def _powers(self, times: np.ndarray) -> np.ndarray:
        # Beyond the moments that were seen nobody knows how it went on; by a little it went on as before.
        middle, half = (self.first_s + self.last_s) / 2, max(1e-6, (self.last_s - self.first_s) / 2)
        t = np.clip((times - middle) / half, -1.3, 1.3)
        return np.stack([np.ones_like(t), t, t * t], axis=1)

    @classmethod
    def through(cls, seen: Sequence[Seen], moving: bool) -> _Way:
        """Of least squares; where nothing moves, the middle of what was seen."""
        table = np.array([each.corners.ravel() for each in seen], float)
        way = cls(seen[0].at, seen[-1].at, np.zeros((3, 8)))
        if not moving:
            way.factors[0] = np.median(table, axis=0)
            return way
        powers = way._powers(np.array([each.at for each in seen]))
        count = 3 if len(seen) >= 5 else 2
        way.factors[:count] = np.linalg.lstsq(powers[:, :count], table, rcond=None)[0]
        return way

    def aside(self, seen: Sequence[Seen]) -> np.ndarray:
        """How far each moment's corners lie from the way; (len(seen),)."""
        return np.array([float(np.abs(each.corners - self.at(each.at)).max()) for each in seen])


@dataclass(frozen=True, slots=True)
class _Faced:
    """The clip's view, warped; frames show `common` of the original, and nothing else."""

    times: np.ndarray
    thumbs: np.ndarray
    aspect: float
    clip: View
    way: _Way
    common: Box

    def nearest(self, time_s: float) -> tuple[float, np.ndarray]:
        at, frame = self.clip.nearest(time_s)
        return at, _warped(frame, self.way.at(at), self.common, _size(self.aspect, LARGE_SIDE))


def faced(clip: View, original_aspect: float, seen: Sequence[Seen]) -> Framing | None:
    """None where boxes and a turn say as much, and where too little is known of the corners.

    seen: all mirrored, or none of them.
    """
    angled = [each for each in seen if each.at_an_angle]
    some = angled if len(angled) >= LEAST_AT_AN_ANGLE * len(seen) else list(seen)
    some = sorted(some, key=lambda each: each.at)
    if len(some) < LEAST_SEEN:
        return None
    way = _Way.through(some, moving=True)
    travel = float(np.abs(way.at(some[-1].at) - way.at(some[0].at)).max())
    moving = travel >= LEAST_TRAVEL and len(some) >= LEAST_SEEN + 1
    if moving and float(np.quantile(way.aside(some), 0.8)) > MOST_ASIDE:
        return None
    if not moving:
        way = _Way.through(some, moving=False)
    if not (moving or angled == some or _small(clip, some)):
        return None
    common = _common([way.at(each) for each in np.linspace(some[0].at, some[-1].at, 5)])
    if min(common.width, common.height) < LEAST_COMMON:
        return None
    aspect = original_aspect * common.width / common.height
    every = len(clip.times) and _all_large(clip)
    thumbs = np.stack(
        [
            _warped(
                clip.nearest(float(at))[1] if every else thumb,
                way.at(float(at)),
                common,
                _size(aspect, LARGE_SIDE),
                _size(aspect, THUMB_SIDE),
            )
            for at, thumb in zip(clip.times, clip.thumbs, strict=True)
        ]
    )
    view = _Faced(clip.times, thumbs, aspect, clip, way, common)
    return Framing(view, WHOLE, common, some[0].geometry.mirrored, moving)


def around(placed: Box) -> Box:
    """The part of the frame in which features are looked for of a picture that was found there: all of it, unless the
    picture is so small that it has few features before it is enlarged.
    """
    if max(placed.width, placed.height) >= SMALL:
        return WHOLE
    left, top = max(0.0, placed.x - ROOM), max(0.0, placed.y - ROOM)
    right = min(1.0, placed.x + placed.width + ROOM)
    bottom = min(1.0, placed.y + placed.height + ROOM)
    return Box(left, top, right - left, bottom - top)


def _small(clip: View, seen: Sequence[Seen]) -> bool:
    _, height, width = clip.thumbs.shape
    spread = np.median([np.ptp(each.corners, axis=0) for each in seen], axis=0)
    return bool(min(spread * (width, height)) < SMALL_PX)


def _all_large(clip: View) -> bool:
    """Whether every frame is there in full: of a long file only some are."""
    count = len(clip.times)
    some = clip.times[np.linspace(0, count - 1, min(count, 64)).astype(int)]
    return all(abs(clip.nearest(float(at))[0] - float(at)) < 1e-6 for at in some)


def _common(ways: Sequence[np.ndarray]) -> Box:
    """The largest box of the original that is within the clip's frame at all these moments."""
    low, high = np.zeros(2), np.ones(2)
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    for corners in ways:
        back = cv2.getPerspectiveTransform(corners.astype(np.float32), unit)
        frame = cv2.perspectiveTransform(unit[None], back)[0]
        edges = np.sort(frame, axis=0)  # turned a little, two corners lie on each side
        low, high = np.maximum(low, edges[1]), np.minimum(high, edges[2])
    width, height = np.maximum(high - low, 0.0)
    return Box(float(low[0]), float(low[1]), float(width), float(height))


def _size(aspect: float, side: int) -> tuple[int, int]:
    """(width, height) of which the longer is the side."""
    scale = side / max(aspect, 1.0)
    return max(8, round(aspect * scale)), max(8, round(scale))


def _warped(
    frame: np.ndarray,
    corners: np.ndarray,
    common: Box,
    size: tuple[int, int],
    reduced: tuple[int, int] | None = None,
) -> np.ndarray:
    """`common` of the original as the frame shows it, of that size, then reduced."""
    height, width = frame.shape
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    there = (unit - (common.x, common.y)) / (common.width, common.height)
    there = there * size - 0.5  # pixel centres stand at half-integers
    here = corners * (width, height) - 0.5
    matrix = cv2.getPerspectiveTransform(here.astype(np.float32), there.astype(np.float32))
    seen = cv2.warpPerspective(
        frame, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if reduced is not None:
        seen = cv2.resize(seen, reduced, interpolation=cv2.INTER_AREA)
    return np.asarray(seen)
