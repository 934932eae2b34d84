from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.correlate import USUAL_SPREAD, Haystack, Peak, cluster, parabola_offset, peaks

CHANNELS = 6
FLOOR = 0.01


def rows(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, CHANNELS)).astype(np.float32)


def found_at(original: np.ndarray, needle: np.ndarray) -> tuple[int, float]:
    haystack = Haystack(original, len(needle), FLOOR)
    scores = haystack.scores(needle[None])[0]
    assert len(scores) == len(original) + 1
    return haystack.row_of(int(scores.argmax())), float(scores.max())


@pytest.mark.parametrize("at", [0, 1, 137, 599, 950])
@pytest.mark.parametrize("chunk", [50, 51])
def test_a_chunk_is_found_at_its_exact_row(at: int, chunk: int) -> None:
    original = rows(1001)
    place, score = found_at(original, original[at : at + chunk])
    assert place == at
    assert score == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("over", [1, 10, 24])
def test_a_chunk_is_found_where_it_hangs_over_the_ends(over: int) -> None:
    original = rows(400)
    unknown = rows(over, seed=2)
    place, score = found_at(original, np.concatenate([unknown, original[: 50 - over]]))
    assert place == -over
    assert score > 0.6
    place, score = found_at(original, np.concatenate([original[-50 + over :], unknown]))
    assert place == 350 + over
    assert score > 0.6


def test_many_chunks_are_scored_as_one_by_one() -> None:
    original = rows(700)
    needles = np.stack([rows(40, seed) for seed in range(5)])
    haystack = Haystack(original, 40, FLOOR)
    alone = np.concatenate([haystack.scores(needle[None]) for needle in needles])
    assert np.allclose(haystack.scores(needles), alone, atol=1e-5)


def test_scores_are_those_of_the_definition() -> None:
    original, needle = rows(200), rows(30, seed=3)
    scores = Haystack(original, 30, FLOOR).scores(needle[None])[0]
    for row in (0, 77, 170):
        there = original[row : row + 30]
        energy = np.sqrt(((needle**2).sum() + 0.3) * ((there**2).sum() + 0.3))
        assert scores[row + 15] == pytest.approx((needle * there).sum() / energy, abs=1e-4)


def test_stills_match_nothing() -> None:
    faint = 0.001 * rows(300)
    haystack = Haystack(faint, 40, FLOOR)
    assert np.abs(haystack.scores(faint[100:140][None])).max() < 0.001
    assert not haystack.scores(np.zeros((1, 40, CHANNELS), np.float32)).any()


def test_peaks_stand_apart_and_count_deviations_of_all_other_places() -> None:
    scores = np.random.default_rng(1).normal(0, 0.1, 2000)
    scores[500], scores[505], scores[1200] = 1.0, 0.9, 0.8
    found = peaks(scores, guard=10, most=2)
    assert [column for column, _, _ in found] == [500, 1200]
    assert [score for _, score, _ in found] == [1.0, 0.8]
    assert found[0][2] == pytest.approx(10, abs=0.7)
    assert found[1][2] == pytest.approx(8, abs=0.7)


def test_peaks_without_other_places_stand_out_by_what_is_usual() -> None:
    ((column, score, z),) = peaks(np.array([0.1, 0.9, 0.2]), guard=5, most=3)
    assert (column, score, z) == (1, 0.9, pytest.approx(0.9 / USUAL_SPREAD))
    ((_, _, chance),) = peaks(np.array([0.1, 0.2, 0.2]), guard=5, most=3)
    assert chance < 3  # no vote


def test_a_few_other_places_are_not_believed_to_be_equal() -> None:
    scores = np.full(20, 0.02)
    scores[10] = 0.5
    assert peaks(scores, guard=5, most=1)[0][2] < 10


@pytest.mark.parametrize("away", [-0.4, 0.0, 0.3])
def test_the_top_of_a_parabola_is_found_between_columns(away: float) -> None:
    scores = 1 - (np.arange(7) - 3 - away) ** 2
    assert parabola_offset(scores, 3) == pytest.approx(away)


def test_no_parabola_is_laid_through_the_ends_or_a_valley() -> None:
    assert parabola_offset(np.array([3.0, 2.0, 1.0]), 0) == 0.0
    assert parabola_offset(np.array([1.0, 2.0, 3.0]), 2) == 0.0
    assert parabola_offset(np.array([2.0, 1.0, 2.0]), 1) == 0.0


def test_chunks_that_agree_make_one_line_and_weak_ones_none() -> None:
    votes = [
        Peak(clip_s=0, original_s=20.0, score=0.9, z=9),
        Peak(clip_s=5, original_s=25.1, score=0.9, z=8),
        Peak(clip_s=9, original_s=70.0, score=0.9, z=7),
        Peak(clip_s=9, original_s=99.0, score=0.9, z=2.9),
    ]
    lines = cluster(votes, speed=1.0, reach_s=0.3, most=5)
    assert [round(line.offset_s, 2) for line, _ in lines] == [20.04, 61.0]
    assert [weight for _, weight in lines] == [61.0, 16.0]
    assert cluster(votes, 1.0, 0.3, most=1) == lines[:1]


def test_a_line_of_a_speed_goes_through_its_chunks() -> None:
    votes = [Peak(at, 10 + 1.1 * at, 0.9, 9) for at in (0.0, 4.0, 8.0)]
    (line, _), *others = cluster(votes, speed=1.1, reach_s=0.3, most=5)
    assert not others
    assert line.speed == 1.1
    assert line.original_at(8.0) == pytest.approx(18.8)
