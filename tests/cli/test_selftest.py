"""The selftest tries everything, tells the truth about what is broken, and leaves nothing behind."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mediacheck import report
from mediacheck.cli import selftest
from mediacheck.cli.main import main
from mediacheck.cli.selftest import TRIALS, Bench
from mediacheck.errors import MediaUnreadable, NotAvailable
from mediacheck.media import cachefolder, decode
from mediacheck.model import Answer
from mediacheck.tuning.trial import TRIALS as CODECS
from mediacheck.weights import loading


@pytest.fixture
def only(monkeypatch) -> Callable[..., None]:
    """These trials and no others."""

    def choose(**trials: Callable[[Bench], str]) -> None:
        monkeypatch.setattr(selftest, "TRIALS", trials)

    return choose


@pytest.fixture
def told(capfd) -> Callable[..., tuple[int, dict[str, tuple[str, str]], str]]:
    """Exit code, state and detail by name, and what was said on stderr."""

    def run() -> tuple[int, dict[str, tuple[str, str]], str]:
        code = main(["selftest", "--json"])
        printed = capfd.readouterr()
        rows = json.loads(printed.out)
        return code, {row["name"]: (row["state"], row["detail"]) for row in rows}, printed.err

    return run


@pytest.mark.slow
def test_this_installation_works_and_nothing_is_left(tmp_path, monkeypatch, capfd) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv(cachefolder.VARIABLE, str(tmp_path / "no" / "cache"))
    assert main(["selftest"]) == 0
    printed = capfd.readouterr()
    lines = printed.out.splitlines()
    assert [line[:16].strip() for line in lines] == list(TRIALS)
    states = {line[:16].strip(): line[16:25].strip() for line in lines}
    assert set(states.values()) <= {"ok", "missing"}
    assert {name for name, state in states.items() if state == "missing"} <= {"weights"}
    text = {line[:16].strip(): line[25:] for line in lines}
    for codec in ("h264", "hevc", "vp9", "av1", "aac", "opus", "mp3"):
        assert codec in text["decoder"]
    assert "a copy: no-alteration-found, a dubbed copy: altered" in text["comparison"]
    assert printed.err == ""
    assert list(tmp_path.iterdir()) == []


def test_lines_are_read_as_columns(only, capfd) -> None:
    only(python=lambda bench: "a version", something=lambda bench: "works")
    assert main(["selftest"]) == 0
    assert capfd.readouterr().out.splitlines() == [
        "python          ok       a version",
        "something       ok       works",
    ]


@pytest.mark.parametrize("error", [RuntimeError("no\nluck"), SystemExit("no luck"), ImportError()])
def test_whatever_breaks_is_one_line_and_2(error, only, told) -> None:
    def breaking(bench: Bench) -> str:
        raise error

    only(fragile=breaking, sound=lambda bench: "works")
    code, rows, complained = told()
    assert code == 2
    assert rows["sound"] == ("ok", "works")
    state, detail = rows["fragile"]
    assert state == "broken"
    assert type(error).__name__ in detail
    assert "\n" not in detail
    (line,) = complained.splitlines()
    assert "broken: fragile" in line


def test_what_prints_does_not_spoil_the_lines(only, told) -> None:
    def chatting(bench: Bench) -> str:
        print("hello")
        return "works"

    only(chatty=chatting)
    assert told()[1] == {"chatty": ("ok", "works")}


def test_missing_weights_are_a_warning_with_the_command(only, told, monkeypatch) -> None:
    monkeypatch.setattr(loading, "_place", lambda piece: None)
    monkeypatch.setenv("MEDIACHECK_MODELS", "/nowhere")
    only(weights=selftest._weights)
    code, rows, complained = told()
    state, detail = rows["weights"]
    assert (code, state, complained) == (0, "missing", "")
    assert 'python -m pip install "mediacheck[weights]"' in detail


def test_weights_with_a_changed_byte_are_broken(only, told, monkeypatch) -> None:
    packaged = loading._read

    def changed(path: Path, *rest: object) -> bytes:
        content = packaged(path, *rest)
        return bytes([content[0] ^ 1]) + content[1:]

    if not loading.is_installed(loading.REGISTRY["base"]):
        pytest.skip("the weights are not installed")
    monkeypatch.setattr(loading, "_read", changed)
    only(weights=selftest._weights)
    code, rows, _ = told()
    assert (code, rows["weights"][0]) == (2, "broken")
    assert "model.bin of the weights 'base'" in rows["weights"][1]


def without(monkeypatch: pytest.MonkeyPatch, codec: str) -> None:
    """As on a machine whose decoder lacks the codec."""
    decoded = decode.decode

    def lacking(source: Any) -> Any:
        if codec in source.path.stem.split("-"):
            raise MediaUnreadable("nothing in it could be decoded")
        return decoded(source)

    monkeypatch.setattr(decode, "decode", lacking)


def test_a_codec_that_is_not_decoded_is_named(only, told, monkeypatch) -> None:
    without(monkeypatch, "av1")
    only(decoder=selftest._decoder)
    code, rows, _ = told()
    assert (code, rows["decoder"][0]) == (0, "missing")
    assert rows["decoder"][1].endswith("not av1 (cannot be decoded)")


def test_without_h264_hardly_any_clip_can_be_read(only, told, monkeypatch) -> None:
    without(monkeypatch, "h264")
    monkeypatch.setattr("mediacheck.tuning.trial.TRIALS", CODECS[:1])
    only(decoder=selftest._decoder)
    code, rows, _ = told()
    assert (code, rows["decoder"][0]) == (2, "broken")
    assert "cannot decode h264" in rows["decoder"][1]


def test_a_codec_that_ffmpeg_cannot_write_was_not_tried(only, told, monkeypatch) -> None:
    unwritable = replace(CODECS[-1], encoders={"vcodec": "no-such-encoder"})
    monkeypatch.setattr("mediacheck.tuning.trial.TRIALS", (CODECS[0], unwritable))
    only(decoder=selftest._decoder)
    assert told()[1]["decoder"][1].endswith(
        "decodes h264, aac, not av1 (not tried: this ffmpeg cannot write it)"
    )


@pytest.mark.parametrize("wrong", ["copy", "dubbed"])
def test_a_wrong_answer_is_broken(wrong, only, told, monkeypatch, comparison) -> None:
    right = {"copy": Answer.NO_ALTERATION_FOUND, "dubbed": Answer.ALTERED}
    answers = right | {wrong: Answer.INCONCLUSIVE}
    sample = SimpleNamespace(copy=Path("copy"), dubbed=Path("dubbed"), original=Path("original"))
    monkeypatch.setattr(Bench, "sample", sample)

    def compared(bench: Bench, clip: Path) -> SimpleNamespace:
        return SimpleNamespace(comparison=comparison(answers[clip.name]))

    monkeypatch.setattr(Bench, "compared", compared)
    only(comparison=selftest._comparison)
    code, rows, _ = told()
    assert (code, rows["comparison"][0]) == (2, "broken")
    assert f"came out as inconclusive, not {right[wrong]}" in rows["comparison"][1]


def test_one_format_that_fails_does_not_hide_the_others(only, told, monkeypatch) -> None:
    def failing(*_: object) -> bytes:
        raise RuntimeError("no fonts")

    stored = SimpleNamespace(comparison=None, run=None, exhibits={})
    monkeypatch.setattr(Bench, "stored", stored)
    monkeypatch.setattr(report, "FORMATS", {"pdf": failing, "html": lambda *_: b"<!DOCTYPE html>"})
    trials = {name: TRIALS[name] for name in ("report.html", "report.pdf")}
    only(**trials)
    code, rows, _ = told()
    assert code == 2
    assert rows["report.html"][0] == "ok"
    assert rows["report.pdf"] == ("broken", "RuntimeError: no fonts")


def test_an_engine_that_is_not_installed_is_missing(only, told) -> None:
    only(gone=selftest._engine("no-such-engine", "no_such_engine"))
    code, rows, _ = told()
    assert (code, rows["gone"][0]) == (0, "missing")
    assert "python -m pip install no-such-engine" in rows["gone"][1]


def test_scripts_without_a_font_are_told(tmp_path) -> None:
    told = selftest._fonts(Bench(tmp_path))
    able, _, unable = told.partition("; as numbers: ")
    assert all(script in able for script in selftest.SET)
    assert "Chinese" in unable


def test_a_font_that_is_gone_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("mediacheck.report.glyphs.coverage", lambda: (frozenset("Žižek"),))
    with pytest.raises(NotAvailable, match="no font for Arabic, Cyrillic"):
        selftest._fonts(Bench(tmp_path))


def test_little_room_is_a_warning(only, told, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=3e8))
    only(room=selftest._room)
    code, rows, _ = told()
    assert (code, rows["room"][0]) == (0, "missing")
    assert "0.3 GB free" in rows["room"][1]


def test_a_cache_that_cannot_be_used_is_a_warning(only, told, monkeypatch, tmp_path) -> None:
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv(cachefolder.VARIABLE, str(tmp_path / "cache"))
    only(cache=selftest._cache)
    code, rows, _ = told()
    assert (code, rows["cache"][0]) == (0, "missing")
    monkeypatch.setenv(cachefolder.VARIABLE, "off")
    assert told()[1]["cache"] == ("ok", f"turned off by {cachefolder.VARIABLE}")
