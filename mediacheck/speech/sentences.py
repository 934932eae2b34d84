"""One long passage of recognised words, parted where a reader would part it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from mediacheck.model import SpeechSegment, Word

SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", "။", "։")
CLAUSE_ENDS = (",", ";", ":", "，", "、", "；", "：", "،", "؛")
# "Mr. Dashwood" has no pause after the dot; real sentence ends nearly always do.
SENTENCE_PAUSE_S = 0.1
# a new thought even without punctuation, which recognisers may leave out altogether
LONG_PAUSE_S = 1.0
# A longer part ends at a comma or a short pause, a much longer one anywhere: a line to quote, no
# paragraph.
LONG_S = 12.0
TOO_LONG_S = 18.0


def sentences(passage: SpeechSegment) -> Iterator[SpeechSegment]:
    """The passage in parts with the same scores.

    As it is where it has no words. No word is lost or added.
    """
    if not passage.words:
        yield passage
        return
    part: list[Word] = [passage.words[0]]
    for left, right in pairwise(passage.words):
        if _parted(part[0].start, left, right):
            yield _segment(passage, part)
            part = []
        part.append(right)
    yield _segment(passage, part)


def _parted(start: float, left: Word, right: Word) -> bool:
    pause = right.start - left.end
    length = left.end - start
    text = left.text.strip().rstrip("\"'»”’)")
    initial = len(text) == 2 and text[0].isupper()  # "Donald J. Trump"
    if pause >= LONG_PAUSE_S or length >= TOO_LONG_S:
        return True
    if length >= LONG_S:
        return pause >= SENTENCE_PAUSE_S or text.endswith((*SENTENCE_ENDS, *CLAUSE_ENDS))
    return pause >= SENTENCE_PAUSE_S and text.endswith(SENTENCE_ENDS) and not initial


def _segment(passage: SpeechSegment, part: list[Word]) -> SpeechSegment:
    return replace(
        passage,
        start=part[0].start,
        end=max(word.end for word in part),
        text="".join(word.text for word in part).strip(),
        words=tuple(part),
    )
