"""What every test may use: records that hold together, and no way out to the network."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from mediacheck.model import (
    Answer,
    CalibrationRecord,
    Comparison,
    Media,
    Question,
    Run,
    Timeline,
    Tool,
    Transcripts,
    Verdict,
    Words,
)

REPOSITORY = Path(__file__).parents[1]

# No test is timed: the first example of one may import half of the house on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves the machine: a test that tries to reach another one fails."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True)
def _no_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one run keeps must not serve another test, or the user."""
    monkeypatch.setenv("MEDIACHECK_CACHE", "off")


@pytest.fixture
def media() -> Callable[[str], Media]:
    """A small file with the given hash, as probed."""

    def make(sha256: str) -> Media:
        return Media(sha256, 1000, 4.0, container="mp4", streams=(), metadata={})

    return make


@pytest.fixture
def comparison(media: Callable[[str], Media]) -> Callable[..., Comparison]:
    """A comparison that came to the given answer and holds nothing else."""

    def make(
        answer: Answer = Answer.NO_ALTERATION_FOUND,
        headline: str = "No alteration was found.",
        question: Question | None = None,
    ) -> Comparison:
        return Comparison(
            tool=Tool("mediacheck", "0"),
            question=question or Question(),
            clip=media("c" * 64),
            original=media("0" * 64),
            verdict=Verdict(answer, headline, reasons=(), unanswered=()),
            timeline=Timeline(),
            findings=(),
            measurements=(),
            series=(),
            outcomes=(),
            transcripts=Transcripts(),
            words=Words(comparable=False),
            calibration=CalibrationRecord("test", "d" * 64),
        )

    return make


@pytest.fixture
def run() -> Run:
    return Run(
        clip_name="clip.mp4",
        original_name="original.mp4",
        clip_path="/clip.mp4",
        original_path="/original.mp4",
        received="2026-01-01T00:00:00.000Z",
        finished="2026-01-01T00:00:01.000Z",
        host="host",
        platform="platform",
        processor="processor",
        instruction_set="none",
        python="CPython 3.11",
        packages={},
        confinement="D",
        cpu_s=1.0,
        wall_s=1.0,
        stages={},
    )
