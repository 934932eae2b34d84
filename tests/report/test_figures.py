from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from mediacheck.model import Comparison, Finding, Kind, Severity, Span, Stream, Timeline
from mediacheck.report.inert import inert
from mediacheck.report.shapes import LETTER, MARGIN, NARROW, WIDE, Path, Rect, Scale, Text, ticks
from mediacheck.report.timelines import legend, note, timelines
from mediacheck.report.tracks import SMALL_LETTER, _scale, thinned, tracks
from mediacheck.report.transcripts import side_by_side

from . import sample

BUILDS = pytest.mark.parametrize("build", sample.ALL, ids=lambda build: build.__name__)
WIDTHS = pytest.mark.parametrize("width", [WIDE, NARROW])


def titles(comparison: Comparison) -> list[str]:
    drawing = timelines(comparison, WIDE)
    assert drawing is not None
    return [shape.title for shape in drawing.shapes if isinstance(shape, Rect | Path)]


@BUILDS
@WIDTHS
@pytest.mark.parametrize("draw", [timelines, tracks])
def test_nothing_is_drawn_outside_the_figure(
    build: Callable[[], Comparison], width: float, draw: Callable[..., object]
) -> None:
    drawing = draw(inert(build()), width)
    if drawing is None:
        return
    for shape in drawing.shapes:  # type: ignore[attr-defined]
        if isinstance(shape, Rect):
            assert shape.x >= 0
            assert shape.x + shape.width <= width
            assert shape.y >= 0
            assert shape.y + shape.height <= drawing.height  # type: ignore[attr-defined]
        if isinstance(shape, Text):
            assert 0 <= shape.x <= width
            assert 0 <= shape.y <= drawing.height  # type: ignore[attr-defined]


@BUILDS
@WIDTHS
def test_words_above_a_panel_do_not_touch(build: Callable[[], Comparison], width: float) -> None:
    drawing = tracks(inert(build()), width)
    above: dict[float, list[Text]] = {}
    for shape in drawing.shapes if drawing else ():
        if isinstance(shape, Text) and shape.look in ("panel-name", "scale"):
            above.setdefault(shape.y, []).append(shape)
    for name, *chance in above.values():
        for words in chance:
            used = len(name.text) * LETTER + len(words.text) * SMALL_LETTER
            assert used < width - 2 * MARGIN


def test_each_part_of_the_clip_leads_to_its_place() -> None:
    assert "Picture of the clip 0:00.0-0:20.0 = original 0:12.0-0:32.0" in titles(sample.press_qa())
    told = titles(sample.partial())
    assert "Picture of the clip 0:18.0-0:30.0 = original 1:42:51.9-1:43:03.9" in told
    assert "Original 1:42:18.4-1:42:51.9: missing in the clip" in told


def test_sound_at_the_pictures_place_gets_no_band_of_its_own() -> None:
    assert not [
        title
        for title in titles(sample.partial())
        if title.startswith("Sound of the clip") and "= original" in title
    ]
    assert "Sound of the clip 0:00.0-0:24.0 = original 3:20.0-3:44.0" in titles(
        sample.inconclusive()
    )


def test_a_long_original_is_enlarged_and_shown_whole() -> None:
    drawing = timelines(sample.partial(), WIDE)
    assert drawing is not None
    words = [shape.text for shape in drawing.shapes if isinstance(shape, Text)]
    assert "The original from 1:41:50.9-1:43:13.4, enlarged" in words
    assert "The original, 2:03:04.2 long" in words


def test_what_was_not_searched_is_marked() -> None:
    assert ("unsearched", "part of the original that was not searched") in legend(
        sample.not_in_original()
    )
    assert titles(sample.not_in_original()).count("Not searched") == 2


def test_without_a_timeline_there_is_no_figure() -> None:
    assert timelines(replace(sample.press_qa(), timeline=Timeline()), WIDE) is None
    assert tracks(replace(sample.press_qa(), series=()), WIDE) is None


@BUILDS
def test_every_state_drawn_is_named_in_the_legend(build: Callable[[], Comparison]) -> None:
    comparison = build()
    drawing = timelines(comparison, NARROW)
    assert drawing is not None
    looks = {shape.look for shape in drawing.shapes if isinstance(shape, Rect)}
    states = {look for look in looks if look.startswith(("picture-", "sound-", "missing"))}
    assert states <= {look for look, _ in legend(comparison)}


@pytest.mark.parametrize("length", [0.3, 4.0, 61.0, 3600.0, 30000.0])
@WIDTHS
def test_ticks_do_not_touch(length: float, width: float) -> None:
    times = [shape for shape in ticks(Scale(Span(0.0, length), width), 0.0) if shape.tag == "text"]
    assert 1 <= len(times) <= width / 60


def test_thinning_keeps_the_deepest_dip_and_the_highest_peak() -> None:
    values: list[float | None] = [math.sin(i / 900) for i in range(100_000)]
    values[43_210], values[76_543] = -9.0, 9.0
    kept = thinned(values, 500)
    assert len(kept) <= 1000
    assert (43_210.0, -9.0) in kept
    assert (76_543.0, 9.0) in kept


