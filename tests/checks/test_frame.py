from __future__ import annotations

from dataclasses import replace

import pytest

from mediacheck.model import Box, Finding, Geometry, Measured, Measurement, PictureSegment, Span

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


def test_a_frame_is_described_as_far_as_the_clip_shows_it_so_across_cuts_too() -> None:
    """Another footage ends it: of that nothing is said."""
    cropped = replace(PLAIN, crop=Box(0.1, 0.1, 0.8, 0.8))
    picture = [
        shown((0, 4), (30, 34)),
        shown((4, 9), (50, 55)),
        shown((9, 12), None),
        shown((12, 20), (60, 68)),
    ]
    (found,) = judged("frame", record(picture, (), [NUMBERS], geometry=cropped))
    assert (found.clip, found.original) == (Span(0, 9), None)


ZOOM = Box(0.1, 0.1, 0.8, 0.8)


def as_shown(
    clip: tuple[float, float], geometry: Geometry, offset_s: float = 25.0
) -> PictureSegment:
    place = (clip[0] + offset_s, clip[1] + offset_s)
    return replace(
        shown(clip, place),
        mirrored=geometry.mirrored,
        crop=geometry.crop,
        placed=geometry.placed,
        rotation=geometry.rotation,
    )


def in_parts(whole: Geometry, own: Geometry) -> list[Finding]:
    """The clip with a part in its middle that stands otherwise, and the numbers of that part."""
    span = Span(8.0, 11.0)
    taken = Measured(
        "frame",
        2,
        (
            *NUMBERS.measurements,
            Measurement("frame.m6", "frame", "part_shown", 0.64, "share", clip=span),
            Measurement("frame.m7", "frame", "part_agreeing_features", 90.0, "features", clip=span),
        ),
    )
    picture = [as_shown((0, 8), whole), as_shown((8, 11), own), as_shown((11, 20), whole)]
    return judged("frame", record(picture, (), [taken], geometry=whole))


def test_a_zoom_in_part_is_told_of_that_part_alone() -> None:
    (found,) = in_parts(PLAIN, replace(PLAIN, crop=ZOOM))
    assert told([found]) == [("cropped", "presentation")]
    assert found.clip == Span(8.0, 11.0)
    assert found.original == Span(33.0, 36.0)
    assert found.box == ZOOM
    assert found.because == ("frame.m6", "frame.m7")


def test_a_zoom_within_a_crop_is_told_beside_it() -> None:
    crop = Box(0.02, 0.02, 0.95, 0.95)
    whole, own = in_parts(replace(PLAIN, crop=crop), replace(PLAIN, crop=ZOOM))
    assert (whole.box, own.box) == (crop, ZOOM)
    assert whole.clip == Span(11.0, 20.0)
    assert own.clip == Span(8.0, 11.0)
    assert not set(whole.because) & set(own.because)


def test_a_mirrored_part_is_told_and_the_border_of_the_whole_not_again() -> None:
    bordered = replace(PLAIN, placed=Box(0.0, 0.12, 1.0, 0.76))
    found = in_parts(bordered, replace(bordered, mirrored=True))
    assert [(each.kind.value, each.clip) for each in found] == [
        ("bordered", Span(11.0, 20.0)),
        ("mirrored", Span(8.0, 11.0)),
    ]
