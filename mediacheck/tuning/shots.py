"""Which frames of which footage does a stretch of the clip show?"""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from mediacheck.tuning.footage import Footage
from mediacheck.tuning.truth import WHOLE, Box, Interval


@dataclass(frozen=True, slots=True)
class Shot:
    """Frames of one footage, shown for `frames` frames of the clip; clip frame k shows start_s + k * speed / fps.

    speed 0 holds the first frame. foreign: these frames are not in the original. near: the part of the footage's frame
    that fills the clip's, as an editor's zoom has it.
    """

    footage: Footage
    start_s: float
    frames: int
    speed: float = 1.0
    foreign: bool = False
    near: Box = WHOLE

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise ValueError(
                f"a shot of {self.frames} frames shows nothing; is the source too short?"
            )

    def indexes(self, fps: Fraction) -> list[int]:
        """Which source frame each clip frame shows; the nearest in time, so within half a source frame."""
        step = self.speed / float(fps)
        return [self.footage.nearest(self.start_s + k * step) for k in range(self.frames)]

    def original(self, fps: Fraction) -> Interval | None:
        """Where in the source it comes from; a held frame is as long as that one frame."""
        if self.foreign:
            return None
        lasting = self.frames * self.speed / float(fps) or float(1 / self.footage.fps)
        return (self.start_s, self.start_s + lasting)


def split(shot: Shot, fps: Fraction, *at: int) -> tuple[Shot, ...]:
    """The shot cut before the given frames of it (rising)."""
    borders = (0, *at, shot.frames)
    return tuple(
        replace(
            shot,
            start_s=shot.start_s + first * shot.speed / float(fps),
            frames=end - first,
        )
        for first, end in pairwise(borders)
    )
