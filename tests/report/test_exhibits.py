from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mediacheck.errors import MediaUnreadable
from mediacheck.media.exhibits import LONG_SIDE, Exhibit, make
from mediacheck.media.frames import Still
from mediacheck.media.showing import (
    ACROSS,
    FINDINGS_AT_MOST,
    SOUND_AT_MOST_S,
    SPECTRAL,
    STRIPS_AT_MOST,
    overview,
    place_of,
    planned,
)
from mediacheck.model import Comparison, Finding, Kind, Severity, Span, Stream, Timeline
from mediacheck.report import exhibits as report

from . import sample

CLIP, ORIGINAL = Path("clip.mp4"), Path("original.mp4")


def stills(
    path: Path, times_s: Sequence[float], long_side: int, early_s: float = 0.0
) -> tuple[Still, ...]:
    shade = 40 if path == CLIP else 200
    pixels = [np.full((360, 640, 3), shade + int(time) % 9, np.uint8) for time in times_s]
    return tuple(Still(time, frame) for time, frame in zip(times_s, pixels, strict=True))


def shown(path: Path, span: Span, long_side: int) -> Iterator[Still]:
    """Twenty-five frames a second whose picture changes at once 9.2 s into the file."""
    for number in range(int(span.start * 25), int(span.end * 25)):
        shade = 90 if number < 230 else 140
        yield Still(number / 25, np.full((120, 200, 3), shade, np.uint8))


def excerpt(path: Path, span: Span) -> np.ndarray:
    tone = np.sin(np.arange(int(span.length * 16000)) * (0.05 if path == CLIP else 0.11))
    return (tone * 8000).astype(np.int16)


def ready(comparison: Comparison) -> Comparison:
    return replace(comparison, findings=planned(comparison.findings, comparison.timeline))


def made(comparison: Comparison, **changes: object) -> dict[str, Exhibit]:
    makers = {
        "opening": nullcontext,
        "stills": stills,
        "shown": shown,
        "excerpt": excerpt,
        **changes,
    }
    return {row.name: row for row in make(ready(comparison), CLIP, ORIGINAL, **makers)}  # type: ignore[arg-type]


def test_names_say_whose_what_and_when() -> None:
    first, second, note = ready(sample.press_qa()).findings
    assert first.exhibits == (
        "f1-clip-4.000.jpg",
        "f1-original-16.000.jpg",
        "f1-clip-0.000-10.000-marked-0.000-10.000.png",
        "f1-original-12.000-22.000-marked-12.000-22.000.png",
        "f1-clip-0.000-8.000.mp3",
        "f1-original-12.000-20.000.mp3",
    )
    assert second.exhibits[2] == "f2-clip-2.357-10.357.mp3"
    assert note.exhibits == ()


def test_a_removed_part_is_shown_by_its_joint_and_what_is_missing() -> None:
    cut = ready(sample.partial()).findings[3]
    assert cut.exhibits == ("f4-cut-18.000-18.000-6138.400-6171.900.png",)
    (strip,) = report.of_finding(cut, ())
    assert (strip.sort, strip.marked) == ("strip", Span(6138.4, 6171.9))
    assert strip.caption == (
        "around the joint, clip 0:18.0; what is left out, original 1:42:18.4-1:42:51.9"
    )


def test_what_needs_no_eyes_gets_no_exhibits() -> None:
    rows = ready(sample.partial()).findings
    shown_kinds = {row.kind for row in rows if row.exhibits and row.severity is Severity.NOTE}
    assert shown_kinds <= {Kind.UNCOVERED}
    assert all(row.exhibits for row in rows if row.severity is Severity.ALTERATION)
    assert all(row.exhibits for row in rows if row.kind is Kind.CROPPED)


def found(kind: Kind, clip: Span, original: Span | None = None) -> Finding:
    stream = Stream.SOUND if kind in SPECTRAL else Stream.PICTURE
    finding = Finding(kind, stream, Severity.ALTERATION, clip, original, (), id="f1")
    return planned([finding], sample.press_qa().timeline)[0]


