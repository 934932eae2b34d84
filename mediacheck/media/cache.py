"""What was found out about a file, kept for the next run: a folder of entries, whole or absent.

A cache never changes a result and never stops a run: what cannot be read is made again, what cannot be written is
left out, and the run is told once why. An entry is found by what it was made from: the file's hash, the settings, and
the code, packages and processor that made it. So nothing in it grows old; it is only no longer asked for.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from mediacheck.errors import CacheRefused
from mediacheck.media import cachefolder, entry
from mediacheck.media.entry import Damaged, Entry

logger = logging.getLogger(__name__)

LIMIT_BYTES = 10 * 1000**3  # thirty hours of originals
SPARE_BYTES = 1000**3  # left free on the disk, for the reports and everybody else
LEFT_BEHIND_S = 3600.0  # a partial file that old belongs to a run that was killed

Setting = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Key:
    """What an entry is about. kind: a word of small letters. settings: all that a caller could have chosen."""

    kind: str
    sha256: str
    settings: Mapping[str, Setting] = field(default_factory=dict)


class Cache:
    """One folder for one run; safe from several threads, and beside other runs.

    maker: what besides the key decides an entry's content. `warnings` grows by the first thing that went wrong.
    """

    def __init__(
        self,
        folder: Path,
        maker: Mapping[str, str],
        limit_bytes: int = LIMIT_BYTES,
        spare_bytes: int = SPARE_BYTES,
    ) -> None:
        self.warnings: tuple[str, ...] = ()
        self._maker = dict(maker)
        self._limit, self._spare = limit_bytes, spare_bytes
        self._lock = threading.Lock()
        self._folder: Path | None = None
        try:
            self._folder = cachefolder.prepared(folder.absolute())
        except CacheRefused as reason:
            self.warn(f"the cache is not used: {reason}")

    def load(self, key: Key) -> Entry | None:
        """None where there is none, or none that can be believed."""
        if self._folder is None:
            return None
        path = self._folder / self._name(key)
        try:
            with _opened(path) as file:
                found = entry.read(file)
        except FileNotFoundError:
            return None
        except (OSError, Damaged) as error:
            self.warn(f"the cache's {path.name} was not used: {error}")
            return None
        if found.facts.get("key") != self._stated(key):
            self.warn(f"the cache's {path.name} was not used: it is about something else")
            return None
        with suppress(OSError):  # a folder that may only be read
            os.utime(path)
        return found

    def store(self, key: Key, made: Entry) -> None:
        """Keeps it if there is room; makes room by removing what was not used for longest."""
        if self._folder is None:
            return
        whole = Entry({**made.facts, "key": self._stated(key)}, made.arrays)
        size = entry.size_of(whole)
        try:
            with self._lock:
                self._make_room(self._folder, size)
                if size > self._limit:
                    logger.info("%s is larger than the cache may be", key.kind)
                elif shutil.disk_usage(self._folder).free < size + self._spare:
                    self.warn("nothing was kept in the cache: the disk is nearly full")
                else:
                    _write(self._folder / self._name(key), whole)
        except OSError as error:
            self.warn(f"nothing was kept in the cache: {error.strerror or error}")

    def warn(self, message: str) -> None:
        """Told and kept once: whatever follows has the same cause or is as harmless."""
        if self.warnings:
            logger.info("%s", message)
        else:
            logger.warning("%s", message)
            self.warnings = (message,)

    def _stated(self, key: Key) -> dict[str, object]:
        return {
            "kind": key.kind,
            "sha256": key.sha256,
            "settings": dict(key.settings),
            "maker": self._maker,
        }

    def _name(self, key: Key) -> str:
        stated = json.dumps(self._stated(key), sort_keys=True).encode()
        return f"{key.kind}-{hashlib.sha256(stated).hexdigest()[:32]}.entry"

    def _make_room(self, folder: Path, size: int) -> None:
        found = sorted(cachefolder.files(folder), key=lambda kept: kept.used)
        total = sum(kept.bytes for kept in found)
        for kept in found:
            is_left = kept.is_partial and kept.used < time.time() - LEFT_BEHIND_S
            is_over = not kept.is_partial and size <= self._limit < total + size
            if (is_left or is_over) and cachefolder.is_removed(kept):
                total -= kept.bytes


def _opened(path: Path) -> BufferedReader:
    """Raises OSError for a link, and Damaged for what another user owns or may have written."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    file = os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")
    try:
        cachefolder.refuse_foreign_file(file.fileno())
    except CacheRefused as error:
        file.close()
        raise Damaged(str(error)) from error
    return file


def _write(path: Path, made: Entry) -> None:
    """Under another name beside its place, then moved: no reader ever sees half of it.

    Not synced to the disk: what a power cut leaves of it fails its digest.
    """
    fresh = path.with_name(f"{cachefolder.PARTIAL}{secrets.token_hex(16)}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "w+b") as file:
            entry.write(file, made)
        fresh.replace(path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise
