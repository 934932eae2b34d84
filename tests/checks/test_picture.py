from __future__ import annotations

from mediacheck.model import Finding, PictureSegment, PictureState

from .making import judged, numbers, record, shown, told

NUMBERS = numbers("picture", ("mean_motion", 0.8))


def uncovered(*picture: PictureSegment) -> list[Finding]:
    return judged("picture", record(picture, (), [NUMBERS]))


def test_a_foreign_head_and_tail_are_noted_in_their_order() -> None:
    found = uncovered(shown((0, 4), None), shown((4, 15), (30, 41)), shown((15, 20), None))
    assert told(found) == [("uncovered", "note")] * 2
    assert [tuple(finding.clip or ()) for finding in found] == [(0, 4), (15, 20)]
    assert found[0].because == ("picture.m1",)


def test_a_foreign_middle_is_left_to_edits() -> None:
    assert uncovered(shown((0, 4), (30, 34)), shown((4, 9), None), shown((9, 20), (39, 50))) == []


def test_an_open_or_very_short_head_is_not_noted() -> None:
    undecided = shown((0, 4), None, state=PictureState.UNDETERMINED)
    assert uncovered(undecided, shown((4, 20), (30, 46))) == []
    assert uncovered(shown((0, 0.4), None), shown((0.4, 20), (30, 49.6))) == []


def test_a_clip_that_is_nowhere_has_neither_head_nor_tail() -> None:
    assert uncovered(shown((0, 20), None)) == []
