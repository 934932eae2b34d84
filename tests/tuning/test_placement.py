"""What was placed is held against what is true of the pair, moment by moment; nothing unplaced counts as near."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mediacheck.model import (
    Box,
    Comparison,
    PictureSegment,
    PictureState,
    SoundSegment,
    SoundState,
    Span,
    StreamInfo,
    Timeline,
)
from mediacheck.tuning.placement import MOMENTS, Placement, placement

WHOLE = [0.0, 0.0, 1.0, 1.0]
FRAME = Box(0.0, 0.0, 1.0, 1.0)
Make = Callable[..., Comparison]


def true(clip: tuple[float, float], original: float | None, **more: Any) -> dict[str, Any]:
    """A part of the clip's picture as truth.json has it; original: where it starts there."""
    span = None if original is None else [original, original + clip[1] - clip[0]]
    state = "foreign" if original is None else "matched"
    told = {"speed": 1.0, "mirrored": False, "crop": WHOLE, "placed": WHOLE, **more}
    return {"clip": list(clip), "original": span, "state": state, **told}


def found(
    clip: tuple[float, float], original: tuple[float, float] | None, **more: Any
) -> PictureSegment:
    state = PictureState.FOREIGN if original is None else PictureState.MATCHED
    told = {"mirrored": False, "crop": FRAME, "placed": FRAME, "rotation": 0.0, **more}
    return PictureSegment(Span(*clip), original and Span(*original), state, **told)


def seen(make: Make, parts: list[dict[str, Any]], *segments: PictureSegment) -> Placement:
    told = replace(make(), timeline=Timeline(picture=segments))
    return placement({"timeline": {"picture": parts}}, told)


def test_a_clip_placed_where_it_comes_from_is_off_by_nothing(comparison: Make) -> None:
    told = seen(comparison, [true((0, 10), 5.0)], found((0, 10), (5.0, 15.0)))
    assert told.off_s == (0.0,) * MOMENTS
    assert told.true_s == 10.0
    assert told.share_within(0.01) == 1.0


def test_another_speed_is_off_by_more_and_more(comparison: Make) -> None:
    told = seen(comparison, [true((0, 10), 5.0)], found((0, 10), (5.0, 16.0)))
    off = [each for each in told.off_s if each is not None]
    assert off == sorted(off)
    assert off[-1] == pytest.approx(0.98)
    assert told.share_within(0.2) == pytest.approx(0.2)


def test_what_was_not_placed_is_near_nothing(comparison: Make) -> None:
    told = seen(comparison, [true((0, 10), 5.0)], found((0, 6), (5.0, 11.0)), found((6, 10), None))
    assert told.off_s.count(None) == round(0.4 * MOMENTS)
    assert told.share_within(9.0) == pytest.approx(0.6)


def test_a_still_has_no_place_to_be_wrong_about(comparison: Make) -> None:
    parts = [true((0, 4), 2.0), true((4, 8), 6.0, speed=0.0)]
    told = seen(comparison, parts, found((0, 4), (2.0, 6.0)), found((4, 8), None))
    assert told.true_s == 4.0
    assert told.share_within(0.01) == 1.0


def test_foreign_footage_that_was_placed_is_counted_in_seconds(comparison: Make) -> None:
    parts = [true((0, 6), 1.0), true((6, 10), None)]
    told = seen(comparison, parts, found((0, 7), (1.0, 8.0)), found((7, 10), None))
    assert (told.foreign_s, told.wrong_s) == (4.0, 1.0)


def test_sound_that_is_nowhere_is_not_placed(comparison: Make) -> None:
    nowhere = SoundSegment(Span(0, 4), None, SoundState.FOREIGN)
    there = SoundSegment(Span(0, 4), Span(7, 11), SoundState.SAME)
    parts = {"timeline": {"picture": [true((0, 4), None)]}}
    for heard, placed in ((nowhere, False), (there, True)):
        told = replace(comparison(), timeline=Timeline(sound=(heard,)))
        assert placement(parts, told).sound_placed is placed


def test_a_frame_is_that_of_the_file_with_fewer(comparison: Make) -> None:
    def filmed(fps: float) -> tuple[StreamInfo, ...]:
        return (StreamInfo(0, "picture", "h264", 0.0, 4.0, width=64, height=36, fps=fps),)

    told = comparison()
    told = replace(
        told,
        clip=replace(told.clip, streams=filmed(50.0)),
        original=replace(told.original, streams=filmed(25.0)),
    )
    assert placement({"timeline": {"picture": []}}, told).frame_s == 0.04


def test_a_box_that_covers_half_of_the_true_one_overlaps_by_half(comparison: Make) -> None:
    half = Box(0.0, 0.0, 0.5, 1.0)
    told = seen(comparison, [true((0, 4), 0.0)], found((0, 4), (0, 4), crop=half))
    (framing,) = told.framing
    assert (framing.crop, framing.placed) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("turn", "true_turn", "off"), [(3.2, 3.0, 0.2), (-90, 270, 0), (180, -178, 2)]
)
def test_a_turn_is_off_by_the_short_way_round(
    comparison: Make, turn: float, true_turn: float, off: float
) -> None:
    parts = [true((0, 4), 0.0, rotation=true_turn)]
    (framing,) = seen(comparison, parts, found((0, 4), (0, 4), rotation=turn)).framing
    assert framing.turned_off == pytest.approx(off)


def test_a_mirror_is_right_only_where_it_is_true(comparison: Make) -> None:
    parts = [true((0, 4), 0.0, mirrored=True)]
    for said in (True, False):
        (framing,) = seen(comparison, parts, found((0, 4), (0, 4), mirrored=said)).framing
        assert framing.mirrored_right is said


def test_a_part_that_was_not_found_has_no_frame(comparison: Make) -> None:
    (framing,) = seen(comparison, [true((0, 4), 0.0)], found((0, 4), None)).framing
    assert not framing.found
    assert framing.crop is None
