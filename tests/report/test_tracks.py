"""A graph says what it asks, and of which place of the original."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mediacheck.model import Alignment
from mediacheck.report.inert import inert
from mediacheck.report.shapes import LETTER, NARROW, WIDE, Text
from mediacheck.report.tracks import tracks

from . import sample


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_two_graphs_of_one_name_say_with_which_place_they_compare(width: float) -> None:
    base = sample.press_qa()
    one = next(series for series in base.series if series.name == "presence")
    lines = (Alignment(12.0), Alignment(6138.4, 25 / 24), Alignment(-4.0))
    several = tuple(
        replace(one, id=f"s{number}", alignment=line) for number, line in enumerate(lines)
    )
    drawing = tracks(inert(replace(base, series=several)), width)
    assert drawing is not None
    names = [s.text for s in drawing.shapes if isinstance(s, Text) and s.look == "panel-name"]
    assert [name.split(")")[0].split(",")[0] for name in names] == [
        "Presence (original from 0:12.0",
        "Presence (original from 1:42:18.4",
        "Presence (original begins at 0:04.0 of the clip",
    ]
    assert "1.042 times as fast" in drawing.description
    assert max(map(len, names)) * LETTER < width
    (alone,) = [
        shape.text
        for shape in tracks(inert(replace(base, series=(several[0],))), width).shapes  # type: ignore[union-attr]
        if isinstance(shape, Text) and shape.look == "panel-name"
    ]
    assert "0:12" not in alone


def test_places_nearer_than_a_tenth_of_a_second_are_told_apart() -> None:
    base = sample.press_qa()
    one = next(series for series in base.series if series.name == "presence")
    near = tuple(replace(one, alignment=Alignment(offset)) for offset in (12.0, 12.03))
    drawing = tracks(inert(replace(base, series=near)), WIDE)
    assert drawing is not None
    names = [s.text for s in drawing.shapes if isinstance(s, Text) and s.look == "panel-name"]
    assert ["+12.000 s" in names[0], "+12.030 s" in names[1]] == [True, True]
