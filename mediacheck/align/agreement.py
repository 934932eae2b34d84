"""Does each moment of the clip's sound agree with what the original becomes in this clip?

mixture.py fits over seconds what a room, an equaliser and a codec make of the original. That prediction has phases:
what is the original's agrees with it within a fifth of a second, in every band that the clip kept, and a word that
stands in its place does not, however like the voice. Added noise or music lowers the agreement and leaves it well
above nothing. Presence needs longer windows, because it searches a lag and knows nothing of the clip's processing.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mediacheck.features.spectrum import RATE

STEP_S = 0.05
_SMOOTH_S = 0.2  # a Hann window: half of its weight lies within 0.1 s
_EDGES_HZ = (*range(120, 600, 120), *np.geomspace(600, 3600, 11).tolist())
BANDS = len(_EDGES_HZ) - 1
# So far below a band's loud moments nothing counts; by so much above that, all does.
_DEPTH_DB, _FULL_DB = 33.0, 15.0
_FLOOR, _BURIED_DB = 10.0, 8.0  # percentile of the clip's power: noise; below it nothing counts
_MISSING_DB, _FADED_DB = 20.0, 10.0  # a clip so far below its prediction is silent, no other sound
# A clip so far above its prediction would hide it: sqrt(1 / 10) is all that could agree. A bang is no replacement.
_HIDDEN_DB, _HIDING_DB = 10.0, 4.0
_HOLDS = 80.0  # percentile: a line with a fifth of the sound shows which bands the clip kept
_MOST_WEIGHT = 4.0
_LEAST_AUDIBLE = 0.25


def products(own: np.ndarray, predicted: np.ndarray, window: int, hop: int) -> np.ndarray:
    """Smoothed over time, per frame and band: power of the clip, of the prediction, and what they share.

    own, predicted: (frames, bins) complex spectra of `window` samples every `hop`. Shape (frames, bands, 3).
    """
    frequencies = np.arange(own.shape[1]) * RATE / window
    bands = [
        np.flatnonzero((frequencies >= low) & (frequencies < high))
        for low, high in pairwise(_EDGES_HZ)
    ]
    shared = (own * np.conj(predicted)).real
    powers = np.abs(own) ** 2, np.abs(predicted) ** 2, shared
    summed = np.stack(
        [np.stack([power[:, band].sum(axis=1) for band in bands], axis=1) for power in powers],
        axis=2,
    )
    width = max(1, round(_SMOOTH_S * RATE / hop))
    taper = np.hanning(width + 2)[1:-1]
    padded = np.pad(summed, ((width // 2, width - 1 - width // 2), (0, 0), (0, 0)))
    rolling = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)
    return np.asarray(rolling @ (taper / taper.sum()))


def agreement(found: np.ndarray, decoy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(correlation with the prediction, the same with the decoy's), both (moments,); -1 to 1.

    found, decoy: (moments, bands, 3) from `products`. Bands count by how well they agree where the line holds, so
    what a codec left out does not. NaN where the original has nothing to hear in those bands, and where the clip
    has nothing to hear at all: silence disagrees with nothing.
    """
    if not len(found):
        return np.empty(0), np.empty(0)
    own, there = found[:, :, 0], found[:, :, 1]
    level = 10 * np.log10(there + 1.0)
    quiet = np.maximum(
        np.percentile(level, 95, axis=0) - _DEPTH_DB,
        np.percentile(10 * np.log10(own + 1.0), _FLOOR, axis=0) - _BURIED_DB,
    )
    heard = np.clip((level - quiet) / _FULL_DB, 0.0, 1.0)
    louder_db = 10 * np.log10((own + 1.0) / (there + 1.0))
    heard *= np.clip((_HIDDEN_DB - louder_db) / _HIDING_DB, 0.0, 1.0)
    ratio_db = 10 * np.log10((own.sum(axis=1) + 1.0) / (there.sum(axis=1) + 1.0))
    heard *= np.clip((ratio_db + _MISSING_DB) / _FADED_DB, 0.0, 1.0)[:, None]
    each = _correlation(found)
    kept = np.zeros(each.shape[1])
    for band in range(len(kept)):
        told = each[heard[:, band] > 0.5, band]
        kept[band] = np.percentile(told, _HOLDS) if len(told) else 0.0
    explained = np.clip(kept, 0.0, 0.99) ** 2
    weight = heard * np.minimum(explained / (1 - explained), _MOST_WEIGHT)
    possible = np.minimum(explained / (1 - explained), _MOST_WEIGHT).sum()
    total = weight.sum(axis=1)
    audible = total >= _LEAST_AUDIBLE * max(float(possible), 1e-6)
    values, chance = (
        np.where(audible, (weight * each).sum(axis=1) / np.maximum(total, 1e-9), np.nan)
        for each in (each, _correlation(decoy))
    )
    return values, chance


def _correlation(found: np.ndarray) -> np.ndarray:
    return np.asarray(found[:, :, 2] / np.sqrt(found[:, :, 0] * found[:, :, 1] + 1e-3))