def test_a_gap_in_a_series_stays_a_gap() -> None:
    values: list[float | None] = [1.0] * 4000 + [None] * 4000 + [1.0] * 4000
    assert [value for _, value in thinned(values, 100)].count(None) >= 30
    drawing = tracks(sample.press_qa(), WIDE)
    assert drawing is not None
    curve = next(s for s in drawing.shapes if isinstance(s, Path) and "Presence" in s.title)
    assert curve.d.count("M") == 2


def test_a_line_of_the_original_stands_beside_its_moment_in_the_clip() -> None:
    both = side_by_side(sample.press_qa())
    assert both is not None
    beside = {row.clip.time: [line.time for line in row.original] for row in both.rows if row.clip}
    assert beside["0:00.6-0:04.4"] == ["0:11.5-0:18.5"]
    assert beside["0:11.0-0:14.8"] == ["0:21.0-0:28.0"]
    assert len(both.elsewhere) == 29


def test_what_the_clip_left_out_is_not_lost() -> None:
    both = side_by_side(sample.partial())
    assert both is not None
    assert [line.time for line in both.elsewhere] == ["1:42:19.2-1:42:31.0"]


def test_without_transcripts_there_are_no_columns() -> None:
    assert side_by_side(sample.no_alteration()) is None


def test_inert_reaches_every_string_of_a_record() -> None:
    shown = repr(inert(sample.hostile()))
    for escaped in ("\\u202e", "\\x1b", "\\x00", "\\ud800", "\\n"):
        assert escaped not in shown


def test_scales_are_written_as_people_write_numbers() -> None:
    assert [_scale(value) for value in (182.4, 12.0, 0.973, -68.2, 0.0)] == [
        "182", "12", "0.97", "-68", "0",
    ]  # fmt: skip


def edited(kind: Kind, clip: Span, original: Span) -> Comparison:
    """press_qa() in two parts, of which a finding tells something."""
    base = sample.press_qa()
    first, second = (
        replace(base.timeline.picture[0], clip=Span(0.0, 8.0), original=Span(24.0, 32.0)),
        replace(base.timeline.picture[0], clip=Span(8.0, 20.0), original=Span(12.0, 24.0)),
    )
    finding = Finding(kind, Stream.PICTURE, Severity.ALTERATION, clip, original, (), id="f1")
    sound = tuple(
        replace(base.timeline.sound[0], clip=part.clip, original=part.original)
        for part in (first, second)
    )
    return replace(base, timeline=Timeline((first, second), sound), findings=(finding,))


def bands(comparison: Comparison) -> dict[str, str]:
    drawing = timelines(comparison, WIDE)
    assert drawing is not None
    return {
        shape.title: shape.look
        for shape in drawing.shapes
        if isinstance(shape, Path) and shape.look.startswith("band")
    }


def test_what_is_out_of_order_has_its_own_colour_and_nothing_else() -> None:
    told = edited(Kind.REORDER, Span(0.0, 8.0), Span(24.0, 32.0))
    assert bands(told) == {
        "Picture of the clip 0:00.0-0:08.0 = original 0:24.0-0:32.0": "band-reorder",
        "Picture of the clip 0:08.0-0:20.0 = original 0:12.0-0:24.0": "band",
    }
    assert ("band-reorder", "out of the original's order") in legend(told)


def test_a_second_showing_within_a_part_is_drawn_over_it() -> None:
    told = bands(edited(Kind.REPEAT, Span(9.0, 11.0), Span(13.0, 15.0)))
    assert told["Picture of the clip 0:09.0-0:11.0 = original 0:13.0-0:15.0"] == "band-repeat"
    assert told["Picture of the clip 0:08.0-0:20.0 = original 0:12.0-0:24.0"] == "band"


def test_what_is_missing_hangs_from_its_joint() -> None:
    told = bands(sample.partial())
    assert told["Original 1:42:18.4-1:42:51.9: missing in the clip"] == "band-missing"


@WIDTHS
def test_the_same_letter_names_a_part_in_both_files(width: float) -> None:
    drawing = timelines(edited(Kind.REORDER, Span(0.0, 8.0), Span(24.0, 32.0)), width)
    assert drawing is not None
    words = [shape.text for shape in drawing.shapes if isinstance(shape, Text)]
    letters = [text[0] for text in words if text[:1] in "AB" and text[1:2] in ("", " ")]
    assert sorted(letters) == ["A", "A", "B", "B"]


def test_sound_of_most_of_a_part_at_its_place_needs_no_band_of_its_own() -> None:
    told = edited(Kind.REORDER, Span(0.0, 8.0), Span(24.0, 32.0))
    early = replace(told.timeline.sound[1], clip=Span(7.8, 20.0), original=Span(11.8, 24.0))
    sound = (replace(told.timeline.sound[0], clip=Span(0.0, 7.8), original=Span(24.0, 31.8)), early)
    drawn = bands(replace(told, timeline=replace(told.timeline, sound=sound)))
    assert "band-sound" not in drawn.values()


def test_the_figure_is_explained_as_far_as_it_goes() -> None:
    assert "Flags" in note(sample.press_qa())
    assert "letter" not in note(sample.press_qa())
    assert "letter" in note(edited(Kind.REORDER, Span(0.0, 8.0), Span(24.0, 32.0)))
    assert "Flags" not in note(sample.no_alteration())
