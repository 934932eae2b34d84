"""A stranger reads from the tables what went wrong, and nothing innocent counts as missed."""

from __future__ import annotations

from dataclasses import replace

from mediacheck.model import Answer, Kind
from mediacheck.tuning import tables
from mediacheck.tuning.scores import Told

from .test_error_rates import scored

CROPPED = Told("frame", Kind.CROPPED, True, ())


def line(table: str, start: str) -> list[str]:
    (found,) = (row for row in table.splitlines() if row.startswith(f"| {start} |"))
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_presentation_stands_in_a_table_of_its_own() -> None:
    pairs = [scored("a", told=(CROPPED,)), scored("b", presented=(Kind.CROPPED,)), scored("c")]
    assert line(tables.presentation(pairs), "`cropped`")[1:3] == ["1", "1 of 1"]
    assert line(tables.presentation(pairs), "`cropped`")[3].startswith("1 of 2, 2 sources ")
    assert "`frame`" not in tables.checks(pairs)


def test_a_degraded_alteration_is_named_for_what_it_is_and_not_for_its_crop() -> None:
    dub = Told("sound", Kind.REPLACED, False, ())
    missed = scored("a", innocent=False, told=(dub, CROPPED))
    assert line(tables.alterations([missed]), "dub-whole")[-1] == "0 of 1"
    assert "cropped" not in tables.confusion([missed])


def test_clips_of_other_footage_are_told_by_recipe() -> None:
    other = replace(scored("a"), recipe="unrelated", wanted=Answer.NOT_IN_ORIGINAL)
    table = tables.negatives([other, replace(other, answer=Answer.NOT_IN_ORIGINAL)])
    assert line(table, "unrelated") == ["unrelated", "2", "1", "", "1", "", "1"]
