from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mediacheck.align.picture_heard import with_sound
from mediacheck.align.picture_states import PictureTracks, picture_segments
from mediacheck.align.timeline import MotionTrack
from mediacheck.calibration import Calibration
from mediacheck.model import (
    Alignment,
    Box,
    Geometry,
    Null,
    PictureSegment,
    PictureState,
    Span,
)
from mediacheck.timeline import LIMITS

LIMIT = Calibration.load().limits("timeline", LIMITS)
CLIP_S, ORIGINAL_S = 20.0, 60.0
CENTRES = np.round(np.arange(0.4, CLIP_S, 0.2), 3)
HASHED = np.arange(0.5, CLIP_S, 1.0)
FRAMES = np.round(np.arange(0.0, CLIP_S, 0.08), 3)
MATCHED, FOREIGN, OPEN = PictureState.MATCHED, PictureState.FOREIGN, PictureState.UNDETERMINED
BORDER_S = 0.041  # half of the frames' interval
COPY, ELSEWHERE = 1.0, 1500.0  # thousandths by which frames differ


def on_line(offset_s: float = 30.0, speed: float = 1.0, *parts: tuple[float, float]) -> MotionTrack:
    """A line on which motion and scene agree during the given parts of the clip (none: everywhere)."""
    line = Alignment(offset_s, speed)
    motion = np.random.default_rng(1).normal(0.75, 0.05, len(CENTRES))
    bits = np.full(len(HASHED), 4.0)
    differences = np.full(len(FRAMES), COPY)
    if parts:
        differences[~within(FRAMES, *parts)] = ELSEWHERE
        motion[~within(CENTRES, *parts)] = 0.0
        bits[~within(HASHED, *parts)] = 32.0
    for values, at in ((motion, CENTRES), (differences, FRAMES)):
        there = line.offset_s + line.speed * at
        values[(there < 0) | (there > ORIGINAL_S)] = np.nan
    return MotionTrack(
        line=line,
        motion=motion,
        original_movement=np.ones(len(CENTRES)),
        hash_times=HASHED,
        hash_bits=bits,
        differences=differences,
        null=Null(0.0, 0.1, 0.3, 2000),
    )


def within(times: np.ndarray, *parts: tuple[float, float]) -> np.ndarray:
    return np.any([(times >= start) & (times < end) for start, end in parts], axis=0)


def tracks(*lines: MotionTrack, movement: float = 1.0, detail: float = 40.0) -> PictureTracks:
    size = len(CENTRES)
    changes = np.full(len(FRAMES), 5.0)
    return PictureTracks(
        CENTRES, np.full(size, movement), np.full(size, detail), FRAMES, changes, lines
    )


def still(made: PictureTracks, *parts: tuple[float, float]) -> PictureTracks:
    return replace(made, movement=np.where(within(CENTRES, *parts), 0.02, made.movement))


def segments(
    made: PictureTracks,
    geometry: Geometry | None = None,
    clip_s: float = CLIP_S,
    places: Sequence[tuple[Span, int]] = (),
) -> tuple[PictureSegment, ...]:
    found = picture_segments(made, geometry, clip_s, ORIGINAL_S, places, LIMIT)
    assert found[0].clip.start == 0.0
    assert found[-1].clip.end == clip_s
    assert all(a.clip.end == b.clip.start for a, b in pairwise(found))
    return found


def states(made: PictureTracks) -> list[PictureState]:
    return [part.state for part in segments(made)]


def test_a_line_that_holds_is_matched_with_its_place() -> None:
    geometry = Geometry(True, Box(0.1, 0.1, 0.8, 0.8), Box(0, 0, 1, 1), 2.0, 100)
    (part,) = segments(tracks(on_line(30.0, 1.1)), geometry)
    assert (part.state, part.clip, part.basis) == (MATCHED, Span(0.0, 20.0), "picture")
    assert part.original == Span(30.0, 52.0)
    assert (part.speed, part.mirrored, part.crop) == (1.1, True, geometry.crop)
    assert part.score == pytest.approx(0.75, abs=0.02)


