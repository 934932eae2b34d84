"""Evidence has the same speech read by other weights, and says why where it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from mediacheck import evidence as module
from mediacheck.errors import NotAvailable, WeightsRefused
from mediacheck.evidence import Evidence
from mediacheck.media.sound import Sound
from mediacheck.memory import Memory
from mediacheck.model import Options, Question, Span, Transcript, Transcripts
from mediacheck.speech.engines import Engine
from mediacheck.weights.loading import LoadedWeights

SOUND = Sound(np.zeros(16_000 * 10, np.int16), 16_000, 0.0, 10.0, 1)
FIRST = Transcript(
    "ru", 0.9, "faster-whisper", "base", "f" * 64, None, (), (Span(1, 3), Span(5, 9))
)


class Second:
    """Weights that note what they are given to read; `known` are their languages."""

    def __init__(self, known: tuple[str, ...] = ("en", "ru")) -> None:
        self.known = known
        self.asked: list[tuple[int, str]] = []

    def languages(self, sound: np.ndarray) -> dict[str, float]:
        return {"ru": 0.8}

    def read(self, sound: np.ndarray, language: str) -> list[Any]:
        self.asked.append((len(sound) // 16_000, language))
        return []

    read_in_steps = read


def evidence(
    second: Second | None, monkeypatch: pytest.MonkeyPatch, language: str | None = None
) -> Evidence:
    """Two sounds that were read once; nothing is decoded."""
    options = Options(language=language, confirm_model="other" if second else None)
    made = Evidence(Mock(), Mock(), Question(options=options))
    files = Mock(sounds=(SOUND,)), Mock(sounds=(SOUND,))
    made.__dict__.update(
        _decoded=files,
        _memories=(Memory(Mock(), None, None), Memory(Mock(), None, None)),
        sounds=(SOUND, SOUND),
        transcripts=Transcripts(FIRST, replace(FIRST, voiced=(Span(0, 6),))),
    )
    weights = LoadedWeights("other", "e" * 64, {})
    monkeypatch.setattr(module, "load", lambda name: weights)
    monkeypatch.setattr(
        module,
        "another",
        lambda name, sha256, given: (Engine("second", lambda _: second, given), True),  # type: ignore[arg-type,return-value]
    )
    return made


def test_the_parts_of_the_clip_and_all_of_the_original_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second = Second()
    asked = evidence(second, monkeypatch)
    found = asked.read_again((Span(5, 9),))
    assert found.independent
    for transcript in (found.clip, found.original):
        assert (transcript.engine, transcript.sha256) == ("second", "e" * 64)
        assert transcript.language == "ru"  # told by the second reading itself
    assert (found.clip.voiced, found.original.voiced) == ((Span(5, 9),), (Span(0, 6),))
    asked.read_again((Span(1, 3),))
    assert second.asked == [(6, "ru"), (5, "ru"), (3, "ru")]  # the original once, with margins


def test_nobody_reads_again_who_was_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotAvailable, match="no other weights were asked for"):
        evidence(None, monkeypatch).read_again((Span(5, 9),))


@pytest.mark.parametrize("language", [None, "ru"])
def test_weights_of_another_language_cannot_read_again_and_end_nothing(
    monkeypatch: pytest.MonkeyPatch, language: str | None
) -> None:
    asked = evidence(Second(known=("en",)), monkeypatch, language)
    with pytest.raises(NotAvailable, match=r"other: .*know"):
        asked.read_again((Span(5, 9),))


def test_weights_to_confirm_with_that_are_none_are_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module.load
    monkeypatch.setattr(
        module,
        "load",
        lambda name: LoadedWeights("mine", "0" * 64, {}) if name == "base" else real(name),
    )
    options = Options(confirm_model=str(tmp_path))
    with pytest.raises(WeightsRefused, match=str(tmp_path)):
        Evidence(Mock(), Mock(), Question(options=options)).refuse_bad_question()
