"""A server on this machine that hands out weights, well or badly."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mediacheck.weights import fetching
from mediacheck.weights.registry import WeightFile

CONNECT = socket.socket.connect  # the real one; tests may reach no other machine
Answering = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Range")))
        self.server.answers[self.path](self)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answering] = {}
        self.asked: list[tuple[str, str | None]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


def sends(content: bytes, status: int = 200) -> Answering:
    def answer(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def streams(content: bytes) -> Answering:
    """Answers without saying how much will come."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with suppress(ConnectionError):  # refused before the end
            handler.wfile.write(content)

    return answer


def redirects(url: str) -> Answering:
    def answer(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@dataclass
class Breaking:
    """Ends each connection after `part` bytes of the content; knows ranges unless told otherwise."""

    content: bytes
    part: int
    knows_ranges: bool = True
    connections: int = field(default=0)

    def __call__(self, handler: Handler) -> None:
        self.connections += 1
        found = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(found[1]) if found and self.knows_ranges else 0
        end = len(self.content)
        if found and self.knows_ranges:
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
        else:
            handler.send_response(200)
        handler.send_header("Content-Length", str(end - start))
        handler.end_headers()
        handler.wfile.write(self.content[start : start + self.part])


def pinned(name: str, content: bytes, url: str) -> WeightFile:
    return WeightFile(name, hashlib.sha256(content).hexdigest(), len(content), url=url)


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A started server, which alone may be reached, without a proxy between and without waiting."""

    def only_here(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] in ("127.0.0.1", "::1"), f"a test tried to reach {address}"
        CONNECT(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)
    monkeypatch.setattr(fetching, "PAUSE_S", 0.0)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    with Server() as started:
        thread = threading.Thread(target=started.serve_forever, args=(0.01,))
        thread.start()
        yield started
        started.shutdown()
        thread.join()
