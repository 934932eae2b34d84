from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.timeline import (
    NOWHERE,
    Run,
    SoundTrack,
    audible,
    best_path,
    log_null,
    parted,
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
