"""How the original's frame stands in the clip's frame: mirrored, cropped, scaled, placed, turned.

Feature registration (SIFT, D. Lowe 2004, with RANSAC over similarity transforms) on a few pairs of frames.
It shows that two frames show one scene, never that they show one moment.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mediacheck.align.upright import beyond_quarters, placed_as_shown, quarters
from mediacheck.model import Box, Geometry

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
FEATURES = 500
RATIO = 0.8  # Lowe's ratio test
REPROJECTION_PX = 2.0
NEAR_PX = 12.0  # of a similarity lies what is seen at an angle: a phone before a screen bends edges by up to 10 pixels
MORE_AT_AN_ANGLE = (
    1.25  # times as many features; where no angle is, a freer model finds a tenth more
)
LEAST_INLIERS = 14  # unrelated frames reach 7 to 10 at this size, pairs of one scene 30 and more
BAR_SPREAD = 4.0  # grey levels within and along a bar: codec noise on black or a flat colour
BAR_EDGE_LINES = 2
BAR_GOES_ON = 0.75  # share of the lines after a flat stretch that has its colour still
ALIKE_EDGES, ALIKE_DEGREES = 0.04, 6.0
DRIFT_EDGES = 0.06  # by which a zoom to 1.3 moves an edge between two of six moments
_UPSCALE_TO = 480


@dataclass(frozen=True, slots=True)
class Registered:
    """A point (x, y) of the (mirrored) original lies at scale * R(rotation) (x, y) + shift in the clip.

    In units of each frame's own pixels as passed to `register`. quad: where the original's corners (top left, top
    right, bottom right, bottom left) lie when it is seen at an angle; None where no angle shows.
    """

    mirrored: bool
    scale: float
    rotation: float  # degrees
    shift: tuple[float, float]
    inliers: int
    quad: tuple[tuple[float, float], ...] | None = None

    def in_frame(self, enlarged: float, corner: tuple[float, float]) -> Registered:
        """The same in the frame from which that of the clip was cut at `corner`, and then enlarged."""
        x, y = corner
        quad = self.quad and tuple((u / enlarged + x, v / enlarged + y) for u, v in self.quad)
        shift = (self.shift[0] / enlarged + x, self.shift[1] / enlarged + y)
        return replace(self, scale=self.scale / enlarged, shift=shift, quad=quad)


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
    size = (original.width, original.height)
    return Registered(
        mirrored=mirrored,
        scale=scale,
        rotation=math.degrees(math.atan2(matrix[1, 0], matrix[0, 0])),
        shift=(float(matrix[0, 2]), float(matrix[1, 2])),
        inliers=int(inside.sum()),
        quad=_at_an_angle(points[best[good]], clip_points[good], matrix, int(inside.sum()), size),
    )


def _at_an_angle(
    points: np.ndarray,
    seen: np.ndarray,
    matrix: np.ndarray,
    inliers: int,
    size: tuple[int, int],
) -> tuple[tuple[float, float], ...] | None:
    """The corners under perspective, where so many more features agree on one than on the similarity `matrix`."""
    near = np.linalg.norm(points @ matrix[:, :2].T + matrix[:, 2] - seen, axis=1) < NEAR_PX
    if near.sum() < MORE_AT_AN_ANGLE * inliers:
        return None
    perspective, inside = cv2.findHomography(
        points[near], seen[near], cv2.RANSAC, REPROJECTION_PX, maxIters=2000, confidence=0.995
    )
    if perspective is None or inside.sum() < MORE_AT_AN_ANGLE * inliers:
        return None
    width, height = size
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float32)
    found = cv2.perspectiveTransform(corners, perspective)[0]
    return tuple((float(x), float(y)) for x, y in found)


def corners_of(found: Registered, original_size: tuple[int, int]) -> np.ndarray:
    """Where the original's corners lie in the clip's frame, in its pixels: (4, 2), in the order of `quad`."""
    if found.quad is not None:
        return np.array(found.quad)
    width, height = original_size
    turn = math.radians(found.rotation)
    onto = found.scale * np.array(
        [(math.cos(turn), -math.sin(turn)), (math.sin(turn), math.cos(turn))]
    )
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    return np.asarray(corners @ onto.T + np.array(found.shift))


def geometry_of(
    found: Registered, clip_size: tuple[int, int], original_size: tuple[int, int]
) -> Geometry:
    """The registration as boxes; sizes are (width, height).

    The boxes leave the turn out: they are those of the clip turned back about the middle of what it shows. What is
    seen at an angle, as on a screen that somebody films, lies in the smallest box that holds it.
    """
    at_an_angle = _seen_whole(found, clip_size)
    if at_an_angle is not None:
        return at_an_angle
    width, height = original_size
    shown = corners_of(replace(found, quad=None), original_size)
    (clip_width, clip_height), shown = _by_quarters(clip_size, shown, found.rotation)
    frame = np.array(
        [(0, 0), (clip_width, 0), (clip_width, clip_height), (0, clip_height)], np.float32
    )
    common, polygon = cv2.intersectConvexConvex(shown.astype(np.float32), frame)
    about = _centroid(polygon.reshape(-1, 2)) if common > 0 else frame.mean(axis=0)
    upright = (shown - about) @ _turning_back(found.rotation).T + about
    left, top = (float(edge) for edge in upright.min(axis=0))
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
    placed = placed_as_shown(placed, found.rotation)
    return Geometry(found.mirrored, crop, placed, found.rotation, found.inliers)


def _seen_whole(found: Registered, clip_size: tuple[int, int]) -> Geometry | None:
    """A picture seen at an angle in the smallest box that holds it; None where a part of it is outside the frame."""
    if found.quad is None:
        return None
    corners = np.array(found.quad)
    along = corners[1] - corners[0] + corners[2] - corners[3]
    rotation = math.degrees(math.atan2(along[1], along[0]))
    size, corners = _by_quarters(clip_size, corners, rotation)
    about = corners.mean(axis=0)
    corners = (corners - about) @ _turning_back(rotation).T + about
    (left, top), (right, bottom) = corners.min(axis=0) / size, corners.max(axis=0) / size
    if min(left, top) < 0 or max(right, bottom) > 1:
        return None
    box = Box(float(left), float(top), float(right - left), float(bottom - top))
    placed = placed_as_shown(box, rotation)
    return Geometry(found.mirrored, WHOLE, placed, rotation, found.inliers)


def _turning_back(rotation: float) -> np.ndarray:
    """The matrix that undoes what is turned beyond whole quarters."""
    rest = beyond_quarters(rotation)
    return np.array([(math.cos(rest), math.sin(rest)), (-math.sin(rest), math.cos(rest))])


def _by_quarters(
    size: tuple[int, int], points: np.ndarray, rotation: float
) -> tuple[tuple[int, int], np.ndarray]:
    """The frame's size, and points in it, after turning it back by whole quarters."""
    width, height = size
    for _ in range(quarters(rotation)):
        points = np.stack([points[:, 1], width - points[:, 0]], axis=1)
        width, height = height, width
    return (width, height), points


