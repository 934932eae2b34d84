"""Which words of the clip differ from the original's?

Two readings of the same sound at different quality differ in 4 to 6 % of the words. Such
differences must not be reported as changes of what was said. Four things tell them from real ones:
the letters stay alike, or Whisper's own normaliser makes the two equal (normalisation.py), or one of
the two readings was unsure, or one of them left speech out. What is claimed was heard well on both
sides.

Measured on 44 recordings in 13 languages (2,000 words) against themselves, with limits chosen on
the same recordings: false changes 0 in 24 kbit/s MP3, 1 in 12 kbit/s Opus, 3 with noise at 15 dB, 0
in excerpts. A word put in the place of another was claimed in 82 % of 154 cases, three words in a
row in 94 % of 506, eight in 99 % of 456. Missed by design: one-letter changes (million, billion),
figures against number words, Chinese characters that differ between the two standards, and words
that the recogniser was unsure of.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

import numpy as np

from mediacheck.model import Span, Transcript, Word, WordChange
from mediacheck.speech.alignment import aligned
from mediacheck.speech.coverage import merged, unheard
from mediacheck.speech.normalisation import same_words
from mediacheck.speech.scripts import SPACELESS, script, used
from mediacheck.speech.spelling import units

# Languages that a recogniser cannot tell apart by sound, or that are one language under several
# names.
SAME_LANGUAGE = (frozenset({"hi", "ur"}), frozenset({"bs", "hr", "sr"}), frozenset({"nn", "no"}))

# Letters alike from which two readings are of the same word: 99 % of random word pairs stay under
# 0.5.
ALIKE = 0.6
# Mean word probability, weighted by letters, that both sides need. 85 % of correct words reach 0.7.
SURE = 0.7
# Up to this many letters (the, and, it) more is needed: readings of one sound swap them often,
# unsurely.
SHORT = 4
SURE_IF_SHORT = 0.9
# A single word of so few letters that agrees between two differences is chance: it goes with them.
ISLAND = 4

# Words of the original up to this far outside the span that the clip shows may be matched, and
# those less than this far inside need not be: word times err by up to 0.3 s, and words are cut in
# half at an excerpt's ends.
EDGE_S = 0.5
# Share of words left out of which speech without words is the likelier reason.
LEFT_OUT = 0.5
# Share of the clip's letters that the best-fitting stretch must have, where no span says which it
# is. Unrelated recordings in one language reached at most 0.26 (n = 650).
FITS = 0.5

# Words beside a difference that may belong to it: "25 percent" and "25%" differ by one word.
BESIDE = 2

# What is left of an English word after the apostrophe that parts it; 's and n't stay alike anyway.
_CONTRACTED = {"ll": "will", "re": "are", "ve": "have", "m": "am"}

_ANY = "\N{WHITE CIRCLE}"  # no letter, so no folded text holds it


@dataclass(frozen=True, slots=True)
class _Token:
    """`edge` = so near the end of the part that the clip shows that it may lie outside."""

    text: str
    word: Word
    edge: bool


@dataclass(frozen=True, slots=True)
class _Block:
    """Tokens [clip_from, clip_to) against [original_from, original_to); `same` = they are equal."""

    clip_from: int
    clip_to: int
    original_from: int
    original_to: int
    same: bool


@dataclass(frozen=True, slots=True)
class _Side:
    """The reliable words of one file, and where it has speech that could not be heard."""

    tokens: tuple[_Token, ...]
    voiced: tuple[Span, ...]
    unheard: tuple[Span, ...]


def one_language(codes: Set[str]) -> bool:
    """Whether all codes name one language, as far as a recogniser can tell."""
    return len(codes) < 2 or any(codes <= group for group in SAME_LANGUAGE)


def compare_words(
    clip: Transcript, original: Transcript, original_span: Span | None
) -> tuple[bool, tuple[WordChange, ...] | None, float | None]:
    """(comparable, changes, similarity), the changes in the order of the clip.

    original_span: the part of the original that the clip shows; None looks for the stretch that
    fits the words best. Not comparable, with None twice: other languages (Hindi and Urdu are one)
    or scripts, no reliable word in one of them, or no span and no stretch that fits. What the
    original says before and after the part that the clip shows is never `removed`. An added or
    removed change has the empty span at the joint as its other one. similarity: share of the
    letters, among those heard well in both, that agree.
    """
    if not _can_be_laid_beside(clip, original):
        return False, None, None
    ours, theirs = _side(clip, None), _side(original, original_span)
    if not ours.tokens or not theirs.tokens:
        return False, None, None
    blocks = _blocks(ours, theirs, original_span)
    fitting = sum(_letters(ours.tokens[b.clip_from : b.clip_to]) for b in blocks if b.same)
    if original_span is None and fitting < FITS * _letters(ours.tokens):
        return False, None, None
    changes = []
    agreed = differing = 0
    blocks = _with_islands(blocks, ours)
    for index, block in enumerate(blocks):
        mine = ours.tokens[block.clip_from : block.clip_to]
        other = theirs.tokens[block.original_from : block.original_to]
        letters = _letters(mine) + _letters(other)
        if (
            block.same
            or _alike(mine, other)
            or _written_otherwise(blocks, index, ours, theirs, clip.language)
        ):
            agreed += letters
        elif _claimed(block, ours, theirs):
            changes.append(_change(block, ours, theirs))
            differing += letters
    total = agreed + differing
    return True, tuple(changes), round(agreed / total, 4) if total else None


def _can_be_laid_beside(clip: Transcript, original: Transcript) -> bool:
    if not one_language({clip.language, original.language}):
        return False
    scripts = [
        set(used("".join(segment.text for segment in transcript.segments)))
        for transcript in (clip, original)
    ]
    return bool(scripts[0] & scripts[1])


def _side(transcript: Transcript, span: Span | None) -> _Side:
    words = [word for segment in transcript.segments if segment.reliable for word in segment.words]
    unreliable = [Span(s.start, s.end) for s in transcript.segments if not s.reliable]
    return _Side(
        tokens=tuple(
            _Token(_comparable(unit, transcript.language), word, _at_edge(word, span))
            for word in words
            if span is None
            or span.start - EDGE_S <= (word.start + word.end) / 2 < span.end + EDGE_S
            for unit in units(word.text)
        ),
        voiced=transcript.voiced,
        unheard=merged([*unreliable, *unheard(transcript.voiced, words)]),
    )


def _comparable(unit: str, language: str) -> str:
    """The unit as both sides would write it.

    A recogniser of Chinese writes simplified or traditional characters as it happens. Those that
    only one of the two standard sets holds say nothing about what was spoken: they match any.
    """
    if language == "zh" and len(unit) == 1 and script(unit) == "Han":
        return unit if _encodable(unit, "gb2312") and _encodable(unit, "big5") else _ANY
    return _CONTRACTED.get(unit, unit)


def _encodable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _blocks(ours: _Side, theirs: _Side, span: Span | None) -> list[_Block]:
    """Equal and differing blocks in turn, without what of the original the clip does not show."""
    edges = [token.edge for token in theirs.tokens]
    found = aligned(
        [token.text for token in ours.tokens],
        [token.text for token in theirs.tokens],
        np.where(edges, 0.0, 1.0),
        free_ends=span is None,
    )
    first, last = found.start, found.stop
    while first < last and edges[first] and (not found.pairs or first < found.pairs[0][1]):
        first += 1
    while first < last and edges[last - 1] and (not found.pairs or last - 1 > found.pairs[-1][1]):
        last -= 1
    blocks: list[_Block] = []
    i, j = 0, first
    for x, y in [*found.pairs, (len(ours.tokens), last)]:
        if x > i or y > j:
            blocks.append(_Block(i, x, j, y, same=False))
        if x < len(ours.tokens):
            if blocks and blocks[-1].same:
                blocks[-1] = replace(blocks[-1], clip_to=x + 1, original_to=y + 1)
            else:
                blocks.append(_Block(x, x + 1, y, y + 1, same=True))
        i, j = x + 1, y + 1
    return blocks


def _at_edge(word: Word, span: Span | None) -> bool:
    return span is not None and (word.start < span.start + EDGE_S or word.end > span.end - EDGE_S)


def _with_islands(blocks: list[_Block], ours: _Side) -> list[_Block]:
    """Differing blocks joined over a lone short agreement; what is left of the list is unchanged."""
    joined: list[_Block] = []
    for block in blocks:
        if (
            len(joined) > 1
            and not block.same
            and joined[-1].clip_to == joined[-1].clip_from + 1
            and _letters(ours.tokens[joined[-1].clip_from : joined[-1].clip_to]) <= ISLAND
        ):
            joined.pop()
            joined[-1] = replace(joined[-1], clip_to=block.clip_to, original_to=block.original_to)
        else:
            joined.append(block)
    return joined


def _written_otherwise(
    blocks: list[_Block], index: int, ours: _Side, theirs: _Side, language: str
) -> bool:
    """Whether a differing block is the same words in another spelling, by itself or with words beside it.

    A difference within BESIDE words is taken along whole: in "$5 million", "five million dollars" one
    is no change without the other.
    """
    block = blocks[index]
    befores = _steps(block.clip_from, block.original_from, blocks[:index][::-1], -1)
    afters = _steps(block.clip_to, block.original_to, blocks[index + 1 :], 1)
    return any(
        same_words(
            _text(ours.tokens[clip_from:clip_to]),
            _text(theirs.tokens[original_from:original_to]),
            language,
        )
        for clip_from, original_from in befores
        for clip_to, original_to in afters
    )


def _steps(clip: int, original: int, blocks: Iterable[_Block], way: int) -> list[tuple[int, int]]:
    """The border itself and those up to BESIDE words away; blocks: outwards from it."""
    found = [(clip, original)]
    for block in blocks:
        steps = block.clip_to - block.clip_from if block.same else 1
        for _ in range(steps):
            if len(found) > BESIDE:
                return found
            if block.same:
                clip, original = clip + way, original + way
            else:
                clip, original = (
                    (block.clip_to, block.original_to)
                    if way > 0
                    else (block.clip_from, block.original_from)
                )
            found.append((clip, original))
    return found


def _alike(mine: tuple[_Token, ...], other: tuple[_Token, ...]) -> bool:
    """Whether both may well be readings of the same sound: letters alike, or figures against words."""
    left, right = ("".join(token.text for token in side) for side in (mine, other))
    if not left or not right:
        return False
    digits = [sum(c.isdigit() for c in side) for side in (left, right)]
    if min(digits) == 0 < max(digits):
        figures, words = (mine, other) if digits[0] else (other, mine)
        return len(words) <= 2 + 3 * max(digits) and len(figures) <= 2 + max(digits)
    longest = max(len(left), len(right))
    distance = _distance(left, right)
    # One letter of a script without spaces is a syllable or a word, elsewhere it is a slip.
    slip = distance == 1 and not any(script(character) in SPACELESS for character in left + right)
    return slip or 1 - distance / longest >= ALIKE


def _distance(left: str, right: str) -> int:
    """Levenshtein's distance, row by row; _ANY is no different from anything."""
    codes = np.array([ord(character) for character in right])
    free = codes == ord(_ANY)
    steps = np.arange(len(right) + 1)
    row = steps
    for character in left:
        differs = (codes != ord(character)) & ~free & (character != _ANY)
        other = np.minimum(row[:-1] + differs, row[1:] + 1)
        row = np.minimum.accumulate(np.concatenate([row[:1] + 1, other]) - steps) + steps
    return int(row[-1])


