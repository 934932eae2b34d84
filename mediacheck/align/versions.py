"""Which channel of the original was the clip's sound made from?

An original may hold the floor in one channel and an interpreter in the other. A copy of one of them lacks half of what
the original's mono sound holds: compared with that, it would look changed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mediacheck.align.mixture import mixture
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

MOST_S = 60.0  # of the clip that is looked at
EVERY_S = 0.5
# Of what is left over what is explained: mono explains a copy of one of two microphones to -20 dB,
# of one of two languages to 0 dB, and that one's channel to -20 dB.
POORLY_DB, CLEARLY_DB = -10.0, 6.0


def explaining(
    clip: np.ndarray, mono: np.ndarray, channels: Sequence[np.ndarray], line: Alignment
) -> int | None:
    """Index of the channel that leaves clearly less of the clip unexplained than mono does; None for mono.

    clip, mono, channels: (n,) int16 at RATE; line: from the clip's time to the original's, at the original's speed.
    """
    part = clip[: round(MOST_S * RATE)]
    centres = np.arange(EVERY_S, len(part) / RATE - EVERY_S, EVERY_S)
    if not len(centres):
        return None
    left = [
        float(np.median(mixture(part, version, line, centres).residual_db))
        for version in (mono, *channels)
    ]
    best = int(np.argmin(left[1:]))
    clearly = left[0] >= POORLY_DB and left[0] - left[1 + best] >= CLEARLY_DB
    return best if clearly else None
