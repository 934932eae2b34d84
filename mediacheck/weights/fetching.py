"""How do weights come over the network, and only the pinned ones?

The one module that opens a connection; only `mediacheck models fetch` calls it. Files are streamed
beside their places under hidden names and move there when every one has the size and the SHA-256 of
the registry. On any failure, an interrupt too, what came is taken away again.

Plain urllib: huggingface_hub, which faster-whisper brings, keeps a cache of its own, follows every
redirect and sends what it finds in the environment.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import secrets
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO
from urllib.parse import urlsplit

from mediacheck.errors import FetchFailed
from mediacheck.progress import SILENT, Progress
from mediacheck.weights.places import MODELS
from mediacheck.weights.registry import WeightFile, Weights

BLOCK = 1 << 16
TIMEOUT_S = 30.0  # without a byte
PAUSE_S = 2.0  # before a broken connection is taken up again
FRUITLESS = 5  # that often in a row without a byte more

# For large files Hugging Face redirects to a storage host that depends on where one is, as
# us.aws.cdn.hf.co or cas-bridge.xethub.hf.co; its guide for firewalls names *.hf.co.
_MAY_REDIRECT_TO = {"huggingface.co": "hf.co"}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def missing(weights: Weights, folder: Path) -> tuple[WeightFile, ...]:
    """The files that do not lie in `folder`/<name of the weights> as the registry pins them."""
    home = folder / weights.name
    return tuple(file for file in weights.files if not _is_pinned(home / file.name, file))


def fetch(weights: Weights, folder: Path, progress: Progress = SILENT) -> tuple[WeightFile, ...]:
    """Brings what is `missing` into `folder`/<name of the weights> and returns it.

    A file that lies there and is not the pinned one is replaced. Raises FetchFailed.
    """
    if not weights.can_be_fetched:
        raise FetchFailed(f"{weights.name} cannot be fetched; it comes with {weights.install}")
    wanted = missing(weights, folder)
    home = folder / weights.name
    new = [path for path in (home, *home.parents) if not path.exists()]
    arrived: dict[Path, Path] = {}
    try:
        home.mkdir(parents=True, exist_ok=True)
        _refuse_full(home, sum(file.bytes for file in wanted))
        # The smallest first: an address that leads nowhere shows before gigabytes have come.
        for file in sorted(wanted, key=lambda file: file.bytes):
            hidden = home / f".{file.name}-{secrets.token_hex(6)}"
            arrived[hidden] = home / file.name
            _fetch(file, hidden, progress)
        for hidden, place in arrived.items():
            hidden.replace(place)
    except OSError as error:
        raise FetchFailed(
            f"{home} cannot be written ({error.strerror or error}); choose another folder with"
            f" {MODELS}"
        ) from error
    finally:
        for hidden in arrived:
            with suppress(OSError):
                hidden.unlink(missing_ok=True)
        for path in new:
            with suppress(OSError):  # it is not empty: the weights have come
                path.rmdir()
    return wanted


def _is_pinned(path: Path, file: WeightFile) -> bool:
    try:
        if path.stat().st_size != file.bytes:
            return False
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def _refuse_full(home: Path, wanted_bytes: int) -> None:
    free_bytes = shutil.disk_usage(home).free
    if wanted_bytes > free_bytes:
        raise FetchFailed(
            f"{home}: {wanted_bytes / 1e6:.1f} MB are to come and {free_bytes / 1e6:.1f} MB are"
            f" free; make room, or choose another folder with {MODELS}"
        )


class _Broken(Exception):
    """The connection, which may be taken up again; not the disk and not what was sent."""


def _fetch(file: WeightFile, place: Path, progress: Progress) -> None:
    """The pinned bytes at `place`, in as many connections as it takes."""
    stage = f"fetch {file.name}"
    progress.at(stage, 0, file.bytes)
    fruitless = 0
    with place.open("xb+") as target:
        while (had := target.tell()) < file.bytes:
            try:
                for done in _received(file, target):
                    progress.at(stage, min(done, file.bytes - 1), file.bytes)
            except _Broken as error:
                fruitless = 0 if target.tell() > had else fruitless + 1
                if not target.tell() or fruitless == FRUITLESS:
                    raise FetchFailed(
                        f"{file.url} cannot be fetched ({error}); try again later"
                    ) from error
                time.sleep(PAUSE_S)
        target.flush()
        os.fsync(target.fileno())
        target.seek(0)
        sha256 = hashlib.file_digest(target, "sha256").hexdigest()
    if sha256 != file.sha256:
        raise FetchFailed(
            f"{file.url} is not the file that mediacheck knows (SHA-256 {sha256}); it was not kept"
        )
    progress.at(stage, file.bytes, file.bytes)


def _received(file: WeightFile, target: BinaryIO) -> Iterator[int]:
    """Appends to `target` what one connection brings; yields its size so far. Raises _Broken."""
    answer = _opened(file, target.tell())
    with answer:
        if answer.status != http.client.PARTIAL_CONTENT:  # from the beginning, asked for or not
            target.seek(0)
            target.truncate()
        elif not answer.headers.get("Content-Range", "").startswith(f"bytes {target.tell()}-"):
            raise FetchFailed(f"{file.url}: the server sends another part than it was asked for")
        length = answer.headers.get("Content-Length", "")
        if length.isdecimal() and target.tell() + int(length) != file.bytes:
            raise FetchFailed(
                f"{file.url} is not the file that mediacheck knows:"
                f" {target.tell() + int(length)} bytes instead of {file.bytes}"
            )
        while block := _read(answer):
            if target.tell() + len(block) > file.bytes:
                raise FetchFailed(
                    f"{file.url} is not the file that mediacheck knows: more than"
                    f" {file.bytes} bytes"
                )
            target.write(block)
            yield target.tell()
    if target.tell() < file.bytes:
        raise _Broken(f"it ended after {target.tell()} of {file.bytes} bytes")


def _opened(file: WeightFile, start: int) -> Any:
    assert file.url is not None
    _refuse_unsafe(file.url, file.url)
    headers = {"User-Agent": "mediacheck", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    opener = urllib.request.build_opener(_Redirects(file.url))
    try:
        return opener.open(urllib.request.Request(file.url, headers=headers), timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        raise FetchFailed(f"{file.url}: {error.code} {error.reason}; try again later") from error
    except urllib.error.URLError as error:
        raise _Broken(str(getattr(error.reason, "strerror", None) or error.reason)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _Broken(str(error) or type(error).__name__) from error


def _read(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read(BLOCK)
    except (OSError, http.client.HTTPException) as error:
        raise _Broken(str(error) or type(error).__name__) from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, origin: str) -> None:
        self._origin = origin

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _refuse_unsafe(newurl, self._origin)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _refuse_unsafe(url: str, origin: str) -> None:
    """Raises FetchFailed unless `url` is https at the host of `origin` or where that one may lead.

    http only on this machine itself, where there is no network.
    """
    to, at = urlsplit(url), urlsplit(origin)
    host, home = to.hostname or "", at.hostname or ""
    is_plain = to.scheme == at.scheme == "http" and host in _LOOPBACK
    storage = _MAY_REDIRECT_TO.get(home)
    is_known = host == home or (storage is not None and f".{host}".endswith(f".{storage}"))
    if not is_known or not (to.scheme == "https" or is_plain):
        raise FetchFailed(
            f"{origin}: leads to {to.scheme}://{host}, where mediacheck fetches nothing; it was"
            " not followed"
        )
