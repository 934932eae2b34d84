"""What is a clip made of, frame by frame and sample by sample? montage.py renders it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

import numpy as np

from mediacheck.model import Answer
from mediacheck.tuning.footage import Footage
from mediacheck.tuning.lettering import Overlay
from mediacheck.tuning.retouching import Retouch
from mediacheck.tuning.screens import Inset, Phone, Tilt, Zoom
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.soundtrack import Bed, Passage
from mediacheck.tuning.truth import WHOLE, Box, FindingTruth, Interval

# Takes and gives as many samples, mono at footage.RATE, without moving them in time.
Process = Callable[[np.ndarray, Random], np.ndarray]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A frame of another shape around the picture: width / height, and what fills the rest.

    margin: left free on each side, as a share of the frame; with one, the rest is a desktop on which the picture
    stands in a window.
    """

    aspect: float
    blurred: bool = False
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class Colour:
    """ffmpeg's eq: brightness from -1 to 1 (0 leaves it), contrast, saturation and gamma as factors.

    local: how far the contrast of neighbouring areas is raised besides, 0 to 1.
    """

    brightness: float = 0.0
    contrast: float = 1.0
    saturation: float = 1.0
    gamma: float = 1.0
    local: float = 0.0


@dataclass(frozen=True, slots=True)
class Encoding:
    """One generation of compression. height None keeps the size; sound_rate None keeps 48 kHz."""

    crf: int = 23
    height: int | None = None
    sound_codec: str = "aac"
    sound_kbit: int = 96
    sound_rate: int | None = None
    picture_codec: str = "libx264"


KEPT = Encoding(crf=18, sound_kbit=160)  # of an original that is made too


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a clip is made of. crop is a part of the source's frame (of its mirror image when mirrored).

    passages: empty when the source is silent. told: the findings that the recipe makes on purpose;
    those that follow from mirrored, crop, canvas, overlays, retouches, lens and colour are added by
    `montage.write`. stalls: clip frames [first, end) that show the frame before first again, each within one
    shot. once: a frame that a stall holds is stored once and shown longer, so the file's frame rate varies.
    interlaced: woven from fields and made whole again by a deinterlacer. kept: the part of the source
    that the original file holds, None for all of it. original: how the original is made, where it is no part of
    the source; a moment of it is the same moment of the source. beside: what a second channel holds, the left one where
    beside_left; empty where there is one channel only. width: share of what the two channels differ by that is left.
    turned: quarters of a circle by which the pixels are turned clockwise, and the frame with them. The picture is
    retouched first, then goes through the lens or into the inset, and only then is mirrored, cropped, turned, framed,
    coloured and drawn over.
    """

    source: Footage
    donor: Footage | None
    fps: Fraction
    shots: tuple[Shot, ...]
    passages: tuple[Passage, ...]
    answer: Answer = Answer.ALTERED
    told: tuple[FindingTruth, ...] = ()
    mirrored: bool = False
    crop: Box = WHOLE
    canvas: Canvas | None = None
    overlays: tuple[Overlay, ...] = ()
    colour: Colour | None = None
    gain_db: float = 0.0
    bed: Bed | None = None
    encodings: tuple[Encoding, ...] = (Encoding(),)
    stalls: tuple[tuple[int, int], ...] = ()
    once: bool = False
    interlaced: bool = False
    retouches: tuple[Retouch, ...] = ()
    lens: Zoom | Tilt | Phone | None = None
    inset: Inset | None = None
    turned: int = 0
    processes: tuple[Process, ...] = ()
    kept: Interval | None = None
    original: Plan | None = None
    beside: tuple[Passage, ...] = ()
    beside_left: bool = False
    width: float = 1.0

    def __post_init__(self) -> None:
        if self.lens and (self.crop != WHOLE or self.canvas or self.mirrored or self.retouches):
            raise ValueError("what a lens shows of the frame is its own to say: no crop, no canvas")
        if self.inset and (self.lens or self.crop != WHOLE or self.canvas or self.nears):
            raise ValueError("what stands small over other footage is not reframed besides")
        if self.turned and self.canvas:
            raise ValueError("a picture that is turned fills its frame")
        if self.interlaced and (self.lens or self.retouches or self.stalls):
            raise ValueError("fields are woven from whole frames of the source only")
        if self.nears and (self.mirrored or self.interlaced or self.lens):
            raise ValueError("a shot that is near is not mirrored, woven or seen through a lens")
        if self.beside and (self.bed or self.processes):
            raise ValueError("programs and music are laid on one channel only")
        if self.once and any(first < 1 or end >= self.frames for first, end in self.stalls):
            raise ValueError("a frame is held between the file's first frame and its last")

    @property
    def frames(self) -> int:
        return sum(shot.frames for shot in self.shots)

    @property
    def nears(self) -> bool:
        """Whether a shot shows less than its footage's frame."""
        return any(shot.near != WHOLE for shot in self.shots)

    @property
    def rotation(self) -> float:
        """Degrees, clockwise, above -180 and up to 180."""
        tilted = self.lens.degrees if isinstance(self.lens, Tilt) else 0.0
        return 180.0 - (180.0 - tilted - 90.0 * self.turned) % 360.0

    @property
    def stored(self) -> int:
        """Frames that the file holds. Stalls do not overlap."""
        return self.frames - self.once * sum(end - first for first, end in self.stalls)

    @property
    def duration_s(self) -> float:
        return float(self.frames / self.fps)
