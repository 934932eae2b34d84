from __future__ import annotations

import cv2
import numpy as np
import pytest

from mediacheck.align.geometry import Described, register
from mediacheck.align.registration import ONE_WAY, seen_at, seen_closely
from mediacheck.model import Alignment, Box, Geometry

from .making import Film, Scene, filmed

MOMENTS = (0.5, 1.0, 1.5)
WHOLE = Box(0.0, 0.0, 1.0, 1.0)
FLAG = Scene(seed=9, height=60, width=44).frame(0.0)


def between_flags(frame: np.ndarray) -> np.ndarray:
    """The frame with one flag at the left and its mirror image at the right."""
    out = cv2.GaussianBlur(frame, (0, 0), 1.5)
    out[40:100, 10:54] = FLAG
    out[40:100, 266:310] = FLAG[:, ::-1]
    return out


@pytest.fixture(scope="module")
def original() -> Film:
    film = filmed(Scene(), 0.0, 2.0)
    return Film(film.times, tuple(map(between_flags, film.frames)))


def test_the_scene_between_flags_resembles_its_mirror_image(original: Film) -> None:
    frame = Described(original.frames[0])
    flipped = register(frame, frame, mirrored=True)
    assert flipped is not None
    assert flipped.inliers < ONE_WAY


@pytest.mark.parametrize("tried_first", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
def test_few_features_do_not_decide_which_way_round_it_is(
    original: Film, mirrored: bool, tried_first: bool
) -> None:
    frames = tuple(np.ascontiguousarray(f[:, ::-1]) if mirrored else f for f in original.frames)
    clip = Film(original.times, frames)
    found = seen_at(clip, original, Alignment(0.0), MOMENTS, tried_first)
    assert [each.geometry.mirrored for each in found] == [mirrored] * len(MOMENTS)


def test_a_small_picture_is_placed_closely_by_enlarging_it(original: Film) -> None:
    def small(frame: np.ndarray) -> np.ndarray:
        out = np.full((180, 320), 90, np.uint8)
        out[120:165, 220:300] = cv2.resize(frame, (80, 45), interpolation=cv2.INTER_AREA)
        return out

    clip = Film(original.times, tuple(map(small, original.frames)))
    box = Box(220 / 320, 120 / 180, 0.25, 0.25)
    known = Geometry(False, WHOLE, box, 0.0, 0)
    far, near = (
        [each.geometry for each in found]
        for found in (
            seen_at(clip, original, Alignment(0.0), MOMENTS, False),
            seen_closely(clip, original, Alignment(0.0), MOMENTS, known),
        )
    )
    assert sum(each.evidence for each in near) > sum(each.evidence for each in far)
    for each in near:
        assert tuple(each.placed) == pytest.approx(tuple(box), abs=0.01)
        assert abs(each.rotation) < 1.0
