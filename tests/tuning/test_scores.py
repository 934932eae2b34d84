"""A finding is held against the true one: its kind, its borders within the clip, its length and its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mediacheck.model import Comparison, Finding, Kind, Severity, Span, Stream
from mediacheck.tuning.scores import Told, _told

Make = Callable[..., Comparison]
NEAR_S = 0.3


def true(kind: Kind, clip: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "clip": list(clip), "original": None, "value": None, **more}


def said(kind: Kind, start: float, end: float, value: float | None = None) -> Finding:
    stream = Stream.PICTURE if kind is Kind.CUT else Stream.SOUND
    return Finding(
        kind, stream, Severity.ALTERATION, Span(start, end), None, because=(), value=value
    )


def told(make: Make, row: dict[str, Any], *findings: Finding) -> Told:
    """Of a clip of 10 s."""
    comparison = make()
    clip = replace(comparison.clip, duration_s=10.0)
    return _told(row, replace(comparison, clip=clip, findings=findings), NEAR_S)


def test_only_borders_within_the_clip_are_joints(comparison: Make) -> None:
    to_the_end = told(comparison, true(Kind.REPLACED, (6.0, 10.0)), said(Kind.REPLACED, 6.25, 10.0))
    assert to_the_end.joints_s == (0.25,)
    assert to_the_end.off_s == (0.25, 0.0)
    inside = told(comparison, true(Kind.REPLACED, (2.0, 4.0)), said(Kind.REPLACED, 2.25, 4.5))
    assert inside.joints_s == (0.25, 0.5)


def test_what_goes_from_start_to_end_is_whole_and_has_no_joint(comparison: Make) -> None:
    dub = told(comparison, true(Kind.REPLACED, (0.0, 10.0)), said(Kind.REPLACED, 0.0, 9.0))
    assert dub.whole
    assert dub.joints_s == ()
    assert not told(comparison, true(Kind.REPLACED, (1.0, 10.0))).whole


def test_a_cut_is_one_joint_and_as_long_as_what_it_took(comparison: Make) -> None:
    row = true(Kind.CUT, (4.0, 4.0), original=[9.0, 12.0])
    cut = told(comparison, row, said(Kind.CUT, 4.25, 4.25))
    assert (cut.found, cut.joints_s, cut.length_s, cut.whole) == (True, (0.25,), 3.0, False)


def test_what_was_missed_keeps_its_length_and_its_value(comparison: Make) -> None:
    late = told(comparison, true(Kind.DESYNC, (0.0, 10.0), value=0.5))
    assert (late.found, late.length_s, late.value, late.value_off) == (False, 10.0, 0.5, None)
    found = told(
        comparison, true(Kind.DESYNC, (0, 10), value=0.5), said(Kind.DESYNC, 0, 10, value=-0.5)
    )
    assert found.value_off == 1.0  # the other way round is no small error


def test_a_stretch_that_is_called_something_else_is_not_found_but_reported(
    comparison: Make,
) -> None:
    mixed = told(comparison, true(Kind.MIXED, (2.0, 6.0)), said(Kind.REPLACED, 3.0, 6.0))
    assert not mixed.found
    assert mixed.taken_for == (Kind.REPLACED,)
    assert (mixed.most, mixed.covered) == (Kind.REPLACED, 0.75)