def test_many_edits_do_not_cost_minutes_of_decoding() -> None:
    base = sample.press_qa()
    edit = replace(base.findings[0], kind=Kind.CUT, stream=Stream.PICTURE, clip=Span(4.0, 4.0))
    many = [replace(edit, id=f"f{number}") for number in range(30)]
    named = [row for row in planned(many, base.timeline) if row.exhibits]
    assert len(named) == STRIPS_AT_MOST


@pytest.mark.parametrize("kind", sorted(ACROSS))
def test_every_edit_is_shown_across_its_joints(kind: Kind) -> None:
    row = found(kind, Span(4.0, 7.0), Span(30.0, 33.0))
    (strip,) = [item for item in report.of_finding(row, ()) if item.sort == "strip"]
    assert (strip.kind, strip.span) == (kind.value, Span(4.0, 7.0))
    assert place_of(strip.name) == f"{kind.value}-4.000-7.000-30.000-33.000.png"


def test_an_end_of_the_clip_is_no_joint() -> None:
    assert not found(Kind.UNCOVERED, Span(0.0, 20.0)).exhibits
    assert found(Kind.UNCOVERED, Span(0.0, 6.0)).exhibits == ("f1-uncovered-0.000-6.000.png",)


@pytest.mark.parametrize("kind", sorted(SPECTRAL))
def test_changed_sound_is_seen_beside_the_originals_with_room_around_it(kind: Kind) -> None:
    row = found(kind, Span(9.0, 11.0))
    seen = [item for item in report.of_finding(row, ()) if item.sort == "spectrogram"]
    assert [(item.file, item.span, item.marked) for item in seen] == [
        ("clip", Span(8.0, 12.0), Span(9.0, 11.0)),
        ("original", Span(20.0, 24.0), Span(21.0, 23.0)),
    ]


@pytest.mark.parametrize("clip", [Span(0.0, 0.3), Span(19.7, 20.0), Span(0.0, 20.0)], ids=str)
def test_spectrograms_stay_within_the_clip(clip: Span) -> None:
    seen = [
        item
        for item in report.of_finding(found(Kind.MUTED, clip), ())
        if item.sort == "spectrogram"
    ]
    ours, theirs = (item.span for item in seen)
    assert Span(0.0, 20.0).overlap(ours) == pytest.approx(ours.length)
    assert theirs.length == pytest.approx(ours.length)


def test_many_findings_do_not_make_a_heavy_report() -> None:
    base = sample.press_qa()
    many = [replace(base.findings[0], id=f"f{number}") for number in range(30)]
    named = [row for row in planned(many, base.timeline) if row.exhibits]
    assert len(named) == FINDINGS_AT_MOST


@pytest.mark.parametrize(
    "clip", [Span(0.0, 0.2), Span(9.0, 9.4), Span(19.9, 20.0), Span(0.0, 20.0)], ids=str
)
@pytest.mark.parametrize("kind", [Kind.REPLACED, Kind.TERM_ONLY_IN_CLIP])
def test_sound_is_long_enough_to_judge_and_stays_within_the_clip(clip: Span, kind: Kind) -> None:
    finding = Finding(kind, Stream.SOUND, Severity.ALTERATION, clip, None, (), id="f1")
    (row,) = planned([finding], sample.press_qa().timeline)
    heard = [item for item in report.of_finding(row, ()) if item.sort == "sound"]
    assert [item.file for item in heard] == ["clip", "original"]
    for item in heard:
        assert 2.999 <= item.span.length <= SOUND_AT_MOST_S
    assert Span(0.0, 20.0).overlap(heard[0].span) == pytest.approx(heard[0].span.length)


def test_the_report_understands_every_planned_name() -> None:
    for build in sample.ALL:
        comparison = ready(build())
        for row in comparison.findings:
            assert len(report.of_finding(row, ())) == len(row.exhibits)
        assert len(report.overview(overview(comparison.timeline))) == len(
            overview(comparison.timeline)
        )