def _claimed(block: _Block, ours: _Side, theirs: _Side) -> bool:
    """Whether a differing block was heard well enough, on both sides, to say that the words differ."""
    mine = ours.tokens[block.clip_from : block.clip_to]
    other = theirs.tokens[block.original_from : block.original_to]
    if len({token.word for token in mine}) == 1 and (
        block.clip_from == 0 or block.clip_to == len(ours.tokens)
    ):
        return False  # a word cut in half where the clip begins or ends
    if not mine and all(token.edge for token in other):
        return False
    needed = SURE_IF_SHORT if max(_letters(mine), _letters(other)) <= SHORT else SURE
    if any(side and _sureness(side) < needed for side in (mine, other)):
        return False
    mine_s, other_s = _spoken_s(mine), _spoken_s(other)
    in_clip = _doubtful_s(ours, block.clip_from, block.clip_to)
    in_original = _doubtful_s(theirs, block.original_from, block.original_to)
    return not (
        (other and in_clip >= LEFT_OUT * other_s) or (mine and in_original >= LEFT_OUT * mine_s)
    )


def _doubtful_s(side: _Side, first: int, last: int) -> float:
    """Seconds round the tokens that hold speech without (reliable) words.

    With no token, any speech.
    """
    start = side.tokens[first - 1].word.end if first else float("-inf")
    end = side.tokens[last].word.start if last < len(side.tokens) else float("inf")
    gap = Span(start, max(start, end))
    spans = side.unheard if first < last else merged([*side.unheard, *side.voiced])
    return sum(span.overlap(gap) for span in spans)


