"""Who turns speech into words?

An engine is anything that fits `Engine`. What all of them share (packing stretches into chunks,
deciding on one language, clocks, rounding, marking doubtful text) is done once, in `transcribed`;
an engine adds a `Reader`, which sees one chunk at a time. Greedy settings throughout: temperature 0
and no memory of earlier text, so that a chunk's words depend on that chunk alone and two runs are
identical.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mediacheck.errors import NotAvailable, WeightsRefused, WrongUsage
from mediacheck.model import Span, SpeechSegment, Transcript, Word
from mediacheck.progress import SILENT, Progress
from mediacheck.speech.activity import RATE
from mediacheck.speech.chunks import Chunk, chunks
from mediacheck.speech.coverage import unheard
from mediacheck.speech.reliability import LIMITS, Limits, weighed
from mediacheck.speech.sentences import sentences
from mediacheck.weights.loading import LoadedWeights

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment

logger = logging.getLogger(__name__)

Sound = NDArray[np.int16] | NDArray[np.float32]

NO_LANGUAGE = "und"  # ISO 639-2 for undetermined: no speech, so no language
LANGUAGE_CHUNKS = 5  # those with most speech decide; each costs one pass of the encoder

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


class Reader(Protocol):
    """What an engine does with the sound of one chunk (float32, at most 30 s)."""

    def languages(self, sound: NDArray[np.float32]) -> dict[str, float]:
        """Language code -> probability."""

    def read(self, sound: NDArray[np.float32], language: str) -> list[SpeechSegment]:
        """Passages with words in the chunk's own time; neither parted into sentences nor judged."""

    def read_in_steps(self, sound: NDArray[np.float32], language: str) -> list[SpeechSegment]:
        """The same by moving on from what was recognised: it cannot stop before the end."""


def transcribed(
    blank: Transcript,
    build: Callable[[], Reader],
    samples: Sound,
    start_s: float,
    voiced: tuple[Span, ...],
    language: str | None,
    limits: Limits,
    progress: Progress,
) -> Transcript:
    """`Engine.transcribe` for any reader, which is built only if there is speech to read.

    blank: names engine, model and hash. A language that was given has probability 1.
    """
    packed = chunks(voiced, samples)
    heard = tuple(Span(round(v.start + start_s, 3), round(v.end + start_s, 3)) for v in voiced)
    if not packed:
        return replace(blank, language=language or NO_LANGUAGE, voiced=heard)
    reader = build()
    if language is None:
        language, probability = _language_of(packed, samples, reader)
    else:
        probability = 1.0
    segments = [
        sentence
        for passage in _read(packed, samples, reader, language, progress)
        for sentence in sentences(passage)
    ]
    return replace(
        blank,
        language=language,
        language_probability=probability,
        segments=tuple(_shifted(s, start_s) for s in weighed(segments, voiced, limits)),
        voiced=heard,
    )


def _language_of(packed: tuple[Chunk, ...], samples: Sound, reader: Reader) -> tuple[str, float]:
    """The likeliest language over the chunks with most speech, each weighted by its seconds of
    speech.
    """
    fullest = sorted(packed, key=lambda chunk: -chunk.voiced_s)[:LANGUAGE_CHUNKS]
    total: defaultdict[str, float] = defaultdict(float)
    for chunk in fullest:
        for code, probability in reader.languages(chunk.sound(samples)).items():
            total[code] += probability * chunk.voiced_s
    language = min(total, key=lambda code: (-total[code], code))
    share = total[language] / sum(chunk.voiced_s for chunk in fullest)
    logger.info("language %s, probability %.3f in %d chunks", language, share, len(fullest))
    return language, round(share, 4)


def _read(
    packed: tuple[Chunk, ...],
    samples: Sound,
    reader: Reader,
    language: str,
    progress: Progress,
) -> list[SpeechSegment]:
    """The passages of all chunks in the time of the samples.

    In one pass a recogniser now and then stops early and leaves the rest of a chunk out. Such a
    chunk is read again in steps, which is slower and a little less exact, and the reading that
    leaves less out is kept.
    """
    total_s = sum(chunk.voiced_s for chunk in packed)
    done_s = 0.0
    passages: list[SpeechSegment] = []
    for chunk in packed:
        progress.at("speech", done_s, total_s)
        sound = chunk.sound(samples)
        reading = [_placed(p, chunk) for p in reader.read(sound, language)]
        if left_out := _left_out_s(reading, chunk):
            again = [_placed(p, chunk) for p in reader.read_in_steps(sound, language)]
            better = _left_out_s(again, chunk) < left_out
            logger.debug("%.1f s left out at %.1f s, again: %s", left_out, chunk.start, better)
            reading = again if better else reading
        passages += reading
        done_s += chunk.voiced_s
    progress.at("speech", total_s, total_s)
    return passages


def _left_out_s(reading: list[SpeechSegment], chunk: Chunk) -> float:
    words = (word for passage in reading for word in passage.words)
    return sum(span.length for span in unheard(chunk.voiced, words))


def _placed(passage: SpeechSegment, chunk: Chunk) -> SpeechSegment:
    """From the chunk's own time to that of the samples."""
    words = []
    for word in passage.words:
        place = chunk.span(word.start, word.end)
        words.append(replace(word, start=place.start, end=place.end))
    place = chunk.span(passage.start, passage.end)
    return replace(passage, start=place.start, end=place.end, words=tuple(words))


def _shifted(segment: SpeechSegment, start_s: float) -> SpeechSegment:
    """Times of the file, numbers rounded so that reports are stable, words without outer blanks."""
    return SpeechSegment(
        start=round(segment.start + start_s, 3),
        end=round(segment.end + start_s, 3),
        text=segment.text.strip(),
        words=tuple(
            Word(
                text=word.text.strip(),
                start=round(word.start + start_s, 3),
                end=round(word.end + start_s, 3),
                probability=round(word.probability, 4),
            )
            for word in segment.words
        ),
        no_speech=round(segment.no_speech, 4),
        mean_logprob=round(segment.mean_logprob, 4),
        compression=round(segment.compression, 4),
        reliable=segment.reliable,
    )


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
        known = self._model.supported_languages
        if language is None and len(known) == 1:
            raise WrongUsage(
                "these weights know English only and cannot tell which language is spoken:"
                " say that it is English (language en) or take multilingual weights"
            )
        if language is not None and language not in known:
            raise WrongUsage(
                f"language {language!r} is none that the weights know; leave it out to have it found,"
                f" or take one of: {' '.join(sorted(known))}"
            )

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
        return WhisperModel(
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
