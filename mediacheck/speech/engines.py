"""Who turns speech into words?

An engine is anything that fits `Engine`. Most of the work is the same for all and done in
reading.py. Greedy settings throughout: temperature 0 and no memory of earlier text; two runs are
identical, whatever the number of threads.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mediacheck.errors import NotAvailable, WeightsRefused, WrongUsage
from mediacheck.model import ENGINES, Span, SpeechSegment, Transcript, Word
from mediacheck.progress import SILENT, Progress
from mediacheck.speech.activity import RATE
from mediacheck.speech.openai_engine import OpenAIWhisper
from mediacheck.speech.reading import NO_LANGUAGE, Reader, Sound, refuse_language, transcribed
from mediacheck.speech.reliability import LIMITS, Limits
from mediacheck.weights.loading import LoadedWeights

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment

BEAM = 5  # Whisper's own default; 0.060 of real time against 0.050 for 1
# One thread: on two idle cores two threads took 0.070 of real time wall and one 0.060 (n = 9 runs
# each), and a single thread never waits for another one, so a busy machine cannot make it spin.
THREADS = 1


class Engine(Protocol):
    """One recogniser with its weights."""

    @property
    def name(self) -> str: ...

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


def engine(name: str, weights: LoadedWeights) -> Engine:
    """The engine of one of the names in `model.ENGINES`; nothing heavy is loaded yet.

    Raises WrongUsage for another name, WeightsRefused for a .pt that the engine cannot read.
    """
    if name not in ENGINES:
        raise WrongUsage(f"engine {name!r} is none of: {', '.join(ENGINES)}")
    if name == OpenAIWhisper.name:
        return OpenAIWhisper(weights)
    if isinstance(weights.content, Path) and weights.content.is_file():
        raise WeightsRefused(
            f"{weights.content}: {FasterWhisper.name} cannot read OpenAI's .pt;"
            f" choose the engine {OpenAIWhisper.name}"
        )
    return FasterWhisper(weights)


class FasterWhisper:
    """Whisper on CTranslate2 with 8-bit integers.

    Not thread-safe; the model is built on first need.

    `mean_logprob`, `no_speech` and `compression` of a segment are those of the window that Whisper
    decoded it in (up to 28 s), so neighbours share them. 0.06 of real time on one core; 0.6 GB
    while the model is built.
    """

    name = "faster-whisper"

    def __init__(self, weights: LoadedWeights, limits: Limits = LIMITS) -> None:
        self._weights: LoadedWeights | None = weights
        self._limits = limits
        self._reader: _WhisperReader | None = None
        self._blank = Transcript(
            language=NO_LANGUAGE,
            language_probability=0.0,
            engine=self.name,
            model=weights.name,
            sha256=weights.sha256,
            range=None,
            segments=(),
        )

    def transcribe(
        self,
        samples: Sound,
        start_s: float,
        voiced: tuple[Span, ...],
        language: str | None,
        progress: Progress = SILENT,
    ) -> Transcript:
        """As `Engine.transcribe`."""

        def build() -> Reader:
            reader = self._built()
            reader.check(language)
            return reader

        return transcribed(
            self._blank, build, samples, start_s, voiced, language, self._limits, progress
        )

    def _built(self) -> _WhisperReader:
        if self._reader is None:
            assert self._weights is not None
            self._reader = _WhisperReader(_whisper_model(self._weights))
            self._weights = None  # 148 MB that nobody needs any more
        return self._reader


class _WhisperReader:
    def __init__(self, model: WhisperModel) -> None:
        self._model = model

    def check(self, language: str | None) -> None:
        refuse_language(language, self._model.supported_languages)

    def languages(self, sound: NDArray[np.float32]) -> dict[str, float]:
        _, _, found = self._model.detect_language(audio=sound)
        return dict(found)

    def read(self, sound: NDArray[np.float32], language: str) -> list[SpeechSegment]:
        from faster_whisper import BatchedInferencePipeline

        # The batched pipeline with one chunk: a single pass without time tokens, word times by
        # alignment. Word error rate 0.160 against 0.165 in steps, on 1300 words in nine languages,
        # for 7 % less CPU.
        found, _ = BatchedInferencePipeline(self._model).transcribe(
            sound,
            language=language,
            clip_timestamps=[{"start": 0, "end": len(sound) / RATE}],
            vad_filter=False,
            batch_size=1,
            without_timestamps=True,
            **_DECODING,
        )
        return [_passage(segment) for segment in found]

    def read_in_steps(self, sound: NDArray[np.float32], language: str) -> list[SpeechSegment]:
        found, _ = self._model.transcribe(sound, language=language, **_DECODING)
        return [_passage(segment) for segment in found]


_DECODING: dict[str, Any] = {
    "beam_size": BEAM,
    "temperature": 0.0,
    "condition_on_previous_text": False,
    "word_timestamps": True,
    # Nothing is dropped unseen or decoded again at random: reliability.py marks it.
    "no_speech_threshold": None,
    "log_prob_threshold": None,
    "compression_ratio_threshold": None,
}


def _passage(segment: Segment) -> SpeechSegment:
    return SpeechSegment(
        start=float(segment.start),
        end=float(max(segment.start, segment.end)),
        text=segment.text,
        words=tuple(
            Word(w.word, float(w.start), float(max(w.start, w.end)), float(w.probability))
            for w in segment.words or ()
        ),
        no_speech=float(segment.no_speech_prob),
        mean_logprob=float(segment.avg_logprob),
        compression=float(segment.compression_ratio),
        reliable=False,
    )


def _whisper_model(weights: LoadedWeights) -> WhisperModel:
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise NotAvailable(
            "speech recognition needs faster-whisper: python -m pip install faster-whisper"
        ) from error
    folder = weights.content if isinstance(weights.content, Path) else None
    try:
        model = WhisperModel(
            str(folder) if folder else weights.name,
            device="cpu",
            compute_type="int8",
            cpu_threads=THREADS,
            num_workers=1,
            # A copy, because WhisperModel takes entries out of it. From memory nothing is looked
            # for on disk or in the network: tokenizer.json is among the files, and without
            # preprocessor_config.json the defaults hold, which are those of every Whisper before
            # large-v3.
            files=None if isinstance(weights.content, Path) else dict(weights.content),
        )
    except (RuntimeError, ValueError) as error:
        raise WeightsRefused(
            f"{folder or weights.name}: the engine cannot use these weights ({error})"
        ) from error
    extractor = model.feature_extractor
    extractor.mel_filters = extractor.mel_filters.view(_SingleThreaded)
    return model


class _SingleThreaded(np.ndarray):
    """A matrix that is multiplied without BLAS.

    OpenBLAS sums in another order with another number of threads. In faster-whisper's one product
    of matrices, the mel filters, that is enough to change words: the same file read otherwise on a
    machine with more cores.
    """

    def __matmul__(self, other: Any, /) -> Any:
        return np.einsum("mf,ft->mt", self.view(np.ndarray), other, optimize=False)
