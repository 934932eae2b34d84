from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.timeline import (
    NOWHERE,
    MotionTrack,
    Run,
    SoundTrack,
    audible,
    best_path,
    least_motion,
    log_null,
    parted,
    picture_path,
    runs,
    sound_path,
)
from mediacheck.calibration import Calibration
from mediacheck.model import Alignment, Null, Span
from mediacheck.timeline import LIMITS

LIMIT = Calibration.load().limits("timeline", LIMITS)


def told(evidence: list[list[float]], price: float) -> list[int]:
    return best_path(np.array(evidence), price).tolist()


def test_windows_lie_where_the_evidence_is() -> None:
    assert told([[1, 1, 1, -1, -1], [-1, -1, -1, 1, 1]], price=0.5) == [0, 0, 0, 1, 1]
    assert told([[-1, -1, -1]], price=0.5) == [NOWHERE] * 3


def test_a_change_must_earn_its_price() -> None:
    evidence = [[1.0] * 4 + [-0.4] * 3 + [1.0] * 4]
    assert told(evidence, price=0.5) == [0] * 4 + [NOWHERE] * 3 + [0] * 4
    assert told(evidence, price=0.7) == [0] * 11  # leaving and coming back costs 1.4 and saves 1.2


def test_evidence_adds_up_where_no_window_alone_would_do() -> None:
    assert told([[0.1] * 30], price=2.0) == [0] * 30
    assert told([[1.0] * 5 + [-0.1] * 30], price=2.0) == [0] * 5 + [NOWHERE] * 30


def test_open_windows_stay_on_the_line_before_them() -> None:
    assert told([[2, 2, 0, 0, 0]], price=1.0) == [0] * 5


def test_runs_join_equal_neighbours() -> None:
    found = list(runs(np.array([0, 0, NOWHERE, 2, 2, 2])))
    assert found == [Run(0, 2, 0), Run(2, 3, NOWHERE), Run(3, 6, 2)]
    assert found[2].count == 3
    assert list(runs(np.empty(0, int))) == []


@pytest.mark.parametrize(
    ("offset_s", "pieces"),
    [
        (10.0, [((0, 20), True)]),
        (-0.7, [((0, 0.7), False), ((0.7, 20), True)]),
        (45.0, [((0, 15), True), ((15, 20), False)]),
        (-0.05, [((0, 20), True)]),
        (40.05, [((0, 20), True)]),
        (70.0, [((0, 20), False)]),
        (-25.0, [((0, 20), False)]),
    ],
)
def test_a_stretch_is_parted_where_its_line_leaves_the_original(
    offset_s: float, pieces: list[tuple[tuple[float, float], bool]]
) -> None:
    found = parted(Alignment(offset_s), Span(0.0, 20.0), original_end=60.0)
    assert [(tuple(span), inside) for span, inside in found] == pieces


def test_parting_counts_in_seconds_of_the_clip() -> None:
    found = parted(Alignment(-2.0, 2.0), Span(0.0, 20.0), original_end=18.0)
    assert [tuple(span) for span, _ in found] == [(0, 1), (1, 10), (10, 20)]


def track(presence: np.ndarray, original_level: np.ndarray, null: Null | None = None) -> SoundTrack:
    nothing = np.zeros(len(presence))
    return SoundTrack(
        line=Alignment(30.0),
        presence=presence,
        presence_long=presence,
        original_level=original_level,
        original_speech=nothing,
        null=null,
        null_long=null,
        cleanliness=None,
        residual=None,
        residual_speech=None,
        residual_follows=None,
    )


def test_silence_is_not_audible_and_pauses_hardly() -> None:
    level = np.array([-20.0, -50.0, -20.0, -20.0, -90.0])
    there = np.array([-20.0, -20.0, -50.0, np.nan, -20.0])
    weight = audible(level, track(level, there), loud=(-20.0, -20.0), limits=LIMIT)
    assert weight[0] == 1.0
    assert weight[1] == weight[2] < 0.3
    assert weight[3] == weight[4] == 0.0


def test_the_null_of_presence_is_log_normal() -> None:
    drawn = np.exp(np.random.default_rng(1).normal(1.5, 0.4, 100_000))
    null = Null(float(drawn.mean()), float(drawn.std()), float(drawn.max()), len(drawn))
    assert log_null(null, LIMIT) == (pytest.approx(1.5, abs=0.01), pytest.approx(0.4, abs=0.01))


