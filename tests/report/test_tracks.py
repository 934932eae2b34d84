"""A graph says what it asks, and of which place of the original."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mediacheck.model import Alignment, Comparison, Null, Span
from mediacheck.report.glyphs import Drawn
from mediacheck.report.inert import inert
from mediacheck.report.shapes import LETTER, NARROW, WIDE, Rect, Text
from mediacheck.report.tracks import note, tracks

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


def test_silence_has_no_graph_of_the_sound_in_it() -> None:
    base = sample.press_qa()
    silent = tuple(
        replace(series, values=tuple(0.0 for _ in series.values))
        if series.name == "presence"
        else series
        for series in base.series
    )
    told = tracks(inert(replace(base, series=silent)), WIDE)
    assert told is not None
    names = [s.text for s in told.shapes if isinstance(s, Text) and s.look == "panel-name"]
    assert names
    assert not [name for name in names if name.startswith("Presence")]


def test_places_nearer_than_a_tenth_of_a_second_are_told_apart() -> None:
    base = sample.press_qa()
    one = next(series for series in base.series if series.name == "presence")
    near = tuple(replace(one, alignment=Alignment(offset)) for offset in (12.0, 12.03))
    drawing = tracks(inert(replace(base, series=near)), WIDE)
    assert drawing is not None
    names = [s.text for s in drawing.shapes if isinstance(s, Text) and s.look == "panel-name"]
    assert ["+12.000 s" in names[0], "+12.030 s" in names[1]] == [True, True]


def in_two_parts() -> Comparison:
    """press_qa() with A out of order before B, and its presence at both places, B's place first."""
    base = sample.press_qa()
    whole = base.timeline.picture[0]
    parts = (
        replace(whole, clip=Span(0.0, 8.0), original=Span(24.0, 32.0)),
        replace(whole, clip=Span(8.0, 20.0), original=Span(12.0, 24.0)),
    )
    one = next(series for series in base.series if series.name == "presence")
    chance = Null(0.01, 0.3, 0.97, 900)
    several = tuple(
        replace(
            one,
            id=f"{name} {offset}",
            name=name,
            unit=unit,
            values=(0.2, 0.96),
            null=chance,
            alignment=Alignment(offset),
        )
        for name, unit in (("presence", "peak over median"), ("motion", "correlation"))
        for offset in (4.0, 24.0)
    )
    return replace(base, timeline=replace(base.timeline, picture=parts), series=several)


def texts(comparison: Comparison, width: float, look: str) -> list[str]:
    drawing = tracks(inert(comparison), width)
    assert drawing is not None
    return [s.text for s in drawing.shapes if isinstance(s, Text) and s.look == look]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_graphs_of_parts_bear_their_letters_and_stand_in_their_order(width: float) -> None:
    names = texts(in_two_parts(), width, "panel-name")
    assert [name.split(")")[0] for name in names] == [
        "Presence (place of A", "Presence (place of B", "Motion (place of A", "Motion (place of B",
    ]  # fmt: skip


def test_a_letter_that_two_lines_share_is_not_used() -> None:
    seen = in_two_parts()
    near = tuple(replace(row, alignment=Alignment(offset)) for row, offset in
                 zip(seen.series[:2], (24.0, 24.04), strict=True))  # fmt: skip
    assert not any(
        "place of" in name for name in texts(replace(seen, series=near), WIDE, "panel-name")
    )


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_scales_end_where_their_unit_does_and_every_graph_has_one(width: float) -> None:
    told = [text.removeprefix("scale ") for text in texts(in_two_parts(), width, "scale")]
    ends, chance = zip(*(text.split(";") for text in told), strict=True)
    assert ends == ("0 to 0.97", "0 to 0.97", "-0.59 to 1", "-0.59 to 1")
    assert all("chance up to 0.97" in text for text in chance)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("build", [sample.press_qa, in_two_parts])
def test_no_words_cover_what_was_measured(build: Callable[[], Comparison], width: float) -> None:
    drawing = tracks(inert(build()), width)
    assert drawing is not None
    panels = [s for s in drawing.shapes if isinstance(s, Rect) and s.look == "panel"]
    assert panels
    for text in (s for s in drawing.shapes if isinstance(s, Text)):
        assert not any(panel.y <= text.y <= panel.y + panel.height for panel in panels), text


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_words_of_a_figure_need_no_letter_that_the_pdf_lacks(width: float) -> None:
    drawn = Drawn()
    for look in ("panel-name", "scale", "time"):
        drawn.everywhere(texts(in_two_parts(), width, look))
    drawn.everywhere(note(in_two_parts()))
    assert not drawn.missing


def test_the_note_explains_what_the_figure_holds_and_no_more() -> None:
    told = note(in_two_parts())
    assert "“Place of A” lays the original beside the clip" in told
    assert "Shaded" in told
    assert "Place of" not in note(sample.press_qa())
    assert "Shaded" not in note(sample.no_alteration())
    assert note(replace(sample.press_qa(), series=())) == ""
