"""What is no media is refused in one line; what is media is opened whatever its name and company."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from mediacheck.errors import MediaUnreadable
from mediacheck.media.probe import open_source

from . import making
from .making import corners, decoded, ffmpeg, film, number_of, quadrants

POSIX = pytest.mark.skipif(os.name != "posix", reason="names and files that only POSIX has")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of picture and two of sound."""
    return film(tmp_path_factory.mktemp("clip") / "clip.mp4", count=25)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "picture.png"
    frame = quadrants()
    ffmpeg(*making.raw(frame[None]), "-frames:v", "1", path, stdin=frame.tobytes())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(MediaUnreadable) as refused:
        open_source(path)
    message = str(refused.value)
    assert len(message.splitlines()) == 1
    return message


def test_missing_file(tmp_path) -> None:
    assert refusal(tmp_path / "clip.mp4").endswith("there is no such file; check its name")


def test_folder(tmp_path) -> None:
    assert refusal(tmp_path).endswith("it is a folder; name the file in it")


def test_empty_file(tmp_path) -> None:
    (tmp_path / "clip.mp4").touch()
    assert refusal(tmp_path / "clip.mp4").endswith("is the download complete?")


@POSIX
def test_pipe_and_device_do_not_keep_us_waiting(tmp_path) -> None:
    os.mkfifo(tmp_path / "clip.mp4")
    assert "save it as a file first" in refusal(tmp_path / "clip.mp4")
    assert "save it as a file first" in refusal(Path("/dev/zero"))


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read all")
def test_file_without_permission(tmp_path, clip) -> None:
    shutil.copy(clip, tmp_path / "clip.mp4")
    (tmp_path / "clip.mp4").chmod(0)
    assert "check its permissions" in refusal(tmp_path / "clip.mp4")


def test_name_that_no_file_can_have() -> None:
    assert "check its name" in refusal(Path("clip\0.mp4"))


PLAYLISTS = {
    "concat": "ffconcat version 1.0\nfile {clip}\n",
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:{clip}\n#EXT-X-ENDLIST\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<AdaptationSet><Representation id="1"><BaseURL>{clip}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="99" height="99"><image xlink:href="{clip}" width="99" height="99"/></svg>',
    "text": "This is the text of a page that said: file not found.\n" * 50,
}


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_what_names_other_files_is_refused(tmp_path, clip, kind) -> None:
    (tmp_path / "clip.mp4").write_text(PLAYLISTS[kind].format(clip=clip))
    assert "cannot be read as video or sound" in refusal(tmp_path / "clip.mp4")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_decoder_has_one_file_open_and_no_name(clip) -> None:
    with open_source(clip) as source:
        child = Path(f"/proc/{source.child.process.pid}")
        opened = [os.readlink(each) for each in (child / "fd").iterdir()]
        assert [name for name in opened if "mediacheck" not in name and ".mp4" in name] == [
            str(clip)
        ]
        assert str(clip).encode() not in (child / "cmdline").read_bytes()


NAMES = ["-i.mp4", "a b\t😀.mp4", "seq_%03d.png"]
if os.name == "posix":
    NAMES += ["http:clip.mp4", "concat:a|b.mp4", "new\nline.mp4", os.fsdecode(b"\xff\xfe.mp4")]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_name_is_only_a_name(tmp_path, monkeypatch, clip, picture, name) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(picture if name.endswith("png") else clip, name)
    with open_source(Path(name)) as source:
        assert source.media.has("picture")


def test_pattern_of_pictures_is_one_picture(tmp_path, picture) -> None:
    shutil.copy(picture, tmp_path / "seq_%03d.png")
    for number in range(1, 4):
        shutil.copy(picture, tmp_path / f"seq_{number:03}.png")

    found = decoded(tmp_path / "seq_%03d.png")

    assert len(found.frames) == 1


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "gif"])
def test_still_image_is_one_frame(tmp_path, picture, ending) -> None:
    path = tmp_path / f"clip.{ending}"
    ffmpeg("-i", picture, path)

    found = decoded(path)

    assert len(found.frames) == 1
    assert found.sounds == ()
    assert found.media.duration_s <= 0.1
    assert found.media.condition == ("the picture is a single still",)
    levels = np.array(corners(found.frames.nearest(0.0)[1]))
    assert np.abs(levels - np.array(making.QUADRANTS)).max() <= 4


def test_video_of_one_frame_lasts_as_long_as_it(tmp_path) -> None:
    found = decoded(film(tmp_path / "clip.mp4", "-an", count=1))

    assert len(found.frames) == 1
    assert found.media.duration_s == pytest.approx(0.04)


def test_cover_is_not_the_picture(tmp_path, clip, picture) -> None:
    added = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic")
    ffmpeg("-i", clip, "-i", picture, *added, tmp_path / "clip.mp4")

    found = decoded(tmp_path / "clip.mp4")

    assert [stream.kind for stream in found.media.streams] == ["picture", "sound", "other"]
    assert number_of(found.frames.thumbs[5]) == 10


def test_sound_with_a_cover_has_no_picture(tmp_path, clip, picture) -> None:
    added = ("-map", "0:a", "-map", "1", "-c:a", "libmp3lame", "-c:v", "copy")
    ffmpeg("-i", clip, "-i", picture, *added, "-disposition:v", "attached_pic", tmp_path / "a.mp3")

    found = decoded(tmp_path / "a.mp3")

    assert found.frames is None
    assert not found.media.has("picture")
    assert found.media.duration_s == pytest.approx(2.0, abs=0.05)


def test_cover_alone_is_neither_picture_nor_sound(tmp_path, picture) -> None:
    ffmpeg("-i", picture, "-c", "copy", "-disposition:v", "attached_pic", tmp_path / "clip.mp4")
    assert "neither picture nor sound" in refusal(tmp_path / "clip.mp4")


def test_other_tracks_are_named_and_left_alone(tmp_path, clip) -> None:
    (tmp_path / "said.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    added = ("-map", "0", "-map", "1", "-c", "copy", "-c:s", "mov_text")
    timecode = ("-timecode", "01:00:00:00", "-metadata:s:a:0", "language=rus")
    ffmpeg("-i", clip, "-i", tmp_path / "said.srt", *added, *timecode, tmp_path / "clip.mp4")

    found = decoded(tmp_path / "clip.mp4")

    kinds = [stream.kind for stream in found.media.streams]
    assert kinds == ["picture", "sound", "other", "other"]
    assert found.media.streams[1].language == "rus"
    assert len(found.frames) == 13
    assert found.media.condition == ()


def test_track_of_an_unknown_codec_is_said_and_the_rest_is_used(tmp_path, clip) -> None:
    content = clip.read_bytes()
    assert content.count(b"avc1\x00\x00") == 1
    (tmp_path / "clip.mp4").write_bytes(content.replace(b"avc1\x00\x00", b"zzz1\x00\x00"))

    found = decoded(tmp_path / "clip.mp4")

    assert found.frames is None
    assert found.media.has("picture")
    assert making.marks(found.sounds[0]) == pytest.approx([0.1, 0.5, 1.0, 1.5, 1.9], abs=0.002)
    assert found.media.condition == ("its picture could not be decoded",)


@pytest.mark.parametrize("name", ["clip.mkv", "clip.mp4"])
def test_more_tracks_than_anyone_needs(tmp_path, clip, name) -> None:
    ffmpeg("-i", clip, *("-map", "0:v") * 100, "-c", "copy", tmp_path / name)
    assert "100 tracks; at most 64 are read" in refusal(tmp_path / name)
