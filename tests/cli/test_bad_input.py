"""Whatever files are given, the run ends with the contract's code, says why in one line, and leaves no ruins."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from mediacheck.cli.main import main

FOOTAGE = Path(__file__).parents[2] / "fixtures" / "media" / "innocent" / "original.mp4"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-threads", "1")
SMALL = ("-vf", "scale=320:180", *H264, "-crf", "26", "-c:a", "aac")
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def ffmpeg(*arguments: str | Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-v", "error"]
    subprocess.run([*command, *map(str, arguments)], check=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an original of ten seconds, five of them as a clip, and what is left of both in other forms."""
    folder = tmp_path_factory.mktemp("made")
    original, clip = folder / "original.mp4", folder / "clip.mp4"
    ffmpeg("-ss", "16", "-t", "10", "-i", FOOTAGE, *SMALL, original)
    ffmpeg("-ss", "3", "-t", "5", "-i", original, *SMALL, "-movflags", "+faststart", clip)
    for path in (clip, original):
        ffmpeg("-i", path, "-an", "-c", "copy", path.with_stem(f"{path.stem} without sound"))
        ffmpeg("-i", path, "-vn", "-c", "copy", path.with_stem(f"{path.stem} without picture"))
    ffmpeg("-i", clip, "-vn", folder / "sound.mp3")
    ffmpeg("-ss", "2", "-i", clip, "-frames:v", "1", folder / "still.png")
    whole = clip.read_bytes()
    (folder / "cut off.mp4").write_bytes(whole[: len(whole) * 3 // 4])
    (folder / "empty.mp4").touch()
    (folder / "page.mp4").write_text("<html><body>404: not found</body></html>\n" * 100)
    (folder / "noise.mp4").write_bytes(random.Random(1).randbytes(20_000))
    (folder / "list.mp4").write_text("ffconcat version 1.0\nfile clip.mp4\n")
    head = original.read_bytes()
    (folder / "no index.mp4").write_bytes(head[: len(head) // 2])
    return folder


@dataclass(frozen=True)
class Ended:
    """How one run of the command ended."""

    code: int
    said: list[str]
    complained: list[str]
    report: dict[str, Any] | None

    @property
    def headline(self) -> str:
        return self.said[0]

    @property
    def alterations(self) -> list[str]:
        assert self.report is not None
        return [row["kind"] for row in self.report["findings"] if row["severity"] == "alteration"]


Compare = Callable[..., Ended]


@pytest.fixture
def compare(made, tmp_path, monkeypatch, capfd) -> Compare:
    """`mediacheck compare` in an empty folder, on files of `made` or of any path."""
    monkeypatch.chdir(tmp_path)

    def run(clip: str | Path, original: str | Path, *options: str, quiet: bool = True) -> Ended:
        before = everything()
        arguments = ["compare", str(made / clip), str(made / original), "--no-transcript"]
        code = main([*arguments, "--format", "json", *options, *["--quiet"] * quiet])
        printed = capfd.readouterr()
        new = everything() - before
        reports = [path for path in new if path.name == "report.json"]
        if code == 2:
            assert new == set()
        assert not [path for path in new if path.name.startswith(".mediacheck")]
        return Ended(
            code,
            printed.out.splitlines(),
            printed.err.splitlines(),
            json.loads(reports[0].read_bytes()) if reports else None,
        )

    return run


def everything() -> set[Path]:
    return set(Path.cwd().rglob("*"))


def assert_refused(ended: Ended, *words: str) -> None:
    assert ended.code == 2
    assert ended.said == []
    (line,) = ended.complained
    assert line.startswith("mediacheck: ")
    for word in words:
        assert word in line


REFUSED = {
    "missing.mp4": "there is no such file",
    "empty.mp4": "the file is empty",
    "no index.mp4": "is the download complete?",
    "page.mp4": "cannot be read as video or sound",
    "noise.mp4": "cannot be read as video or sound",
    "list.mp4": "a playlist",
    ".": "it is a folder",
}


@pytest.mark.parametrize("place", ["clip", "original"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_media_is_refused(compare, name, place) -> None:
    pair = (name, "original.mp4") if place == "clip" else ("clip.mp4", name)
    named = name if name != "." else "it is"
    assert_refused(compare(*pair), named, REFUSED[name])


LONG = "a" * 300  # more than a file system holds as one name


@pytest.mark.parametrize(
    "arguments",
    [
        (f"{LONG}.mp4", "original.mp4"),
        ("clip.mp4", f"{LONG}.mp4"),
        ("clip.mp4", "original.mp4", "--case", f"{LONG}.toml"),
        ("clip.mp4", "original.mp4", "--out", LONG),
        ("clip.mp4", "original.mp4", "--out", f"{LONG}/case"),
    ],
)
def test_a_name_too_long_for_the_system_is_refused(compare, arguments) -> None:
    assert_refused(compare(*arguments), LONG)


@pytest.mark.skipif(IS_ROOT or os.name != "posix", reason="needs a file that may not be read")
def test_file_without_permission_is_refused(compare, made, tmp_path) -> None:
    shutil.copy(made / "clip.mp4", tmp_path / "secret.mp4")
    (tmp_path / "secret.mp4").chmod(0)
    assert_refused(compare(tmp_path / "secret.mp4", "original.mp4"), "check its permissions")


@pytest.mark.skipif(os.name != "posix", reason="named pipes and such names are POSIX")
def test_pipe_is_refused_and_a_name_cannot_forge_a_line(compare, tmp_path) -> None:
    os.mkfifo(tmp_path / "a\n\x1b[31m\u202epipe.mp4")
    refused = compare(tmp_path / "a\n\x1b[31m\u202epipe.mp4", "original.mp4")
    assert_refused(refused, "save it as a file first", "⟨U+000A⟩", "⟨U+001B⟩", "⟨U+202E⟩")


def test_same_file_twice_is_no_alteration_with_a_note(compare) -> None:
    ended = compare("clip.mp4", "clip.mp4")
    assert ended.code == 0
    assert "the two files are the same" in ended.headline
    assert [row["kind"] for row in ended.report["findings"]] == ["same_file"]
    assert ended.complained == []


def test_excerpt_is_no_alteration(compare) -> None:
    """The case beside which the others stand: the files are fit to be compared."""
    ended = compare("clip.mp4", "original.mp4")
    assert (ended.code, ended.alterations) == (0, [])


def test_clip_longer_than_the_original_is_judged_as_any_other(compare) -> None:
    ended = compare("original.mp4", "clip.mp4")
    assert ended.code in (0, 3)
    assert ended.alterations == []


@pytest.mark.parametrize(
    ("clip", "original", "unanswered"),
    [
        ("clip without sound.mp4", "original.mp4", "the clip has no sound"),
        ("clip.mp4", "original without sound.mp4", "the original has no sound"),
        ("clip without sound.mp4", "original without sound.mp4", "the clip has no sound"),
        ("clip without picture.mp4", "original.mp4", "the clip has no picture"),
        ("clip.mp4", "original without picture.mp4", "the original has no picture"),
        ("clip without picture.mp4", "original without picture.mp4", "the clip has no picture"),
        ("sound.mp3", "original.mp4", "the clip has no picture"),
    ],
)
def test_what_both_files_have_is_compared_and_the_rest_is_said(
    compare, clip, original, unanswered
) -> None:
    ended = compare(clip, original)
    assert ended.code == 0
    assert ended.alterations == []
    assert unanswered in ended.headline
    assert unanswered in {row["reason"] for row in ended.report["verdict"]["unanswered"]}
    assert ended.complained == []


@pytest.mark.parametrize(
    ("clip", "original", "words"),
    [
        ("clip without picture.mp4", "original without sound.mp4", "no kind of track in common"),
        ("still.png", "original without picture.mp4", "no kind of track in common"),
        ("still.png", "original.mp4", "the video that the still picture was taken from"),
        ("clip.mp4", "still.png", "the video that the original was taken from"),
        ("still.png", "still.png", "the two files are the same"),
    ],
)
def test_too_little_in_common_is_inconclusive_in_clear_words(
    compare, clip, original, words
) -> None:
    ended = compare(clip, original)
    assert ended.code == (0 if clip == original else 3)
    assert ended.alterations == []
    assert words in ended.headline


def test_cut_off_clip_is_compared_as_far_as_it_goes(compare) -> None:
    ended = compare("cut off.mp4", "original.mp4")
    assert ended.code == 0
    assert ended.alterations == []
    assert ended.report["clip"]["duration_s"] < 4.5
    assert any("truncated" in said for said in ended.report["clip"]["condition"])


def test_existing_folder_is_refused_before_any_work(compare, tmp_path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "report.json").write_text("{}")

    assert_refused(compare("clip.mp4", "original.mp4", "--out", "case"), "case", "--force")
    assert (tmp_path / "case" / "report.json").read_text() == "{}"

    (tmp_path / "case" / "report.json").rename(tmp_path / "case" / "diary.txt")
    forced = compare("clip.mp4", "original.mp4", "--out", "case", "--force")
    assert_refused(forced, "no case folder")


def test_default_folder_is_refused_the_second_time_and_replaced_with_force(compare) -> None:
    pair = ("still.png", "original without picture.mp4")
    assert compare(*pair).code == 3
    assert_refused(compare(*pair), "exists already", "--force")
    assert compare(*pair, "--force").code == 3


UNWRITABLE = ["file.txt/case"]
if sys.platform == "linux":
    UNWRITABLE.append("/proc/mediacheck-case")
if not IS_ROOT and os.name == "posix":
    UNWRITABLE.append("locked/case")


@pytest.mark.parametrize("place", UNWRITABLE)
def test_place_that_cannot_be_written_is_refused(compare, tmp_path, place) -> None:
    (tmp_path / "file.txt").touch()
    (tmp_path / "locked").mkdir(mode=0o500)
    refused = compare("still.png", "original without picture.mp4", "--out", place)
    assert_refused(refused, "cannot be written", "--out")


def test_file_that_changes_while_it_is_read_is_refused(
    compare, made, tmp_path, monkeypatch
) -> None:
    from mediacheck import memory

    path = tmp_path / "clip.mp4"
    shutil.copy(made / "clip without sound.mp4", path)
    decode = memory.decode

    def meddling(*arguments: Any) -> Any:
        with path.open("ab") as file:
            file.write(b"\0")
        return decode(*arguments)

    monkeypatch.setattr(memory, "decode", meddling)
    refused = compare(path, "original without picture.mp4")
    assert_refused(refused, "clip.mp4: it changed while it was read; try again")


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four minutes that take seconds to decode."""
    folder = tmp_path_factory.mktemp("long")
    source = ("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=6")
    ffmpeg(*source, "-c:v", "libx264", "-preset", "ultrafast", "-threads", "2", folder / "part.mp4")
    (folder / "list.txt").write_text("ffconcat version 1.0\n" + "file part.mp4\n" * 40)
    ffmpeg("-f", "concat", "-i", folder / "list.txt", "-c", "copy", folder / "long.mp4")
    return folder / "long.mp4"


def children(pid: int) -> set[int]:
    listings = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for listing in listings for child in listing.read_text().split()}


@pytest.mark.skipif(sys.platform != "linux", reason="finds child processes by /proc")
def test_interrupting_the_decoding_leaves_no_child_and_no_folder(long_clip, tmp_path) -> None:
    command = [sys.executable, "-m", "mediacheck", "compare", str(long_clip), str(long_clip)]
    run = subprocess.Popen(
        [*command, "--no-transcript"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert run.stderr is not None
    try:
        begun = [run.stderr.readline() for _ in range(2)]
        time.sleep(0.3)  # into the decoding
        decoders = children(run.pid)
        run.send_signal(signal.SIGINT)
        interrupted = time.monotonic()
        said, complained = run.communicate(timeout=20)
    finally:
        run.kill()

    assert sorted(begun) == ["decode the clip: started\n", "decode the original: started\n"]
    assert len(decoders) == 2
    assert (run.returncode, said, complained) == (130, "", "mediacheck: interrupted\n")
    assert time.monotonic() - interrupted < 5
    assert not [pid for pid in decoders if Path(f"/proc/{pid}").exists()]
    assert list(tmp_path.iterdir()) == []
