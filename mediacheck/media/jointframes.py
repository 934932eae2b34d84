"""Which frames stand on either side of a joint? The place that was measured is good to a tenth of a second.

The largest change from one frame to the next within SEARCH_S of it is taken for the joint, where it stands out: a
change of scene and a jump within one do. Where none does, the place that was measured stays. Changes further away are
the film's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mediacheck.media.frames import Still
from mediacheck.model import Span

SEARCH_S = 0.12  # 95 % of the cuts found lie within 0.06 s, see the record of error rates
SHOWN_S = (0.4, 0.2, 0.0)  # before the last frame, and after the first
STANDS_OUT = 4.0  # times the median change from frame to frame
LEAST_CHANGE = 2.0  # grey levels; noise and compression stay below
COARSE = 6  # every so many pixels are compared


@dataclass(frozen=True, slots=True)
class Joint:
    """Frames in the order of time; the first `before` of them stand before the joint at `at_s`.

    sharp: whether the frames themselves show it there.
    """

    at_s: float
    frames: tuple[Still, ...]
    before: int
    sharp: bool


def around(joint_s: float) -> Span:
    """What must be decoded to find a joint and show it."""
    room = SEARCH_S + SHOWN_S[0] + 0.1
    return Span(max(0.0, joint_s - room), joint_s + room)


def found(stills: Sequence[Still], joint_s: float) -> Joint | None:
    """stills: every frame of `around(joint_s)`. None where there are fewer than two."""
    if len(stills) < 2:
        return None
    times = np.array([still.time_s for still in stills])
    changes = _changes(stills)
    near = np.abs(times[1:] - joint_s) <= SEARCH_S
    first, sharp = int(np.searchsorted(times, joint_s)), False
    if near.any():
        best = int(np.argmax(np.where(near, changes, -1.0)))
        sharp = bool(changes[best] >= max(LEAST_CHANGE, STANDS_OUT * float(np.median(changes))))
        first = best + 1 if sharp else first
    first = min(max(1, first), len(stills) - 1)
    last_at, first_at = times[first - 1], times[first]
    before = [_shown_at(times[:first], last_at - off) for off in SHOWN_S]
    after = [first + _shown_at(times[first:], first_at + off) for off in reversed(SHOWN_S)]
    before, after = list(dict.fromkeys(before)), list(dict.fromkeys(after))
    chosen = tuple(stills[index] for index in (*before, *after))
    return Joint(float(first_at) if sharp else joint_s, chosen, len(before), sharp)


def _changes(stills: Sequence[Still]) -> np.ndarray:
    """Mean change of the grey levels from each frame to the next."""
    small = [still.pixels[::COARSE, ::COARSE].mean(axis=2) for still in stills]
    return np.array(
        [
            float(np.abs(later - sooner).mean()) if later.shape == sooner.shape else 255.0
            for sooner, later in pairwise(small)
        ]
    )


def _shown_at(times: np.ndarray, at_s: float) -> int:
    """The frame on screen then; the nearest one before the first and after the last."""
    return int(np.clip(np.searchsorted(times, at_s + 1e-3, side="right") - 1, 0, len(times) - 1))
