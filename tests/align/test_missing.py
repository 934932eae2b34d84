from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.looks import Looks
from mediacheck.align.missing import with_missing
from mediacheck.model import Alignment

from .filming import WHOLE, film, looks, times

PLACE_S = 0.02  # half a frame of 25 a second
ORIGINAL = looks(times(30.0))


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
    assert with_missing(looks(at), ORIGINAL, [Alignment(0.4)]) == {Alignment(0.4): None}
    assert with_missing(looks(times(4.0)), ORIGINAL, []) == {}


@pytest.mark.parametrize("block", [1, 7, 100])
def test_the_original_is_searched_in_blocks_without_a_seam(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = times(8.0)
    shown = np.where((at >= 4.0) & (at < 4.6), at + 20.0, at + 3.0)
    clip = looks(at, shown)
    whole = with_missing(clip, ORIGINAL, [Alignment(3.0)])
    for module in ("looks", "missing"):
        monkeypatch.setattr(f"mediacheck.align.{module}.BLOCK", block)
    assert with_missing(clip, ORIGINAL, [Alignment(3.0)]) == whole
    assert np.array_equal(looks(at, shown).rows, clip.rows)