@pytest.mark.parametrize("null", [None, Null(9.0, 3.0, 20.0, 5)])
def test_too_few_draws_are_no_null(null: Null | None) -> None:
    assert log_null(null, LIMIT)[0] == pytest.approx(np.log(LIMIT["sound_usual_null"]))


def test_pauses_do_not_break_a_line_of_sound_and_absence_does() -> None:
    null = Null(4.5, 1.0, 9.0, 500)
    level, there = np.full(100, -20.0), np.full(100, -20.0)
    presence = np.full(100, 60.0)
    presence[40:50] = 4.0
    absent = sound_path(level, [track(presence, there, null)], (-20.0, -20.0), LIMIT)
    assert absent.tolist() == [0] * 40 + [NOWHERE] * 10 + [0] * 50
    there[40:50] = level[40:50] = -55.0
    paused = sound_path(level, [track(presence, there, null)], (-20.0, -20.0), LIMIT)
    assert paused.tolist() == [0] * 100


def test_nothing_lies_on_no_line() -> None:
    assert sound_path(np.zeros(3), [], (0.0, 0.0), LIMIT).tolist() == [NOWHERE] * 3


CENTRES = np.round(np.arange(0.4, 20.4, 0.2), 3)
SEEN_S = np.arange(0.5, 20.0, 1.0)  # where registered frames were compared
COMPARED_S = np.arange(0.0, 20.0, 0.4)  # where frames were compared with other moments
ALL = slice(0, len(CENTRES))


def motion_track(
    motion: float,
    windows: slice,
    *,
    speed: float = 1.0,
    bits: np.ndarray | None = None,
    astray: np.ndarray | float = np.nan,
) -> MotionTrack:
    """A line on which motion correlates by so much in some windows, by nothing in the others."""
    values = np.zeros(len(CENTRES))
    values[windows] = motion
    return MotionTrack(
        line=Alignment(30.0, speed),
        motion=values,
        original_movement=np.ones(len(CENTRES)),
        hash_times=SEEN_S,
        hash_bits=np.full(len(SEEN_S), 4.0) if bits is None else bits,
        differences=np.empty(0),
        null=Null(0.0, 0.1, 0.3, 2000),
        astray_times=COMPARED_S,
        astray=np.zeros(len(COMPARED_S)) + astray,
    )


def lies(
    *tracks: MotionTrack, decoys: tuple[MotionTrack, ...] = (), movement: np.ndarray | None = None
) -> list[Run]:
    moved = np.ones(len(CENTRES)) if movement is None else movement
    return list(runs(picture_path(CENTRES, moved, tracks, decoys, 60.0, LIMIT)))


ON_NONE = [Run(0, 100, NOWHERE)]


def test_a_run_that_a_decoy_matches_in_strength_and_correlation_is_refused() -> None:
    line = motion_track(0.4, slice(0, 40))
    assert lies(line) == [Run(0, 40, 0), Run(40, 100, NOWHERE)]
    assert lies(line, decoys=(motion_track(0.4, slice(0, 40)),)) == ON_NONE
    assert lies(line, decoys=(motion_track(0.35, slice(30, 70)),)) == ON_NONE  # within the margin


@pytest.mark.parametrize(
    "decoy",
    [motion_track(0.4, slice(0, 20)), motion_track(0.3, ALL)],
    ids=["as alike but brief", "long but less alike"],
)
def test_a_run_that_exceeds_the_decoys_in_one_of_them_is_kept(decoy: MotionTrack) -> None:
    line = motion_track(0.4, slice(0, 40))
    assert lies(line, decoys=(decoy,)) == [Run(0, 40, 0), Run(40, 100, NOWHERE)]
    # Two decoys that exceed it in one each do not add up.
    both = (decoy, motion_track(0.3, ALL))
    assert lies(line, decoys=both)[0] == Run(0, 40, 0)


@pytest.mark.parametrize(
    ("seconds", "least"), [(0.0, 0.75), (2.0, 0.65), (8.0, 0.35), (11.0, 0.2), (600.0, 0.2)]
)
def test_the_longer_a_run_the_less_it_must_correlate_down_to_a_floor(
    seconds: float, least: float
) -> None:
    assert least_motion(seconds, LIMIT) == pytest.approx(least)


def test_a_short_run_must_correlate_well() -> None:
    short, long = slice(0, 12), slice(0, 40)  # 2.4 s and 8 s
    assert lies(motion_track(0.5, short)) == ON_NONE
    assert lies(motion_track(0.7, short)) == [Run(0, 12, 0), Run(12, 100, NOWHERE)]
    assert lies(motion_track(0.5, long)) == [Run(0, 40, 0), Run(40, 100, NOWHERE)]


