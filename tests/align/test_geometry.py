from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from mediacheck.align.geometry import (
    WHOLE,
    Described,
    active_box,
    agreed,
    drifting,
    geometry_of,
    guesses,
    register,
)
from mediacheck.model import Box, Geometry

from .making import Scene

WIDTH, HEIGHT = 320, 180
ORIGINAL = Scene(seed=5).frame(0.0)
EDGE = (
    0.01  # of a frame's side: registration errs by 0.003 an edge, resizing by half a pixel of 180
)


def part(frame: np.ndarray, box: Box) -> np.ndarray:
    height, width = frame.shape
    rows = slice(round(box.y * height), round((box.y + box.height) * height))
    columns = slice(round(box.x * width), round((box.x + box.width) * width))
    return np.ascontiguousarray(frame[rows, columns])


def sized(frame: np.ndarray, width: int, height: int) -> np.ndarray:
    return np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA))


def measured(clip: np.ndarray, original: np.ndarray, mirrored: bool = False) -> Geometry:
    found = register(Described(clip), Described(original), mirrored)
    assert found is not None
    return geometry_of(found, clip.shape[::-1], original.shape[::-1])


def near(box: Box, truth: Box) -> bool:
    return all(abs(a - b) < EDGE for a, b in zip(box, truth, strict=True))


def test_a_copy_fills_the_frame() -> None:
    found = measured(ORIGINAL, ORIGINAL)
    assert near(found.crop, WHOLE)
    assert near(found.placed, WHOLE)
    assert found.rotation == pytest.approx(0, abs=0.2)
    assert found.evidence > 100


@pytest.mark.parametrize(
    "box", [Box(0.1, 0.1, 0.8, 0.8), Box(0.0, 0.2, 0.5, 0.5), Box(0.35, 0.0, 0.32, 1.0)]
)
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_crop_is_recovered(box: Box, mirrored: bool) -> None:
    shown = cv2.flip(ORIGINAL, 1) if mirrored else ORIGINAL
    cropped = part(shown, box)
    clip = sized(cropped, round(cropped.shape[1] * 180 / cropped.shape[0]), 180)
    found = measured(clip, ORIGINAL, mirrored)
    assert found.mirrored is mirrored
    assert near(found.crop, box)
    assert near(found.placed, WHOLE)


def test_bars_and_scale_are_recovered() -> None:
    clip = np.zeros((240, 240), np.uint8)
    clip[60:180, 12:225] = sized(ORIGINAL, 213, 120)
    found = measured(clip, ORIGINAL)
    assert near(found.crop, WHOLE)
    assert near(found.placed, Box(12 / 240, 60 / 240, 213 / 240, 120 / 240))


def test_a_turn_is_recovered() -> None:
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -5.0, 1.0)  # clockwise on the screen
    clip = np.asarray(cv2.warpAffine(ORIGINAL, turn, (WIDTH, HEIGHT)))
    assert measured(clip, ORIGINAL).rotation == pytest.approx(5.0, abs=0.2)


def test_a_turned_crop_beside_the_middle_is_the_one_of_the_clip_turned_back() -> None:
    large = Scene(seed=5, height=360, width=640).frame(0.0)
    # The clip's middle shows (400, 120), turned by 5 degrees; turned back it holds 320 x 180 of the original.
    matrix = cv2.getRotationMatrix2D((399.5, 119.5), -5.0, 1.0)
    matrix[:, 2] += (160 - 400, 90 - 120)
    clip = cv2.warpAffine(large, matrix, (320, 180))
    found = measured(clip, large)
    assert found.rotation == pytest.approx(5.0, abs=0.2)
    assert near(found.crop, Box(240 / 640, 30 / 360, 0.5, 0.5))
    assert near(found.placed, WHOLE)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_picture_turned_within_its_frame_is_placed_as_it_is_shown(quarters: int) -> None:
    clip = np.full((240, 320), 16, np.uint8)
    clip[20:200, 0:320] = ORIGINAL
    clip = np.ascontiguousarray(np.rot90(clip, -quarters))
    found = measured(clip, ORIGINAL)
    rows, columns = np.nonzero(clip != 16)
    height, width = clip.shape
    there = Box(
        columns.min() / width,
        rows.min() / height,
        (np.ptp(columns) + 1) / width,
        (np.ptp(rows) + 1) / height,
    )
    assert (found.rotation - 90 * quarters) % 360 == pytest.approx(0, abs=0.2) or (
        (found.rotation - 90 * quarters) % 360 == pytest.approx(360, abs=0.2)
    )
    assert near(found.placed, there)
    assert near(found.crop, WHOLE)


