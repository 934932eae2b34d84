"""A joint is shown where the frames change, and where it was measured if none stands out."""

from __future__ import annotations

import numpy as np
import pytest

from mediacheck.media.frames import Still
from mediacheck.media.jointframes import SEARCH_S, around, found
from mediacheck.model import Span

FPS = 25


def film(joint_s: float, span: Span, jump: int = 40, noise: float = 0.5) -> list[Still]:
    """A picture that moves a little from frame to frame and jumps once."""
    rng = np.random.default_rng(7)
    ground = rng.integers(60, 120, (90, 160, 3))
    return [
        Still(
            number / FPS,
            np.clip(
                ground
                + rng.normal(0, noise, ground.shape)
                + jump * (number / FPS >= joint_s - 1e-6),
                0,
                255,
            ).astype(np.uint8),
        )
        for number in range(round(span.start * FPS), round(span.end * FPS))
    ]


@pytest.mark.parametrize("off", [-0.1, -0.04, 0.0, 0.04, 0.1])
def test_the_frames_tell_the_joint_to_the_frame(off: float) -> None:
    joint = found(film(5.0, around(5.0 + off)), 5.0 + off)
    assert joint is not None
    assert joint.sharp
    assert joint.at_s == pytest.approx(5.0)
    before = [still.time_s for still in joint.frames[: joint.before]]
    after = [still.time_s for still in joint.frames[joint.before :]]
    assert before == pytest.approx([4.56, 4.76, 4.96])
    assert after == pytest.approx([5.0, 5.2, 5.4])


def test_a_change_further_away_is_another_joint() -> None:
    measured = 5.0 + SEARCH_S + 0.2
    joint = found(film(5.0, around(measured)), measured)
    assert joint is not None
    assert not joint.sharp
    assert joint.at_s == measured


def test_where_nothing_stands_out_the_measured_place_stays() -> None:
    joint = found(film(5.0, around(5.1), jump=0, noise=6.0), 5.1)
    assert joint is not None
    assert not joint.sharp
    last, first = joint.frames[joint.before - 1], joint.frames[joint.before]
    assert last.time_s < 5.1 <= first.time_s


def test_at_the_files_ends_there_are_fewer_frames_but_no_frame_twice() -> None:
    stills = film(0.08, Span(0.0, 0.3))
    joint = found(stills, 0.1)
    assert joint is not None
    times = [still.time_s for still in joint.frames]
    assert joint.before == 2
    assert times == sorted(set(times))


@pytest.mark.parametrize("count", [0, 1])
def test_one_frame_has_no_joint(count: int) -> None:
    assert found(film(5.0, around(5.0))[:count], 5.0) is None
