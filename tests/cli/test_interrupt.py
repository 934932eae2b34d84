"""An interrupted run ends at once, with its children, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from mediacheck.cli.interrupt import ends_children

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds child processes by /proc")

# A library that works in a temporary folder, with a thread that waits for a decoder as in a pool.
RUN = """
import subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from mediacheck.cli.main import main

def examine(clip, original, question, *, cache, progress):
    try:
        with tempfile.TemporaryDirectory(dir=".") as folder, ThreadPoolExecutor() as pool:
            child = subprocess.Popen(["sleep", "60"], start_new_session={new_session})
            waiting = pool.submit(child.wait)
            Path("pid.new").write_text(str(child.pid))
            Path("pid.new").rename("pid")
            waiting.result()
    finally:
        {finally_}

for name, function in (("compare", examine), ("casefolder", None)):
    module = ModuleType(f"mediacheck.{{name}}")
    module.examine = module.default_folder = module.write = function
    module.refuse_taken = lambda *arguments: None
    sys.modules[module.__name__] = module
sys.exit(main(["compare", "clip.mp4", "original.mp4", "--out", "case", "--quiet"]))
"""


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def interrupted(
    folder: Path, number: signal.Signals, *, new_session: bool = True, finally_: str = "pass"
) -> tuple[int, str, float, int]:
    """(exit code, stderr, seconds until the end, process id of the child)."""
    run = subprocess.Popen(
        [sys.executable, "-c", RUN.format(new_session=new_session, finally_=finally_)],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 30
        while not (folder / "pid").exists():
            assert time.monotonic() < deadline
            assert run.poll() is None
            time.sleep(0.02)
        began = time.monotonic()
        run.send_signal(number)
        _, said = run.communicate(timeout=20)
    finally:
        run.kill()
    return run.returncode, said, time.monotonic() - began, int((folder / "pid").read_text())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("new_session", [True, False], ids=["own session", "same session"])
def test_signal_ends_the_run_and_its_children(tmp_path, number, new_session) -> None:
    code, said, took_s, child = interrupted(tmp_path, number, new_session=new_session)

    assert (code, said) == (130, "mediacheck: interrupted\n")
    assert took_s < 5
    assert not alive(child)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pid"]


def test_what_happens_on_the_way_out_does_not_hide_the_interruption(tmp_path) -> None:
    warning = "import logging; logging.getLogger('mediacheck').warning('a child ended early')"
    for finally_ in ("raise ValueError('the decoder died')", "return", warning):
        (tmp_path / "pid").unlink(missing_ok=True)
        code, said, _, _ = interrupted(tmp_path, signal.SIGINT, finally_=finally_)
        assert (code, said) == (130, "mediacheck: interrupted\n")


def test_interruption_that_a_library_swallows_still_counts() -> None:
    def swallow() -> None:
        with ends_children(), suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        swallow()


def test_background_job_stays_deaf_to_ctrl_c(tmp_path) -> None:
    heard = (
        "import os, signal, sys\n"
        "from mediacheck.cli.interrupt import ends_children\n"
        "with ends_children():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('still here')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", heard],
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert (ended.returncode, ended.stdout) == (0, "still here\n")


def test_failure_ends_the_children_that_the_run_started_and_no_others() -> None:
    before = subprocess.Popen(["sleep", "60"])
    started = []

    def fail_with_a_child() -> None:
        with ends_children():
            started.append(subprocess.Popen(["sleep", "60"]))
            raise ValueError("broken")

    try:
        with pytest.raises(ValueError, match="broken"):
            fail_with_a_child()
        assert started[0].wait(timeout=5) == -signal.SIGKILL
        assert before.poll() is None
    finally:
        for process in (before, *started):
            process.kill()
            process.wait()


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with ends_children():
        assert signal.getsignal(signal.SIGTERM) is not before[1]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
