"""Which recognised text may be quoted?

A recogniser writes fluent sentences over music, noise and silence, and gets caught in loops.
Nothing is hidden: doubtful segments stay in the transcript, marked. Only single words that lie
where nobody speaks are taken out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mediacheck.model import Span, SpeechSegment, Word
from mediacheck.speech.spelling import units

# Whisper's own limits (openai/whisper, transcribe.py: no_speech_threshold, logprob_threshold,
# compression_ratio_threshold).
NO_SPEECH = 0.6
MEAN_LOGPROB = -1.0
COMPRESSION = 2.4

# Mean word probability of the segment, weighted by letters. Of 338 segments of known speech (nine
# languages, clean and degraded) 11 were below, with 45 % of their words right; above 0.8 it was 92
# %. Reversed speech, written as fluent sentences with every other score in order, stays below.
WORD_PROBABILITY = 0.6

# From this mean word probability on, no_speech is not believed: it was 0.60 and 0.67 over clear
# speech, in English and Chinese, whose words had 0.98 and 0.87.
SURE = 0.8

# Whisper's word times err by 0.1 to 0.3 s; a word farther than this from any speech was not spoken.
TOLERANCE_S = 0.3
MIN_VOICED_SHARE = 0.5  # with fewer of its words where somebody speaks a segment is made up

# The same 1 to 8 units this often in a row are a loop: people say a word three times, chants
# excepted.
LOOP_TIMES = 4
LOOP_UNITS = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """A segment beyond any of them is unreliable.

    `no_speech` counts only where words are under `sure`.

    Whisper itself drops text where no_speech *and* mean_logprob are beyond; here mean_logprob alone
    is enough, and no_speech needs less to join it. Nothing is dropped, only marked.
    """

    no_speech: float = NO_SPEECH
    mean_logprob: float = MEAN_LOGPROB
    compression: float = COMPRESSION
    word_probability: float = WORD_PROBABILITY
    sure: float = SURE


LIMITS = Limits()


def weighed(
    segments: Iterable[SpeechSegment], voiced: tuple[Span, ...], limits: Limits = LIMITS
) -> tuple[SpeechSegment, ...]:
    """The segments with `reliable` decided and words where nobody speaks taken out.

    segments, voiced: in order, on the same clock. Empty segments are dropped. One of which most
    words lie outside `voiced` keeps them, so that a reader sees what was made up, and is
    unreliable. So are loops over several segments.
    """
    kept = [_heard(segment, voiced, limits) for segment in segments if segment.text.strip()]
    looped = _loops(kept)
    return tuple(
        replace(segment, reliable=False) if index in looped else segment
        for index, segment in enumerate(kept)
    )


def _heard(segment: SpeechSegment, voiced: tuple[Span, ...], limits: Limits) -> SpeechSegment:
    surely = _word_probability(segment.words)
    plausible = (
        (segment.no_speech <= limits.no_speech or surely >= limits.sure)
        and segment.mean_logprob >= limits.mean_logprob
        and segment.compression <= limits.compression
        and surely >= limits.word_probability
    )
    words = tuple(word for word in segment.words if _near(word, voiced))
    if len(words) == len(segment.words) > 0:
        return replace(segment, reliable=plausible)
    if len(words) < MIN_VOICED_SHARE * len(segment.words) or not words:
        return replace(segment, reliable=False)
    return replace(
        segment,
        start=words[0].start,
        end=max(word.end for word in words),
        text="".join(word.text for word in words).strip(),
        words=words,
        reliable=plausible,
    )


def _word_probability(words: tuple[Word, ...]) -> float:
    letters = [len(word.text.strip()) for word in words]
    heard = sum(count * word.probability for count, word in zip(letters, words, strict=True))
    return heard / sum(letters) if sum(letters) else 0.0


def _near(word: Word, voiced: tuple[Span, ...]) -> bool:
    # The last stretch that begins before the word ends; earlier ones end before that one begins.
    after = bisect_right(voiced, word.end + TOLERANCE_S, key=lambda stretch: stretch.start)
    return after > 0 and voiced[after - 1].end > word.start - TOLERANCE_S


def _loops(segments: list[SpeechSegment]) -> set[int]:
    """Indices of the segments that a loop runs through."""
    owners: list[int] = []
    said: list[str] = []
    for index, segment in enumerate(segments):
        for unit in units(segment.text):
            owners.append(index)
            said.append(unit)
    looped: set[int] = set()
    for size in range(1, LOOP_UNITS + 1):
        run = 0  # how many units in a row equal the one `size` before
        for place in range(size, len(said)):
            run = run + 1 if said[place] == said[place - size] else 0
            if run >= size * (LOOP_TIMES - 1):
                looped.update(owners[place - run - size + 1 : place + 1])
    return looped
