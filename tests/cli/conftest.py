"""A command line whose work is done by a stand-in, so that every way to end can be provoked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from mediacheck import casefolder
from mediacheck.cli.main import main
from mediacheck.model import Comparison, Question, Run
from mediacheck.progress import Progress


@dataclass
class StandIn:
    """What stands in for `mediacheck.compare.examine` and `mediacheck.casefolder.write`."""

    comparison: Comparison
    provenance: Run
    during: Callable[[Progress], None] = lambda progress: None
    questions: list[Question] = field(default_factory=list)
    formats: list[Sequence[str]] = field(default_factory=list)
    caches: list[Path | None] = field(default_factory=list)

    def examine(
        self,
        clip: Path,
        original: Path,
        question: Question,
        *,
        cache: Path | None,
        progress: Progress,
    ) -> SimpleNamespace:
        self.questions.append(question)
        self.caches.append(cache)
        self.during(progress)
        return SimpleNamespace(
            comparison=self.comparison, run=self.provenance, clip_path=clip, original_path=original
        )

    def write(
        self,
        comparison: Comparison,
        run: Run,
        clip_path: Path,
        original_path: Path,
        folder: Path,
        formats: Sequence[str],
        force: bool,
        progress: Progress,
    ) -> Path:
        self.formats.append(formats)
        folder.mkdir(parents=True, exist_ok=force)
        return folder


@pytest.fixture
def stand_in(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    comparison: Callable[..., Comparison],
    run: Run,
) -> StandIn:
    """In place of the library; the working folder is an empty one with a clip and an original."""
    monkeypatch.chdir(tmp_path)
    Path("clip.mp4").write_bytes(b"clip")
    Path("original.mp4").write_bytes(b"original")
    made = StandIn(comparison(), run)
    library = ModuleType("mediacheck.compare")
    library.examine = made.examine
    monkeypatch.setitem(sys.modules, "mediacheck.compare", library)
    monkeypatch.setattr(casefolder, "write", made.write)
    return made


@pytest.fixture
def compare(stand_in: StandIn) -> Callable[..., int]:
    """`mediacheck compare clip.mp4 original.mp4 ...` -> exit code."""

    def command(*arguments: str) -> int:
        return main(["compare", "clip.mp4", "original.mp4", *arguments])

    return command
