"""Weights come whole and pinned, or not at all; against a server on this machine."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request

import pytest

from mediacheck.errors import FetchFailed
from mediacheck.weights import fetching
from mediacheck.weights.fetching import fetch, missing
from mediacheck.weights.registry import OPENAI, REGISTRY, SILERO, Weights

from .serving import (
    Answering,
    Breaking,
    Handler,
    Server,
    pinned,
    redirects,
    sends,
    serving,
    streams,
)

CONFIG = b'{"layers": 6}'
MODEL = bytes(range(256)) * 2000


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(monkeypatch) as started:
        yield started


def made_up(server: Server) -> Weights:
    files = (
        pinned("model.bin", MODEL, server.url("/model.bin")),
        pinned("config.json", CONFIG, server.url("/config.json")),
    )
    return Weights("made-up", "recognition", "MIT", "this test", ("en",), files, "fetch it")


@pytest.fixture
def weights(server: Server) -> Weights:
    """Two files, both of which the server sends as they are pinned."""
    server.answers = {"/config.json": sends(CONFIG), "/model.bin": sends(MODEL)}
    return made_up(server)


def assert_nothing_left(folder: Path) -> None:
    assert list(folder.parents[1].rglob("*")) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Not there yet, like a new user's; nor is the folder above it."""
    return tmp_path / "user" / "models"


def test_pinned_files_arrive_and_nothing_else(weights, folder) -> None:
    assert fetch(weights, folder) == weights.files
    assert {path.name: path.read_bytes() for path in (folder / "made-up").iterdir()} == {
        "model.bin": MODEL,
        "config.json": CONFIG,
    }
    assert missing(weights, folder) == ()


def test_what_is_there_and_right_is_not_asked_for_again(weights, folder, server) -> None:
    fetch(weights, folder)
    server.asked.clear()
    assert fetch(weights, folder) == ()
    assert server.asked == []


def test_only_the_damaged_file_is_fetched_again(weights, folder, server) -> None:
    fetch(weights, folder)
    server.asked.clear()
    model = folder / "made-up" / "model.bin"
    model.write_bytes(bytes([MODEL[0] ^ 1]) + MODEL[1:])
    assert fetch(weights, folder) == weights.files[:1]
    assert model.read_bytes() == MODEL
    assert server.asked == [("/model.bin", None)]


def test_a_stream_of_unknown_length_is_taken_too(weights, folder, server) -> None:
    server.answers["/model.bin"] = streams(MODEL)
    fetch(weights, folder)
    assert (folder / "made-up" / "model.bin").read_bytes() == MODEL


def test_progress_ends_only_when_the_file_is_verified(weights, folder, server) -> None:
    told: dict[str, list[tuple[float, float]]] = {}

    class Told:
        def at(self, stage: str, done: float, total: float) -> None:
            told.setdefault(stage, []).append((done, total))

    server.answers["/model.bin"] = sends(MODEL[:-1] + b"?")
    with pytest.raises(FetchFailed):
        fetch(weights, folder, Told())
    assert told["fetch config.json"][-1] == (len(CONFIG), len(CONFIG))
    assert told["fetch model.bin"][0] == (0, len(MODEL))
    assert all(done < total for done, total in told["fetch model.bin"])


