"""The sound check's series as arrays, and the states that windows can be in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.align.timeline import NOWHERE, Limits, SoundTrack, runs
from mediacheck.model import PictureSegment, SoundState

# States per window while they are found; the order has no meaning.
STATES = tuple(SoundState)
NUMBER = {state: number for number, state in enumerate(STATES)}
BESIDE_S = 0.3  # the picture's line and the sound's own of one moment, as players leave them


@dataclass(frozen=True, slots=True)
class SoundTracks:
    """The sound check's series as arrays. grid: (n,) clip seconds, equally spaced.

    clean_split: whether cleanliness and residual mean anything; a stretch or a shift of pitch that had to be
    undone leaves its own residue.
    """

    grid: np.ndarray
    level: np.ndarray
    speech: np.ndarray
    lines: tuple[SoundTrack, ...]
    loud: tuple[float, float]
    clean_split: bool

    @property
    def step(self) -> float:
        return float(self.grid[1] - self.grid[0]) if len(self.grid) > 1 else 0.1


def sustained(flags: np.ndarray, tracks: SoundTracks, least_s: float) -> np.ndarray:
    """Flags that hold for at least least_s, with gaps of half of that closed first."""
    closed = flags.copy()
    for run in list(runs(flags.astype(int))):
        inner = run.first > 0 and run.last < len(flags)
        if not flags[run.first] and inner and run.count * tracks.step <= 0.5 * least_s:
            closed[run.windows] = True
    for run in list(runs(closed.astype(int))):
        if closed[run.first] and run.count * tracks.step < least_s:
            closed[run.windows] = False
    return closed


def predicted(picture: Sequence[PictureSegment], at: float) -> float | None:
    """The time of the original that the picture shows at a time of the clip; None where it shows none."""
    for part in picture:
        if part.clip.start <= at < part.clip.end and part.original is not None:
            return part.original.start + (part.speed or 1.0) * (at - part.clip.start)
    return None


def track_near(tracks: SoundTracks, at: float, shown: float | None, limits: Limits) -> int:
    """The track that runs closest to where the picture is, NOWHERE when none runs near enough.

    Of a line that only the picture suggests no agreement is known: one of the sound's own beside it tells more.
    """
    if shown is None or not tracks.lines:
        return NOWHERE
    places = np.array([track.line.original_at(at) for track in tracks.lines])
    best = int(np.argmin(np.abs(places - shown)))
    if abs(float(places[best]) - shown) > limits["same_place_s"]:
        return NOWHERE
    if tracks.lines[best].agreement is not None:
        return best
    told = np.array([track.agreement is not None for track in tracks.lines])
    beside = np.flatnonzero(told & (np.abs(places - places[best]) <= BESIDE_S))
    return int(beside[np.argmin(np.abs(places[beside] - shown))]) if len(beside) else best
