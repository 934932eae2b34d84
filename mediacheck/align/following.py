"""Does what is left of a sound rise and fall with the original?

Codec noise, echo and failed prediction do; another voice does not.
"""

from __future__ import annotations

import numpy as np

from mediacheck.features.spectrum import RATE, level_db
from mediacheck.model import Alignment

FOLLOWS_S = 2.0
SILENT_DB = -120.0


def following(
    residual: np.ndarray, original: np.ndarray, clock: Alignment, centres: np.ndarray
) -> np.ndarray:
    """How much the loudness of what is left follows the original's, over FOLLOWS_S; -1 to 1.

    residual, original: (n,) int16; clock: from the residual's time to the original's; centres: seconds of the residual.
    """
    step = 0.05
    own = level_db(residual, step)
    at = (np.arange(len(own)) + 0.5) * step
    index = np.floor((clock.offset_s + clock.speed * at) / step).astype(int)
    size = round(step * RATE)
    inside = (index >= 0) & (index < len(original) // size)
    other = np.full(len(own), SILENT_DB)
    if inside.any():
        low, high = int(index[inside].min()), int(index[inside].max()) + 1
        other[inside] = level_db(original[low * size : high * size], step)[index[inside] - low]
    own, other = np.maximum(own, -70.0), np.maximum(other, -70.0)
    half = round(FOLLOWS_S / step / 2)
    follows = np.zeros(len(centres))
    for i, centre in enumerate(centres):
        middle = round(centre / step)
        part = slice(max(0, middle - half), middle + half)
        x, y = own[part], other[part]
        if len(x) > half and x.std() > 0.5 and y.std() > 0.5:
            follows[i] = float(np.corrcoef(x, y)[0, 1])
    return follows