WRONG: dict[str, tuple[Answering, str]] = {
    "another byte": (sends(MODEL[:-1] + b"?"), r"is not the file that mediacheck knows \(SHA-256"),
    "a page in its place": (sends(b"<html>please log in</html>"), r"26 bytes instead of 512000"),
    "too large": (sends(MODEL + b"!"), r"512001 bytes instead of 512000"),
    "too large without saying so": (streams(MODEL + b"!" * 70_000), r"more than 512000 bytes"),
    "not there": (sends(b"", status=404), r"/model\.bin: 404 Not Found"),
    "no longer open": (sends(b"", status=503), r"/model\.bin: 503 Service Unavailable"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_pinned_is_refused_and_nothing_is_left(case, weights, folder, server) -> None:
    server.answers["/model.bin"], words = WRONG[case]
    with pytest.raises(FetchFailed, match=words) as refused:
        fetch(weights, folder)
    assert "\n" not in str(refused.value)
    assert_nothing_left(folder)


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_connection_that_breaks_is_taken_up_again(knows_ranges, weights, folder, server) -> None:
    broken = Breaking(MODEL, part=200_000, knows_ranges=knows_ranges)

    def answer(handler: Handler) -> None:
        if broken.connections == 1 and not knows_ranges:
            broken.part = len(MODEL)
        broken(handler)

    server.answers["/model.bin"] = answer
    fetch(weights, folder)
    assert (folder / "made-up" / "model.bin").read_bytes() == MODEL
    assert broken.connections == (3 if knows_ranges else 2)
    begun = [start for path, start in server.asked if path == "/model.bin"]
    assert begun[:2] == [None, "bytes=200000-"]


def test_a_server_that_never_sends_the_end_is_given_up(weights, folder, server) -> None:
    server.answers["/model.bin"] = Breaking(MODEL, part=1000, knows_ranges=False)
    with pytest.raises(FetchFailed, match=r"it ended after 1000 of 512000 bytes.*try again later"):
        fetch(weights, folder)
    assert len(server.asked) <= 2 + fetching.FRUITLESS
    assert_nothing_left(folder)


def test_another_part_than_asked_for_is_refused(weights, folder, server) -> None:
    begin = Breaking(MODEL, part=200_000)

    def answer(handler: Handler) -> None:
        if not begin.connections:
            begin(handler)
            return
        handler.send_response(206)
        handler.send_header("Content-Range", "bytes 0-511999/512000")
        handler.end_headers()

    server.answers["/model.bin"] = answer
    with pytest.raises(FetchFailed, match="another part"):
        fetch(weights, folder)
    assert_nothing_left(folder)


def test_no_network_is_said_at_once(weights, folder, server) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/model.bin"
        alone = Weights(
            *("made-up", "recognition", "MIT", "this test", ("en",)),
            (pinned("model.bin", MODEL, url),),
            "fetch it",
        )
        with pytest.raises(FetchFailed, match=r"cannot be fetched .*[Rr]efused.*try again later"):
            fetch(alone, folder)
    assert_nothing_left(folder)


def test_an_interrupt_leaves_nothing(weights, folder) -> None:
    class Interrupting:
        def at(self, stage: str, done: float, total: float) -> None:
            if stage == "fetch model.bin" and done:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(weights, folder, Interrupting())
    assert_nothing_left(folder)


def test_what_was_there_before_stays_when_the_rest_fails(weights, folder, server) -> None:
    (folder / "made-up").mkdir(parents=True)
    (folder / "made-up" / "config.json").write_bytes(CONFIG)
    (folder / "made-up" / "model.bin").write_bytes(b"damaged")
    server.answers["/model.bin"] = sends(b"", status=404)
    with pytest.raises(FetchFailed):
        fetch(weights, folder)
    held = {path.name: path.read_bytes() for path in (folder / "made-up").iterdir()}
    assert held == {"config.json": CONFIG, "model.bin": b"damaged"}


def test_a_redirect_on_the_same_host_is_followed(weights, folder, server) -> None:
    server.answers["/model.bin"] = redirects(server.url("/moved"))
    server.answers["/moved"] = sends(MODEL)
    fetch(weights, folder)
    assert (folder / "made-up" / "model.bin").read_bytes() == MODEL


@pytest.mark.parametrize(
    "elsewhere",
    ["http://localhost:{port}/moved", "http://example.org/model.bin", "file:///dev/zero"],
)
def test_a_redirect_elsewhere_is_not_followed(elsewhere, weights, folder, server) -> None:
    server.answers["/moved"] = sends(MODEL)
    server.answers["/model.bin"] = redirects(elsewhere.format(port=server.server_port))
    with pytest.raises(FetchFailed, match=r"leads to http://|302 "):
        fetch(weights, folder)
    assert "/moved" not in [path for path, _ in server.asked]
    assert_nothing_left(folder)


HUB = "https://huggingface.co/Systran/faster-whisper-base/resolve/ebe41f70/model.bin"


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co/model.bin",
        "http://us.aws.cdn.hf.co/model.bin",
        "http://localhost/model.bin",
        "https://localhost/model.bin",
        "https://hf.co.example.org/model.bin",
        "https://nothf.co/model.bin",
        "https://openaipublic.azureedge.net/model.bin",
        "ftp://huggingface.co/model.bin",
        "//example.org/model.bin",
    ],
)
def test_from_https_no_redirect_leads_to_http_or_to_strangers(url) -> None:
    with pytest.raises(FetchFailed, match="was not followed"):
        fetching._Redirects(HUB).redirect_request(Request(HUB), None, 302, "Found", {}, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co/renamed/model.bin",
        "https://us.aws.cdn.hf.co/xet-bridge-us/model.bin",
        "https://cas-bridge.xethub.hf.co/model.bin",
    ],
)
def test_hugging_face_may_lead_to_its_own_storage(url) -> None:
    followed = fetching._Redirects(HUB).redirect_request(Request(HUB), None, 302, "Found", {}, url)
    assert followed is not None
    assert followed.full_url == url


def test_plain_http_to_another_machine_is_refused_unasked(folder) -> None:
    file = pinned("model.bin", MODEL, "http://example.org/model.bin")
    weights = Weights("made-up", "recognition", "MIT", "a test", ("en",), (file,), "fetch it")
    with pytest.raises(FetchFailed, match=r"leads to http://example\.org"):
        fetch(weights, folder)
    assert_nothing_left(folder)


def test_too_little_room_is_said_before_anything_is_asked(
    weights, folder, server, monkeypatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 1000))
    with pytest.raises(FetchFailed, match=r"0\.5 MB are to come and 0\.0 MB are free; make room"):
        fetch(weights, folder)
    assert server.asked == []
    assert_nothing_left(folder)


def test_a_disk_that_runs_full_is_said_and_nothing_is_left(weights, folder, monkeypatch) -> None:
    opened = Path.open

    class Full(io.FileIO):
        def write(self, block: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def on_full_disk(path: Path, mode: str = "r", *arguments: object) -> object:
        return Full(path, "xb+") if mode == "xb+" else opened(path, mode, *arguments)

    monkeypatch.setattr(Path, "open", on_full_disk)
    with pytest.raises(FetchFailed, match=r"made-up cannot be written \(No space left on device\)"):
        fetch(weights, folder)
    assert_nothing_left(folder)


def test_a_folder_that_cannot_be_made_is_named(weights, tmp_path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(FetchFailed, match=r"made-up cannot be written.*MEDIACHECK_MODELS"):
        fetch(weights, tmp_path / "models")
    assert (tmp_path / "models").read_text() == "a file"


def test_what_only_a_package_brings_is_refused_with_its_command(folder) -> None:
    with pytest.raises(FetchFailed, match=re.escape(SILERO.install)):
        fetch(SILERO, folder)


@pytest.mark.parametrize(
    "url",
    [file.url for w in (*REGISTRY.values(), *OPENAI.values()) for file in w.files if file.url],
)
def test_every_address_of_the_registry_is_one_that_may_be_fetched(url) -> None:
    assert url.startswith("https://")
    fetching._refuse_unsafe(url, url)
