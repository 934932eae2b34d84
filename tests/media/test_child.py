"""The decoding child never outlives its use, never hangs us, and is not believed blindly."""

from __future__ import annotations

import io
import json
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mediacheck.errors import MediaUnreadable
from mediacheck.media import confine, probe, wire
from mediacheck.media.confine import Child
from mediacheck.media.decode import decode
from mediacheck.media.frames import FrameStore, stills
from mediacheck.media.probe import Source, open_source
from mediacheck.media.sound import SoundStore

from .making import ffmpeg, film

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("clip") / "clip.mp4", count=25)


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that takes seconds to decode."""
    path = tmp_path_factory.mktemp("long") / "clip.mp4"
    source = ("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=6")
    ffmpeg(*source, "-c:v", "libx264", "-preset", "ultrafast", "-threads", "2", path)
    path.with_name("list.txt").write_text("ffconcat version 1.0\n" + "file clip.mp4\n" * 20)
    listed = ("-f", "concat", "-i", path.with_name("list.txt"), "-c", "copy")
    ffmpeg(*listed, path.with_name("long.mp4"))
    return path.with_name("long.mp4")


def is_gone(child: Child) -> bool:
    """Ended and waited for: no zombie is left either."""
    return child.process.returncode is not None


def test_closing_ends_the_child(clip) -> None:
    with open_source(clip) as source:
        assert source.child.process.poll() is None
    assert is_gone(source.child)
    source.close()  # twice does no harm


def test_failing_ends_the_child(clip, monkeypatch) -> None:
    def fail(number: int) -> Source:
        with open_source(clip) as source:
            started.append(source.child)
            raise ZeroDivisionError

    started: list[Child] = []
    with pytest.raises(ZeroDivisionError):
        fail(1)
    assert is_gone(started[0])


def test_refusing_ends_the_child(tmp_path, monkeypatch) -> None:
    started: list[Child] = []

    def noted(*arguments: object) -> Child:
        started.append(confine.start_child(*arguments))
        return started[0]

    monkeypatch.setattr(probe, "start_child", noted)
    (tmp_path / "clip.mp4").write_text("no media\n" * 100)
    with pytest.raises(MediaUnreadable):
        open_source(tmp_path / "clip.mp4")
    assert is_gone(started[0])


def test_interrupting_ends_the_child(long_clip) -> None:
    class Interrupting:
        def at(self, stage: str, done: float, total: float) -> None:
            if done > 0:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), open_source(long_clip) as source:
        decode(source, progress=Interrupting())
    assert is_gone(source.child)


def killed_meanwhile(source: Source, how: Callable[[], None]) -> threading.Thread:
    class Killing:
        def at(self, stage: str, done: float, total: float) -> None:
            if done > 0 and not killer.is_alive() and killer.ident is None:
                killer.start()

    killer = threading.Thread(target=how)
    with pytest.raises(MediaUnreadable, match=r"stopped while reading it; get a fresh copy"):
        decode(source, progress=Killing())
    return killer


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_child_that_dies_is_no_hang(long_clip) -> None:
    with open_source(long_clip) as source:
        begun = time.monotonic()
        pid = source.child.process.pid
        killed_meanwhile(source, lambda: os.kill(pid, signal.SIGKILL)).join()
        assert time.monotonic() - begun < 5
        with pytest.raises(MediaUnreadable, match="stopped while reading"):
            decode(source)


def test_ending_from_another_thread_frees_the_reader_at_once(long_clip) -> None:
    """As when the other file of the pair fails."""
    with open_source(long_clip) as source:
        begun = time.monotonic()
        killed_meanwhile(source, source.child.end).join()
        assert time.monotonic() - begun < 5


@LINUX
def test_child_ends_when_its_parent_was_killed(clip) -> None:
    with open_source(clip) as source:
        pid = source.child.process.pid
        source.child.requests.close()  # what the system does with a killed parent's pipes
        deadline = time.monotonic() + 10
        while source.child.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert source.child.process.returncode == 0, pid


def test_decoder_that_cannot_start_is_our_fault_not_the_files(clip, monkeypatch) -> None:
    monkeypatch.setattr(confine, "_entry", lambda: "raise SystemExit(3)")
    with pytest.raises(RuntimeError, match="did not start"):
        open_source(clip)


def test_defect_in_the_child_is_a_defect_not_a_bad_file(clip) -> None:
    with (
        open_source(clip) as source,
        pytest.raises(RuntimeError, match="TypeError"),
        source.asked("stills", nonsense=1) as answers,
    ):
        list(answers)


class Saying:
    """A child that says what it is told to."""

    def __init__(self, *messages: tuple[bytes, bytes], raw: bytes = b"") -> None:
        content = io.BytesIO()
        for kind, payload in messages:
            wire.send(content, kind, payload)
        content.write(raw)
        self.requests, self.answers = io.BytesIO(), io.BytesIO(content.getvalue())

    def end(self) -> None:
        pass


def frame(time_s: float, width: int = 4, height: int = 4, pixels: int = 16) -> tuple[bytes, bytes]:
    return wire.FRAME, wire.FRAME_HEADER.pack(time_s, width, height, 1) + bytes(pixels)


def sound(starts: bool, time_s: float, size: int = 200) -> tuple[bytes, bytes]:
    return wire.SOUND, wire.SOUND_HEADER.pack(0, starts, time_s) + bytes(size)


GARBAGE = {
    "endless message": Saying(raw=struct.pack("<cI", wire.FRAME, 2**32 - 1)),
    "half a message": Saying(raw=struct.pack("<cI", wire.FRAME, 100) + b"x"),
    "frame without header": Saying((wire.FRAME, b"x")),
    "frame larger than its bytes": Saying(frame(0.0, 60_000, 60_000)),
    "frame of no size": Saying(frame(0.0, 0, 0, 0)),
    "frame at no time": Saying(frame(float("nan"))),
    "frame before the beginning": Saying(frame(-1.0)),
    "frame after the end of days": Saying(frame(1e18)),
    "frames back in time": Saying(frame(1.0), frame(0.5)),
    "half a sample": Saying(sound(True, 0.0, 201)),
    "sound at no time": Saying(sound(True, float("inf"))),
    "sound in a million years": Saying(sound(True, 1e15)),
    "sound that starts nowhere": Saying(sound(False, 0.0)),
    "no facts": Saying(frame(0.0), (wire.DONE, b"{}")),
    "facts of another kind": Saying(frame(0.0), (wire.DONE, b"[1]")),
    "facts that are no JSON": Saying(frame(0.0), (wire.DONE, b"\xff{")),
    "facts too deep": Saying(frame(0.0), (wire.DONE, b"[" * 200_000)),
    "nothing": Saying(),
}


@pytest.mark.parametrize("what", GARBAGE)
def test_child_that_talks_nonsense_is_not_believed(media, what) -> None:
    source = Source(Path("clip.mp4"), io.BytesIO(), GARBAGE[what], media("c" * 64))
    with pytest.raises(MediaUnreadable, match="stopped while reading it"):
        decode(source)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"streams": 3},
        {"streams": [{"index": 0}], "duration_s": 1.0, "metadata": {}, "container": "mp4"},
        {"streams": [], "duration_s": "long", "metadata": {}, "container": "mp4"},
        {"streams": [], "duration_s": 1.0, "metadata": [1], "container": "mp4"},
    ],
    ids=repr,
)
def test_facts_that_make_no_sense_are_refused(clip, monkeypatch, facts) -> None:
    said = Saying((wire.READY, b"{}"), (wire.DONE, json.dumps(facts).encode()))
    monkeypatch.setattr(probe, "start_child", lambda *_: said)
    with pytest.raises(MediaUnreadable, match="stopped while reading it"):
        open_source(clip)


def test_unknown_message_is_passed_over(media) -> None:
    """So that an answer may grow without both ends changing at once."""
    source = Source(
        Path("clip.mp4"), io.BytesIO(), Saying((b"?", b""), (wire.REFUSED, b"{}")), media("c" * 64)
    )
    with pytest.raises(MediaUnreadable, match="cannot be read"):
        decode(source)


def test_stores_keep_no_more_than_the_longest_file() -> None:
    store = SoundStore()
    with pytest.raises(wire.ChildGone):
        store.take(sound(True, wire.LONGEST_S - 0.001, 320)[1])
    frames = FrameStore()
    frames.take(frame(0.0)[1])
    with pytest.raises(wire.ChildGone):
        frames.take(frame(0.0)[1])


def peak_kb(child: Child) -> int:
    status = Path(f"/proc/{child.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@LINUX
def test_frames_do_not_pile_up_in_the_child(long_clip) -> None:
    with open_source(long_clip) as source:
        decode(source)
        assert peak_kb(source.child) < 150_000  # 65 MB here; 350 MB when every sampled frame stayed


def test_tiny_file_with_a_huge_picture_is_refused(tmp_path) -> None:
    huge = b"GIF89a" + struct.pack("<HHBBB", 60_000, 60_000, 0x80, 0, 0) + bytes(6)
    huge += b"," + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0) + b"\x02\x02\x4c\x01\x00;"
    (tmp_path / "clip.gif").write_bytes(huge)
    with (
        pytest.raises(MediaUnreadable, match=r"^clip\.gif: "),
        open_source(tmp_path / "clip.gif") as source,
    ):
        decode(source)


def test_stills_of_what_has_no_picture_are_refused(tmp_path) -> None:
    film(tmp_path / "clip.m4a", "-vn", count=1)
    with pytest.raises(MediaUnreadable, match="it has no picture"):
        stills(tmp_path / "clip.m4a", [0.0], 64)


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    if sys.platform == "linux":
        mine = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        assert [pid for pid in mine if b"mediacheck" in _command(pid)] == []


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
