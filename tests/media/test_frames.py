"""What is on screen between two frames of a file."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from mediacheck.media import decode, frames, wire
from mediacheck.media.frames import (
    ALBUM_FRAMES,
    FRAMES_PER_S,
    MOST_FRAMES,
    SURE,
    THUMB_SIDE,
    Frames,
    FrameStore,
    album_stride,
)
from mediacheck.media.thumbs import Thumbs

from .making import decoded, film

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


def noisy(number: int, width: int = 2 * WIDTH, height: int = 2 * HEIGHT) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (height, width), np.uint8)


def message(time_s: float, pixels: np.ndarray) -> bytes:
    height, width = pixels.shape
    return wire.FRAME_HEADER.pack(time_s, width, height, 1) + pixels.tobytes()


def sent(count: int, stride: int) -> Frames:
    """What a child sends of so many frames whose album is at least `stride` apart."""
    store, thumbs = FrameStore(stride), Thumbs(THUMB_SIDE)
    for number in range(count):
        grey = noisy(number)
        thumb = thumbs.of(grey)
        if number % stride:
            store.take_thumb(message(number / FRAMES_PER_S, thumb))
        else:
            store.take(message(number / FRAMES_PER_S, grey))
    found = store.frames()
    assert found is not None
    return found


def assert_same(one: Frames, other: Frames) -> None:
    assert np.array_equal(one.times, other.times)
    assert np.array_equal(one.thumbs, other.thumbs)
    assert np.array_equal(one.album.times, other.album.times)
    assert [bytes(e) for e in one.album.encoded] == [bytes(e) for e in other.album.encoded]


@pytest.mark.parametrize("count", [16, 31, 32, 33, 100])
def test_frames_that_come_as_thumbnails_leave_the_result_as_it_is(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "ALBUM_FRAMES", 8)
    stride = album_stride(count)
    assert stride > 1
    assert_same(sent(count, stride), sent(count, 1))


def test_the_child_s_thumbnails_are_the_parent_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / "clip.mp4")
    plain = decoded(path).frames
    monkeypatch.setattr(frames, "ALBUM_FRAMES", 6)
    strides: list[int] = []

    def counted(count: float) -> int:
        strides.append(album_stride(count))
        return strides[-1]

    monkeypatch.setattr(decode, "album_stride", counted)
    thinned = decoded(path).frames
    assert plain is not None
    assert thinned is not None
    assert strides[0] > 1
    assert np.array_equal(thinned.thumbs, plain.thumbs)
    full = dict(zip(plain.album.times.tolist(), plain.album.encoded, strict=True))
    kept = dict(zip(thinned.album.times.tolist(), thinned.album.encoded, strict=True))
    assert 0 < len(kept) < len(full)
    assert all(bytes(full[at]) == bytes(encoded) for at, encoded in kept.items())


def test_a_short_file_comes_in_full_and_a_long_one_as_seldom_as_its_album_needs() -> None:
    assert album_stride(ALBUM_FRAMES) == 1
    for count in (ALBUM_FRAMES, 2 * ALBUM_FRAMES, 90_000, MOST_FRAMES):
        stride = album_stride(count)
        # The store halves its album whenever it is full: with a quarter of the frames missing it still would have.
        assert stride == 1 or SURE * count / (stride / 2) >= ALBUM_FRAMES
        assert count / stride < 2 * ALBUM_FRAMES / SURE


def test_a_thumbnail_is_refused_where_none_is_due_or_of_another_size() -> None:
    store = FrameStore(4)
    with pytest.raises(wire.ChildGone, match="thumbnail"):
        store.take_thumb(message(0.0, noisy(0, WIDTH, HEIGHT)))
    store.take(message(0.0, noisy(0)))
    with pytest.raises(wire.ChildGone, match="thumbnail"):
        store.take_thumb(message(0.08, noisy(1, WIDTH, HEIGHT - 1)))
    for number in (1, 2, 3):
        store.take_thumb(message(0.08 * number, noisy(number, WIDTH, HEIGHT)))
    with pytest.raises(wire.ChildGone, match="thumbnail"):
        store.take_thumb(message(0.32, noisy(4, WIDTH, HEIGHT)))


def test_a_frame_that_is_stored_takes_a_time_and_a_share_of_the_album() -> None:
    thumb, store = noisy(1, WIDTH, HEIGHT), FrameStore(64)
    store.take(message(0.0, noisy(0)))
    tracemalloc.start()
    try:
        for number in range(1, 20_000):
            take = store.take_thumb if number % 64 else store.take
            take(message(number / FRAMES_PER_S, thumb))
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    frames = store.frames()
    assert frames is not None
    album = sum(len(each) for each in frames.album.encoded)
    assert held < 64 * 20_000 + 2 * album < 20_000 * thumb.nbytes / 4
