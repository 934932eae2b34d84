"""By which of the original's channels is a sound explained, and from which was the clip made?

An original may hold the floor in one channel and an interpreter in the other. A copy of one of them lacks half of what
the original's mono sound holds: compared with that, it would look changed. Where a player or a program mixes the
channels anew, what explains a channel of the clip changes with who speaks, and where two speak at once it is both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.align.mixture import Mixture, mixture
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

EVERY_S = 0.5
BLOCK_S = 60.0  # of the clip that is looked at before it is asked whether that was enough
# These decide with what the clip is compared, before any number is stored that could be judged again: so they stand
# here and not in the calibration. Of what is left over what is explained: mono explains a copy of one of two
# microphones to -20 dB, of one of two languages to 0 dB, and that one's channel to -20 dB.
POORLY_DB, CLEARLY_DB = -10.0, 6.0
EXPLAINED_DB = 0.0  # as above: where the line is wrong every version leaves 4.8 dB and more in 130 of 130 moments
ENOUGH_S = 10.0  # of explained moments: some phrases, so that the middle one is no pause


@dataclass(frozen=True, slots=True)
class Explained:
    """What one version of the original's sound leaves of a sound, and how loud it is over what is explained."""

    version: np.ndarray
    residual: np.ndarray
    residual_db: np.ndarray


def explained(
    samples: np.ndarray,
    mono: np.ndarray,
    channels: Sequence[np.ndarray],
    line: Alignment,
    centres: np.ndarray,
) -> tuple[Explained, ...]:
    """By mono, each of the channels, and by the better one of those and then the other; by mono alone without channels.

    samples, mono, channels: (n,) int16 at RATE; line: from the samples' time to the original's; centres: seconds of the
    samples. Of two channels that are alike the second finds nothing more: what mono alone explains is there besides.
    """
    whole, *single = (
        _explained(each, mixture(samples, each, line, centres)) for each in (mono, *channels)
    )
    if len(single) < 2:
        return whole, *single
    first, second = sorted(single, key=lambda each: float(np.median(each.residual_db)))
    after = mixture(first.residual, second.version, line, centres)
    unexplained = _share(first.residual_db) * _share(after.residual_db)
    together_db = 10 * np.log10(unexplained / (1 - unexplained))
    return whole, *single, Explained(mono, after.residual, np.clip(together_db, -40, 40))


def _explained(version: np.ndarray, split: Mixture) -> Explained:
    return Explained(version, split.residual, split.residual_db)


def _share(residual_db: np.ndarray) -> np.ndarray:
    """Of the whole, what is left over what is explained."""
    over = 10 ** (residual_db / 10)
    return np.asarray(over / (1 + over))


def explaining(
    clip: np.ndarray, mono: np.ndarray, channels: Sequence[np.ndarray], line: Alignment
) -> int | None:
    """Index of the channel that leaves clearly less of the clip unexplained than mono does; None for mono.

    clip, mono, channels: (n,) int16 at RATE; line: from the clip's time to the original's, at the original's speed.
    Asked of the moments that one of them explains: what else the clip holds, before the copy or over it, tells nothing.
    """
    versions = (mono, *channels)
    left = np.empty((len(versions), 0))
    for begin in np.arange(0.0, len(clip) / RATE, BLOCK_S):
        part = clip[round(begin * RATE) : round((begin + BLOCK_S) * RATE)]
        centres = np.arange(EVERY_S, len(part) / RATE - EVERY_S, EVERY_S)
        own = Alignment(line.original_at(float(begin)), line.speed)
        there = own.offset_s + own.speed * centres
        centres = centres[(there >= 0) & (there < len(mono) / RATE)]
        if not len(centres):
            continue
        tried = [mixture(part, each, own, centres).residual_db for each in versions]
        found = np.array(tried)
        left = np.append(left, found[:, found.min(axis=0) <= EXPLAINED_DB], axis=1)
        if left.shape[1] * EVERY_S >= ENOUGH_S:
            break
    if not left.shape[1]:
        return None
    poorly, *each = np.median(left, axis=1)
    best = int(np.argmin(each))
    return best if poorly >= POORLY_DB and poorly - each[best] >= CLEARLY_DB else None
