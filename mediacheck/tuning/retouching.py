"""How is a region of the picture changed: pasted over, blurred, or written on?

Frames are planes in yuv420p at the source's size. A region may move: it has a box for each clip frame. Outside of
its box no sample changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

import cv2
import numpy as np

from mediacheck.model import Kind
from mediacheck.tuning.footage import pictures
from mediacheck.tuning.lettering import pixels, sign
from mediacheck.tuning.screens import Frame
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.truth import Box

SOFT = 0.12  # of the shorter side, over which a pasted region fades into what is beside it


@dataclass(frozen=True, slots=True)
class Pasted:
    """What stands in other footage, or at another moment. boxes: where, for each of the shot's frames.

    toned: brought to the brightness and colour of what it covers.
    """

    shot: Shot
    boxes: tuple[Box, ...]
    toned: bool = False


@dataclass(frozen=True, slots=True)
class Blurred:
    """Smeared until nothing smaller than the given share of the region's shorter side is left."""

    share: float


@dataclass(frozen=True, slots=True)
class Lettered:
    """Writing on a plate of the colour that is there: a sign or a document in the scene."""

    text: str


@dataclass(frozen=True, slots=True)
class Retouch:
    """A region that is not what was filmed, from the clip's first frame to its last.

    boxes: of the source's frame, one for each clip frame; told: the region as truth names it, the middle of them.
    """

    kind: Kind
    content: Pasted | Blurred | Lettered
    boxes: tuple[Box, ...]
    oval: bool = False

    @property
    def told(self) -> Box:
        x, y, width, height = (float(np.median(side)) for side in zip(*self.boxes, strict=True))
        return (x, y, width, height)

    def feed(self, fps: Fraction, size: tuple[int, int]) -> Iterator[Frame | None]:
        """The other footage's frames, one for each clip frame; None where none is needed."""
        if not isinstance(self.content, Pasted):
            for _ in self.boxes:
                yield None
            return
        shot = self.content.shot
        for picture in pictures(shot.footage, shot.indexes(fps), size):
            yield framed(picture, size)

    def applied(self, frame: Frame, k: int, other: Frame | None) -> Frame:
        """The frame with the region changed; other: what `feed` gave for it."""
        height, width = frame.shape[0] * 2 // 3, frame.shape[1]
        size = (width, height)
        at = pixels(self.boxes[k], size)
        content = self.content
        mask = _mask(at[2], at[3], self.oval)
        changed = frame.copy()
        match content:
            case Pasted():
                assert other is not None
                there = pixels(content.boxes[k], size)
                for plane, source, part in zip(
                    planes(changed), planes(other), (1, 2, 2), strict=True
                ):
                    here = _cut(plane, at, part)
                    new = cv2.resize(_cut(source, there, part), here.shape[::-1]).astype(np.float32)
                    if content.toned:
                        new += float(here.mean()) - float(new.mean())
                    _blend(here, new, mask)
            case Blurred():
                for plane, part in zip(planes(changed), (1, 2, 2), strict=True):
                    here = _cut(plane, at, part)
                    sigma = max(1.0, content.share * min(here.shape))
                    _blend(here, cv2.GaussianBlur(here, (0, 0), sigma).astype(np.float32), mask)
            case Lettered():
                for plane, part in zip(planes(changed), (1, 2, 2), strict=True):
                    here = _cut(plane, at, part)
                    ground = float(np.median(here))
                    new = np.full(here.shape, ground, dtype=np.float32)
                    if part == 1:
                        ink = 40.0 if ground > 120 else 215.0
                        new += (ink - ground) * sign(content.text, (at[2], at[3]))
                    _blend(here, new, mask)
            case _:
                assert_never(content)
        return changed


def framed(picture: bytes, size: tuple[int, int]) -> Frame:
    """The bytes of a yuv420p picture as rows: Y, then U, then V."""
    return np.frombuffer(picture, dtype=np.uint8).reshape(size[1] * 3 // 2, size[0])


def planes(frame: Frame) -> tuple[Frame, Frame, Frame]:
    """Y, U and V as views into the frame, so that writing to them changes it."""
    height, width = frame.shape[0] * 2 // 3, frame.shape[1]
    flat = frame.reshape(-1)
    luma, chroma = height * width, height * width // 4
    return (
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(height // 2, width // 2),
        flat[luma + chroma :].reshape(height // 2, width // 2),
    )


def _cut(plane: Frame, box: tuple[int, int, int, int], part: int) -> Frame:
    x, y, width, height = (side // part for side in box)
    return plane[y : y + height, x : x + width]


def _mask(width: int, height: int, oval: bool) -> np.ndarray:
    """1 within, falling to 0 at the edge of the box; shape (height, width)."""
    soft = max(1.0, SOFT * min(width, height))
    rows, columns = (np.arange(height) + 0.5)[:, None], (np.arange(width) + 0.5)[None, :]
    if oval:
        away = np.hypot((columns - width / 2) / (width / 2), (rows - height / 2) / (height / 2))
        inside = (1 - away) * min(width, height) / 2
    else:
        inside = np.minimum(np.minimum(columns, width - columns), np.minimum(rows, height - rows))
    return np.asarray(np.clip(inside / soft, 0, 1), dtype=np.float32)


def _blend(here: Frame, new: np.ndarray, mask: np.ndarray) -> None:
    weight = mask if mask.shape == here.shape else cv2.resize(mask, here.shape[::-1])
    mixed = here + weight * (new - here)
    here[:] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
