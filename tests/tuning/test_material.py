"""Which half footage belongs to is decided by its bytes, never by its name or by anybody."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from mediacheck.calibration import Calibration
from mediacheck.tuning.footage import SILENT_DB
from mediacheck.tuning.material import FootageRefused, sources

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"


def test_the_hash_decides_the_half(tmp_path: Path) -> None:
    shutil.copyfile(MEDIA / "innocent" / "clip.mp4", tmp_path / "any name.mp4")
    (source,) = sources(tmp_path)
    assert source.sha256.startswith("75ec597b")
    assert (source.name, source.half) == ("75ec597b", "tuning")  # 0x75ec597b is odd
    assert source.has_picture
    assert source.has_sound


def test_the_same_bytes_count_once(tmp_path: Path) -> None:
    for name in ("one.mp4", "two.mp4"):
        shutil.copyfile(MEDIA / "innocent" / "clip.mp4", tmp_path / name)
    assert len(sources(tmp_path)) == 1


def test_other_voices_of_a_take_are_no_sources(tmp_path: Path) -> None:
    for name, case in (("real.mp4", "innocent"), ("dub_one.mp4", "press-qa")):
        shutil.copyfile(MEDIA / case / "clip.mp4", tmp_path / name)
    (source,) = sources(tmp_path)
    assert [voice.path.name for voice in source.voices] == ["dub_one.mp4"]


def test_a_track_on_which_nothing_can_be_heard_is_no_sound(tmp_path: Path) -> None:
    for name, volume in (("silent", "0"), ("faint", "0.0002"), ("quiet", "0.05")):
        subprocess.run(
            [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error",
             "-i", str(MEDIA / "innocent" / "clip.mp4"), "-c:v", "copy", "-c:a", "pcm_s16le",
             "-filter:a", f"volume={volume}", str(tmp_path / f"{name}.mkv")], check=True,
        )  # fmt: skip
    found = {source.path.stem: source.has_sound for source in sources(tmp_path)}
    assert found == {"silent": False, "faint": False, "quiet": True}


def test_silence_here_is_what_the_limits_call_silence() -> None:
    assert Calibration.load().tables["timeline"]["silence_db"] == SILENT_DB


def test_what_cannot_be_read_is_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copyfile(MEDIA / "innocent" / "clip.mp4", tmp_path / "good.mp4")
    (tmp_path / "bad.mp4").write_bytes(b"no film")
    (tmp_path / "notes.txt").write_text("no footage")
    assert len(sources(tmp_path)) == 1
    assert "bad.mp4 is left out" in caplog.text


@pytest.mark.parametrize("make", [lambda folder: None, lambda folder: folder.rmdir()])
def test_nothing_to_measure_with_is_said(tmp_path: Path, make: object) -> None:
    folder = tmp_path / "footage"
    folder.mkdir()
    make(folder)  # type: ignore[operator]
    with pytest.raises(FootageRefused, match="footage"):
        sources(folder)