def _centroid(polygon: np.ndarray) -> np.ndarray:
    """Of the area within."""
    x, y = polygon.T.astype(float)
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    around = np.stack([x + np.roll(x, -1), y + np.roll(y, -1)], axis=1)
    return np.asarray((around * cross[:, None]).sum(axis=0) / (3 * cross.sum()))


def agreed(found: Sequence[Geometry]) -> Geometry | None:
    """The geometry that most pairs of frames agree on (edges within ALIKE_EDGES), edge by edge their median."""
    return _median(
        [[each for each in found if alike(seed, each)] for seed in found],
    )


def drifting(found: Sequence[Geometry]) -> Geometry | None:
    """As `agreed`, where each pair agrees with another of its group: a slow zoom is known by its middle."""
    groups: list[list[Geometry]] = []
    for each in found:
        linked = [
            group for group in groups if any(alike(each, other, DRIFT_EDGES) for other in group)
        ]
        groups = [group for group in groups if group not in linked]
        groups.append([other for group in linked for other in group] + [each])
    return _median(groups)


def _median(groups: Sequence[list[Geometry]]) -> Geometry | None:
    best = max(groups, key=lambda group: sum(each.evidence for each in group), default=[])
    if not best:
        return None
    return Geometry(
        mirrored=best[0].mirrored,
        crop=_median_box([each.crop for each in best]),
        placed=_median_box([each.placed for each in best]),
        rotation=_median_turn([each.rotation for each in best]),
        evidence=sum(each.evidence for each in best),
    )


def alike(one: Geometry, other: Geometry, apart_most: float = ALIKE_EDGES) -> bool:
    """Whether all edges of the boxes lie so near each other, and the turns too."""
    apart = [
        abs(a - b)
        for a, b in zip((*one.crop, *one.placed), (*other.crop, *other.placed), strict=True)
    ]
    turned = abs((one.rotation - other.rotation + 180.0) % 360.0 - 180.0)
    return one.mirrored == other.mirrored and turned < ALIKE_DEGREES and max(apart) < apart_most


def _median_turn(turns: Sequence[float]) -> float:
    """Of degrees that lie near each other, also across 180."""
    beside = [(turn - turns[0] + 180.0) % 360.0 - 180.0 for turn in turns]
    return 180.0 - (180.0 - turns[0] - float(np.median(beside))) % 360.0


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
