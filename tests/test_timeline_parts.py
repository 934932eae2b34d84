"""A part that stands otherwise in the clip's frame is found again from stored series alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mediacheck.calibration import Calibration
from mediacheck.checks.base import series
from mediacheck.model import (
    Alignment,
    Box,
    Geometry,
    Measured,
    Media,
    Null,
    PictureState,
    Series,
    StreamInfo,
    Timeline,
)
from mediacheck.timeline import LIMITS, timeline

LIMIT = Calibration.load().limits("timeline", LIMITS)
LINE = Alignment(10.0, 1.0)
CENTRES, FRAMES = np.arange(0.4, 12.0, 0.2), np.arange(0.0, 12.0, 0.08)
HASHED = np.arange(0.5, 12.0, 1.0)
WHOLE, ZOOM = Box(0.0, 0.0, 1.0, 1.0), Box(0.1, 0.1, 0.8, 0.8)
PLAIN = Geometry(mirrored=False, crop=WHOLE, placed=WHOLE, rotation=0.0, evidence=300)
FIRST, END = 50, 75  # frames: seconds 4 to 6


def measured(*parts: Series, elsewhere: float = 50.0) -> Measured:
    """A copy of which no frame from FIRST to END resembles its place, and whose motion is lost there.

    elsewhere: what its frames differ by from the likest other moment.
    """
    lost = (CENTRES > FIRST * 0.08) & (CENTRES < END * 0.08)
    hashes = np.where((HASHED > FIRST * 0.08) & (HASHED < END * 0.08), 32.0, 2.0)
    differ = np.ones(len(FRAMES))
    differ[FIRST:END] = 800.0
    null = Null(0.0, 0.1, 0.3, 2000)
    ones = np.ones(len(CENTRES))
    rows = (
        series("picture", 1, "movement", "grey levels", CENTRES, ones),
        series("picture", 2, "detail", "grey levels", CENTRES, 40 * ones),
        series("picture", 3, "change", "thousandths", FRAMES, np.full(len(FRAMES), 5.0)),
        series(
            "picture", 4, "motion", "correlation", CENTRES, np.where(lost, 0.0, 0.8),
            null=null, alignment=LINE,
        ),
        series("picture", 5, "original_movement", "grey levels", CENTRES, ones, alignment=LINE),
        series("picture", 6, "hash_distance", "bits of 64", HASHED, hashes, alignment=LINE),
        series("picture", 7, "difference", "thousandths", FRAMES, differ, alignment=LINE),
        series(
            "picture", 8, "difference_elsewhere", "thousandths", FRAMES[::5],
            np.full(len(FRAMES[::5]), elsewhere), alignment=LINE,
        ),
    )  # fmt: skip
    return Measured("picture", 3, (), (*rows, *parts), geometry=PLAIN)


def part(name: str, differ: float, aside: float) -> tuple[Series, ...]:
    at = FRAMES[FIRST:END]
    own = replace(PLAIN, crop=ZOOM) if name == "part" else PLAIN
    return tuple(
        series(
            "picture", number, f"{name}_{kind}", "thousandths", at, np.full(len(at), value),
            alignment=LINE, geometry=own,
        )
        for number, kind, value in ((9, "difference", differ), (10, "aside", aside))
    )  # fmt: skip


def shown(
    *parts: Series, streams: tuple[StreamInfo, ...] = (), elsewhere: float = 50.0
) -> Timeline:
    files = [Media("a" * 64, 1000, seconds, "mp4", streams, {}) for seconds in (12.0, 60.0)]
    return timeline({"picture": measured(*parts, elsewhere=elsewhere)}, PLAIN, *files, LIMIT)


def states(found: Timeline) -> list[PictureState]:
    return [each.state for each in found.picture]


def test_footage_that_registers_nowhere_stays_foreign() -> None:
    assert PictureState.FOREIGN in states(shown())


def test_motion_places_nothing_whose_frames_are_liker_other_moments() -> None:
    assert PictureState.MATCHED in states(shown(elsewhere=1.0))
    assert PictureState.MATCHED not in states(shown(elsewhere=0.1))


def test_a_slide_show_beside_the_picture_moves_no_joint() -> None:
    """A second picture of a frame a second is not the one that is played."""
    played = StreamInfo(0, "picture", "h264", 0.0, 12.0, width=1280, height=720, fps=25.0)
    slides = StreamInfo(1, "picture", "h264", 0.0, 12.0, width=320, height=180, fps=1.0)
    alone = shown(streams=(played,))
    assert alone != shown(streams=(replace(played, fps=1.0),))
    assert shown(streams=(played, slides)) == shown(streams=(slides, played)) == alone


def test_a_zoom_to_the_same_moment_is_matched_with_its_own_crop() -> None:
    found = shown(*part("part", 3.0, 60.0))
    assert states(found) == [PictureState.MATCHED] * 3
    assert [each.crop for each in found.picture] == [WHOLE, ZOOM, WHOLE]
    own = found.picture[1]
    assert abs(own.clip.start - FIRST * 0.08) < 0.05
    assert abs(own.clip.end - END * 0.08) < 0.05


def test_the_same_set_at_no_moment_of_its_own_stays_foreign() -> None:
    assert PictureState.FOREIGN in states(shown(*part("part", 40.0, 45.0)))


def test_what_a_banner_leaves_free_makes_one_matched_part() -> None:
    (found,) = shown(*part("free", 3.0, 60.0)).picture
    assert found.state is PictureState.MATCHED
    assert found.crop == WHOLE