@pytest.mark.parametrize(
    ("motion", "astray", "kept"),
    [
        (0.5, -2.0, True),  # a copy
        (0.5, 0.05, True),  # a speaker who hardly moves
        (0.5, 0.5, False),  # people who walk alike
        (0.7, 0.2, True),  # filmed from a screen by hand, where frames can hardly be compared
        (0.95, 1.5, False),  # a pendulum
        (0.5, np.nan, True),  # nothing to compare with
    ],
)
def test_frames_that_are_liker_other_moments_refute_motion_that_agrees_by_chance(
    motion: float, astray: float, kept: bool
) -> None:
    found = lies(motion_track(motion, slice(0, 60), astray=astray))
    assert found == ([Run(0, 60, 0), Run(60, 100, NOWHERE)] if kept else ON_NONE)


def test_a_run_is_refuted_by_its_own_frames_only() -> None:
    later = np.where(COMPARED_S > 12.5, 2.0, -2.0)
    line = motion_track(0.5, slice(0, 60), astray=later)
    assert lies(line) == [Run(0, 60, 0), Run(60, 100, NOWHERE)]
    assert lies(motion_track(0.5, slice(0, 60), astray=-later)) == ON_NONE


def test_frames_refute_no_motion_that_the_sound_confirms() -> None:
    line = motion_track(0.5, slice(0, 60), astray=1.5)

    def kept(*heard: tuple[Span, int]) -> bool:
        path = picture_path(CENTRES, np.ones(len(CENTRES)), [line], (), 60.0, LIMIT, heard)
        return path.tolist() == [0] * 60 + [NOWHERE] * 40

    assert kept((Span(0.0, 4.0), 0), (Span(5.0, 12.0), 0))
    assert not kept((Span(0.0, 4.0), 0))
    assert not kept((Span(0.0, 12.0), 1))


def test_two_frames_refute_no_run() -> None:
    few = np.where(
        np.arange(len(COMPARED_S)) < 3, 2.0, np.nan
    )  # of them one before the first window
    line = motion_track(0.5, slice(0, 60), astray=few)
    assert lies(line) == [Run(0, 60, 0), Run(60, 100, NOWHERE)]


@pytest.mark.parametrize(("speed", "kept"), [(1.1, False), (0.9, False), (1.0, True), (1.01, True)])
def test_an_odd_speed_over_little_of_the_clip_is_refused(speed: float, kept: bool) -> None:
    found = lies(motion_track(0.75, slice(0, 40), speed=speed))
    assert found == ([Run(0, 40, 0), Run(40, 100, NOWHERE)] if kept else ON_NONE)


def test_an_odd_speed_over_most_of_the_clip_is_kept() -> None:
    line = motion_track(0.75, slice(0, 70), speed=1.1)
    assert lies(line) == [Run(0, 70, 0), Run(70, 100, NOWHERE)]
    halves = (
        motion_track(0.75, slice(0, 35), speed=1.1),
        motion_track(0.75, slice(35, 70), speed=1.105),
    )
    assert lies(*halves) == [Run(0, 35, 0), Run(35, 70, 1), Run(70, 100, NOWHERE)]


def test_an_excursion_that_the_line_beside_it_explains_nearly_as_well_is_folded_back() -> None:
    away = slice(40, 48)
    line = motion_track(0.75, ALL)
    line.motion[away] = 0.1
    assert lies(line, motion_track(0.45, away)) == [Run(0, 100, 0)]
    assert lies(line, motion_track(0.75, away)) == [
        Run(0, 40, 0),
        Run(40, 48, 1),
        Run(48, 100, 0),
    ]


@pytest.mark.parametrize(("bits", "refuted"), [(30.0, True), (18.0, False), (np.nan, False)])
def test_frames_of_another_scene_refute_a_still_stretch(bits: float, refuted: bool) -> None:
    still = (CENTRES > 7) & (CENTRES < 13)
    seen = np.where((SEEN_S > 7) & (SEEN_S < 13), bits, 4.0)
    line = motion_track(0.75, ALL, bits=seen)
    line.motion[still] = 0.0
    found = lies(line, movement=np.where(still, 0.02, 1.0))
    assert [run.line for run in found] == ([0, NOWHERE, 0] if refuted else [0])


def test_frames_of_another_scene_do_not_refute_motion_that_agrees() -> None:
    line = motion_track(0.75, ALL, bits=np.full(len(SEEN_S), 30.0))
    assert lies(line) == [Run(0, 100, 0)]