def test_moving_footage_on_no_line_is_foreign() -> None:
    assert states(tracks()) == [FOREIGN]
    assert states(tracks(on_line(30.0, 1.0, (50, 60)))) == [FOREIGN]


def test_a_still_a_black_and_a_flat_picture_are_open() -> None:
    assert states(tracks(movement=0.03)) == [OPEN]
    assert states(tracks(detail=1.0)) == [OPEN]


def test_motion_barely_above_chance_is_no_match() -> None:
    weak = on_line()
    weak = replace(weak, motion=np.full(len(CENTRES), 0.08))
    assert MATCHED not in states(tracks(weak))


def test_two_windows_of_luck_are_no_match() -> None:
    assert states(tracks(on_line(30.0, 1.0, (9.0, 9.6)))) == [FOREIGN]


def test_foreign_footage_between_matched_parts_has_its_borders() -> None:
    before, between, after = segments(tracks(on_line(30.0, 1.0, (0, 7), (12, 20))))
    assert (before.state, between.state, after.state) == (MATCHED, FOREIGN, MATCHED)
    assert between.clip.start == pytest.approx(7.0, abs=BORDER_S)
    assert between.clip.end == pytest.approx(12.0, abs=BORDER_S)
    assert between.original is None


def test_a_banner_that_even_motion_does_not_see_through_is_not_foreign() -> None:
    """Frames differ like another scene and the speaker stands still; the outline of the frame is the same."""
    made = on_line(30.0, 1.0, (0, 7), (12, 20))
    hidden = within(CENTRES, (7, 12))
    banner = replace(
        made, hash_bits=np.full(len(HASHED), 9.0), motion=np.where(hidden, np.nan, made.motion)
    )
    assert FOREIGN in states(still(tracks(made), (7, 12)))
    assert FOREIGN not in states(still(tracks(banner), (7, 12)))


def test_parts_of_two_lines_join_where_the_evidence_changes() -> None:
    first, second = segments(tracks(on_line(30.0, 1.0, (0, 9)), on_line(5.0, 1.0, (9, 20))))
    assert first.clip.end == pytest.approx(9.0, abs=BORDER_S)
    assert first.original is not None
    assert second.original is not None
    assert second.original.start == pytest.approx(5.0 + first.clip.end, abs=0.001)


def test_a_still_moment_of_the_same_scene_does_not_break_a_line() -> None:
    line = on_line()
    paused = np.where(within(CENTRES, (8, 12)), 0.0, line.motion)
    made = still(tracks(replace(line, motion=paused)), (8, 12))
    assert states(made) == [MATCHED]


def test_a_still_of_another_scene_does() -> None:
    made = still(tracks(on_line(30.0, 1.0, (0, 7), (13, 20))), (7, 13))
    assert states(made) == [MATCHED, FOREIGN, MATCHED]


def test_before_the_original_begins_nothing_is_claimed() -> None:
    head, rest = segments(tracks(on_line(-0.7)))
    assert (head.state, head.clip) == (OPEN, Span(0.0, 0.7))
    assert rest.original == Span(0.0, 19.3)


def test_after_the_original_ends_nothing_is_claimed() -> None:
    rest, tail = segments(tracks(on_line(41.0)))
    assert rest.original == Span(41.0, 60.0)
    assert (tail.original, tail.clip.start) == (None, 19.0)


def test_footage_before_the_original_keeps_its_state_up_to_the_joint() -> None:
    intro, rest = segments(tracks(on_line(-6.3)))
    assert (intro.state, rest.state) == (FOREIGN, MATCHED)
    assert intro.clip.end == pytest.approx(6.3, abs=BORDER_S)


def test_where_the_frames_have_ended_nothing_is_claimed() -> None:
    picture, rest = segments(tracks(on_line()), clip_s=30.0)
    assert picture.clip.end == pytest.approx(20.0, abs=0.2)
    assert (rest.state, rest.clip.end) == (OPEN, 30.0)


