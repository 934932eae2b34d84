"""Frames come as a viewer sees them, whatever way their pixels are stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mediacheck.media.frames import stills
from mediacheck.media.upright import turned

from . import making
from .making import corners, decoded, ffmpeg, film, number_of, numbers, quadrants

(A, B), (C, D) = making.QUADRANTS
LEVELS = 4  # of 255: what a coarse quantiser and two colour conversions move a flat grey by


def still_film(path: Path, *arguments: str, width: int = 256, height: int = 144) -> Path:
    """Five equal frames with four different quarters."""
    frames = np.repeat(quadrants(width, height)[None], 5, axis=0)
    ffmpeg(*making.raw(frames), *arguments, "-threads", "1", path, stdin=frames.tobytes())
    return path


H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "1", "-pix_fmt", "yuv420p")


def assert_quarters(pixels: np.ndarray, expected: tuple[tuple[int, int], tuple[int, int]]) -> None:
    assert np.abs(np.array(corners(pixels)) - np.array(expected)).max() <= LEVELS


@pytest.fixture(scope="module")
def upright_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return still_film(tmp_path_factory.mktemp("film") / "film.mp4", *H264)


@pytest.mark.parametrize(
    ("name", "turn", "expected", "rotation"),
    [
        ("clip.mp4", "-display_rotation 90", ((B, D), (A, C)), 90),  # counterclockwise
        ("clip.mp4", "-display_rotation 180", ((D, C), (B, A)), 180),
        ("clip.mp4", "-display_rotation 270", ((C, A), (D, B)), 90),
        ("clip.mkv", "-display_rotation 90", ((B, D), (A, C)), 90),
        ("clip.mp4", "-display_hflip", ((B, A), (D, C)), 180),  # what FFmpeg calls its rotation
        ("clip.mp4", "-display_rotation 90 -display_hflip", ((D, B), (C, A)), 90),
    ],
)
def test_rotation_and_mirror_in_the_metadata_are_undone(
    upright_film, tmp_path, name, turn, expected, rotation
) -> None:
    path = tmp_path / name
    ffmpeg(*turn.split(), "-i", upright_film, "-c", "copy", path)

    found = decoded(path)
    small = found.frames.nearest(0.0)[1]

    sideways = rotation == 90
    assert small.shape == ((256, 144) if sideways else (144, 256))
    assert found.frames.aspect == pytest.approx(9 / 16 if sideways else 16 / 9)
    assert_quarters(small, expected)
    picture = found.media.streams[0]
    assert (picture.width, picture.height, abs(picture.rotation)) == (256, 144, rotation)


def test_stills_are_upright_too(upright_film, tmp_path) -> None:
    ffmpeg("-display_rotation", "270", "-i", upright_film, "-c", "copy", tmp_path / "clip.mp4")

    shown = stills(tmp_path / "clip.mp4", [0.0], 128)[0].pixels

    assert shown.shape == (128, 72, 3)
    assert_quarters(shown[:, :, 1], ((C, A), (D, B)))


def test_a_turn_that_is_no_quarter_is_left_alone() -> None:
    pixels = quadrants()
    half = round(0.7071 * 65536)
    assert turned(pixels, half, half, -half, half) is pixels
    assert turned(pixels, 0, 0, 0, 0) is pixels


@pytest.mark.parametrize(("ratio", "aspect"), [("64/45", 1024 / 405), ("1/2", 8 / 9)])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_pixels_that_are_not_square_are_stretched(tmp_path, name, ratio, aspect) -> None:
    path = still_film(tmp_path / name, "-vf", f"setsar={ratio}", *H264)

    frames = decoded(path).frames

    assert frames.aspect == pytest.approx(aspect, rel=0.01)
    assert_quarters(frames.nearest(0.0)[1], ((A, B), (C, D)))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("10 bit.mp4", "-c:v libx264 -preset ultrafast -qp 4 -pix_fmt yuv420p10le"),
        ("yuv444.mp4", "-c:v libx264 -preset ultrafast -qp 1 -pix_fmt yuv444p"),
        ("grey.mkv", "-c:v ffv1 -pix_fmt gray"),
        ("grey 10 bit.mkv", "-c:v ffv1 -pix_fmt gray10le"),
        ("rgb.mkv", "-c:v ffv1 -pix_fmt bgr0"),
        ("full range.mp4", "-c:v libx264 -preset ultrafast -qp 1 -pix_fmt yuvj420p"),
        ("transparent.mov", "-c:v qtrle -pix_fmt argb"),
        ("palette.gif", ""),
        ("hevc 10 bit.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=0:qp=4:pools=1 "
                            "-pix_fmt yuv420p10le"),
        ("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -crf 4 -b:v 0 -pix_fmt yuv420p"),
        ("interlaced.mp4", "-c:v libx264 -preset ultrafast -qp 1 -pix_fmt yuv420p -flags +ildct+ilme "
                           "-x264opts interlaced=1"),
        ("interlaced.mpg", "-c:v mpeg2video -q:v 1 -pix_fmt yuv420p -flags +ildct+ilme"),
    ],
)  # fmt: skip
def test_every_way_to_store_pixels_gives_the_same_grey(tmp_path, name, arguments) -> None:
    path = still_film(tmp_path / name, *arguments.split())

    found = decoded(path)

    assert found.frames.nearest(0.0)[1].shape == (144, 256)
    assert_quarters(found.frames.nearest(0.0)[1], ((A, B), (C, D)))
    assert found.media.condition == ()


@pytest.mark.parametrize(
    ("width", "height", "small"),
    [
        (257, 145, (145, 257)),
        (641, 359, (179, 320)),
        (33, 701, (320, 15)),
        (16, 16, (16, 16)),
    ],
)
def test_odd_sizes_keep_their_shape(tmp_path, width, height, small) -> None:
    path = still_film(
        tmp_path / "clip.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv420p", width=width, height=height
    )

    shown = decoded(path).frames.nearest(0.0)[1]

    assert shown.shape == small
    assert_quarters(shown, ((A, B), (C, D)))


def test_change_of_size_in_the_middle_is_followed_and_said(tmp_path) -> None:
    first = film(tmp_path / "first.ts", "-an", count=25)
    frames = making.numbered(25, 192, 192)
    ffmpeg(
        *making.raw(frames), *H264, "-bf", "2", "-output_ts_offset", "1", tmp_path / "second.ts",
        stdin=frames.tobytes(),
    )  # fmt: skip
    (tmp_path / "clip.ts").write_bytes(first.read_bytes() + (tmp_path / "second.ts").read_bytes())

    found = decoded(tmp_path / "clip.ts")

    assert found.frames.nearest(0.0)[1].shape == (144, 256)
    assert found.frames.nearest(1.9)[1].shape == (192, 192)
    times, shown = (
        found.frames.times[-8:],
        numbers(found.frames)[-8:],
    )  # thumbnails keep the first size
    assert np.diff(times) == pytest.approx(0.04 * np.diff(shown), abs=1e-3)
    assert [number_of(found.frames.nearest(time)[1]) for time in times] == shown
    assert found.media.condition == ("the picture changes its size (2 sizes)",)


def test_photograph_is_turned_by_its_own_note(tmp_path) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn clockwise
    Image.fromarray(quadrants()).save(tmp_path / "photo.jpg", exif=exif, quality=95)

    found = decoded(tmp_path / "photo.jpg")

    assert_quarters(found.frames.nearest(0.0)[1], ((C, A), (D, B)))
