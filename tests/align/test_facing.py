from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mediacheck.align import looks
from mediacheck.align.facing import LEAST_SEEN, Framing, Seen, around, faced
from mediacheck.align.scene import PictureAlignment, align_pictures
from mediacheck.model import Alignment, Box, Geometry

from .making import Film, Scene, filmed

START_S, SECONDS = 4.0, 5.0
WHOLE = Box(0.0, 0.0, 1.0, 1.0)
PLAIN = Geometry(mirrored=False, crop=WHOLE, placed=WHOLE, rotation=0.0, evidence=100)
CORNERS = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
LEANING = np.array([(0.08, 0.05), (0.93, 0.17), (0.93, 0.83), (0.08, 0.95)])
ALIKE = 40.0  # thousandths: what resampling twice leaves of this film's fine backdrop; by boxes it is 300 and more


@pytest.fixture(scope="module")
def original() -> Film:
    return filmed(Scene(), 0.0, 12.0)


@pytest.fixture(scope="module")
def clip() -> Film:
    return filmed(Scene(), START_S, SECONDS)


def filmed_at_an_angle(frame: np.ndarray) -> np.ndarray:
    height, width = frame.shape
    size = (width, height)
    there = (LEANING * size - 0.5).astype(np.float32)
    here = (CORNERS * size - 0.5).astype(np.float32)
    return cv2.warpPerspective(frame, cv2.getPerspectiveTransform(here, there), size)


def near_to(frame: np.ndarray, kept: float) -> np.ndarray:
    height, width = frame.shape
    matrix = np.array(
        [
            [1 / kept, 0, 0.5 / kept - 0.5 - 0.5 * (1 - kept) * width / kept],
            [0, 1 / kept, 0.5 / kept - 0.5 - 0.5 * (1 - kept) * height / kept],
        ]
    )
    return cv2.warpAffine(frame, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def closing_in(clip: Film) -> Film:
    kept = np.linspace(1.0, 0.7, len(clip.frames))
    return replace(clip, frames=tuple(map(near_to, clip.frames, kept)))


def difference(clip: Film, original: Film, found: PictureAlignment) -> tuple[float, float]:
    """The largest difference of any frame from its place: as they were laid onto each other, and by boxes."""
    out = []
    for framing in (found.framing, Framing.of(clip, found.geometry)):
        pair = framing.looks(original)
        grid = looks.frame_grid(pair[0].times)
        out.append(float(np.nanmax(looks.differences(*pair, Alignment(START_S), grid))))
    return out[0], out[1]


def seen(at: float, corners: np.ndarray, at_an_angle: bool = False) -> Seen:
    return Seen(at, PLAIN, corners, at_an_angle)


def test_a_screen_at_an_angle_is_seen_face_on(clip: Film, original: Film) -> None:
    askew = replace(clip, frames=tuple(map(filmed_at_an_angle, clip.frames)))
    found = align_pictures(askew, original, ())
    faced_on, by_boxes = difference(askew, original, found)
    assert faced_on < ALIKE < by_boxes
    assert found.lines[0].original_at(2.5) == pytest.approx(START_S + 2.5, abs=0.05)


def test_a_frame_that_closes_in_is_followed_from_end_to_end(clip: Film, original: Film) -> None:
    zoomed = closing_in(clip)
    found = align_pictures(zoomed, original, ())
    followed, by_boxes = difference(zoomed, original, found)
    assert found.framing.moving
    assert followed < ALIKE < by_boxes
    assert found.framing.crop.width == pytest.approx(0.7, abs=0.03)


def test_a_plain_copy_is_left_as_it_is(clip: Film, original: Film) -> None:
    found = align_pictures(clip, original, ())
    assert found.framing.shown is clip


def test_a_step_from_one_crop_to_another_is_no_way(clip: Film) -> None:
    nearer = (CORNERS - 0.5) * 1.4 + 0.5
    steps = [seen(float(n), CORNERS if n < 3 else nearer) for n in range(6)]
    assert faced(clip, clip.aspect, steps) is None
    smooth = [seen(float(n), (CORNERS - 0.5) * (1 + 0.08 * n) + 0.5) for n in range(6)]
    assert faced(clip, clip.aspect, smooth) is not None


def test_a_few_moments_at_an_angle_are_too_few(clip: Film) -> None:
    some = [seen(float(n), LEANING, at_an_angle=True) for n in range(LEAST_SEEN)]
    assert faced(clip, clip.aspect, some[1:]) is None
    assert faced(clip, clip.aspect, some) is not None


def test_what_leaves_the_frame_is_not_compared(clip: Film) -> None:
    shifted = [seen(float(n), CORNERS + np.array([0.05 * n, 0.0])) for n in range(5)]
    framing = faced(clip, clip.aspect, shifted)
    assert framing is not None
    assert tuple(framing.crop) == pytest.approx((0.0, 0.0, 0.8, 1.0), abs=0.01)


def test_features_of_a_small_picture_are_looked_for_around_it() -> None:
    found = around(Box(0.6, 0.2, 0.3, 0.3))
    assert tuple(found) == pytest.approx((0.55, 0.15, 0.4, 0.4))
    assert around(Box(0.0, 0.0, 0.6, 0.4)) == WHOLE
