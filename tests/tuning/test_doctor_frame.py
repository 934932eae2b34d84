"""How the original's frame stands in a doctored clip's, read back here, is what its truth says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from mediacheck.tuning.doctor import doctor, recipe_named
from mediacheck.tuning.recipes import Unsuitable

from .making import FPS, HEIGHT, SAME_FRAME, SEED, WIDTH, distance, inside

Make = Callable[[str], SimpleNamespace]
LOOKS = (0, 60, 150)


def shown(clip: SimpleNamespace, original: np.ndarray, frame: int) -> np.ndarray:
    """The source's frame that truth names for a frame of an unbroken clip."""
    (part,) = clip.picture
    return np.asarray(original[round(part["original"][0] * FPS) + frame])


def test_half_of_the_frame_is_cropped_off(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("crop-50")
    (part,) = clip.picture
    x, y, width, height = part["crop"]
    assert 0.48 < width < 0.57
    assert 0.48 < height < 0.57
    left, top = round(x * WIDTH), round(y * HEIGHT)
    for at in LOOKS:
        there = shown(clip, speaker.frames, at)
        there = there[top : top + round(height * HEIGHT), left : left + round(width * WIDTH)]
        assert distance(clip.frames[at], there) < SAME_FRAME
    assert clip.findings["cropped"]["box"] == part["crop"]
    assert clip.truth["answer"] == "no-alteration-found"


def test_the_donor_moves_behind_a_picture_in_picture(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("picture-in-picture")
    (part,) = clip.picture
    within = inside(part["placed"], clip.frames[0].shape)
    rows, columns = np.nonzero(within)
    size = (int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    beyond = cv2.dilate(within.astype(np.uint8), np.ones((9, 9))) == 0
    behind = []
    for at in LOOKS:
        frame = clip.frames[at]
        there = cv2.resize(shown(clip, speaker.frames, at), size, interpolation=cv2.INTER_AREA)
        assert distance(frame[within], there.ravel()) < 1.5 * SAME_FRAME  # finer, so coarser coded
        apart = [distance(frame[beyond], each[beyond]) for each in speaker.donor_frames]
        assert min(apart) < SAME_FRAME
        behind.append(int(np.argmin(apart)))
    assert np.diff(behind) == pytest.approx(np.diff(LOOKS), abs=1)
    assert clip.findings["bordered"]["box"] == part["placed"]
    assert clip.truth["answer"] == "no-alteration-found"


def test_no_picture_in_picture_without_a_donor(speaker: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(Unsuitable, match="--donor"):
        doctor(recipe_named("picture-in-picture"), speaker.source, None, tmp_path, SEED)


def test_a_turn_of_some_degrees_leaves_no_corner_empty(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("turned-3")
    (part,) = clip.picture
    degrees, kept = part["rotation"], part["crop"][2]
    assert 2.5 <= abs(degrees) <= 4.0
    turn = np.radians(degrees)
    # The clip's pixel that shows the original's (x, y): turned clockwise, so x runs down to the right.
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) / kept
    middle = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    onto = np.hstack([matrix, (middle - matrix @ middle)[:, None]])
    for at in LOOKS:
        there = shown(clip, speaker.frames, at)
        empty = cv2.warpAffine(np.ones_like(there), onto, (WIDTH, HEIGHT))
        assert empty.min() > 0.5
        assert distance(clip.frames[at], cv2.warpAffine(there, onto, (WIDTH, HEIGHT))) < SAME_FRAME
        assert distance(clip.frames[at], there) > SAME_FRAME
    assert clip.findings["rotated"]["value"] == degrees
    assert clip.findings["cropped"]["box"] == part["crop"]


def test_pixels_turned_by_a_quarter_turn_the_frame(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("turned-90")
    (part,) = clip.picture
    assert clip.frames[0].shape == (WIDTH, HEIGHT)
    assert abs(part["rotation"]) == 90
    for at in LOOKS:
        # numpy turns counter-clockwise.
        turned = np.rot90(shown(clip, speaker.frames, at), -round(part["rotation"] / 90))
        assert distance(clip.frames[at], turned) < SAME_FRAME
    assert part["crop"] == part["placed"] == [0, 0, 1, 1]
    assert {finding["kind"] for finding in clip.truth["findings"]} == {"rotated"}
    assert clip.findings["rotated"]["value"] == part["rotation"]
