"""A clip's frames turned back, so that the original stands upright in them.

Quarters of a circle turn the frame with the picture. What remains is turned about the middle of where the picture
lies; corners that come from outside repeat the edge.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from mediacheck.model import Box, Geometry

# A degree moves the edge of a frame by less than a seventh of one of 16 cells, and registration of poor frames errs so.
LEAST_TURN = 1.0


class View(Protocol):
    """What alignment needs to know of a file's pictures; `media.frames.Frames` is one."""

    @property
    def times(self) -> np.ndarray: ...
    @property
    def thumbs(self) -> np.ndarray: ...
    @property
    def aspect(self) -> float: ...
    def nearest(self, time_s: float) -> tuple[float, np.ndarray]: ...


@dataclass(frozen=True, slots=True)
class TurnedBack:
    """A view whose frames are turned back; times are the file's."""

    times: np.ndarray
    thumbs: np.ndarray
    aspect: float
    larger: Callable[[float], tuple[float, np.ndarray]]
    rotation: float
    about: tuple[float, float]

    def nearest(self, time_s: float) -> tuple[float, np.ndarray]:
        at, frame = self.larger(time_s)
        return at, turned_back(frame, self.rotation, self.about)


def upright(view: View, geometry: Geometry) -> View:
    """The clip's view itself where the original stands upright in it."""
    if not quarters(geometry.rotation) and not _rest(geometry.rotation):
        return view
    box = placed_upright(geometry)
    about = (box.x + box.width / 2, box.y + box.height / 2)
    thumbs = np.stack([turned_back(thumb, geometry.rotation, about) for thumb in view.thumbs])
    odd = quarters(geometry.rotation) % 2
    aspect = 1 / view.aspect if odd else view.aspect
    return TurnedBack(view.times, thumbs, aspect, view.nearest, geometry.rotation, about)


def placed_upright(geometry: Geometry) -> Box:
    """Where the picture lies in the clip's frame once that is turned back by whole quarters."""
    box = geometry.placed
    for _ in range(quarters(geometry.rotation)):
        box = Box(box.y, max(0.0, 1 - box.x - box.width), box.height, box.width)
    return box


def placed_as_shown(box: Box, rotation: float) -> Box:
    """`placed_upright` undone."""
    for _ in range(quarters(rotation)):
        box = Box(max(0.0, 1 - box.y - box.height), box.x, box.height, box.width)
    return box


def turned_back(frame: np.ndarray, rotation: float, about: tuple[float, float]) -> np.ndarray:
    """A grey frame; about: in fractions of the frame after the quarters."""
    frame = np.ascontiguousarray(np.rot90(frame, quarters(rotation)))
    rest = _rest(rotation)
    if not rest:
        return frame
    height, width = frame.shape
    middle = (about[0] * width - 0.5, about[1] * height - 0.5)
    # OpenCV turns counter-clockwise, which is back.
    matrix = cv2.getRotationMatrix2D(middle, rest, 1.0)
    return cv2.warpAffine(
        frame, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def quarters(rotation: float) -> int:
    """Whole quarters of a circle, 0 to 3, clockwise."""
    return round(rotation / 90) % 4


def _rest(rotation: float) -> float:
    """Degrees beyond the quarters; 0 where they are too few to matter."""
    rest = rotation - 90 * round(rotation / 90)
    return rest if abs(rest) >= LEAST_TURN else 0.0


def beyond_quarters(rotation: float) -> float:
    """Radians by which a picture is turned beyond whole quarters."""
    return math.radians(rotation - 90 * round(rotation / 90))
