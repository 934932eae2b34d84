"""Who turns speech into words?

An engine is a value: a name, its weights, and how a `Reader` is built from them. All else is the
same for every engine and done in reading.py. Greedy settings throughout: temperature 0 and no memory
of earlier text; two runs are identical, whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from mediacheck.errors import WeightsRefused, WrongUsage
from mediacheck.model import ENGINES, Span, Transcript
from mediacheck.progress import SILENT, Progress
from mediacheck.speech import faster_engine, openai_engine
from mediacheck.speech.reading import NO_LANGUAGE, Reader, Sound, transcribed
from mediacheck.speech.reliability import LIMITS, Limits
from mediacheck.weights.loading import LoadedWeights, same_weights

FASTER, OPENAI = faster_engine.NAME, openai_engine.NAME

Build = Callable[[LoadedWeights], Reader]
BUILD: Mapping[str, Build] = MappingProxyType(
    {FASTER: faster_engine.build, OPENAI: openai_engine.build}
)


class Engine:
    """One recogniser with its weights; the model is built on first need. Not thread-safe."""

    def __init__(
        self, name: str, build: Build, weights: LoadedWeights, limits: Limits = LIMITS
    ) -> None:
        self.name, self.model, self.sha256 = name, weights.name, weights.sha256
        self._build = build
        self._weights: LoadedWeights | None = weights
        self._limits = limits
        self._reader: Reader | None = None

    def transcribe(
        self,
        samples: Sound,
        start_s: float,
        voiced: tuple[Span, ...],
        language: str | None,
        progress: Progress = SILENT,
    ) -> Transcript:
        """The words of the voiced stretches.

        samples: mono, 16 kHz, shape (n,), int16 or float32 in [-1, 1]; samples[0] stands at start_s
        of the file. voiced: in seconds from samples[0]. language: a code that the weights know, or
        None to find out. All times of the result are those of the file; `range` is left to the
        caller. Without speech the language is `und` with probability 0. Raises NotAvailable,
        WeightsRefused, WrongUsage.
        """
        blank = Transcript(NO_LANGUAGE, 0.0, self.name, self.model, self.sha256, None, ())
        return transcribed(
            blank, self._built, samples, start_s, voiced, language, self._limits, progress
        )

    def _built(self) -> Reader:
        if self._reader is None:
            assert self._weights is not None
            self._reader = self._build(self._weights)
            self._weights = None  # 148 MB that nobody needs any more
        return self._reader


def engine(name: str, weights: LoadedWeights) -> Engine:
    """The engine of one of the names in `model.ENGINES`; nothing heavy is loaded yet.

    `auto` is the one that can read the weights: openai-whisper for OpenAI's .pt, else
    faster-whisper. Raises WrongUsage for another name, WeightsRefused for a .pt that the engine
    asked for cannot read.
    """
    if name not in ENGINES:
        raise WrongUsage(f"engine {name!r} is none of: {', '.join(ENGINES)}")
    checkpoint = isinstance(weights.content, Path) and weights.content.is_file()
    if name == "auto":
        name = OPENAI if checkpoint else FASTER
    if checkpoint and name == FASTER:
        raise WeightsRefused(
            f"{weights.content}: {FASTER} cannot read OpenAI's .pt; choose the engine {OPENAI}"
        )
    return Engine(name, BUILD[name], weights)


def another(name: str, sha256: str, weights: LoadedWeights) -> tuple[Engine, bool]:
    """Who reads again what the engine `name` read with the weights `sha256`; and whether that counts
    as independent, which only other weights are.

    Same weights go to the other decoder. Raises WeightsRefused where that one cannot read them.
    """
    if same_weights(sha256, weights.sha256):
        return engine(OPENAI if name == FASTER else FASTER, weights), False
    return engine("auto", weights), True