def test_a_screen_seen_at_an_angle_lies_in_the_box_that_holds_it() -> None:
    corners = np.array([(24, 16), (298, 10), (290, 168), (18, 160)], np.float32)
    edges = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    matrix = cv2.getPerspectiveTransform(edges, corners)
    clip = cv2.warpPerspective(ORIGINAL, matrix, (WIDTH, HEIGHT), borderValue=20)
    found = measured(clip, ORIGINAL)
    upright = abs(found.rotation) < 1.0
    assert upright
    assert near(found.placed, Box(18 / WIDTH, 10 / HEIGHT, 280 / WIDTH, 158 / HEIGHT))
    assert found.crop == WHOLE


def test_no_angle_is_seen_in_a_copy_of_low_quality() -> None:
    encoded = cv2.imencode(".jpg", sized(ORIGINAL, 160, 90), [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    poor = sized(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), WIDTH, HEIGHT)
    found = register(Described(poor), Described(ORIGINAL), mirrored=False)
    assert found is not None
    assert found.quad is None


def test_compression_and_brightness_do_not_hide_a_copy() -> None:
    dim = np.asarray(ORIGINAL * 0.7 + 20, np.uint8)
    _, encoded = cv2.imencode(".jpg", sized(dim, 214, 120), [cv2.IMWRITE_JPEG_QUALITY, 25])
    clip = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE))
    assert near(measured(clip, ORIGINAL).crop, WHOLE)


def test_another_scene_a_mirror_image_and_a_blank_frame_are_no_match() -> None:
    original = Described(ORIGINAL)
    assert register(Described(Scene(seed=6).frame(0.0)), original, False) is None
    assert register(original, original, True) is None
    assert register(Described(np.full((180, 320), 90, np.uint8)), original, False) is None
    assert register(original, Described(np.zeros((180, 320), np.uint8)), False) is None


def geometry(x: float, evidence: int, mirrored: bool = False) -> Geometry:
    return Geometry(mirrored, Box(x, 0.1, 0.8, 0.8), WHOLE, 0.0, evidence)


def test_most_pairs_of_frames_decide_the_geometry() -> None:
    found = agreed([geometry(0.11, 40), geometry(0.5, 60), geometry(0.1, 30), geometry(0.12, 20)])
    assert found is not None
    assert found.crop.x == pytest.approx(0.11)
    assert found.evidence == 90


def test_mirrored_and_plain_pairs_are_not_averaged() -> None:
    found = agreed([geometry(0.1, 40), geometry(0.1, 50, mirrored=True)])
    assert found == geometry(0.1, 50, mirrored=True)
    assert agreed([]) is None


def test_a_slow_zoom_is_known_by_its_middle() -> None:
    zoom = [Geometry(False, Box(x, x, 1 - 2 * x, 1 - 2 * x), WHOLE, 0.0, 90) for x in
            (0.0, 0.025, 0.05, 0.075, 0.1)]  # fmt: skip
    stray = Geometry(False, Box(0.5, 0.0, 0.5, 1.0), WHOLE, 0.0, 100)
    found = drifting([*zoom[::2], stray, *zoom[1::2]])
    assert found is not None
    assert found.crop.x == pytest.approx(0.05)
    one_step = agreed([*zoom, stray])
    assert one_step is not None
    assert one_step.evidence < found.evidence


