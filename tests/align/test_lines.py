from __future__ import annotations

import numpy as np

from mediacheck.align.lines import AROUND_S, apart_s, distinct, reached, speeds_heard
from mediacheck.model import Alignment, Span

CENTRES = np.arange(0.4, 10.0, 0.2)


def test_lines_part_by_the_worse_of_the_clips_two_ends() -> None:
    assert apart_s(Alignment(5.0), Alignment(5.5, 0.9), 10.0) == 0.5
    assert apart_s(Alignment(5.0), Alignment(5.1, 1.1), 10.0) > 1.0


def test_a_line_found_twice_is_kept_once() -> None:
    first, again, other = Alignment(5.0), Alignment(5.02, 1.001), Alignment(5.0, 1.02)
    assert distinct((first, again, other), 10.0) == [first, other]
    assert distinct((first, again, other), 10.0, 0.01) == [first, again, other]


def test_only_sound_of_the_same_moment_tells_a_speed() -> None:
    hints = (Alignment(5.2, 0.96), Alignment(25.0, 1.1))
    assert speeds_heard(Alignment(5.0), hints, CENTRES) == (0.96,)
    assert speeds_heard(Alignment(5.0), (), CENTRES) == ()


def test_lines_reach_from_the_first_moment_they_show_to_the_last() -> None:
    lines = Alignment(100.0), Alignment(40.0, 2.0), Alignment(200.0, 0.5)
    assert reached(lines, 20.0) == Span(40.0 - AROUND_S, 210.0 + AROUND_S)
