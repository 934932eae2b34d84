"""A part of a file is what a cut of the file would be, on the part's own clock, at the cost of the part."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from mediacheck.errors import RangeRefused
from mediacheck.media.decode import Decoded, decode
from mediacheck.media.probe import open_source
from mediacheck.model import Span

from .making import decoded, ffmpeg, marked, marks, numbered, numbers, raw, wav

LENGTH_S = 10.0
AT = tuple(np.arange(0.25, LENGTH_S, 0.5))
PART = Span(3.1, 6.6)
FRAME_S = 0.0006  # half of Matroska's and FLV's millisecond
SOUND_S = 0.002
CODECS = (
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-bf",
    "2",
    "-pix_fmt",
    "yuv420p",
    "-threads",
    "1",
    "-c:a",
    "aac",
)


def ten_seconds(path: Path, *arguments: str) -> Path:
    """250 numbered frames and a mark of sound every half second."""
    frames = numbered(round(25 * LENGTH_S))
    sound = wav(path.with_suffix(".wav"), marked(LENGTH_S, AT))
    ffmpeg(*raw(frames), "-i", sound, *CODECS, *arguments, path, stdin=frames.tobytes())
    return path


def part_of(path: Path, part: Span = PART) -> Decoded:
    with open_source(path) as source:
        return decode(source, part=part)


def assert_is_cut(found: Decoded, whole: Decoded, part: Span = PART) -> None:
    """The part shows the whole's moments at their times less the part's start, and nothing else."""
    assert found.frames is not None
    assert whole.frames is not None
    # Which frames are kept differs by one, because the whole thins from its own start: between them it is even.
    shown = np.array([numbers(whole.frames), whole.frames.times])
    step = min(abs(a - b) for a, b in zip(whole.frames.times, whole.frames.times[1:], strict=False))
    for number, at in zip(numbers(found.frames), found.frames.times, strict=True):
        assert part.start + at == pytest.approx(np.interp(number, *shown), abs=2 * FRAME_S)
    assert 0 <= found.frames.times[0] <= 0.04 + FRAME_S
    assert part.length - 2 * step <= found.frames.times[-1] < part.length
    there = [at - part.start for at in marks(whole.sounds[0])]
    wanted = [at for at in there if 0 <= at < part.length - 0.025]
    assert marks(found.sounds[0]) == pytest.approx(wanted, abs=SOUND_S)
    assert found.sounds[0].starts == 0
    assert found.sounds[0].ends == found.sounds[0].duration_s == pytest.approx(part.length)


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "flv", "avi", "ts", "mpg"])
@pytest.mark.parametrize("group", ["25", "250"], ids=["key frames", "one key frame"])
def test_a_part_is_a_cut(tmp_path, ending, group) -> None:
    codecs = ("-c:v", "mpeg2video", "-c:a", "mp2") if ending == "mpg" else ()
    path = ten_seconds(tmp_path / f"whole.{ending}", "-g", group, *codecs)
    whole, found = decoded(path), part_of(path)

    assert_is_cut(found, whole)
    assert found.media.duration_s == pytest.approx(whole.media.duration_s, abs=0.1)
    assert found.media.condition == (
        "only read from 3.1 s to 6.6 s: what lies outside was neither searched nor checked for damage",
    )


@pytest.mark.parametrize("part", [Span(0, 2.5), Span(0.3, 1.5), Span(7.7, 9.9), Span(4.0, 5.0)])
def test_a_part_may_lie_anywhere(tmp_path, part) -> None:
    path = ten_seconds(tmp_path / "whole.mp4", "-g", "50")
    assert_is_cut(part_of(path, part), decoded(path), part)


@pytest.mark.parametrize(
    ("ending", "arguments"),
    [
        ("mp3", ("-c:a", "libmp3lame", "-q:a", "4")),
        ("aac", ()),
        ("flac", ("-c:a", "flac")),
        ("ogg", ("-c:a", "libopus")),
        ("wav", ("-c:a", "pcm_s16le")),
    ],
)
def test_a_part_of_sound_alone(tmp_path, ending, arguments) -> None:
    source = wav(tmp_path / "source.wav", marked(LENGTH_S, AT))
    ffmpeg("-i", source, *arguments, tmp_path / f"whole.{ending}")
    whole = marks(decoded(tmp_path / f"whole.{ending}").sounds[0])

    found = part_of(tmp_path / f"whole.{ending}")

    there = [at - PART.start for at in whole]
    wanted = [at for at in there if 0 <= at < PART.length - 0.025]
    assert marks(found.sounds[0]) == pytest.approx(wanted, abs=SOUND_S)


def test_pictures_without_times_are_counted_from_the_files_start(tmp_path) -> None:
    frames = numbered(100)
    ffmpeg(
        *raw(frames),
        *CODECS[:8],
        "-threads",
        "1",
        "-g",
        "25",
        tmp_path / "whole.h264",
        stdin=frames.tobytes(),
    )
    found = part_of(tmp_path / "whole.h264", Span(2.0, 3.0))
    assert numbers(found.frames)[0] == pytest.approx(50, abs=1)
    assert numbers(found.frames)[-1] == pytest.approx(74, abs=2)


def test_a_part_behind_a_clock_that_starts_anew(tmp_path) -> None:
    """Two broadcasts joined byte by byte: the second begins at 0 again."""
    first = ten_seconds(tmp_path / "first.ts", "-g", "25")
    joined = tmp_path / "joined.ts"
    joined.write_bytes(first.read_bytes() * 2)
    whole, part = decoded(joined), Span(13.1, 16.6)

    found = part_of(joined, part)

    second = dict(zip(numbers(whole.frames)[125:], whole.frames.times[125:], strict=True))
    for number, at in zip(numbers(found.frames), found.frames.times, strict=True):
        if number in second:
            assert part.start + at == pytest.approx(second[number], abs=FRAME_S)
    there = [at - part.start for at in marks(whole.sounds[0])]
    wanted = [at for at in there if 0 <= at < part.length - 0.025]
    assert marks(found.sounds[0]) == pytest.approx(wanted, abs=SOUND_S)
    assert any(said.startswith("its clock starts anew") for said in found.media.condition)


def test_damage_before_and_behind_the_part_is_not_told(tmp_path) -> None:
    path = ten_seconds(tmp_path / "whole.mp4", "-g", "25")
    content, draws = bytearray(path.read_bytes()), random.Random(3)
    # The index stands last; of the rest the first and the last quarter.
    spared = len(content) - content.rindex(b"moov")
    body = len(content) - spared - 100
    for place in draws.sample([*range(2000, body // 5), *range(4 * body // 5, body)], 60):
        content[place] = draws.randrange(256)
    path.write_bytes(content)

    assert any("damaged" in said for said in decoded(path).media.condition)
    assert not any("damaged" in said for said in part_of(path).media.condition)


def test_damage_within_the_part_is_told(tmp_path) -> None:
    path = ten_seconds(tmp_path / "whole.mp4", "-g", "25")
    content, draws = bytearray(path.read_bytes()), random.Random(3)
    for place in draws.sample(range(4 * len(content) // 10, 5 * len(content) // 10), 60):
        content[place] = draws.randrange(256)
    path.write_bytes(content)
    assert any("damaged" in said for said in part_of(path).media.condition)


def test_a_file_that_breaks_off_within_the_part_is_truncated_and_behind_it_not(tmp_path) -> None:
    path = ten_seconds(tmp_path / "whole.mp4", "-g", "25", "-movflags", "+faststart")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])

    within, before = part_of(path), part_of(path, Span(1.0, 3.0))

    assert any(said.startswith("truncated: it says") for said in within.media.condition)
    assert 3.1 < within.media.duration_s < 6.0
    assert len(before.media.condition) == 1
    assert before.media.duration_s == pytest.approx(LENGTH_S, abs=0.1)


def test_a_part_that_reaches_beyond_the_end_ends_there_and_is_not_truncated(tmp_path) -> None:
    found = part_of(ten_seconds(tmp_path / "whole.mp4"), Span(8.0, 60.0))
    assert found.sounds[0].ends == pytest.approx(2.0, abs=0.05)
    assert len(found.media.condition) == 1
    assert found.media.condition[0].startswith("only read from 8.0 s on: ")
    assert found.media.duration_s == pytest.approx(LENGTH_S, abs=0.05)


def test_a_track_that_is_not_there_in_the_part_is_said_so(tmp_path) -> None:
    """The sound stops after two seconds; the picture goes on."""
    frames = numbered(250)
    sound = wav(tmp_path / "two.wav", marked(2.0, AT[:3]))
    path = tmp_path / "whole.mp4"
    ffmpeg(*raw(frames), "-i", sound, *CODECS, "-g", "25", path, stdin=frames.tobytes())

    found = part_of(path)

    assert found.sounds == ()
    assert found.frames is not None
    assert found.media.condition[1:] == (
        "its sound could not be decoded in the part that was read",
    )


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_slide_that_stays_is_shown_from_the_parts_start(tmp_path, ending) -> None:
    """One frame in five seconds: number 0 at 0 s, number 1 at 5 s."""
    frames, path = numbered(3), tmp_path / f"slides.{ending}"
    ffmpeg(*raw(frames, 0.2), *CODECS[:8], "-threads", "1", path, stdin=frames.tobytes())

    over, within = part_of(path, Span(2.0, 6.0)), part_of(path, Span(7.0, 9.0))

    assert numbers(over.frames) == [0, 1]
    assert list(over.frames.times) == pytest.approx([0.0, 3.0], abs=FRAME_S)
    assert numbers(within.frames) == [1]


def test_a_part_of_which_nothing_is_there_is_refused(tmp_path) -> None:
    with pytest.raises(
        RangeRefused, match=r"^whole\.mp4: nothing from 20\.0 s on could be decoded"
    ):
        part_of(ten_seconds(tmp_path / "whole.mp4"), Span(20.0, 30.0))


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_part_of_a_long_file_costs_what_the_part_costs(tmp_path, ending) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=5")
    ffmpeg(*source, "-c:v", "libx264", "-preset", "ultrafast", "-g", "50", tmp_path / "five.mp4")
    (tmp_path / "list.txt").write_text("ffconcat version 1.0\n" + "file five.mp4\n" * 60)
    path = tmp_path / f"long.{ending}"
    ffmpeg("-f", "concat", "-i", tmp_path / "list.txt", "-c", "copy", path)

    def took(part: Span) -> float:
        begun = time.process_time()
        with open_source(path) as source:
            before = _cpu_s(source.child.process.pid)
            assert len(decode(source, part=part).frames) == pytest.approx(60, abs=3)
            return time.process_time() - begun + _cpu_s(source.child.process.pid) - before

    assert took(Span(250.0, 255.0)) < 3 * took(Span(0.0, 5.0)) + 0.3


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