def test_no_windows_have_no_segments() -> None:
    nothing = np.empty(0)
    empty = PictureTracks(nothing, nothing, nothing, nothing, nothing, ())
    assert picture_segments(empty, None, 0.3, ORIGINAL_S, (), LIMIT) == ()


def heard(made: PictureTracks, *places: tuple[Span, int]) -> tuple[PictureSegment, ...]:
    return with_sound(segments(made, places=places), made, places, None, ORIGINAL_S, LIMIT)


def test_the_basis_tells_whether_the_sound_agrees() -> None:
    made = tracks(on_line())
    assert [part.basis for part in heard(made, (Span(0, 20), 0))] == ["both"]
    assert [part.basis for part in heard(made, (Span(0, 6), 0))] == ["picture"]
    assert [part.basis for part in heard(made)] == ["picture"]


def test_the_sound_places_a_still_picture_of_the_same_scene() -> None:
    line = replace(on_line(), motion=np.zeros(len(CENTRES)))
    made = tracks(line, movement=0.03)
    (part,) = heard(made, (Span(0, 20), 0))
    assert (part.state, part.basis, part.original) == (MATCHED, "sound", Span(30.0, 50.0))


def test_the_sound_does_not_place_a_picture_of_another_scene() -> None:
    line = on_line()
    line = replace(
        line,
        motion=np.zeros(len(CENTRES)),
        hash_bits=np.full(len(HASHED), 30.0),
        differences=np.full(len(FRAMES), ELSEWHERE),
    )
    made = tracks(line, movement=0.03)
    assert [part.state for part in heard(made, (Span(0, 20), 0))] == [OPEN]


def test_another_scene_amid_the_sound_s_place_is_foreign() -> None:
    line = on_line()
    far = (HASHED > 8) & (HASHED < 12)
    line = replace(
        line,
        motion=np.zeros(len(CENTRES)),
        hash_bits=np.where(far, 30.0, 4.0).astype(float),
        differences=np.where((FRAMES >= 8) & (FRAMES < 12), ELSEWHERE, COPY),
    )
    parts = heard(tracks(line, movement=0.03), (Span(0, 20), 0))
    assert [part.state for part in parts] == [
        PictureState.MATCHED,
        PictureState.FOREIGN,
        PictureState.MATCHED,
    ]
    assert parts[1].clip.start == pytest.approx(8, abs=BORDER_S)
    assert parts[1].clip.end == pytest.approx(12, abs=BORDER_S)


def test_the_sound_places_only_what_it_is_heard_under() -> None:
    line = replace(on_line(), motion=np.zeros(len(CENTRES)))
    made = tracks(line, movement=0.03)
    placed, rest = heard(made, (Span(0, 9), 0))
    assert (placed.clip, placed.basis) == (Span(0.0, 9.0), "sound")
    assert (rest.state, rest.clip) == (OPEN, Span(9.0, 20.0))


def test_foreign_footage_is_not_placed_by_its_sound() -> None:
    made = tracks(on_line(30.0, 1.0, (50, 60)))
    assert [part.state for part in heard(made, (Span(0, 20), 0))] == [FOREIGN]


def test_sound_that_jumps_outside_both_parts_moves_no_joint() -> None:
    joint = 1.0
    lines = [replace(on_line(at), motion=np.zeros(len(CENTRES))) for at in (30.0, 40.0)]
    made = tracks(*lines, movement=0.05)
    parts = [
        PictureSegment(Span(0, joint), Span(30, 30 + joint), MATCHED, speed=1.0),
        PictureSegment(Span(joint, 1.6), Span(40 + joint, 41.6), MATCHED, speed=1.0),
        PictureSegment(Span(1.6, 20), Span(11.6, 30), MATCHED, speed=1.0),
    ]
    places = ((Span(0, 1.9), 0), (Span(1.9, 20), 1))
    found = with_sound(parts, made, places, None, ORIGINAL_S, LIMIT)
    assert [part.clip for part in found] == [part.clip for part in parts]
