"""From frames alone to a geometry and a line: the whole road, on films made of numbers."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mediacheck.align import picture
from mediacheck.align.scene import align_pictures
from mediacheck.model import Alignment, Box

from .making import Film, Scene, filmed

START_S, SECONDS = 9.0, 12.0
EXACT_S = 0.05
EDGE = 0.015
WHOLE = Box(0.0, 0.0, 1.0, 1.0)


@pytest.fixture(scope="module")
def original() -> Film:
    return filmed(Scene(), 0.0, 30.0)


@pytest.fixture(scope="module")
def clip() -> Film:
    return filmed(Scene(), START_S, SECONDS)


def near(box: Box, truth: Box) -> bool:
    return all(abs(a - b) < EDGE for a, b in zip(box, truth, strict=True))


def test_a_copy_is_placed_in_time_and_frame(clip: Film, original: Film) -> None:
    found = align_pictures(clip, original, ())
    assert found.lines[0].original_at(6.0) == pytest.approx(START_S + 6.0, abs=EXACT_S)
    assert found.lines[0].speed == pytest.approx(1.0, abs=0.002)
    assert near(found.geometry.crop, WHOLE)
    assert near(found.geometry.placed, WHOLE)
    assert not found.geometry.mirrored
    assert found.geometry.evidence > 100
    assert found.active == WHOLE


def test_a_mirror_image_within_bars_is_placed(clip: Film, original: Film) -> None:
    def doctored(frame: np.ndarray) -> np.ndarray:
        out = np.full((240, 320), 16, np.uint8)
        out[30:210] = cv2.flip(frame, 1)
        return out

    found = align_pictures(replace(clip, frames=tuple(map(doctored, clip.frames))), original, ())
    assert found.geometry.mirrored
    assert near(found.geometry.crop, WHOLE)
    assert near(found.geometry.placed, Box(0.0, 0.125, 1.0, 0.75))
    assert near(found.active, Box(0.0, 0.125, 1.0, 0.75))
    assert found.lines[0].original_at(6.0) == pytest.approx(START_S + 6.0, abs=EXACT_S)


def test_a_crop_is_placed(clip: Film, original: Film) -> None:
    cropped = replace(clip, frames=tuple(frame[18:162, 48:304] for frame in clip.frames))
    found = align_pictures(cropped, original, ())
    assert near(found.geometry.crop, Box(48 / 320, 0.1, 0.8, 0.8))
    assert near(found.geometry.placed, WHOLE)
    assert found.lines[0].original_at(6.0) == pytest.approx(START_S + 6.0, abs=EXACT_S)


def test_another_speed_is_found_without_the_sound(original: Film) -> None:
    found = align_pictures(filmed(Scene(), 5.0, SECONDS, speed=1.25), original, ())
    assert found.lines[0].speed == pytest.approx(1.25, abs=0.01)
    assert found.lines[0].original_at(6.0) == pytest.approx(5.0 + 7.5, abs=EXACT_S)


def test_each_part_of_a_cut_clip_has_its_line(original: Film) -> None:
    first, second = filmed(Scene(), 4.0, 6.0), filmed(Scene(), 16.0, 6.0)
    joined = Film(np.arange(150) / 12.5, first.frames + second.frames)
    found = align_pictures(joined, original, ())
    for at, place in ((3.0, 7.0), (9.0, 19.0)):
        away = [abs(line.original_at(at) - place) for line in found.lines]
        assert min(away) < EXACT_S
    assert all(abs(line.speed - 1) < 0.01 for line in found.lines[:2])


def test_of_a_shot_shown_twice_the_one_with_the_sound_is_taken(clip: Film) -> None:
    once = filmed(Scene(), 0.0, 22.0)
    twice = Film(np.arange(550) / 12.5, once.frames + once.frames)
    for hint in (START_S, 22.0 + START_S):
        found = align_pictures(clip, twice, (Alignment(hint),))
        assert found.lines[0].offset_s == pytest.approx(hint, abs=EXACT_S)


def test_sound_from_another_moment_does_not_move_the_picture(clip: Film, original: Film) -> None:
    for hint in (START_S + 1.5, START_S + 8.0):
        found = align_pictures(clip, original, (Alignment(hint),))
        assert found.lines[0].offset_s == pytest.approx(START_S, abs=EXACT_S)


def test_another_film_has_no_line_that_holds(original: Film) -> None:
    shorter = Film(original.times[:175], original.frames[:175])
    found = align_pictures(filmed(Scene(seed=8), 0.0, 6.0), shorter, ())
    for line in found.lines:
        correlation, _ = picture.along(found.clip, found.original, line, found.centres)
        assert np.nan_to_num(correlation).mean() < 0.45
    assert found.geometry.evidence == 0


def test_a_second_look_finds_the_same(clip: Film, original: Film) -> None:
    first, second = (align_pictures(clip, original, ()) for _ in range(2))
    assert first.lines == second.lines
    assert first.geometry == second.geometry


@pytest.mark.parametrize("degrees", [90, -90])
def test_pixels_turned_by_a_quarter_are_placed(clip: Film, original: Film, degrees: int) -> None:
    turned = replace(clip, frames=tuple(np.rot90(f, -degrees // 90) for f in clip.frames))
    found = align_pictures(turned, original, ())
    assert found.geometry.rotation == pytest.approx(degrees, abs=0.5)
    assert near(found.geometry.crop, WHOLE)
    assert near(found.geometry.placed, WHOLE)
    assert found.lines[0].original_at(6.0) == pytest.approx(START_S + 6.0, abs=EXACT_S)
    correlation, _ = picture.along(found.clip, found.original, found.lines[0], found.centres)
    assert np.nan_to_num(correlation).mean() > 0.9


def test_some_degrees_are_turned_back_before_motion_is_compared(clip: Film, original: Film) -> None:
    def askew(frame: np.ndarray) -> np.ndarray:
        matrix = cv2.getRotationMatrix2D((159.5, 89.5), -5.0, 1.15)
        return cv2.warpAffine(frame, matrix, (320, 180))

    found = align_pictures(replace(clip, frames=tuple(map(askew, clip.frames))), original, ())
    kept = 1 / 1.15
    assert found.geometry.rotation == pytest.approx(5.0, abs=0.3)
    assert near(found.geometry.crop, Box((1 - kept) / 2, (1 - kept) / 2, kept, kept))
    assert near(found.geometry.placed, WHOLE)
    correlation, _ = picture.along(found.clip, found.original, found.lines[0], found.centres)
    assert np.nan_to_num(correlation).mean() > 0.9


def test_a_small_picture_over_moving_footage_is_placed(clip: Film, original: Film) -> None:
    behind = filmed(Scene(seed=8), 0.0, SECONDS)

    def over(ground: np.ndarray, frame: np.ndarray) -> np.ndarray:
        out = ground.copy()
        out[100:172, 180:308] = cv2.resize(frame, (128, 72), interpolation=cv2.INTER_AREA)
        return out

    frames = tuple(map(over, behind.frames, clip.frames))
    found = align_pictures(replace(clip, frames=frames), original, ())
    assert near(found.geometry.placed, Box(180 / 320, 100 / 180, 0.4, 0.4))
    assert near(found.geometry.crop, WHOLE)
    assert found.lines[0].original_at(6.0) == pytest.approx(START_S + 6.0, abs=EXACT_S)
