"""How the original's frame stands in the clip's frame: mirrored, cropped, scaled, placed, turned.

Feature registration (SIFT, D. Lowe 2004, with RANSAC over similarity transforms) on a few pairs of frames.
It shows that two frames show one scene, never that they show one moment.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mediacheck.model import Box, Geometry

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
FEATURES = 500
RATIO = 0.8  # Lowe's ratio test
REPROJECTION_PX = 2.0
LEAST_INLIERS = 14  # unrelated frames reach 7 to 10 at this size, pairs of one scene 30 and more
BAR_SPREAD = 4.0  # grey levels within and along a bar: codec noise on black or a flat colour
BAR_EDGE_LINES = 2
BAR_GOES_ON = 0.75  # share of the lines after a flat stretch that has its colour still
_UPSCALE_TO = 480


@dataclass(frozen=True, slots=True)
class Registered:
    """A point (x, y) of the (mirrored) original lies at scale * R(rotation) (x, y) + shift in the clip.

    In units of each frame's own pixels as passed to `register`.
    """

    mirrored: bool
    scale: float
    rotation: float  # degrees
    shift: tuple[float, float]
    inliers: int


class Described:
    """A grey frame with its features; mirrored features are found when asked for."""

    def __init__(self, frame: np.ndarray) -> None:
        self.height, self.width = frame.shape
        self._frame = frame
        self._found: dict[bool, tuple[np.ndarray, np.ndarray | None]] = {}

    def features(self, mirrored: bool = False) -> tuple[np.ndarray, np.ndarray | None]:
        """(points (n, 2) float32 in pixels of the frame passed in, descriptors or None)."""
        if mirrored not in self._found:
            frame = cv2.flip(self._frame, 1) if mirrored else self._frame
            enlarge = max(1.0, _UPSCALE_TO / max(self.height, self.width))
            if enlarge > 1.0:
                frame = cv2.resize(
                    frame, None, fx=enlarge, fy=enlarge, interpolation=cv2.INTER_CUBIC
                )
            sift = cv2.SIFT.create(nfeatures=FEATURES, contrastThreshold=0.02)
            points, descriptors = sift.detectAndCompute(frame, None)
            at = np.array([point.pt for point in points], np.float32).reshape(-1, 2) / enlarge
            # RootSIFT (Arandjelovic and Zisserman 2012): Hellinger distance, more matches at low quality.
            if descriptors is not None:
                descriptors = np.sqrt(
                    descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)
                )
            self._found[mirrored] = (at, descriptors)
        return self._found[mirrored]


def register(clip: Described, original: Described, mirrored: bool) -> Registered | None:
    """None when fewer than LEAST_INLIERS features agree on one similarity transform."""
    clip_points, clip_descriptors = clip.features()
    points, descriptors = original.features(mirrored)
    if clip_descriptors is None or descriptors is None or len(descriptors) < 2:
        return None
    similarity = clip_descriptors @ descriptors.T
    best = similarity.argmax(axis=1)
    rows = np.arange(len(best))
    first = similarity[rows, best].copy()
    similarity[rows, best] = -1.0
    second = similarity.max(axis=1)
    # Unit vectors: squared distance is 2 - 2 cos.
    good = (2 - 2 * first) < RATIO**2 * (2 - 2 * second)
    if good.sum() < LEAST_INLIERS:
        return None
    matrix, inside = cv2.estimateAffinePartial2D(
        points[best[good]], clip_points[good], method=cv2.RANSAC,
        ransacReprojThreshold=REPROJECTION_PX, maxIters=2000, confidence=0.995,
    )  # fmt: skip
    if matrix is None or inside is None or int(inside.sum()) < LEAST_INLIERS:
        return None
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    if not 0.1 < scale < 10:
        return None
    return Registered(
        mirrored=mirrored,
        scale=scale,
        rotation=math.degrees(math.atan2(matrix[1, 0], matrix[0, 0])),
        shift=(float(matrix[0, 2]), float(matrix[1, 2])),
        inliers=int(inside.sum()),
    )


def geometry_of(
    found: Registered, clip_size: tuple[int, int], original_size: tuple[int, int]
) -> Geometry:
    """The registration as boxes; sizes are (width, height). Rotation is left out of the boxes."""
    clip_width, clip_height = clip_size
    width, height = original_size
    turn = math.radians(found.rotation)
    centre_x = (
        found.scale * (math.cos(turn) * width / 2 - math.sin(turn) * height / 2) + found.shift[0]
    )
    centre_y = (
        found.scale * (math.sin(turn) * width / 2 + math.cos(turn) * height / 2) + found.shift[1]
    )
    left, top = centre_x - found.scale * width / 2, centre_y - found.scale * height / 2
    shown_left, shown_right = max(0.0, left), min(clip_width, left + found.scale * width)
    shown_top, shown_bottom = max(0.0, top), min(clip_height, top + found.scale * height)
    shown_right, shown_bottom = max(shown_right, shown_left + 1), max(shown_bottom, shown_top + 1)
    placed = Box(
        shown_left / clip_width,
        shown_top / clip_height,
        (shown_right - shown_left) / clip_width,
        (shown_bottom - shown_top) / clip_height,
    )
    crop = Box(
        (shown_left - left) / (found.scale * width),
        (shown_top - top) / (found.scale * height),
        (shown_right - shown_left) / (found.scale * width),
        (shown_bottom - shown_top) / (found.scale * height),
    )
    return Geometry(found.mirrored, crop, placed, found.rotation, found.inliers)


def agreed(found: Sequence[Geometry]) -> Geometry | None:
    """The geometry that most pairs of frames agree on (boxes within 4 %), edge by edge their median."""
    best: list[Geometry] = []
    for seed in found:
        group = [each for each in found if _alike(seed, each)]
        if sum(each.evidence for each in group) > sum(each.evidence for each in best):
            best = group
    if not best:
        return None
    return Geometry(
        mirrored=best[0].mirrored,
        crop=_median_box([each.crop for each in best]),
        placed=_median_box([each.placed for each in best]),
        rotation=float(np.median([each.rotation for each in best])),
        evidence=sum(each.evidence for each in best),
    )


def _alike(one: Geometry, other: Geometry) -> bool:
    apart = [
        abs(a - b)
        for a, b in zip((*one.crop, *one.placed), (*other.crop, *other.placed), strict=True)
    ]
    return one.mirrored == other.mirrored and max(apart) < 0.04


def _median_box(boxes: Sequence[Box]) -> Box:
    return Box(*(float(np.median(edge)) for edge in zip(*boxes, strict=True)))


def active_box(frames: Sequence[np.ndarray]) -> Box:
    """The part of the frame within bars: rows and columns at the edges that hold one unchanging colour.

    A bar ends at an edge. A plain wall that goes on beside a head is no bar, and a picture that is as dark as
    its bars along most of their edge hides them.
    frames: grey (h, w) uint8, all of one size, spread over the file. A file that is flat altogether is all active.
    """
    stack = np.stack(frames).astype(np.float32)
    _, height, width = stack.shape
    top, bottom = _bars(stack.transpose(1, 0, 2).reshape(height, -1))
    left, right = _bars(stack.transpose(2, 0, 1).reshape(width, -1))
    if top + bottom >= height - 8 or left + right >= width - 8:
        return WHOLE
    return Box(
        left / width, top / height, (width - left - right) / width, (height - top - bottom) / height
    )


def _bars(lines: np.ndarray) -> tuple[int, int]:
    """Length of the bar at either end of (lines, samples); under 2 lines are scaling artefacts, not bars."""
    busy = np.flatnonzero(lines.std(axis=1) >= BAR_SPREAD)
    if not len(busy):
        return 0, 0
    return _bar_before(lines, int(busy[0])), _bar_before(
        lines[::-1], len(lines) - 1 - int(busy[-1])
    )


def _bar_before(lines: np.ndarray, count: int) -> int:
    """`count` flat lines, unless what follows goes on in their colour."""
    if count < 2:
        return 0
    beyond = lines[count : count + BAR_EDGE_LINES]
    same = np.abs(beyond - np.median(lines[:count])) < BAR_SPREAD
    return 0 if same.mean() >= BAR_GOES_ON else count


def guesses(clip_aspect: float, original_aspect: float, active: Box) -> tuple[Geometry, ...]:
    """Geometries worth trying before anything is known, the likeliest first.

    aspects: width over height of the displayed frames. Bars are left out; where the remaining shapes
    differ, the clip may show a part of the original, or hold it whole in a strip between blurred bars.
    """
    shape = clip_aspect * active.width / active.height
    plain: list[tuple[Box, Box]] = []
    if abs(math.log(shape / original_aspect)) < 0.04:
        plain.append((WHOLE, active))
        for kept in (0.85, 0.7):
            plain.append((Box((1 - kept) / 2, (1 - kept) / 2, kept, kept), active))
    elif shape < original_aspect:
        part = shape / original_aspect
        plain += [
            (Box((1 - part) * at, 0.0, part, 1.0), active) for at in (0.5, 0.25, 0.75, 0.0, 1.0)
        ]
        plain.append((WHOLE, _strip(active, 1.0, part)))
        plain.append((WHOLE, active))
    else:
        part = original_aspect / shape
        plain += [(Box(0.0, (1 - part) * at, 1.0, part), active) for at in (0.5, 0.2, 0.8)]
        plain.append((WHOLE, _strip(active, part, 1.0)))
        plain.append((WHOLE, active))
    return tuple(
        Geometry(mirrored, crop, placed, 0.0, 0)
        for mirrored in (False, True)
        for crop, placed in plain
    )


def _strip(active: Box, width: float, height: float) -> Box:
    """The middle of a box, as a share of it."""
    return Box(
        active.x + active.width * (1 - width) / 2,
        active.y + active.height * (1 - height) / 2,
        active.width * width,
        active.height * height,
    )
