"""How long work tells what it is doing. The library reports; only the edges draw."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def at(self, stage: str, done: float, total: float) -> None:
        """`done` of `total` (same unit, total > 0) of the named stage; may be called from any thread."""


class _Silent:
    def at(self, stage: str, done: float, total: float) -> None:
        return None


SILENT: Progress = _Silent()