def test_without_picture_or_sound_nothing_is_named() -> None:
    base = sample.press_qa()
    assert overview(Timeline()) == ()
    assert [row.exhibits for row in planned(base.findings, Timeline())] == [(), (), ()]


def test_everything_named_is_made_and_nothing_else() -> None:
    comparison = ready(sample.press_qa())
    named = {name for row in comparison.findings for name in row.exhibits}
    files = made(sample.press_qa())
    assert set(files) == named | set(overview(comparison.timeline))
    assert all(row.content and row.problem is None for row in files.values())


def test_stills_are_jpeg_and_show_their_file() -> None:
    files = made(sample.press_qa())
    clip = Image.open(io.BytesIO(files["f1-clip-4.000.jpg"].content or b""))
    original = Image.open(io.BytesIO(files["f1-original-16.000.jpg"].content or b""))
    assert (clip.format, max(clip.size)) == ("JPEG", LONG_SIDE)
    assert abs(np.asarray(clip).mean() - 44) < 2
    assert abs(np.asarray(original).mean() - 207) < 2


@pytest.mark.parametrize("build", [sample.press_qa, sample.partial])
def test_the_same_pair_gives_the_same_bytes(build: Callable[[], Comparison]) -> None:
    assert made(build()) == made(build())


def test_spectrograms_and_strips_are_png_and_small() -> None:
    files = {**made(sample.press_qa()), **made(sample.partial())}
    drawn = {name: row.content or b"" for name, row in files.items() if name.endswith(".png")}
    assert {"cut", "clip", "original"} <= {place_of(name).split("-")[0] for name in drawn}
    for content in drawn.values():
        assert Image.open(io.BytesIO(content)).format == "PNG"
        assert len(content) < 120_000


def test_each_file_is_opened_once() -> None:
    opened: list[Path] = []

    def opening(path: Path) -> nullcontext[Path]:
        opened.append(path)
        return nullcontext(path)

    made(sample.partial(), opening=opening)
    assert opened == [CLIP, ORIGINAL]


def test_a_file_that_cannot_be_opened_takes_nothing_from_the_other() -> None:
    def opening(path: Path) -> nullcontext[Path]:
        if path == CLIP:
            raise MediaUnreadable("clip.mp4: it changed while it was read; try again")
        return nullcontext(path)

    files = made(sample.press_qa(), opening=opening)
    assert all((row.content is None) == ("-clip-" in name) for name, row in files.items())
    assert files["f1-clip-0.000-8.000.mp3"].problem == (
        "clip.mp4: it changed while it was read; try again"
    )


def test_sound_is_mp3_of_the_right_length() -> None:
    content = made(sample.press_qa())["f1-clip-0.000-8.000.mp3"].content or b""
    assert content[:2] == b"\xff\xf3"
    assert len(content) * 8 / 64_000 == pytest.approx(8.0, abs=0.2)


def test_one_file_without_sound_takes_nothing_else_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def silent(path: Path, span: Span) -> np.ndarray:
        return excerpt(path, span) if path == CLIP else np.empty(0, np.int16)

    with caplog.at_level(logging.WARNING):
        files = made(sample.press_qa(), excerpt=silent)
    lost = files["f1-original-12.000-20.000.mp3"]
    assert (lost.content, lost.problem) == (None, "the file has no sound there")
    assert files["f1-clip-0.000-8.000.mp3"].content
    assert "f1-original-12.000-20.000.mp3 could not be made" in caplog.text


def test_a_still_that_is_missing_does_not_take_the_name_of_another() -> None:
    def gaps(
        path: Path, times_s: Sequence[float], long_side: int, early_s: float
    ) -> tuple[Still, ...]:
        return stills(path, [time for time in times_s if time != 4.0], long_side)

    files = made(sample.press_qa(), stills=gaps)
    whole = made(sample.press_qa())
    assert files.pop("f1-clip-4.000.jpg").content is None
    assert all(row == whole[name] for name, row in files.items())