def test_turns_are_averaged_across_half_a_circle() -> None:
    turned = [Geometry(False, WHOLE, WHOLE, degrees, 50) for degrees in (179.0, -179.0, -178.0)]
    found = agreed(turned)
    assert found is not None
    assert found.rotation == pytest.approx(-179.0)
    assert found.evidence == 150


def textures(count: int = 6) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8) for _ in range(count)]


def barred(rows: slice, columns: slice, level: int = 16) -> list[np.ndarray]:
    """Textures within the given rows and columns, one colour with codec noise around them."""
    rng = np.random.default_rng(2)
    frames = []
    for texture in textures():
        frame = np.asarray(level + rng.integers(-1, 2, texture.shape), np.uint8)
        frame[rows, columns] = texture[rows, columns]
        frames.append(frame)
    return frames


@pytest.mark.parametrize("level", [1, 16, 128])
def test_letterbox_and_pillarbox_are_left_out(level: int) -> None:
    assert active_box(barred(slice(22, 158), slice(None), level)) == Box(
        0.0, 22 / 180, 1.0, 136 / 180
    )
    assert active_box(barred(slice(None), slice(40, 260), level)) == Box(
        40 / 320, 0.0, 220 / 320, 1.0
    )


def test_a_frame_without_bars_is_all_active() -> None:
    assert active_box(textures()) == WHOLE


def test_a_single_flat_line_is_no_bar() -> None:
    assert active_box(barred(slice(1, None), slice(None))) == WHOLE


def test_a_flat_file_is_all_active() -> None:
    assert active_box([np.full((HEIGHT, WIDTH), 16, np.uint8)] * 4) == WHOLE


def test_a_wall_that_goes_on_beside_a_head_is_no_bar() -> None:
    rows, columns = np.indices((HEIGHT, WIDTH))
    head = ((rows - 130) / 80) ** 2 + ((columns - 160) / 50) ** 2 < 1
    frames = []
    for texture in textures():
        frame = np.full((HEIGHT, WIDTH), 170, np.uint8)
        frame[head] = texture[head]
        frames.append(frame)
    assert active_box(frames) == WHOLE


def test_the_first_guess_is_the_plain_one() -> None:
    first = guesses(16 / 9, 16 / 9, WHOLE)[0]
    assert (first.mirrored, first.crop, first.placed, first.evidence) == (False, WHOLE, WHOLE, 0)


def test_a_narrow_clip_may_show_a_part_or_hold_the_whole() -> None:
    found = guesses(9 / 16, 16 / 9, WHOLE)
    share = (9 / 16) ** 2
    parts = {round(each.crop.width, 4) for each in found if each.placed == WHOLE}
    assert round(share, 4) in parts
    strips = [each.placed for each in found if each.crop == WHOLE and each.placed != WHOLE]
    assert Box(0.0, (1 - share) / 2, 1.0, share) in strips


@pytest.mark.parametrize("clip_aspect", [9 / 16, 1.0, 4 / 3, 16 / 9, 2.39])
def test_guesses_keep_shapes_and_stay_within_the_frame(clip_aspect: float) -> None:
    for guess in guesses(clip_aspect, 16 / 9, WHOLE):
        for box in (guess.crop, guess.placed):
            assert min(box) > -1e-9
            assert max(box.x + box.width, box.y + box.height) < 1 + 1e-9
    shapes = [
        (16 / 9 * guess.crop.width / guess.crop.height)
        / (clip_aspect * guess.placed.width / guess.placed.height)
        for guess in guesses(clip_aspect, 16 / 9, WHOLE)
        if (guess.crop, guess.placed) != (WHOLE, WHOLE)
    ]
    assert all(math.log(shape) == pytest.approx(0, abs=0.05) for shape in shapes)
