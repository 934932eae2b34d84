from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.looks import (
    NOTHING_ALIKE,
    Looks,
    changes,
    differences,
    frame_grid,
    with_missing,
)
from mediacheck.model import Alignment, Box

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
FPS = 12.5
PLACE_S = 0.02  # half a frame of 25 a second


def film(times: np.ndarray, seed: int = 1) -> np.ndarray:
    """Frames (n, 36, 64) of blobs that swing slowly before a backdrop: a function of time."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, 64), np.linspace(0, 1, 36))
    picture = 128 + 40 * np.sin(9 * x + 5 * y)[None] + np.zeros((len(times), 1, 1))
    for _ in range(6):
        rate, phase, at = rng.uniform(0.3, 1.2, 2), rng.uniform(0, 6, 2), rng.uniform(0.2, 0.8, 2)
        moved = [
            at[k] + 0.1 * np.sin(2 * np.pi * rate[k] * times + phase[k])[:, None, None]
            for k in (0, 1)
        ]
        picture = picture + 60 * np.exp(-((x - moved[0]) ** 2 + (y - moved[1]) ** 2) / 0.01)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def times(seconds: float, fps: float = FPS) -> np.ndarray:
    return np.arange(round(seconds * fps)) / fps


def looks(at: np.ndarray, shown: np.ndarray | None = None, seed: int = 1) -> Looks:
    """What is on screen at these times; shown: the times of the film that they show."""
    return Looks.of(at, film(at if shown is None else shown, seed), WHOLE)


ORIGINAL = looks(times(30.0))


def test_copies_differ_by_hardly_anything_whatever_their_brightness() -> None:
    at = times(6.0)
    darker = Looks.of(at, (0.7 * film(at + 8.0) + 10).astype(np.uint8), WHOLE)
    assert np.median(differences(darker, ORIGINAL, Alignment(8.0), at)) < 1.0


def test_a_frame_half_a_second_off_differs_by_ten_times_as_much() -> None:
    at = times(6.0)
    clip = looks(at, at + 8.0)
    right, wrong = (
        np.median(differences(clip, ORIGINAL, Alignment(offset), at)) for offset in (8.0, 8.5)
    )
    assert wrong > 10 * max(right, 0.3)


def test_outside_the_original_nothing_is_told() -> None:
    at = times(6.0)
    differ = differences(looks(at, at), ORIGINAL, Alignment(27.0), at)
    assert np.isfinite(differ[at < 2.9]).all()
    assert np.isnan(differ[at > 3.2]).all()


def test_a_held_frame_does_not_change_and_a_joint_does() -> None:
    at = times(6.0)
    shown = np.where((at > 2.0) & (at < 4.0), 2.0, at)
    changed = changes(looks(at, shown), at)
    assert changed[(at > 2.05) & (at < 3.95)].max() == 0.0
    assert changed[at == 4.0] > 50.0
    assert changed[0] == 0.0


def test_a_line_is_moved_to_where_its_frames_are_most_alike() -> None:
    at = times(8.0, 10.0)
    (line,) = with_missing(looks(at, at + 8.03), ORIGINAL, [Alignment(8.1)])
    assert line.offset_s == pytest.approx(8.03, abs=PLACE_S)
    assert line.speed == 1.0


def test_a_speed_that_a_cut_was_taken_for_is_given_up_for_two_lines() -> None:
    at = times(4.0)
    shown = np.where(at < 2.4, at + 5.0, at + 5.6)
    found = with_missing(looks(at, shown), ORIGINAL, [Alignment(4.9, 1.1)])
    assert all(line.speed == 1.0 for line in found)
    offsets = sorted(line.offset_s for line in found)
    assert offsets == [pytest.approx(5.0, abs=PLACE_S), pytest.approx(5.6, abs=PLACE_S)]


def test_a_true_speed_is_kept() -> None:
    at = times(10.0)
    (line,) = with_missing(looks(at, 3.0 + 1.1 * at), ORIGINAL, [Alignment(3.0, 1.1)])
    assert line.speed == 1.1


def test_of_speeds_that_no_frame_tells_apart_the_sounds_is_kept_and_else_unchanged_speed() -> None:
    at = times(4.0)
    still, original = looks(at, np.full(len(at), 5.0)), looks(times(9.0), np.full(112, 5.0))
    known = [Alignment(3.0, 0.96)]
    assert [line.speed for line in with_missing(still, original, known)] == [1.0]
    assert [line.speed for line in with_missing(still, original, known, heard=[0.96])] == [0.96]


def test_the_line_of_half_a_second_from_far_away_is_found() -> None:
    at = times(8.0)
    shown = np.where((at >= 4.0) & (at < 4.6), at + 20.0, at + 3.0)
    found = with_missing(looks(at, shown), ORIGINAL, [Alignment(3.0)])
    assert [line.offset_s for line in found] == [
        pytest.approx(3.0, abs=PLACE_S),
        pytest.approx(20.0, abs=PLACE_S),
    ]


def test_other_footage_gives_no_new_line() -> None:
    at = times(8.0)
    known = [Alignment(3.0)]
    mixed = film(at + 3.0)
    foreign = (at >= 3.0) & (at < 5.0)
    mixed[foreign] = film(at[foreign], seed=9)[:, ::-1]
    assert len(with_missing(Looks.of(at, mixed, WHOLE), ORIGINAL, known)) == 1


def test_a_clip_of_few_frames_keeps_its_lines() -> None:
    at = times(0.3)
    assert with_missing(looks(at), ORIGINAL, [Alignment(0.4)]) == [Alignment(0.4)]
    assert with_missing(looks(times(4.0)), ORIGINAL, []) == []


def test_blank_frames_resemble_each_other_and_nothing_else() -> None:
    at = times(2.0)
    blank = Looks.of(at, np.full((len(at), 36, 64), 16, np.uint8), WHOLE)
    assert differences(blank, blank, Alignment(0.0), at).max() == 0.0
    assert differences(blank, ORIGINAL, Alignment(0.0), at).min() > 300.0


def test_the_grid_runs_from_the_first_frame_to_the_last() -> None:
    grid = frame_grid(np.array([0.02, 0.1, 0.98]))
    assert (grid[0], grid[-1]) == (0.02, pytest.approx(0.98))


def test_nothing_alike_is_more_than_frames_can_differ() -> None:
    at = times(2.0)
    negative = Looks.of(at, 255 - film(at), WHOLE)
    assert differences(negative, ORIGINAL, Alignment(0.0), at).max() <= NOTHING_ALIKE + 1


@pytest.mark.parametrize("block", [1, 7, 100])
def test_the_original_is_searched_in_blocks_without_a_seam(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = times(8.0)
    shown = np.where((at >= 4.0) & (at < 4.6), at + 20.0, at + 3.0)
    clip = looks(at, shown)
    whole = with_missing(clip, ORIGINAL, [Alignment(3.0)])
    monkeypatch.setattr("mediacheck.align.looks.BLOCK", block)
    assert with_missing(clip, ORIGINAL, [Alignment(3.0)]) == whole
    assert np.array_equal(looks(at, shown).rows, clip.rows)
