"""Where else in the original do a few syllables come from that stand where its own sound is missing?

The lines of sound.py need some two seconds; a word taken from elsewhere is shorter. Such a piece is searched for in
the whole original by the same whitened correlation as in presence.py, in long blocks. Of all places one must stand
out, because of a hundred thousand lags some are high by chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.fft

from mediacheck.align.agreement import STEP_S
from mediacheck.align.mixture import mixture
from mediacheck.align.sound import SoundAlignment
from mediacheck.align.timeline import runs
from mediacheck.features.spectrum import HIGH_HZ, LOW_HZ, RATE
from mediacheck.model import Alignment, Span

LEAST_S, MOST_S = 0.3, 4.0  # of a piece: less is on many lines, more does not make it surer
MOST_PIECES = 6  # each costs 0.7 ms of CPU for every second of the original
MOST_SEARCHED_S = 10_800.0  # by all pieces together; the longest is always searched for
MOST_COMPARED_S = 120.0  # of the clip along all lines together: 10 ms of CPU each
_EVERY_S = 0.2  # between centres at which the prediction is taken
_GONE = 0.5  # of the usual agreement; generous, because what is not found here changes nothing
_LEAST_MOMENTS = 3
_BLOCK_S = 16.0
_WHITENING = 0.8
_PROOF = 30.0  # peak over median: half a second in its place gives 32 to 110, other sound 10 to 50
_MARGIN = 1.6  # over the best other place: in its place 2 to 9, other sound 1.0 to 1.4
_SAME_PLACE_S = 0.05
_KNOWN_S = 0.015  # what a stalled stream moved by a fortieth of a second is on a line of its own


def heard(aligned: SoundAlignment, original: np.ndarray) -> tuple[Alignment, ...]:
    """The alignment's lines, and those of pieces that are too short for it, as lines of the clip's own time.

    original: (n,) int16 at RATE. Pieces are searched for only at unchanged speed and pitch.
    """
    seconds = len(aligned.samples) / RATE
    too_much = len(aligned.lines) * seconds > MOST_COMPARED_S
    if aligned.speed != 1.0 or aligned.semitones or too_much:
        return aligned.lines
    centres = np.arange(_EVERY_S / 2, seconds, _EVERY_S)
    moments = STEP_S * (np.arange(int(seconds / STEP_S)) + 0.5)
    agreements = [
        mixture(aligned.samples, original, line, centres, moments).agreement
        for line in aligned.lines
    ]
    pieces = missing(agreements)
    return *aligned.lines, *taken_from(aligned.samples, original, pieces, aligned.lines)


def missing(agreements: Sequence[np.ndarray]) -> list[Span]:
    """Stretches in which no line's moments agree although some are heard, longest first.

    agreements: one array for each line, of moments STEP_S apart, NaN where nothing is heard.
    """
    if not agreements:
        return []
    told = np.isfinite(np.stack(agreements)).any(axis=0)
    best = np.where(told, np.nan_to_num(np.stack(agreements), nan=-1.0).max(axis=0), np.nan)
    if not told.any():
        return []
    low = ~told | (best < _GONE * float(np.nanmedian(best)))
    found = []
    for run in runs(low.astype(int)):
        heard = np.flatnonzero(told[run.windows]) + run.first
        if low[run.first] and len(heard) >= _LEAST_MOMENTS:
            found.append(Span(STEP_S * int(heard[0]), STEP_S * (int(heard[-1]) + 1)))
    long_enough = [span for span in found if span.length >= LEAST_S]
    return sorted(long_enough, key=lambda span: -span.length)[:MOST_PIECES]


def taken_from(
    clip: np.ndarray, original: np.ndarray, pieces: Sequence[Span], known: Sequence[Alignment]
) -> list[Alignment]:
    """The line of each piece that stands in the original at one place and beside the known lines.

    clip, original: (n,) int16 at RATE, on one clock: pieces are searched for at unchanged speed. known: lines on
    which the original's sound was found; what of it reaches into a piece is not what the piece is.
    """
    found: list[Alignment] = []
    affordable = max(1, int(MOST_SEARCHED_S * RATE / max(1, len(original))))
    for piece in pieces[:affordable]:
        middle = (piece.start + piece.end) / 2
        half = min(piece.length, MOST_S) / 2
        first = max(0, round((middle - half) * RATE))
        own = clip[first : round((middle + half) * RATE)].astype(np.float32)
        taken = [line.original_at(first / RATE) for line in known]
        at = _one_place(own * np.hanning(len(own)).astype(np.float32), original, taken)
        if at is not None:
            found.append(Alignment(at - first / RATE, 1.0))
    return found


def _one_place(piece: np.ndarray, original: np.ndarray, taken: Sequence[float]) -> float | None:
    """Where in the original the piece starts, in seconds; None where no place, or no one place, stands out.

    taken: starts that do not count. Of each block only the best is kept: all lags of two hours take gigabytes.
    """
    block = round(_BLOCK_S * RATE)
    # The last block reaches back over the one before: a short one would have its own, lower median.
    last = max(0, len(original) - block - len(piece))
    correlated = _Blocks(piece, original, block, taken)
    bests = []
    for first in [*range(0, last, block), last]:
        lag_s, ratio = correlated.at(first)
        if len(ratio):
            best = int(ratio.argmax())
            bests.append((float(ratio[best]), float(lag_s[best]), first))
    height, there, _ = max(bests, key=lambda each: each[0], default=(0.0, 0.0, 0))
    if height < _PROOF:
        return None
    for other, at, first in bests:
        if abs(at - there) <= _SAME_PLACE_S:
            lag_s, ratio = correlated.at(first)
            other = float(ratio[np.abs(lag_s - there) > _SAME_PLACE_S].max(initial=0.0))
        if height < _MARGIN * other:
            return None
    return there


class _Blocks:
    """A piece against one block of the original after the other."""

    def __init__(
        self, piece: np.ndarray, original: np.ndarray, block: int, taken: Sequence[float]
    ) -> None:
        size = scipy.fft.next_fast_len(block + len(piece), real=True)
        self._size = size + size % 2
        frequencies = np.arange(self._size // 2 + 1) * RATE / self._size
        self._band = np.flatnonzero((frequencies >= LOW_HZ) & (frequencies <= HIGH_HZ))
        self._own = np.conj(scipy.fft.rfft(piece, self._size)[self._band])
        self._length, self._original, self._block, self._taken = len(piece), original, block, taken

    def at(self, first: int) -> tuple[np.ndarray, np.ndarray]:
        """(start in the original in seconds, whitened correlation over its median), at half the rate.

        0 at what is taken; both empty where the original is shorter than the piece.
        """
        there = self._original[first : first + self._block + self._length].astype(np.float32)
        cross = scipy.fft.rfft(there, self._size)[self._band] * self._own
        short = self._size // 2  # the inverse transform only needs the band
        spectrum = np.zeros(short // 2 + 1, np.complex64)
        spectrum[self._band] = cross / np.maximum(np.abs(cross), 1e-9) ** _WHITENING
        value = np.abs(scipy.fft.irfft(spectrum, short))
        count = min(self._block, max(0, len(there) - self._length + 1)) // 2
        if not count:
            return np.empty(0), np.empty(0)
        ratio = value[:count] / max(float(np.median(value[:count:3])), 1e-12)
        lag_s = (first + 2 * np.arange(count)) / RATE
        for start in self._taken:
            ratio[np.abs(lag_s - start) < _KNOWN_S] = 0.0
        return lag_s, ratio
