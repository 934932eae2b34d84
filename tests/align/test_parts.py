"""Stretches that stand otherwise in the clip's frame, on films made of numbers, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from mediacheck.align import looks
from mediacheck.align.looks import Looks
from mediacheck.align.part_states import PartTrack, copies, with_copies, with_geometries
from mediacheck.align.parts import Part, parts
from mediacheck.align.picture_states import PictureTracks
from mediacheck.align.timeline import MotionTrack
from mediacheck.align.upright import placed_upright
from mediacheck.calibration import Calibration
from mediacheck.model import Alignment, Box, Geometry, PictureSegment, PictureState, Span
from mediacheck.timeline import LIMITS

from .making import Film, Scene, filmed

LIMIT = Calibration.load().limits("timeline", LIMITS)
START_S, SECONDS = 4.0, 8.0
FIRST_S, END_S = 3.0, 5.0  # of the clip, in which something is done to it
FRAME_S = 0.08
EDGE = 0.01
WHOLE = Box(0.0, 0.0, 1.0, 1.0)
PLAIN = Geometry(mirrored=False, crop=WHOLE, placed=WHOLE, rotation=0.0, evidence=400)
LINE = Alignment(START_S, 1.0)
Doctor = Callable[[np.ndarray], np.ndarray]


@pytest.fixture(scope="module")
def original() -> Film:
    return filmed(Scene(), 0.0, 20.0)


@pytest.fixture(scope="module")
def clip() -> Film:
    return filmed(Scene(), START_S, SECONDS)


def nearer(frame: np.ndarray) -> np.ndarray:
    return cv2.resize(frame[18:162, 32:288], (320, 180), interpolation=cv2.INTER_CUBIC)


def flipped(frame: np.ndarray) -> np.ndarray:
    return cv2.flip(frame, 1)


def under_a_banner(frame: np.ndarray) -> np.ndarray:
    out = frame.copy()
    out[140:] = 30
    cv2.putText(out, "BREAKING NEWS", (20, 168), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 250, 2)
    return out


def doctored(clip: Film, change: Doctor, first_s: float = FIRST_S, end_s: float = END_S) -> Film:
    frames = [
        change(frame) if first_s <= at < end_s else frame
        for at, frame in zip(clip.times, clip.frames, strict=True)
    ]
    return replace(clip, frames=tuple(frames))


def differences(clip: Film, original: Film) -> tuple[np.ndarray, np.ndarray]:
    """(grid, differences of each frame along LINE)."""
    grid = looks.frame_grid(clip.times)
    own, other = (Looks.of(film.times, film.thumbs, WHOLE) for film in (clip, original))
    return grid, looks.differences(own, other, LINE, grid)


def found(clip: Film, original: Film) -> tuple[Part, ...]:
    grid, differ = differences(clip, original)
    return parts(clip, original, PLAIN, [LINE], differ[None], grid)


def track(clip: Film, original: Film) -> tuple[PictureTracks, tuple[PartTrack, ...]]:
    grid, differ = differences(clip, original)
    empty = np.empty(0)
    line = MotionTrack(LINE, empty, empty, empty, empty, differ, None)
    made = tuple(
        PartTrack(
            part.line,
            part.geometry,
            part.covered,
            grid[part.first : part.first + len(part.differences)],
            part.differences,
            part.aside,
        )
        for part in parts(clip, original, PLAIN, [LINE], differ[None], grid)
    )
    return PictureTracks(empty, empty, empty, grid, empty, (line,)), made


def spans(part: Part, clip: Film) -> tuple[float, float]:
    grid = looks.frame_grid(clip.times)
    return float(grid[part.first]), float(grid[part.first + len(part.differences) - 1]) + FRAME_S


def test_an_untouched_copy_has_no_parts(clip: Film, original: Film) -> None:
    assert found(clip, original) == ()


def test_a_zoom_is_a_part_with_its_crop(clip: Film, original: Film) -> None:
    (part,) = found(doctored(clip, nearer), original)
    assert spans(part, clip) == pytest.approx((FIRST_S, END_S), abs=FRAME_S)
    assert tuple(part.geometry.crop) == pytest.approx((0.1, 0.1, 0.8, 0.8), abs=EDGE)
    assert tuple(part.geometry.placed) == pytest.approx(tuple(WHOLE), abs=EDGE)
    assert not part.covered
    assert np.median(part.aside) > LIMIT["part_aside"] * np.median(part.differences)


def test_a_mirrored_stretch_is_a_part(clip: Film, original: Film) -> None:
    (part,) = found(doctored(clip, flipped), original)
    assert part.geometry.mirrored
    assert not part.covered
    assert np.median(part.aside) > LIMIT["part_aside"] * np.median(part.differences)


def test_what_a_banner_leaves_free_has_the_pairs_geometry(clip: Film, original: Film) -> None:
    (part,) = found(doctored(clip, under_a_banner), original)
    assert part.covered
    assert part.geometry.placed.y == 0.0
    assert part.geometry.placed.height < 140 / 180
    assert np.median(part.differences) < 5.0


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_what_a_banner_leaves_free_of_a_turned_picture_is_cut_as_it_stands(
    clip: Film, original: Film, quarters: int
) -> None:
    covered = doctored(clip, under_a_banner)
    frames = tuple(np.ascontiguousarray(np.rot90(each, -quarters)) for each in covered.frames)
    turned, whole = replace(covered, frames=frames), replace(PLAIN, rotation=90.0 * quarters)
    grid, differ = differences(covered, original)
    (part,) = parts(turned, original, whole, [LINE], differ[None], grid)
    assert part.covered
    assert part.geometry.rotation == whole.rotation
    assert tuple(placed_upright(part.geometry)) == pytest.approx(tuple(part.geometry.crop))
    assert np.median(part.differences) < 5.0


def test_other_footage_is_no_part(clip: Film, original: Film) -> None:
    other = filmed(Scene(seed=8), START_S, SECONDS)
    inside = (clip.times >= FIRST_S) & (clip.times < END_S)
    frames = [
        theirs if there else ours
        for ours, theirs, there in zip(clip.frames, other.frames, inside, strict=True)
    ]
    assert found(replace(clip, frames=tuple(frames)), original) == ()


def test_a_guessed_geometry_has_no_parts(clip: Film, original: Film) -> None:
    zoomed = doctored(clip, nearer)
    grid, differ = differences(zoomed, original)
    guess = replace(PLAIN, evidence=0)
    assert parts(zoomed, original, guess, [LINE], differ[None], grid) == ()


@pytest.mark.parametrize("change", [nearer, flipped, under_a_banner])
def test_the_same_moment_shown_otherwise_is_a_copy(
    clip: Film, original: Film, change: Doctor
) -> None:
    tracks, made = track(doctored(clip, change), original)
    inside = (tracks.frame_times >= FIRST_S + FRAME_S) & (tracks.frame_times < END_S - FRAME_S)
    assert np.median(tracks.lines[0].differences[inside]) > LIMIT["other_scene_differ"] / 3
    kept = copies(made, tracks.lines, LIMIT)
    assert len(kept) == 1
    (line,) = with_copies(tracks, kept, LIMIT).lines
    assert np.median(line.differences[inside]) < LIMIT["copy_floors"] * 0.5
    assert np.array_equal(line.differences[~inside][:30], tracks.lines[0].differences[~inside][:30])


@pytest.mark.parametrize("late_s", [-3.0, 2.0, 8.5])
def test_another_moment_of_the_scene_shown_nearer_is_no_copy(
    clip: Film, original: Film, late_s: float
) -> None:
    """Features of the backdrop agree all the same: they know no moment."""
    later = filmed(Scene(), START_S + late_s, SECONDS)
    inside = (clip.times >= FIRST_S) & (clip.times < END_S)
    frames = [
        nearer(theirs) if there else ours
        for ours, theirs, there in zip(clip.frames, later.frames, inside, strict=True)
    ]
    tracks, made = track(replace(clip, frames=tuple(frames)), original)
    assert len(made) == 1
    assert made[0].geometry.evidence > 30
    assert copies(made, tracks.lines, LIMIT) == ()


def made_part(differ: float, aside: float) -> PartTrack:
    times = np.arange(FIRST_S, END_S, FRAME_S)
    zoom = replace(PLAIN, crop=Box(0.1, 0.1, 0.8, 0.8))
    return PartTrack(LINE, zoom, False, times, np.full(25, differ), np.full(25, aside))


def line_of(usual: float) -> MotionTrack:
    empty = np.empty(0)
    return MotionTrack(LINE, empty, empty, empty, empty, np.full(100, usual), None)


@pytest.mark.parametrize(
    ("differ", "aside", "copy"),
    [
        (20.0, 50.0, True),  # clearly its own moment
        (20.0, 30.0, False),  # no moment fits
        (4.0, 4.0, True),  # stands still, and is as alike as copies of this pair
        (90.0, 900.0, False),  # nearest of all moments, and no copy
    ],
)
def test_moment_or_stillness_makes_a_copy(differ: float, aside: float, copy: bool) -> None:
    assert bool(copies([made_part(differ, aside)], [line_of(1.0)], LIMIT)) == copy


def segment(start_s: float, end_s: float, offset_s: float = START_S) -> PictureSegment:
    return PictureSegment(
        Span(start_s, end_s),
        Span(start_s + offset_s, end_s + offset_s),
        PictureState.MATCHED,
        speed=1.0,
        mirrored=False,
        crop=WHOLE,
        placed=WHOLE,
        rotation=0.0,
    )


def test_a_part_cuts_its_segment_in_three_that_join() -> None:
    before, own, after = with_geometries([segment(0.0, 8.0)], [made_part(1.0, 9.0)], LIMIT)
    assert own.crop == Box(0.1, 0.1, 0.8, 0.8)
    assert before.crop == after.crop == WHOLE
    assert tuple(own.clip) == pytest.approx((FIRST_S, END_S), abs=FRAME_S)
    assert (before.clip.end, own.clip.end) == (own.clip.start, after.clip.start)
    assert own.original is not None
    assert own.original.start - own.clip.start == pytest.approx(START_S, abs=0.002)
    assert (before.original, after.original) == (
        Span(START_S, own.original.start),
        Span(own.original.end, START_S + 8.0),
    )


def test_a_part_that_fills_its_segment_leaves_no_splinters() -> None:
    filled = [segment(FIRST_S - 0.02, END_S + 0.05)]
    (own,) = with_geometries(filled, [made_part(1.0, 9.0)], LIMIT)
    assert own.crop == Box(0.1, 0.1, 0.8, 0.8)
    assert tuple(own.clip) == (FIRST_S - 0.02, END_S + 0.05)
    assert len(with_geometries(filled, [made_part(1.0, 9.0)], {**LIMIT, "part_border_s": 0.0})) == 2


def test_a_part_lasts_as_long_as_its_geometry_explains_frames() -> None:
    part = made_part(1.0, 9.0)
    part.differences[:5] = 50.0
    part.differences[12] = 50.0  # one that moves fast
    _, own, _ = with_geometries([segment(0.0, 8.0)], [part], LIMIT)
    assert own.clip.start == pytest.approx(FIRST_S + 5 * FRAME_S, abs=FRAME_S)
    assert own.clip.end == pytest.approx(END_S, abs=FRAME_S)
    _, own, _ = with_geometries([segment(0.0, 8.0)], [part], {**LIMIT, "part_fits": 60.0})
    assert own.clip.start == pytest.approx(FIRST_S, abs=FRAME_S)


def test_a_part_of_another_place_changes_nothing() -> None:
    elsewhere = segment(0.0, 8.0, offset_s=12.0)
    assert with_geometries([elsewhere], [made_part(1.0, 9.0)], LIMIT) == (elsewhere,)
    anywhere = {**LIMIT, "part_place_s": 30.0}
    assert len(with_geometries([elsewhere], [made_part(1.0, 9.0)], anywhere)) == 3


def test_what_is_covered_keeps_the_pairs_geometry() -> None:
    covered = replace(made_part(1.0, 9.0), covered=True)
    assert with_geometries([segment(0.0, 8.0)], [covered], LIMIT) == (segment(0.0, 8.0),)


def test_a_part_gives_no_meaning_to_a_line_outside_its_stretch() -> None:
    line, part = line_of(1.0), made_part(1.0, 9.0)
    line.differences[45:] = np.nan
    line.differences[38:45] = 700.0
    empty = np.empty(0)
    times = FRAME_S * np.arange(len(line.differences))
    tracks = PictureTracks(empty, empty, empty, times, empty, (line,))
    (own,) = with_copies(tracks, [part], LIMIT).lines
    assert (own.differences[38:45] == 1.0).all()
    assert np.isnan(own.differences[45:]).all()


def test_what_is_usual_of_a_pair_leaves_its_zooms_out() -> None:
    line = line_of(1.0)
    line.differences[30:] = 30.0  # under a banner for more than half of it
    part = made_part(9.0, 9.0)
    assert not copies([part], [line], LIMIT)
    assert copies([part], [line], {**LIMIT, "part_usual_share": 0.5})
