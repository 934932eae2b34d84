"""Which part of a doctored frame differs from the original's is what its truth says, and no other part does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from mediacheck.tuning.doctor import doctor, recipe_named
from mediacheck.tuning.drawing import in_clip, layout
from mediacheck.tuning.footage import open_footage
from mediacheck.tuning.plan import Plan
from mediacheck.tuning.recipes import Unsuitable
from mediacheck.tuning.shots import Shot

from .making import FACE_RADIUS, FPS, HEIGHT, SAME_FRAME, SEED, WIDTH, face_at, inside

Make = Callable[[str], SimpleNamespace]
SPEAKER = 4  # seed of the film that is doctored
REGIONS = (
    "region-pasted-2",
    "region-pasted-8",
    "region-pasted-20",
    "region-own-2",
    "region-own-8",
    "region-own-20",
    "region-blurred",
    "region-lettered",
)


def differences(clip: SimpleNamespace, original: np.ndarray) -> np.ndarray:
    """Grey levels by which the clip's frames differ from those that truth names, on average over time."""
    first = round(clip.picture[0]["original"][0] * FPS)
    looks = range(0, len(clip.frames), 9)
    apart = [np.abs(clip.frames[k] - original[first + k]) for k in looks]
    return np.asarray(np.mean(apart, axis=0))


@pytest.mark.parametrize("name", REGIONS)
def test_a_region_differs_in_its_box_and_nowhere_else(
    make: Make, speaker: SimpleNamespace, name: str
) -> None:
    clip = make(name)
    apart = differences(clip, speaker.frames)
    box = clip.findings["region"]["box"]
    within = inside(box, apart.shape)
    beyond = cv2.dilate(within.astype(np.uint8), np.ones((9, 9))) == 0
    assert clip.truth["answer"] == "altered"
    assert apart[beyond].mean() < SAME_FRAME
    assert apart[within].mean() > 3 * apart[beyond].mean()
    share = name.rpartition("-")[2]
    if share.isdigit():
        assert box[2] * box[3] == pytest.approx(int(share) / 100, rel=0.25)


def test_a_region_is_cropped_along_with_its_frame(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("region-pasted-8-degraded")
    x, y, width, height = clip.picture[0]["crop"]
    shown = np.s_[
        round(y * HEIGHT) : round((y + height) * HEIGHT),
        round(x * WIDTH) : round((x + width) * WIDTH),
    ]
    size = clip.frames[0].shape[::-1]
    first = round(clip.picture[0]["original"][0] * FPS)
    apart = np.mean(
        [
            np.abs(clip.frames[k] - cv2.resize(speaker.frames[first + k][shown], size))
            for k in range(0, len(clip.frames), 25)
        ],
        axis=0,
    )
    within = inside(clip.findings["region"]["box"], apart.shape)
    assert apart[within].mean() > 3 * apart[~within].mean()


def test_a_mirrored_and_cropped_box_lies_where_its_pixels_went(footage: SimpleNamespace) -> None:
    source = open_footage(footage.source)
    shot = Shot(source, 0.0, 25)
    half = (0.5, 0.0, 0.5, 1.0)
    plan = Plan(source, None, source.fps, (shot,), (), mirrored=True, crop=half)
    # The left quarter is the right quarter of the mirror image, of which the right half is shown.
    assert in_clip((0.0, 0.0, 0.25, 1.0), plan, layout(plan)) == pytest.approx((0.5, 0, 0.5, 1))
    assert in_clip((0.6, 0.0, 0.2, 1.0), plan, layout(plan)) is None


def face_box(clip: SimpleNamespace) -> tuple[float, float]:
    """Where the drawn face's middle lies over the clip, in pixels, by how it was drawn."""
    first = round(clip.picture[0]["original"][0] * FPS)
    at = [face_at(first + k, SPEAKER) for k in range(len(clip.frames))]
    x, y = np.median(at, axis=0)
    return float(x), float(y)


@pytest.mark.parametrize("name", ["face-replaced", "mouth-moved"])
def test_only_the_face_is_another(make: Make, speaker: SimpleNamespace, name: str) -> None:
    clip = make(name)
    apart = differences(clip, speaker.frames)
    x, y = face_box(clip)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    # The head sways by 10 and 5 pixels while it speaks.
    away = np.hypot((columns - x) / (FACE_RADIUS + 18), (rows - y) / (1.3 * FACE_RADIUS + 12))
    assert apart[away > 1].mean() < SAME_FRAME
    left, top, width, height = clip.findings["face"]["box"]
    middle = ((left + width / 2) * WIDTH, (top + height / 2) * HEIGHT)
    within = inside(clip.findings["face"]["box"], apart.shape)
    assert apart[within].mean() > 2 * apart[away > 1].mean()
    assert abs(middle[0] - x) < 0.4 * FACE_RADIUS
    if name == "face-replaced":
        assert abs(middle[1] - y) < 0.5 * FACE_RADIUS
        assert 1.0 < width * WIDTH / FACE_RADIUS < 2.6
    else:
        assert 0.25 * FACE_RADIUS < middle[1] - y < FACE_RADIUS


@pytest.mark.parametrize("name", ["face-replaced", "mouth-moved"])
def test_footage_without_a_face_is_unsuitable(
    footage: SimpleNamespace, tmp_path: Path, name: str
) -> None:
    with pytest.raises(Unsuitable, match="no face"):
        doctor(recipe_named(name), footage.source, footage.donor, tmp_path, SEED)


@pytest.mark.slow
def test_a_donor_without_a_face_has_none_to_give(
    speaker: SimpleNamespace, footage: SimpleNamespace, tmp_path: Path
) -> None:
    with pytest.raises(Unsuitable, match=r"donor\.mp4 shows no face"):
        doctor(recipe_named("face-replaced"), speaker.source, footage.donor, tmp_path, SEED)


def test_a_false_caption_is_a_note_on_footage_left_alone(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("false-caption")
    apart = differences(clip, speaker.frames)
    within = inside(clip.findings["caption_differs"]["box"], apart.shape)
    assert clip.truth["answer"] == "no-alteration-found"
    assert clip.findings["overlay"]["box"] == clip.findings["caption_differs"]["box"]
    assert apart[within].mean() > 40
    assert apart[cv2.dilate(within.astype(np.uint8), np.ones((9, 9))) == 0].mean() < SAME_FRAME
    assert [part["state"] for part in clip.heard] == ["same"]