def test_an_unreadable_file_is_a_missing_exhibit_not_a_failed_report() -> None:
    def refused(
        path: Path, times_s: Sequence[float], long_side: int, early_s: float
    ) -> tuple[Still, ...]:
        raise MediaUnreadable("clip.mp4: no still could be taken")

    files = made(sample.press_qa(), stills=refused)
    assert not [row for row in files.values() if row.name.endswith("jpg") and row.content]
    assert [row for row in files.values() if row.name.endswith("png") and row.content]
    assert [row for row in files.values() if row.name.endswith("mp3") and row.content]


@pytest.mark.parametrize(
    "name",
    [
        "f1-cut-4.000.png",
        "f1-cut-4.000-5.000.jpg",
        "f1-scene-4.000-5.000.png",
        "f1-clip-4.000-5.000-marked-5.000-4.000.png",
        "f1-clip-4.000-5.000-marked-4.000-5.000.mp3",
        "f1-clip-5.000-4.000.png",
    ],
)
def test_a_name_whose_parts_do_not_belong_together_is_none_of_ours(name: str) -> None:
    finding = replace(sample.press_qa().findings[0], exhibits=(name,))
    assert report.of_finding(finding, [name]) == ()


def test_beyond_the_strips_an_edit_keeps_its_stills() -> None:
    base = sample.press_qa()
    edit = replace(base.findings[0], kind=Kind.INSERT, stream=Stream.PICTURE, clip=Span(4.0, 6.0))
    many = [replace(edit, id=f"f{number}") for number in range(FINDINGS_AT_MOST)]
    named = [row.exhibits for row in planned(many, base.timeline)]
    assert all(any(name.endswith(".jpg") for name in names) for names in named)
    strips = [any(name.endswith(".png") for name in names) for names in named]
    assert strips == [number < STRIPS_AT_MOST for number in range(FINDINGS_AT_MOST)]


def test_a_part_without_length_in_the_original_says_where_nothing_is() -> None:
    base = sample.press_qa()
    stands = [replace(part, original=Span(0.0, 0.0)) for part in base.timeline.picture]
    held = [replace(part, original=Span(0.0, 0.0)) for part in base.timeline.sound]
    for finding in planned(base.findings, Timeline(tuple(stands), tuple(held))):
        assert not [name for name in finding.exhibits if "-original-" in name and ".png" in name]


@pytest.mark.parametrize("error", [ValueError("bad shape"), KeyError(4.0), IndexError("none")])
def test_one_exhibit_that_cannot_be_drawn_is_told_and_takes_no_other_away(
    error: Exception,
) -> None:
    def broken(path: Path, span: Span) -> np.ndarray:
        if path == CLIP:
            raise error
        return excerpt(path, span)

    files = made(sample.press_qa(), excerpt=broken)
    lost = files["f1-clip-0.000-8.000.mp3"]
    told = f"it could not be drawn ({type(error).__name__}: {error})"
    assert (lost.content, lost.problem) == (None, told)
    assert files["f1-original-12.000-20.000.mp3"].content


def test_stills_that_cannot_be_taken_take_no_sound_away() -> None:
    def broken(
        path: Path, times_s: Sequence[float], long_side: int, early_s: float
    ) -> tuple[Still, ...]:
        raise ValueError("bad shape")

    files = made(sample.press_qa(), stills=broken)
    assert files["f1-clip-4.000.jpg"].problem == "it could not be drawn (ValueError: bad shape)"
    assert files["f1-clip-0.000-8.000.mp3"].content


def test_a_still_that_is_missing_says_so() -> None:
    def none(
        path: Path, times_s: Sequence[float], long_side: int, early_s: float
    ) -> tuple[Still, ...]:
        return ()

    files = made(sample.press_qa(), stills=none)
    assert files["f1-clip-4.000.jpg"].problem == "the file has no frame there"
