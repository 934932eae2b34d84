"""Help is complete, quick, and loads nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mediacheck import __version__
from mediacheck.cli.main import main

COMMANDS = [
    ["compare"],
    ["judge"],
    ["checks"],
    ["models"],
    ["models", "list"],
    ["models", "verify"],
    ["models", "fetch"],
    ["schema"],
    ["selftest"],
    ["completion"],
]


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["compare", "-h"], *([*command, "--help"] for command in COMMANDS)],
    ids=" ".join,
)
def test_help_goes_to_stdout(arguments, capfd) -> None:
    assert main(arguments) == 0
    printed = capfd.readouterr()
    assert printed.out.startswith("Usage: mediacheck")
    assert printed.err == ""


def test_version_is_one_line(capfd) -> None:
    assert main(["--version"]) == 0
    assert capfd.readouterr().out == f"mediacheck {__version__}\n"


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the CPU time of a child")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_takes_less_than_half_a_second(command) -> None:
    def seconds() -> float:
        child = subprocess.Popen(
            [sys.executable, "-m", "mediacheck", *command, "--help"], stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        return used.ru_utime + used.ru_stime  # not the clock: other work shares the cores

    assert min(seconds() for _ in range(3)) < 0.5


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe breaks in another way on Windows")
def test_help_that_nobody_reads_to_its_end_is_no_failure() -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-m", "mediacheck", "compare", "--help"], stdout=write, stderr=-1
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_help_on_a_full_disk_is_told() -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "mediacheck", "--help"], stdout=full, stderr=-1, text=True
        )
    assert ended.returncode == 2
    assert ended.stderr == "mediacheck: the help could not be written: No space left on device\n"
