"""Whisper on CTranslate2: the engine that is taken if nobody says otherwise.

Small models compute in single precision: with 8-bit integers base misread 0.019 (0.005 to 0.037) more of all words
than in openai-whisper, on 540 words in nine languages; in single precision 0.002 more.

`mean_logprob`, `no_speech` and `compression` of a segment are those of the window that Whisper
decoded it in (up to 28 s), so neighbours share them. 0.09 of real time on one core; 0.9 GB while the
model is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mediacheck.errors import NotAvailable, WeightsRefused
from mediacheck.model import SpeechSegment, Word
from mediacheck.speech.activity import RATE
from mediacheck.speech.reading import Reader
from mediacheck.weights.loading import LoadedWeights

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment

NAME = "faster-whisper"

BEAM = 5  # Whisper's own default; a sixth more time than 1
EXACT_BYTES = 1_000_000_000  # up to base and small in single precision: 1.6 times the time
# One thread: on two idle cores two threads took 0.070 of real time wall and one 0.060 (n = 9 runs
# each), and a single thread never waits for another one, so a busy machine cannot make it spin.
THREADS = 1


def build(weights: LoadedWeights) -> Reader:
    """Raises NotAvailable without the package, WeightsRefused for weights that it cannot read."""
    return _FasterReader(_whisper_model(weights))


class _FasterReader:
    def __init__(self, model: WhisperModel) -> None:
        self._model = model
        self.known: Sequence[str] = model.supported_languages

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
            compute_type="float32" if _bytes(weights) <= EXACT_BYTES else "int8",
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


def _bytes(weights: LoadedWeights) -> int:
    if isinstance(weights.content, Path):
        return (weights.content / "model.bin").stat().st_size
    return len(weights.content["model.bin"])


class _SingleThreaded(np.ndarray):
    """A matrix that is multiplied without BLAS.

    OpenBLAS sums in another order with another number of threads. In faster-whisper's one product
    of matrices, the mel filters, that is enough to change words: the same file read otherwise on a
    machine with more cores.
    """

    def __matmul__(self, other: Any, /) -> Any:
        return np.einsum("mf,ft->mt", self.view(np.ndarray), other, optimize=False)
