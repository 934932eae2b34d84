"""Where in a shot is the speaker's face?

OpenCV's Haar cascade for frontal faces, which comes with OpenCV. It misses turned heads and sees faces in curtains, so
a face counts only where it is found in most of the frames looked at, near where it was before.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from mediacheck.tuning.footage import Footage, pictures
from mediacheck.tuning.retouching import framed
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.truth import Box

CASCADE = "haarcascade_frontalface_alt2.xml"
LOOK_S = 0.2  # between the frames looked at; in between a head moves evenly
LINES = 360  # frames are looked at no larger than this
SMALLEST = 0.1  # of the frame's height
FOUND = 0.7  # of the frames looked at
UNSEEN_S = 1.5  # a head may be turned for so long; later there is another picture
NEAR = 0.6  # of its width that a face may move from one look to the next
STEADY_LOOKS = 1.0  # the detector wavers by some pixels from look to look


@dataclass(frozen=True, slots=True)
class Face:
    """boxes: the square around a face, from brow to chin, for each frame of a shot."""

    boxes: tuple[Box, ...]

    def part(self, x: float, y: float, width: float, height: float) -> tuple[Box, ...]:
        """A part of the square, given in fractions of it, cut to the frame."""
        return tuple(
            _within((left + x * across, top + y * down, width * across, height * down))
            for left, top, across, down in self.boxes
        )


def face(shot: Shot, fps: Fraction, size: tuple[int, int]) -> Face | None:
    """The face that stands in most of the shot's frames of (width, height); None where there is none."""
    indexes = shot.indexes(fps)
    step = max(1, round(LOOK_S * fps))
    looks = list(range(0, len(indexes), step))
    seen: list[tuple[int, tuple[float, float, float, float]]] = []
    for look, grey in zip(
        looks, _greys(shot.footage, [indexes[k] for k in looks], size), strict=True
    ):
        found = _faces(grey, size)
        if seen:
            last = seen[-1][1]
            found = [each for each in found if _near(each, last)]
        if found:
            seen.append((look, max(found, key=lambda each: each[2])))
    if len(seen) < max(1, FOUND * len(looks)):
        return None
    found_at = [-step, *(look for look, _ in seen), len(indexes) + step - 1]
    if max(np.diff(found_at)) > UNSEEN_S * fps + step:
        return None
    at = np.array([look for look, _ in seen], dtype=float)
    every = np.arange(len(indexes))
    sides = []
    for side in np.array([box for _, box in seen]).T:
        steady = gaussian_filter1d(side, STEADY_LOOKS, mode="nearest")
        sides.append(np.interp(every, at, steady))
    boxes = zip(*(side.tolist() for side in sides), strict=True)
    return Face(tuple(_within(box) for box in boxes))


def _greys(footage: Footage, wanted: list[int], size: tuple[int, int]) -> list[np.ndarray]:
    return [framed(picture, size)[: size[1]] for picture in pictures(footage, wanted, size)]


def _faces(grey: np.ndarray, size: tuple[int, int]) -> list[tuple[float, float, float, float]]:
    scale = min(1.0, LINES / size[1])
    small = cv2.resize(grey, (round(size[0] * scale), round(size[1] * scale)))
    least = max(20, round(SMALLEST * small.shape[0]))
    found = _cascade().detectMultiScale(small, 1.1, 4, minSize=(least, least))
    across, down = small.shape[1], small.shape[0]
    return [(x / across, y / down, w / across, h / down) for x, y, w, h in found]


def _near(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    aside = abs(one[0] + one[2] / 2 - other[0] - other[2] / 2)
    below = abs(one[1] + one[3] / 2 - other[1] - other[3] / 2)
    return aside < NEAR * other[2] and below < NEAR * other[3] and 0.5 < one[2] / other[2] < 2


def _within(box: Box) -> Box:
    x, y = max(0.0, box[0]), max(0.0, box[1])
    return (x, y, min(1.0, box[0] + box[2]) - x, min(1.0, box[1] + box[3]) - y)


@cache
def _cascade() -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / CASCADE))
