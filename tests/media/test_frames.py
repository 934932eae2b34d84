"""What is on screen between two frames of a file."""

from __future__ import annotations

import numpy as np
import pytest

from mediacheck.media import wire
from mediacheck.media.frames import FRAMES_PER_S, Frames, FrameStore

WIDTH, HEIGHT = 64, 36


def stored(*times: float) -> Frames:
    """Frames that are the brighter the later they come."""
    store = FrameStore()
    for number, time_s in enumerate(times):
        pixels = np.full((HEIGHT, WIDTH, 1), 10 + 5 * number, np.uint8)
        store.take(wire.FRAME_HEADER.pack(time_s, WIDTH, HEIGHT, 1) + pixels.tobytes())
    frames = store.frames()
    assert frames is not None
    return frames


def test_a_picture_that_was_stored_once_is_shown_until_the_next_one() -> None:
    frames = stored(0.0, 0.08, 0.16, 5.16, 5.24)
    assert frames.times.tolist() == pytest.approx([0.0, 0.08, 0.16, 5.08, 5.16, 5.24])
    assert frames.thumbs[:, 0, 0].tolist() == [10, 15, 20, 20, 25, 30]
    assert frames.nearest(5.0)[1].mean() == pytest.approx(20, abs=1)  # a JPEG
    assert frames.nearest(5.16)[1].mean() == pytest.approx(25, abs=1)


@pytest.mark.parametrize("gap_s", [1 / FRAMES_PER_S, 0.4, 1.0])
def test_a_low_frame_rate_is_no_standstill(gap_s: float) -> None:
    times = [gap_s * number for number in range(6)]
    assert stored(*times).times.tolist() == pytest.approx(times)


def test_a_stall_shorter_than_half_a_second_is_left_as_it_is() -> None:
    assert len(stored(0.0, 0.08, 0.16, 0.6, 0.68)) == 5