def _change(block: _Block, ours: _Side, theirs: _Side) -> WordChange:
    has_mine, has_other = block.clip_from < block.clip_to, block.original_from < block.original_to
    return WordChange(
        kind="replaced" if has_mine and has_other else "added" if has_mine else "removed",
        clip=_span(ours.tokens, block.clip_from, block.clip_to),
        original=_span(theirs.tokens, block.original_from, block.original_to),
        clip_text=_text(ours.tokens[block.clip_from : block.clip_to]),
        original_text=_text(theirs.tokens[block.original_from : block.original_to]),
    )


def _span(tokens: tuple[_Token, ...], first: int, last: int) -> Span:
    """From the first to the last of the tokens; the empty span at the joint where there are none."""
    if first < last:
        part = tokens[first:last]
        return Span(part[0].word.start, max(token.word.end for token in part))
    joint = tokens[first - 1].word.end if first else tokens[0].word.start
    return Span(joint, joint)


def _text(tokens: Iterable[_Token]) -> str:
    """The words as they were written, each once.

    No space between letters of scripts without spaces.
    """
    text = ""
    for word in dict.fromkeys(token.word for token in tokens):
        close = text and script(text[-1]) in SPACELESS and script(word.text[:1] or " ") in SPACELESS
        text += word.text if close or not text else f" {word.text}"
    return text


def _letters(tokens: Iterable[_Token]) -> int:
    return sum(len(token.text) for token in tokens)


def _sureness(tokens: tuple[_Token, ...]) -> float:
    return sum(len(t.text) * t.word.probability for t in tokens) / _letters(tokens)


def _spoken_s(tokens: tuple[_Token, ...]) -> float:
    return sum(word.end - word.start for word in {token.word for token in tokens})
