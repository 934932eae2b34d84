from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align import looks as looks_module
from mediacheck.align.looks import (
    NOTHING_ALIKE,
    Looks,
    astray,
    changes,
    differences,
    elsewhere,
    frame_grid,
)
from mediacheck.model import Alignment, Span

from .filming import WHOLE, film, looks, times

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


def test_outside_its_stretch_a_line_tells_nothing() -> None:
    at = times(6.0)
    clip, line = looks(at, at + 8.0), Alignment(8.0)
    whole = differences(clip, ORIGINAL, line, at)
    differ = differences(clip, ORIGINAL, line, at, Span(2.0, 4.0))
    inside = (at >= 2.0) & (at < 4.0)
    assert np.array_equal(differ[inside], whole[inside])
    assert np.isnan(differ[~inside]).all()


def test_a_held_frame_does_not_change_and_a_joint_does() -> None:
    at = times(6.0)
    shown = np.where((at > 2.0) & (at < 4.0), 2.0, at)
    changed = changes(looks(at, shown), at)
    assert changed[(at > 2.05) & (at < 3.95)].max() == 0.0
    assert changed[at == 4.0] > 50.0
    assert changed[0] == 0.0


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


def astray_on(clip: Looks, original: Looks, at: np.ndarray, *offsets: float) -> list[float]:
    """The middle, over the clip's frames, for lines of these offsets."""
    lines = [Alignment(offset) for offset in offsets]
    others = elsewhere(clip, original, lines, at)
    return [
        float(np.median(astray(differences(clip, original, line, at), other)))
        for line, other in zip(lines, others, strict=True)
    ]


def test_a_frame_is_likest_at_its_own_moment_and_astray_at_any_other() -> None:
    at = times(6.0)
    right, *wrong = astray_on(looks(at, at + 8.0), ORIGINAL, at, 8.0, 7.0, 9.1, 20.0)
    assert right < -1.0
    assert min(wrong) > 1.0


def test_a_speaker_who_hardly_moves_is_nowhere_clearly_astray() -> None:
    at, still = times(6.0), np.full(375, 3.0)
    original = looks(times(30.0), still)
    found = astray_on(looks(at, np.full(len(at), 3.0)), original, at, 8.0, 20.0)
    assert found == pytest.approx([0.0, 0.0], abs=1e-3)


def test_a_moment_that_the_original_shows_twice_is_not_astray() -> None:
    at, lasting = times(6.0), times(30.0)
    twice = looks(lasting, np.where(lasting < 16.0, lasting, lasting - 16.0))
    assert astray_on(looks(at, at + 4.0), twice, at, 4.0)[0] == pytest.approx(0.0, abs=0.1)


def test_other_moments_are_those_of_the_whole_original_away_from_the_line() -> None:
    at = times(6.0)
    clip, lines = looks(at, at + 8.0), [Alignment(8.0), Alignment(20.0)]
    near, far = elsewhere(clip, ORIGINAL, lines, at)
    assert far.max() < 1.0  # its own moment is elsewhere
    assert near.min() > 1.0
    assert np.isnan(elsewhere(clip, looks(times(0.4)), [Alignment(0.0)], at[:2])).all()


def test_long_originals_are_searched_in_parts_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = times(6.0)
    clip, lines = looks(at, at + 8.0), [Alignment(8.0)]
    whole = elsewhere(clip, ORIGINAL, lines, at)
    monkeypatch.setattr(looks_module, "PAIRS", 7 * len(ORIGINAL.times))
    assert elsewhere(clip, ORIGINAL, lines, at) == pytest.approx(whole, abs=1e-3)
