"""`mediacheck models fetch`: the only command that uses the network, and what it leaves is what `--model` finds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mediacheck.cli.main import main
from mediacheck.errors import WeightsRefused
from mediacheck.weights import loading, registry
from mediacheck.weights.loading import load
from mediacheck.weights.places import MODELS
from mediacheck.weights.registry import OPENAI, SILERO, Weights

from .serving import Handler, Server, pinned, sends, serving

MODEL = bytes(range(256)) * 2000
TINY = "tiny.pt"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(monkeypatch) as started:
        started.answers = {"/model.bin": sends(MODEL)}
        yield started


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's models folder, with nothing in it yet; nor in openai-whisper's."""
    monkeypatch.setenv(MODELS, str(tmp_path / "models"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "models"


@pytest.fixture
def weights(server: Server, monkeypatch: pytest.MonkeyPatch) -> Weights:
    """The one model that is known, in place of the shipped ones."""
    made = Weights(
        *("made-up", "recognition", "MIT", "this test", ("en",)),
        (pinned("model.bin", MODEL, server.url("/model.bin")),),
        "mediacheck models fetch made-up",
    )
    for module in (registry, loading):
        monkeypatch.setattr(module, "REGISTRY", {"made-up": made, SILERO.name: SILERO})
        monkeypatch.setattr(module, "OPENAI", {})
    return made


def test_fetched_weights_are_those_that_are_loaded(weights, folder, capfd) -> None:
    assert main(["models", "fetch", "made-up"]) == 0
    printed = capfd.readouterr()
    assert printed.out == f"made-up: fetched and verified, in {folder / 'made-up'}\n"
    began = f"made-up: 0.5 MB, licence MIT, from 127.0.0.1 to {folder / 'made-up'}"
    assert printed.err.splitlines()[0] == began
    assert load("made-up").content == {"model.bin": MODEL}


def test_list_and_verify_show_where_a_fetched_model_lies(weights, folder, capfd) -> None:
    main(["models", "fetch", "made-up", "--quiet"])
    printed = capfd.readouterr()
    assert printed.err == ""
    assert main(["models", "list"]) == 0
    assert capfd.readouterr().out.splitlines()[1].endswith(f"  {folder / 'made-up'}")
    assert main(["models", "verify", "made-up"]) == 0
    told = f"made-up: verified, SHA-256 {weights.sha256}, in {folder / 'made-up'}\n"
    assert capfd.readouterr().out == told


def test_what_is_here_is_said_without_the_network(weights, folder, server, capfd) -> None:
    main(["models", "fetch", "made-up"])
    server.asked.clear()
    capfd.readouterr()
    assert main(["models", "fetch", "made-up"]) == 0
    printed = capfd.readouterr()
    assert printed.out == f"made-up: already here and verified, in {folder / 'made-up'}\n"
    assert (printed.err, server.asked) == ("", [])


def test_packaged_weights_are_here_already(weights, folder, server, capfd) -> None:
    assert main(["models", "fetch", SILERO.name]) == 0
    assert "already here and verified" in capfd.readouterr().out
    assert (server.asked, folder.exists()) == ([], False)


def test_a_fetched_model_with_a_changed_byte_is_refused_and_fetched_again(
    weights, folder, capfd
) -> None:
    main(["models", "fetch", "made-up"])
    model = folder / "made-up" / "model.bin"
    model.write_bytes(MODEL[:-1] + b"?")
    capfd.readouterr()

    with pytest.raises(WeightsRefused, match=r"model\.bin .*made-up.*models fetch made-up"):
        load("made-up")
    assert main(["models", "verify"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert str(folder / "made-up") in line

    assert main(["models", "fetch", "made-up"]) == 0
    assert model.read_bytes() == MODEL
    assert main(["models", "verify"]) == 0


def test_a_damaged_package_is_not_covered_up_by_fetching(
    weights, folder, server, monkeypatch, capfd
) -> None:
    damaged = replace(
        weights,
        name="damaged",
        files=(replace(weights.files[0], pieces=SILERO.files[0].pieces, bytes=10**7),),
    )
    for module in (registry, loading):
        monkeypatch.setattr(module, "REGISTRY", {"damaged": damaged})
    assert main(["models", "fetch", "damaged"]) == 2
    assert "model.bin of the weights 'damaged'" in capfd.readouterr().err
    assert server.asked == []


def test_a_checkpoint_that_openai_whisper_left_damaged_is_fetched_into_our_folder(
    folder, tmp_path, server, monkeypatch, capfd
) -> None:
    made = replace(OPENAI["tiny"], files=(pinned(TINY, MODEL, server.url("/model.bin")),))
    for module in (registry, loading):
        monkeypatch.setattr(module, "OPENAI", {"tiny": made})
    (tmp_path / "cache" / "whisper").mkdir(parents=True)
    (tmp_path / "cache" / "whisper" / TINY).write_bytes(b"half a download")
    assert main(["models", "verify", "tiny"]) == 2
    assert main(["models", "fetch", "tiny"]) == 0
    assert (folder / "tiny" / TINY).read_bytes() == MODEL
    assert capfd.readouterr().out == f"tiny: fetched and verified, in {folder / 'tiny'}\n"


@pytest.mark.parametrize(
    ("status", "content", "words"),
    [
        (404, b"", "model.bin: 404 Not Found"),
        (200, MODEL[:-1] + b"?", "is not the file that mediacheck knows"),
    ],
)
def test_a_failed_fetch_is_one_line_and_2(
    status, content, words, weights, folder, server, capfd
) -> None:
    server.answers["/model.bin"] = sends(content, status)
    assert main(["models", "fetch", "made-up", "--quiet"]) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("mediacheck: ")
    assert words in line
    assert not folder.exists()


def test_unknown_names_are_refused_and_the_known_ones_told(folder, capfd) -> None:
    assert main(["models", "fetch", "enormous"]) == 2
    said = capfd.readouterr().err
    assert "'enormous'; known: base, silero-vad-6, faster-whisper-tiny" in said
    assert "large-v3-turbo" in said


INTERRUPTED = """
import sys
from mediacheck.__main__ import main
from mediacheck.weights import loading, registry
from mediacheck.weights.registry import WeightFile, Weights
file = WeightFile("model.bin", "0" * 64, 512000, url=sys.argv.pop())
made = Weights("made-up", "recognition", "MIT", "a test", ("en",), (file,), "fetch it")
registry.REGISTRY = loading.REGISTRY = {"made-up": made}
sys.exit(main())
"""


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_ends_a_fetch_with_130_and_leaves_nothing(server, folder) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(MODEL[:1000])
        handler.wfile.flush()
        waiting.append(True)
        time.sleep(20)

    waiting: list[bool] = []
    server.answers["/model.bin"] = endless
    run = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, "models", "fetch", "made-up", server.url("/model.bin")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 20
        while not waiting and time.monotonic() < until:
            time.sleep(0.02)
        assert any(folder.rglob(".model.bin-*"))
        run.send_signal(signal.SIGINT)
        said, complained = run.communicate(timeout=10)
    finally:
        run.kill()
    assert (run.returncode, said) == (130, "")
    assert complained.splitlines()[-1] == "mediacheck: interrupted"
    assert "Traceback" not in complained
    assert not folder.exists()
