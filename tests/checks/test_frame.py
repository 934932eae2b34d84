from __future__ import annotations

from dataclasses import replace

import pytest

from mediacheck.model import Box, Finding, Geometry

from .making import judged, numbers, record, shown, told

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
PLAIN = Geometry(mirrored=False, crop=WHOLE, placed=WHOLE, rotation=0.0, evidence=200)
NUMBERS = numbers(
    "frame",
    ("mirrored", 0.0),
    ("shown", 1.0),
    ("filled", 1.0),
    ("rotation", 0.0),
    ("agreeing_features", 200.0),
)


def frame(geometry: Geometry, *, matched: bool = True) -> list[Finding]:
    picture = [shown((0, 5), None), shown((5, 20), (30, 45) if matched else None)]
    return judged("frame", record(picture, (), [NUMBERS], geometry=geometry))


def test_a_plain_copy_is_not_reported() -> None:
    assert frame(PLAIN) == []
    almost = Box(0.003, 0.003, 0.994, 0.994)
    assert frame(replace(PLAIN, crop=almost, placed=almost, rotation=0.4)) == []


@pytest.mark.parametrize(
    ("change", "kind", "box"),
    [
        ({"crop": Box(0.1, 0.1, 0.8, 0.8)}, "cropped", Box(0.1, 0.1, 0.8, 0.8)),
        ({"placed": Box(0.0, 0.12, 1.0, 0.76)}, "bordered", Box(0.0, 0.12, 1.0, 0.76)),
        ({"mirrored": True}, "mirrored", None),
        ({"rotation": -3.0}, "rotated", None),
    ],
)
def test_each_way_to_show_a_frame_is_presentation(
    change: dict[str, object], kind: str, box: Box | None
) -> None:
    (found,) = frame(replace(PLAIN, **change))
    assert told([found]) == [(kind, "presentation")]
    assert found.box == box
    assert found.clip is not None
    assert tuple(found.clip) == (5, 20)
    assert len(found.because) == 2


def test_a_geometry_that_no_features_support_is_not_measured() -> None:
    guess = replace(PLAIN, crop=Box(0.0, 0.0, 0.3, 1.0), mirrored=True, evidence=0)
    assert told(frame(guess)) == [("mirrored", "presentation")]


def test_a_frame_of_other_footage_is_not_described() -> None:
    assert frame(replace(PLAIN, mirrored=True), matched=False) == []
