"""Stretches of speech packed into pieces of sound that a recogniser reads in one go.

Whisper reads 30 s at once. A chunk holds at most 28 s, made of whole stretches; the border between
two chunks lies in the longest pause near its end, and pauses longer than a second are shortened, so
that hours with little speech cost little. A chunk knows where each of its moments lies in the sound
it was cut from.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediacheck.model import Span
from mediacheck.speech.activity import RATE, as_float

LIMIT_S = 28.0  # under Whisper's 30 s, so that the last word is not at the very edge of its window
MARGIN_S = 0.5  # sound kept before and after a stretch: a pause up to twice this stays whole
SEARCH_S = 10.0  # a stretch without pause is cut at its quietest moment this close before the limit
QUIET_S = 0.1  # loudness window for that cut: one syllable nucleus is longer


@dataclass(frozen=True, slots=True)
class Chunk:
    """`pieces` = parts of the sound in order, apart from each other; `voiced` = the speech in them."""

    pieces: tuple[Span, ...]
    voiced: tuple[Span, ...]

    @property
    def start(self) -> float:
        return self.pieces[0].start

    @property
    def voiced_s(self) -> float:
        return sum(stretch.length for stretch in self.voiced)

    def sound(self, samples: NDArray[Any]) -> NDArray[np.float32]:
        """The pieces joined; mono float32 in [-1, 1], 16 kHz."""
        return np.concatenate(
            [as_float(samples[round(p.start * RATE) : round(p.end * RATE)]) for p in self.pieces]
        )

    def span(self, start: float, end: float) -> Span:
        """Where [start, end) of the joined sound lies in the sound it was cut from.

        Both ends are looked up in the piece that holds the middle, so a word cannot stretch over a
        pause that was left out; what reaches beyond that piece is cut off at its border.
        """
        middle = (start + end) / 2
        before = 0.0
        for piece in self.pieces:
            if middle < before + piece.length or piece is self.pieces[-1]:
                low, high = (
                    min(max(piece.start + t - before, piece.start), piece.end) for t in (start, end)
                )
                return Span(round(low, 3), round(max(low, high), 3))
            before += piece.length
        raise ValueError("a chunk without pieces has no moments")


def chunks(voiced: tuple[Span, ...], samples: NDArray[Any]) -> tuple[Chunk, ...]:
    """Every stretch in order, grouped into chunks of at most LIMIT_S.

    voiced: in order, apart from each other, seconds from samples[0]; what lies past the samples is
    cut off.
    """
    length_s = len(samples) / RATE
    stretches = [
        part
        for stretch in voiced
        if stretch.start < length_s
        for part in _short_enough(Span(stretch.start, min(stretch.end, length_s)), samples)
    ]
    wide = _with_margins(stretches, length_s)
    groups: list[tuple[int, int]] = []
    first = 0
    while first < len(stretches):
        last = first
        while last + 1 < len(wide) and _taken_s(wide[first : last + 2]) <= LIMIT_S:
            last += 1
        if last + 1 < len(wide):
            last = _longest_pause(stretches, wide, first, last)
        groups.append((first, last + 1))
        first = last + 1
    return tuple(
        Chunk(pieces=_joined(wide[first:end]), voiced=tuple(stretches[first:end]))
        for first, end in groups
    )


def _with_margins(stretches: list[Span], length_s: float) -> list[Span]:
    """Each stretch with up to MARGIN_S on both sides; neighbours share a shorter pause evenly."""
    borders = [0.0]
    for left, right in pairwise(stretches):
        borders.append((left.end + right.start) / 2)
    borders.append(length_s)
    return [
        Span(max(borders[i], s.start - MARGIN_S), min(borders[i + 1], s.end + MARGIN_S))
        for i, s in enumerate(stretches)
    ]


def _taken_s(wide: list[Span]) -> float:
    return sum(span.length for span in wide)


def _longest_pause(stretches: list[Span], wide: list[Span], first: int, last: int) -> int:
    """Last stretch of a full chunk: the one before the longest pause in the chunk's second half."""
    candidates = [
        i for i in range(first, last + 1) if _taken_s(wide[first : i + 1]) >= LIMIT_S / 2
    ] or [last]
    return max(candidates, key=lambda i: (stretches[i + 1].start - stretches[i].end, i))


def _joined(wide: list[Span]) -> tuple[Span, ...]:
    pieces: list[Span] = []
    for span in wide:
        if pieces and span.start - pieces[-1].end < 1 / RATE:
            pieces[-1] = Span(pieces[-1].start, span.end)
        else:
            pieces.append(span)
    return tuple(pieces)


def _short_enough(stretch: Span, samples: NDArray[Any]) -> list[Span]:
    """The stretch, cut at its quietest moments where it is longer than a chunk can be."""
    longest = LIMIT_S - 2 * MARGIN_S
    parts = []
    while stretch.length > longest:
        latest = stretch.start + longest
        window = round(QUIET_S * RATE)
        begin = round((latest - SEARCH_S) * RATE)
        sound = as_float(samples[begin : round(latest * RATE)])
        level = (sound[: len(sound) // window * window].reshape(-1, window) ** 2).mean(axis=1)
        cut = (begin + (int(level.argmin()) + 0.5) * window) / RATE
        parts.append(Span(stretch.start, cut))
        stretch = Span(cut, stretch.end)
    return [*parts, stretch]
