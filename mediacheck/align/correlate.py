"""Where in a long sequence of feature rows does a short one fit? One search for picture and for sound.

Normalised correlation of a chunk against every lag, by overlap-save FFT over all channels at once, so that two
hours cost memory in proportion to their length and not to the number of chunks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.fft

from mediacheck.model import Alignment

USUAL_SPREAD = 0.12  # of the correlation of a few seconds with other moments: 0.05 to 0.15
USUAL_COLUMNS = 12


class Haystack:
    """Feature rows of the original, prepared for many searches with chunks of one length.

    rows: (n, channels) float32. chunk: rows of each needle. floor: energy per row that is added to both
    sides of the normalisation, so that still picture or silence correlates with nothing.
    """

    def __init__(self, rows: np.ndarray, chunk: int, floor: float) -> None:
        self.chunk = chunk
        self._floor = floor * chunk
        # Half a chunk of nothing on both sides lets a chunk hang over the ends.
        self._pad = chunk // 2
        padded = np.pad(rows.astype(np.float32), ((self._pad, self._pad + chunk), (0, 0)))
        self._size = scipy.fft.next_fast_len(4 * chunk, real=True)
        self._hop = self._size - chunk + 1
        self.lags = len(rows) + 1
        blocks = -(-self.lags // self._hop)
        padded = np.pad(
            padded, ((0, max(0, blocks * self._hop + self._size - len(padded))), (0, 0))
        )
        cut = np.stack([padded[b * self._hop : b * self._hop + self._size] for b in range(blocks)])
        self._spectra = np.ascontiguousarray(scipy.fft.rfft(cut, axis=1).transpose(1, 0, 2))
        power = np.concatenate([[0.0], np.cumsum((padded**2).sum(axis=1, dtype=np.float64))])
        self._energy = power[chunk : chunk + self.lags] - power[: self.lags]

    def scores(self, needles: np.ndarray) -> np.ndarray:
        """Correlation in [-1, 1] of each needle at each lag; (needles, lags).

        needles: (k, chunk, channels). Column i stands for the needle's first row at row i - chunk // 2.
        """
        spectra = scipy.fft.rfft(needles.astype(np.float32), self._size, axis=1)
        product = self._spectra @ np.conj(spectra).transpose(1, 2, 0)  # (frequency, block, needle)
        found = scipy.fft.irfft(product, self._size, axis=0)[
            : self._hop
        ]  # (lag in block, block, needle)
        flat = found.transpose(2, 1, 0).reshape(len(needles), -1)[:, : self.lags]
        own = (needles.astype(np.float64) ** 2).sum(axis=(1, 2)) + self._floor
        return np.asarray(flat / np.sqrt(own[:, None] * (self._energy + self._floor)[None, :]))

    def row_of(self, column: int) -> int:
        return column - self._pad


@dataclass(frozen=True, slots=True)
class Peak:
    """One place where one chunk fits: how well, and how far that stands out from all other places."""

    clip_s: float  # start of the chunk
    original_s: float
    score: float
    z: float


def peaks(scores: np.ndarray, guard: int, most: int) -> list[tuple[int, float, float]]:
    """The `most` best columns at least `guard` apart, each as (column, score, z).

    z counts standard deviations of all columns outside the guards above their mean: the pair's own null, of
    which the maximum over many lags is itself a few deviations out. A short original has few columns or none
    there; USUAL_SPREAD then stands in for what they cannot tell, with the weight of USUAL_COLUMNS of them.
    """
    left = scores.copy()
    found: list[tuple[int, float]] = []
    for _ in range(most):
        column = int(np.argmax(left))
        if not np.isfinite(left[column]):
            break
        found.append((column, float(scores[column])))
        left[max(0, column - guard) : column + guard + 1] = -np.inf
    others = scores[np.isfinite(left)]
    count = len(others) + USUAL_COLUMNS
    mean = float(others.sum()) / count
    squares = float(((others - mean) ** 2).sum()) + USUAL_COLUMNS * USUAL_SPREAD**2
    spread = (squares / count) ** 0.5
    return [(column, score, (score - mean) / spread) for column, score in found]


def parabola_offset(scores: np.ndarray, column: int) -> float:
    """Where between the columns the maximum lies, -0.5 to 0.5, by a parabola through three points."""
    if not 0 < column < len(scores) - 1:
        return 0.0
    low, mid, high = (float(value) for value in scores[column - 1 : column + 2])
    bend = low - 2 * mid + high
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (low - high) / bend, -0.5, 0.5))


def cluster(
    found: Iterable[Peak], speed: float, reach_s: float, most: int
) -> list[tuple[Alignment, float]]:
    """Alignments that many chunks agree on, with their weight, best first.

    Each peak votes for original_s - speed * clip_s with the square of its z above 3, and joins the
    strongest vote within reach_s.
    """
    votes = [(peak.original_s - speed * peak.clip_s, max(0.0, peak.z - 3.0) ** 2) for peak in found]
    votes = sorted((vote for vote in votes if vote[1] > 0), key=lambda vote: -vote[1])
    groups: list[list[tuple[float, float]]] = []
    for offset, weight in votes:
        for group in groups:
            if abs(group[0][0] - offset) <= reach_s:
                group.append((offset, weight))
                break
        else:
            groups.append([(offset, weight)])
    lines = []
    for group in groups:
        total = sum(weight for _, weight in group)
        lines.append((Alignment(sum(o * w for o, w in group) / total, speed), total))
    return sorted(lines, key=lambda line: -line[1])[:most]
