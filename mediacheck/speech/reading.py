"""What every recogniser shares: from stretches of speech to a transcript.

Stretches are packed into chunks, one language is decided on, every chunk is read, holes are read
again, text is parted into sentences and judged, times become those of the file. A recogniser adds a
`Reader`, which sees one chunk at a time and remembers nothing, so that a chunk's words depend on
that chunk alone.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mediacheck.errors import WrongUsage
from mediacheck.model import Span, SpeechSegment, Transcript, Word
from mediacheck.progress import Progress
from mediacheck.speech.chunks import Chunk, chunks
from mediacheck.speech.coverage import unheard
from mediacheck.speech.reliability import Limits, weighed
from mediacheck.speech.sentences import sentences

logger = logging.getLogger(__name__)

Sound = NDArray[np.int16] | NDArray[np.float32]

NO_LANGUAGE = "und"  # ISO 639-2 for undetermined: no speech, so no language
LANGUAGE_CHUNKS = 5  # those with most speech decide; each costs one pass of the encoder


class Reader(Protocol):
    """What an engine does with the sound of one chunk (float32, at most 30 s). `known`: languages."""

    @property
    def known(self) -> Sequence[str]: ...

    def languages(self, sound: NDArray[np.float32]) -> dict[str, float]:
        """Language code -> probability."""

    def read(self, sound: NDArray[np.float32], language: str) -> list[SpeechSegment]:
        """Passages with words in the chunk's own time; neither parted into sentences nor judged."""

    def read_in_steps(self, sound: NDArray[np.float32], language: str) -> list[SpeechSegment]:
        """The same by moving on from what was recognised: it cannot stop before the end."""


def refuse_language(language: str | None, known: Sequence[str]) -> None:
    """Raises WrongUsage for a language that the weights do not know, or where they cannot tell one."""
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
    """The transcript that `Engine.transcribe` promises.

    The reader is built only if there is speech.

    blank: names engine, model and hash. A language that was given has probability 1. Raises
    WrongUsage for one that the weights do not know.
    """
    packed = chunks(voiced, samples)
    heard = tuple(Span(round(v.start + start_s, 3), round(v.end + start_s, 3)) for v in voiced)
    if not packed:
        return replace(blank, language=NO_LANGUAGE, language_probability=0.0, voiced=heard)
    reader = build()
    refuse_language(language, reader.known)
    if language is None:
        language, probability = _language_of(packed, samples, reader)
    else:
        probability = 1.0
    segments = [
        sentence
        for passage in _read(packed, samples, reader, language, limits, progress)
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
    """The likeliest over the chunks with most speech, each weighted by its seconds of speech."""
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
    limits: Limits,
    progress: Progress,
) -> list[SpeechSegment]:
    """The passages of all chunks in the time of the samples.

    In one pass a recogniser now and then stops early and leaves the rest of a chunk out. Such a
    chunk is read again in steps, which is slower and a little less exact, and the reading that
    leaves less out is kept. Not so where the first reading took the chunk for no speech (nothing,
    or Whisper's own rule): steps over hum take several times real time and find nothing.
    """
    total_s = sum(chunk.voiced_s for chunk in packed)
    done_s = 0.0
    passages: list[SpeechSegment] = []
    for chunk in packed:
        progress.at("speech", done_s, total_s)
        sound = chunk.sound(samples)
        reading = [_placed(p, chunk) for p in reader.read(sound, language)]
        left_out = _left_out_s(reading, chunk)
        if left_out and not all(
            p.no_speech > limits.no_speech and p.mean_logprob < limits.mean_logprob for p in reading
        ):
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
