"""Every frame and every sample stands where the container's time stamps put it, on one clock."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from mediacheck.media.decode import Decoded
from mediacheck.media.frames import Frames, stills, stills_of
from mediacheck.media.probe import open_source
from mediacheck.media.sound import excerpt
from mediacheck.model import Span

from . import making
from .making import decoded, film, marks, marks_in, number_of, numbers

AT = (0.1, 0.5, 1.0, 1.5, 1.9)
FRAME_S = 0.0006  # half of Matroska's and FLV's millisecond
SOUND_S = 0.002


def assert_shown(frames: Frames, truth: Callable[[int], float], within: float = FRAME_S) -> None:
    """Each frame at its true time, and a dozen of them a second."""
    off = [time - truth(number) for time, number in zip(frames.times, numbers(frames), strict=True)]
    assert max(map(abs, off)) <= within
    assert max(np.diff(frames.times)) < 0.125


def assert_heard(found: Sequence[float], truth: Sequence[float], within: float = SOUND_S) -> None:
    assert len(found) == len(truth)
    assert max(abs(a - b) for a, b in zip(found, truth, strict=True)) <= within


def begin(found: Decoded) -> float:
    assert found.frames is not None
    return min(float(found.frames.times[0]), found.sounds[0].starts)


# MPEG-TS and FLV cannot say that the first AAC packet is priming: it plays, and the picture waits for it.
PRIMING_S = 1024 / 48_000


@pytest.mark.parametrize(
    ("name", "first_frame_s"),
    [
        ("clip.mp4", 0.0),
        ("clip.mkv", 0.0),
        ("clip.mov", 0.0),
        ("clip.ts", PRIMING_S),
        ("clip.flv", PRIMING_S),
    ],
)
def test_picture_and_sound_share_a_clock_from_zero(tmp_path, name, first_frame_s) -> None:
    found = decoded(film(tmp_path / name))

    assert begin(found) == pytest.approx(0.0, abs=FRAME_S)
    assert_shown(found.frames, lambda number: first_frame_s + number * 0.04)
    assert_heard(marks(found.sounds[0]), [at + first_frame_s for at in AT])
    assert found.media.duration_s == pytest.approx(2.0 + first_frame_s, abs=0.05)
    assert found.media.condition == ()


@pytest.mark.parametrize("name", ["clip.mkv", "clip.ts", "clip.mp4"])
def test_start_far_from_zero_is_the_zero_of_the_clock(tmp_path, name) -> None:
    found = decoded(film(tmp_path / name, "-output_ts_offset", "5"))

    assert begin(found) == pytest.approx(0.0, abs=FRAME_S)
    first = float(found.frames.times[0])
    assert first <= PRIMING_S + FRAME_S
    assert_shown(found.frames, lambda number: first + number * 0.04)
    assert_heard(marks(found.sounds[0]), [at + first for at in AT])
    assert found.media.duration_s == pytest.approx(2.0 + first, abs=0.05)
    assert found.media.condition == ()


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
@pytest.mark.parametrize("late_s", [0.52, -0.52], ids=["picture late", "sound late"])
def test_track_that_starts_later_keeps_its_distance(tmp_path, name, late_s) -> None:
    offset = ("-itsoffset", str(abs(late_s)))
    found = decoded(
        film(
            tmp_path / name,
            before=offset if late_s > 0 else (),
            between=offset if late_s < 0 else (),
        )
    )

    assert begin(found) == pytest.approx(0.0, abs=FRAME_S)
    first = float(found.frames.times[0])
    assert_shown(found.frames, lambda number: first + number * 0.04)
    assert_heard(marks(found.sounds[0]), [at + first - late_s for at in AT])


def test_variable_frame_rate_keeps_each_frames_own_time(tmp_path) -> None:
    times = [0.040 * number + 0.015 * (number % 3) for number in range(50)]
    found = decoded(
        film(
            tmp_path / "clip.mp4",
            *("-vf", "settb=1/1000,setpts=40*N+15*mod(N\\,3)", "-fps_mode", "passthrough"),
            *("-enc_time_base:v", "1:1000", "-video_track_timescale", "1000"),
        )
    )

    assert_shown(found.frames, lambda number: times[number])
    assert_heard(marks(found.sounds[0]), AT)


def test_frames_hidden_by_an_edit_list_are_not_shown(tmp_path) -> None:
    whole = film(tmp_path / "whole.mp4", "-g", "50", "-bf", "3")
    making.ffmpeg("-ss", "0.52", "-i", whole, "-c", "copy", tmp_path / "clip.mp4")

    with av.open(str(tmp_path / "clip.mp4")) as container:
        stored = [packet.pts for packet in container.demux(video=0) if packet.pts is not None]
    found = decoded(tmp_path / "clip.mp4")

    assert min(stored) < 0  # the file does hold what it hides
    assert numbers(found.frames)[0] == 13
    assert_shown(found.frames, lambda number: (number - 13) * 0.04)
    assert_heard(marks(found.sounds[0]), [at - 0.52 for at in AT[2:]])


def test_reordered_frames_come_in_the_order_of_showing(tmp_path) -> None:
    path = film(tmp_path / "clip.mp4", "-bf", "3", "-g", "50", "-x264-params", "b-adapt=0")
    with av.open(str(path)) as container:
        stamps = [packet.pts for packet in container.demux(video=0) if packet.pts is not None]

    assert stamps != sorted(stamps)
    assert_shown(decoded(path).frames, lambda number: number * 0.04)


def test_frames_with_guessed_stamps_all_come_in_order(tmp_path) -> None:
    """AVI knows when a packet is decoded, not when it is shown; with reordered frames the guess goes backwards."""
    path = film(tmp_path / "clip.avi", "-bf", "2", "-g", "50", audio="pcm_s16le")

    found = decoded(path)

    shown = numbers(found.frames)
    assert shown == sorted(shown)
    assert_shown(
        found.frames, lambda number: number * 0.04, within=0.085
    )  # up to the delay of decoding
    assert_heard(marks(found.sounds[0]), AT)


def test_stream_without_time_stamps_is_counted_and_said(tmp_path) -> None:
    found = decoded(film(tmp_path / "clip.h264", "-an", "-f", "h264"))

    assert_shown(found.frames, lambda number: number * 0.04)
    assert found.media.duration_s == pytest.approx(2.0)
    assert "50 frames carry no time" in found.media.condition[0]


def test_parts_joined_end_to_end_follow_each_other(tmp_path) -> None:
    part = film(tmp_path / "part.ts").read_bytes()
    (tmp_path / "clip.ts").write_bytes(part + part + part)

    found = decoded(tmp_path / "clip.ts")

    shown, length = numbers(found.frames), 2.0
    starts = [0, *(index for index in range(1, len(shown)) if shown[index] < shown[index - 1])]
    assert len(starts) == 3
    for part_number, (start, end) in enumerate(zip(starts, [*starts[1:], len(shown)], strict=True)):
        for index in range(start, end):
            true = PRIMING_S + part_number * length + shown[index] * 0.04
            assert found.frames.times[index] == pytest.approx(true, abs=0.03)
    heard = marks(found.sounds[0])
    assert len(heard) == 15
    for index, at in enumerate(heard):  # sound against its own part's picture
        first = starts[index // 5]
        zero = found.frames.times[first] - shown[first] * 0.04
        assert at - zero == pytest.approx(AT[index % 5], abs=SOUND_S)
    assert found.media.condition == ("its clock starts anew (2 times)",)
    # Stills and excerpts live on the same clock, though this file cannot be sought by time.
    later = stills(tmp_path / "clip.ts", [length + 1.0], 64)[0]
    assert number_of(later.pixels[:, :, 0]) in (23, 24, 25)
    heard_there = marks_in(excerpt(tmp_path / "clip.ts", Span(length, length + 2.0)), 16_000)
    assert_heard(heard_there, [at - length for at in heard[5:10]])


def test_joined_without_decoding_sound_does_not_drift(tmp_path) -> None:
    """Every joint leaves a gap that a count of samples does not see."""
    making.wav(tmp_path / "part.wav", making.marked(0.55, (0.1, 0.4)))
    making.ffmpeg("-i", tmp_path / "part.wav", "-c:a", "aac", tmp_path / "part.m4a")
    listed = "ffconcat version 1.0\n" + "file part.m4a\nduration 0.6\n" * 8
    (tmp_path / "list.txt").write_text(listed)
    for name in ("clip.mp4", "clip.mkv"):
        path = tmp_path / name
        making.ffmpeg("-f", "concat", "-i", tmp_path / "list.txt", "-c", "copy", path)
        line, rate = making.placed_by_stamps(path)
        truth = marks_in(line, rate)
        with av.open(str(path)) as container:
            counted = sum(frame.samples for frame in container.decode(audio=0)) / rate

        found = decoded(path).sounds[0]

        assert len(truth) == 16
        assert len(line) / rate - counted > 0.1  # what counting would be wrong by at the end
        assert_heard([at - marks(found)[0] for at in marks(found)], [at - truth[0] for at in truth])
        assert marks(found)[0] == pytest.approx(0.1, abs=0.025)


def restamped(source: Path, path: Path, moved: Callable[[int], float]) -> None:
    """The sound packets of a file, packet n moved by so many seconds."""
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.audio[0])
        for number, packet in enumerate(old.demux(audio=0)):
            if packet.pts is None:
                continue
            packet.pts += round(moved(number) / packet.time_base)
            packet.dts = packet.pts
            packet.stream = stream
            new.mux(packet)


@pytest.mark.parametrize("step_s", [0.005, 0.0012, -0.004])
def test_small_gaps_do_not_add_up(tmp_path, step_s) -> None:
    at = [0.2 + 0.4 * number for number in range(10)]
    making.wav(tmp_path / "whole.wav", making.marked(4.2, at))
    making.ffmpeg("-i", tmp_path / "whole.wav", "-c:a", "pcm_s16le", tmp_path / "whole.mkv")
    restamped(tmp_path / "whole.mkv", tmp_path / "clip.mkv", lambda number: number // 3 * step_s)
    line, rate = making.placed_by_stamps(tmp_path / "clip.mkv")

    found = decoded(tmp_path / "clip.mkv").sounds[0]

    assert abs(len(line) / rate - 4.2) > 0.01  # they did add up in the file
    assert_heard(marks(found), marks_in(line, rate))


def test_jitter_of_time_stamps_does_not_tear_the_sound(tmp_path) -> None:
    at = [0.2 + 0.4 * number for number in range(10)]
    making.wav(tmp_path / "whole.wav", making.marked(4.2, at))
    making.ffmpeg("-i", tmp_path / "whole.wav", "-c:a", "pcm_s16le", tmp_path / "whole.mkv")
    draws = random.Random(1)
    jitter = [0.0, *(draws.uniform(-0.004, 0.004) for _ in range(1000))]
    restamped(tmp_path / "whole.mkv", tmp_path / "clip.mkv", lambda number: jitter[number])

    found = decoded(tmp_path / "clip.mkv").sounds[0]

    assert_heard(marks(found), at)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_stills_and_excerpts_agree_with_the_whole(tmp_path, name) -> None:
    path = film(tmp_path / name, "-output_ts_offset", "5", "-g", "20")
    found = decoded(path)
    first = float(found.frames.times[0])

    asked = [0.0, first + 0.62, first + 1.0, first + 1.97, first + 9.0]
    shown = stills(path, asked, 128)
    heard = marks_in(excerpt(path, Span(first + 0.9, first + 1.7)), 16_000)

    expected = [15, 25, 49] if first > 0.01 else [0, 15, 25, 49]
    assert [number_of(still.pixels[:, :, 0]) for still in shown] == expected
    assert_heard(heard, [0.1, 0.6])


@pytest.mark.parametrize("options", [("-g", "20"), ("-g", "20", "-output_ts_offset", "5")])
def test_stills_taken_together_are_those_taken_one_by_one(tmp_path, options) -> None:
    path = film(tmp_path / "clip.mkv", *options)
    asked = [0.0, 0.02, 0.5, 0.5, 0.61, 1.9, 0.3, 40.0]

    together = [number_of(still.pixels[:, :, 0]) for still in stills(path, asked, 128)]
    alone = [number_of(still.pixels[:, :, 0]) for at in asked for still in stills(path, [at], 128)]

    assert together == alone
    assert len(together) == len(asked) - 1


def test_where_an_earlier_frame_will_do_the_key_frame_is_taken(tmp_path) -> None:
    path = film(tmp_path / "clip.mp4", "-g", "20", "-keyint_min", "20", "-sc_threshold", "0")
    with open_source(path) as source:
        near = [still.time_s for still in stills_of(source, [0.5, 1.0, 1.9], 128, 0.3)]
        exact = [still.time_s for still in stills_of(source, [0.5, 1.0, 1.9], 128)]

    assert exact == pytest.approx([0.48, 1.0, 1.88], abs=0.001)
    assert all(-0.001 <= last - early <= 0.3 for early, last in zip(near, exact, strict=True))
    assert near != exact


def shifted(source: Path, path: Path, moved: Callable[[int], float]) -> None:
    """The picture's packets of a file without reordering, packet n moved by so many seconds."""
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(old.demux(video=0)):
            if packet.pts is None:
                continue
            packet.pts += round(moved(number) / packet.time_base)
            packet.stream = stream
            new.mux(packet)


