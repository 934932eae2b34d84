from __future__ import annotations

from dataclasses import replace

import pytest

from mediacheck.media.showing import overview, planned
from mediacheck.model import Box, Comparison, Finding, Geometry, Kind
from mediacheck.report import exhibits as report
from mediacheck.report.outlines import note, outlines, tall

from . import sample

CROP, PLACED = Box(0.1, 0.2, 0.5, 0.6), Box(0.0, 0.1, 1.0, 0.8)


def reframed(mirrored: bool = False, evidence: int = 200) -> Comparison:
    """partial() with a crop in borders, and the names of its exhibits."""
    base = sample.partial()
    picture = tuple(
        replace(part, crop=CROP, placed=PLACED, mirrored=mirrored) for part in base.timeline.picture
    )
    timeline = replace(base.timeline, picture=picture)
    return replace(
        base,
        timeline=timeline,
        findings=planned(base.findings, timeline),
        geometry=Geometry(mirrored, CROP, PLACED, 0.0, evidence),
    )


def of(kind: Kind, comparison: Comparison) -> tuple[Finding, tuple[report.Exhibit, ...]]:
    finding = next(row for row in comparison.findings if row.kind is kind)
    return finding, tuple(row for row in report.of_finding(finding, ()) if row.is_still)


def whole(comparison: Comparison) -> tuple[report.Exhibit, ...]:
    return report.overview(overview(comparison.timeline))


def test_both_frames_show_what_they_have_in_common() -> None:
    seen = reframed()
    finding, pair = of(Kind.CROPPED, seen)
    found = outlines(whole(seen), [(finding, pair)], seen)
    for rows in (pair, whole(seen)):
        assert {row.file: found[row.name] for row in rows} == {"clip": PLACED, "original": CROP}


def test_of_a_mirrored_copy_the_originals_outline_lies_on_its_own_side() -> None:
    seen = reframed(mirrored=True)
    found = outlines(whole(seen), [], seen)
    original = next(row for row in whole(seen) if row.file == "original")
    assert tuple(found[original.name]) == pytest.approx((0.4, 0.2, 0.5, 0.6))


def test_nothing_is_outlined_where_no_feature_agreed_or_all_is_shown() -> None:
    assert outlines(whole(reframed()), [], reframed(evidence=0)) == {}
    assert outlines(whole(sample.press_qa()), [], sample.press_qa()) == {}


def test_a_changed_region_is_outlined_on_the_clip_alone() -> None:
    seen = reframed()
    finding, pair = of(Kind.REGION, seen)
    found = outlines((), [(finding, pair)], seen)
    assert [found.get(row.name) for row in pair] == [finding.box, None]


def test_the_distance_of_the_hashes_stands_under_the_pair() -> None:
    seen = sample.press_qa()
    track = sample.wave("h", "picture", "hash_distance", "bits of 64", 20, 1.0, lambda i: i, None)
    told = note(whole(seen), None, replace(seen, series=(track,)))
    assert told.startswith("At the nearest moment measured (clip at 0:10.5) the perceptual hashes")
    assert "differ in 10 of 64 bits" in told
    elsewhere = replace(track, alignment=replace(track.alignment, offset_s=40.0))  # type: ignore[type-var]
    assert note(whole(seen), None, replace(seen, series=(elsewhere,))) == ""


def test_other_findings_say_nothing_of_the_frame() -> None:
    seen = reframed()
    finding, pair = of(Kind.REPLACED, seen)
    assert note(pair, finding, seen) == ""


@pytest.mark.parametrize(
    ("width", "height", "rotation", "is_tall"),
    [(360, 640, 0.0, True), (640, 360, 0.0, False), (640, 360, -90.0, True), (360, 360, 90.0, False)],
)  # fmt: skip
def test_a_frame_is_tall_as_it_is_shown_not_as_it_is_stored(
    width: int, height: int, rotation: float, is_tall: bool
) -> None:
    seen = sample.press_qa()
    streams = tuple(
        replace(row, width=width, height=height, rotation=rotation)
        if row.kind == "picture"
        else row
        for row in seen.clip.streams
    )
    assert ("clip" in tall(replace(seen, clip=replace(seen.clip, streams=streams)))) is is_tall
    assert "original" not in tall(seen)
