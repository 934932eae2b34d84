"""What does a camera that moves in or is held askew, or a phone that films a screen, make of a frame?

Frames are planes in yuv420p, whole frames in and out; clip frame k of count is asked for. An inset is no lens: it
stands small over other footage.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mediacheck.tuning.lettering import pixels
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.truth import WHOLE, Box

Frame = npt.NDArray[np.uint8]  # of shape (height * 3 / 2, width): Y, then U, then V
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Zoom:
    """A slow push-in by factor (over 1) from the whole frame towards a point of it."""

    factor: float
    towards: Point

    @property
    def crop(self) -> Box:
        """What the middle frame shows: half of the clip shows more of the source, half less."""
        return self._shown(0.5)

    @property
    def placed(self) -> Box:
        return WHOLE

    def seen(self, frame: Frame, k: int, count: int) -> Frame:
        return enlarged(frame, self._shown(k / max(1, count - 1)))

    def _shown(self, share: float) -> Box:
        kept = 1 / (1 + (self.factor - 1) * share)
        return (self.towards[0] * (1 - kept), self.towards[1] * (1 - kept), kept, kept)


@dataclass(frozen=True, slots=True)
class Tilt:
    """Turned about the middle by so many degrees, clockwise, and nearer by factor so that no corner stays empty.

    As with what is measured, the boxes leave the turn out: they are those of the picture turned back.
    """

    degrees: float
    factor: float

    @classmethod
    def filling(cls, degrees: float, shape: float) -> "Tilt":
        """The least factor at which a frame of that shape (width / height) has no empty corner."""
        turn = math.radians(abs(degrees))
        return cls(degrees, math.cos(turn) + max(shape, 1 / shape) * math.sin(turn))

    @property
    def crop(self) -> Box:
        kept = 1 / self.factor
        return ((1 - kept) / 2, (1 - kept) / 2, kept, kept)

    @property
    def placed(self) -> Box:
        return WHOLE

    def seen(self, frame: Frame, k: int, count: int) -> Frame:
        height, width = frame.shape[0] * 2 // 3, frame.shape[1]
        middle = ((width - 1) / 2, (height - 1) / 2)
        # OpenCV turns counter-clockwise.
        matrix = cv2.getRotationMatrix2D(middle, -self.degrees, self.factor)
        colours = cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420)
        turned = cv2.warpAffine(
            colours,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return _planes(turned)


@dataclass(frozen=True, slots=True)
class Inset:
    """The picture in a box of the frame, and behind it other footage that fills the frame and moves on."""

    box: Box
    ground: Shot

    def over(self, ground: Frame, frame: Frame) -> Frame:
        """The frame, made small, on one of the ground's; both of one size."""
        height, width = frame.shape[0] * 2 // 3, frame.shape[1]
        x, y, across, down = pixels(self.box, (width, height))
        behind = cv2.cvtColor(ground, cv2.COLOR_YUV2BGR_I420)
        colours = cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420)
        behind[y : y + down, x : x + across] = cv2.resize(
            colours, (across, down), interpolation=cv2.INTER_AREA
        )
        return _planes(behind)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone before a screen in a dark room, held by hand.

    corners: where the screen's corners lie in the phone's frame: top left, top right, bottom right, bottom left.
    shake: how far the hand moves, as a share of the width. flicker: how deep the screen's brightness beats with
    the shutter, 0 to 1; it does so in bands that run down the picture `beats` times a frame. phase: 0 to 1.
    """

    corners: tuple[Point, Point, Point, Point]
    shake: float
    flicker: float
    beats: float
    phase: float

    @property
    def crop(self) -> Box:
        return WHOLE

    @property
    def placed(self) -> Box:
        """The smallest upright box that holds the screen when the hand is still."""
        across, down = zip(*self.corners, strict=True)
        return (min(across), min(down), max(across) - min(across), max(down) - min(down))

    def seen(self, frame: Frame, k: int, count: int) -> Frame:
        height, width = frame.shape[0] * 2 // 3, frame.shape[1]
        swing = 2 * math.pi * self.phase
        moved = self.shake * width
        aside = moved * (math.sin(0.11 * k + swing) + 0.4 * math.sin(0.37 * k))
        below = moved * (math.cos(0.09 * k + swing) + 0.4 * math.sin(0.29 * k))
        edges = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
        held = np.array(
            [(x * width + aside, y * height + below) for x, y in self.corners], dtype=np.float32
        )
        matrix = cv2.getPerspectiveTransform(edges, held)
        colours = cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420)
        room = (16, 14, 13)
        filmed = cv2.warpPerspective(colours, matrix, (width, height), borderValue=room)
        filmed = cv2.GaussianBlur(filmed, (0, 0), max(0.4, width / 1200)).astype(np.float32)
        rows = np.arange(height, dtype=np.float32) / height
        beat = 1 - self.flicker * (0.5 + 0.5 * np.sin(2 * np.pi * (rows + k * self.beats) + swing))
        # A phone exposes for the room: the screen's bright parts are pressed together, its blacks shine.
        bright = 22 + 233 * (filmed / 255) ** 0.85 * beat[:, None, None].astype(np.float32)
        seen = np.clip(bright, 0, 255).astype(np.uint8)
        return _planes(seen)


def enlarged(frame: Frame, box: Box) -> Frame:
    """That part of the frame, as large as all of it."""
    height, width = frame.shape[0] * 2 // 3, frame.shape[1]
    x, y, across, down = box
    # Pixel centres stand at half-integers, in the source as in what is shown.
    matrix = np.array(
        [
            [1 / across, 0.0, (0.5 - x * width) / across - 0.5],
            [0.0, 1 / down, (0.5 - y * height) / down - 0.5],
        ]
    )
    colours = cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420)
    near = cv2.warpAffine(
        colours,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _planes(near)


def _planes(colours: np.ndarray) -> Frame:
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2YUV_I420), dtype=np.uint8)
