from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mediacheck.align.upright import placed_as_shown, placed_upright, turned_back, upright
from mediacheck.model import Box, Geometry

from .making import Scene, filmed

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
PLAIN = Geometry(mirrored=False, crop=WHOLE, placed=WHOLE, rotation=0.0, evidence=100)
SAME_FRAME = 2.0  # mean grey levels: what resampling there and back costs; turned by a degree too few it is 8


@pytest.mark.parametrize("rotation", [90.0, 180.0, -90.0])
def test_quarters_are_turned_back_exactly(rotation: float) -> None:
    frame = Scene().frame(0.0)
    shown = np.rot90(frame, -round(rotation / 90))
    assert np.array_equal(turned_back(shown, rotation, (0.5, 0.5)), frame)


@pytest.mark.parametrize("quarters", [0, 1, 3])
def test_some_degrees_beyond_them_too(quarters: int) -> None:
    frame = cv2.GaussianBlur(Scene().frame(0.0), (0, 0), 2)
    height, width = frame.shape
    middle = ((width - 1) / 2, (height - 1) / 2)
    askew = cv2.warpAffine(frame, cv2.getRotationMatrix2D(middle, -4.0, 1.0), (width, height))
    shown = np.rot90(askew, -quarters)
    back = turned_back(shown, 90.0 * quarters + 4.0, (0.5, 0.5)).astype(float)
    inner = np.s_[30:-30, 30:-30]
    assert np.abs(back - frame)[inner].mean() < SAME_FRAME
    assert np.abs(askew.astype(float) - frame)[inner].mean() > 4 * SAME_FRAME


def test_a_box_is_where_the_picture_is_after_turning_back() -> None:
    frame = np.zeros((100, 200), np.uint8)
    frame[10:40, 20:120] = 255
    box = Box(0.1, 0.1, 0.5, 0.3)
    for quarters in range(4):
        shown = np.rot90(frame, -quarters)
        rows, columns = np.nonzero(shown)
        height, width = shown.shape
        there = Box(
            columns.min() / width,
            rows.min() / height,
            (np.ptp(columns) + 1) / width,
            (np.ptp(rows) + 1) / height,
        )
        turned = replace(PLAIN, placed=there, rotation=90.0 * quarters)
        assert tuple(placed_upright(turned)) == pytest.approx(tuple(box))
        assert tuple(placed_as_shown(box, 90.0 * quarters)) == pytest.approx(tuple(there))


def test_what_stands_upright_is_not_touched() -> None:
    film = filmed(Scene(), 0.0, 1.0)
    for degrees in (0.0, 0.7, -0.9):
        assert upright(film, replace(PLAIN, rotation=degrees)) is film


def test_a_view_is_turned_with_its_shape_and_keeps_its_times() -> None:
    film = filmed(Scene(), 0.0, 1.0)
    turned = upright(film, replace(PLAIN, rotation=90.0))
    assert turned.aspect == pytest.approx(1 / film.aspect)
    assert turned.thumbs.shape == (len(film.thumbs), film.thumbs.shape[2], film.thumbs.shape[1])
    assert np.array_equal(turned.times, film.times)
    at, frame = turned.nearest(0.5)
    assert at == film.nearest(0.5)[0]
    assert np.array_equal(frame, np.rot90(film.nearest(0.5)[1]))
