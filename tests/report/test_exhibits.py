from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mediacheck.errors import MediaUnreadable
from mediacheck.media.exhibits import (
    FINDINGS_AT_MOST,
    LONG_SIDE,
    SOUND_AT_MOST_S,
    Exhibit,
    make,
    overview,
    planned,
)
from mediacheck.media.frames import Still
from mediacheck.model import Comparison, Finding, Kind, Severity, Span, Stream, Timeline
from mediacheck.report import exhibits as shown

from . import sample

CLIP, ORIGINAL = Path("clip.mp4"), Path("original.mp4")


def stills(path: Path, times_s: Sequence[float], long_side: int) -> tuple[Still, ...]:
    shade = 40 if path == CLIP else 200
    pixels = [np.full((360, 640, 3), shade + int(time) % 9, np.uint8) for time in times_s]
    return tuple(Still(time, frame) for time, frame in zip(times_s, pixels, strict=True))


def excerpt(path: Path, span: Span) -> np.ndarray:
    tone = np.sin(np.arange(int(span.length * 16000)) * (0.05 if path == CLIP else 0.11))
    return (tone * 8000).astype(np.int16)


def ready(comparison: Comparison) -> Comparison:
    return replace(comparison, findings=planned(comparison.findings, comparison.timeline))


def made(comparison: Comparison, **changes: object) -> dict[str, Exhibit]:
    makers = {"stills": stills, "excerpt": excerpt, **changes}
    return {row.name: row for row in make(ready(comparison), CLIP, ORIGINAL, **makers)}  # type: ignore[arg-type]


def test_names_say_whose_what_and_when() -> None:
    first, second, note = ready(sample.press_qa()).findings
    assert first.exhibits == (
        "f1-clip-4.000.jpg",
        "f1-original-16.000.jpg",
        "f1-clip-0.000-8.000.mp3",
        "f1-original-12.000-20.000.mp3",
    )
    assert second.exhibits[2] == "f2-clip-2.357-10.357.mp3"
    assert note.exhibits == ()


def test_a_removed_part_is_shown_by_what_is_missing() -> None:
    cut = ready(sample.partial()).findings[3]
    assert cut.exhibits == ("f4-clip-18.000.jpg", "f4-original-6155.150.jpg")


def test_presentation_gets_no_exhibits() -> None:
    rows = ready(sample.partial()).findings
    assert {row.severity for row in rows if row.exhibits} == {Severity.ALTERATION}


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
    heard = [item for item in shown.of_finding(row, ()) if not item.is_still]
    assert [item.file for item in heard] == ["clip", "original"]
    for item in heard:
        assert 2.999 <= item.span.length <= SOUND_AT_MOST_S
    assert Span(0.0, 20.0).overlap(heard[0].span) == pytest.approx(heard[0].span.length)


def test_the_report_understands_every_planned_name() -> None:
    for build in sample.ALL:
        comparison = ready(build())
        for row in comparison.findings:
            assert len(shown.of_finding(row, ())) == len(row.exhibits)
        assert len(shown.overview(overview(comparison.timeline))) == len(
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


def test_the_same_pair_gives_the_same_bytes() -> None:
    assert made(sample.press_qa()) == made(sample.press_qa())


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
    def gaps(path: Path, times_s: Sequence[float], long_side: int) -> tuple[Still, ...]:
        return stills(path, [time for time in times_s if time != 4.0], long_side)

    files = made(sample.press_qa(), stills=gaps)
    whole = made(sample.press_qa())
    assert files.pop("f1-clip-4.000.jpg").content is None
    assert all(row == whole[name] for name, row in files.items())


def test_an_unreadable_file_is_a_missing_exhibit_not_a_failed_report() -> None:
    def refused(path: Path, times_s: Sequence[float], long_side: int) -> tuple[Still, ...]:
        raise MediaUnreadable("clip.mp4: no still could be taken")

    files = made(sample.press_qa(), stills=refused)
    assert not [row for row in files.values() if row.name.endswith("jpg") and row.content]
    assert [row for row in files.values() if row.name.endswith("mp3") and row.content]