def test_one_damaged_time_stamp_does_not_hide_the_rest(tmp_path) -> None:
    whole = film(tmp_path / "whole.mkv", "-an", "-bf", "0")
    shifted(whole, tmp_path / "clip.mkv", lambda number: 3000.0 if number == 10 else 0.0)

    found = decoded(tmp_path / "clip.mkv")

    assert len(found.frames) == 25
    assert_shown(found.frames, lambda number: number * 0.04)


def test_long_pause_between_frames_is_kept(tmp_path) -> None:
    whole = film(tmp_path / "whole.mkv", "-an", "-bf", "0", count=4)
    shifted(whole, tmp_path / "clip.mkv", lambda number: 60.0 * number)

    found = decoded(tmp_path / "clip.mkv")

    assert list(found.frames.times) == pytest.approx([60.04 * number for number in range(4)])
    assert numbers(found.frames) == [0, 1, 2, 3]
    assert stills(tmp_path / "clip.mkv", [100.0, 500.0], 64)[0].time_s == pytest.approx(60.04)


def test_what_lies_beyond_half_a_day_is_left_out_and_said(tmp_path) -> None:
    whole = film(tmp_path / "whole.mkv", "-an", "-bf", "0", count=10)
    shifted(whole, tmp_path / "clip.mkv", lambda number: 50_000.0 if number > 5 else 0.0)

    found = decoded(tmp_path / "clip.mkv")

    assert found.media.duration_s == pytest.approx(0.24)
    assert "what lies beyond 12 hours was not read" in found.media.condition
