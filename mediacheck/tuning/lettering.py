"""Captions and logos, drawn with the font that comes inside Pillow so that no system font is needed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mediacheck.tuning.truth import Box, Interval

INK = (255, 255, 255, 255)
STRIP = (
    12,
    14,
    20,
    235,
)  # nearly opaque: what lies under a caption must not decide whether it is found
SMALLEST = 6.0  # points; text that does not fit at this size runs over
LOGO = ((196, 30, 42, 255), (24, 60, 140, 255), (20, 110, 90, 255))


@dataclass(frozen=True, slots=True)
class Overlay:
    """Something burnt into the clip's picture. box: of the clip's frame; shown: clip seconds, None throughout.

    to: the corner (x, y) that the box has moved to at the clip's end, evenly; None where it stands still.
    ground: red, green, blue and how opaque, 0 to 255; None for what is usual of the kind.
    """

    kind: Literal["caption", "logo"]
    text: str
    box: Box
    shown: Interval | None = None
    to: tuple[float, float] | None = None
    ground: tuple[int, int, int, int] | None = None

    @property
    def swept(self) -> Box:
        """All that it passes over."""
        x, y, width, height = self.box
        end_x, end_y = self.to or (x, y)
        return (min(x, end_x), min(y, end_y), width + abs(end_x - x), height + abs(end_y - y))


def pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box as even (x, y, width, height) in a frame of size, at least 2 wide and high, within the frame.

    Even, because chroma has half the resolution: an odd edge would bleed into the picture beside
    it.
    """
    x, y = round(box[0] * size[0] / 2) * 2, round(box[1] * size[1] / 2) * 2
    width, height = round(box[2] * size[0] / 2) * 2, round(box[3] * size[1] / 2) * 2
    return x, y, max(2, min(width, size[0] - x)), max(2, min(height, size[1] - y))


def painted(overlay: Overlay, size: tuple[int, int]) -> Image.Image:
    """The overlay as an RGBA image of (width, height), the text as large as fits: a caption's in one line or two."""
    width, height = size
    usual = STRIP if overlay.kind == "caption" else LOGO[len(overlay.text) % len(LOGO)]
    image = Image.new("RGBA", size, overlay.ground or usual)
    draw = ImageDraw.Draw(image)
    texts = [overlay.text] + ([_broken(overlay.text)] if overlay.kind == "caption" else [])
    points = max(SMALLEST, height * 0.72)
    while True:
        font = ImageFont.load_default(points)
        for text in texts:
            left, top, right, bottom = draw.multiline_textbbox((0, 0), text, font, align="center")
            if points <= SMALLEST or (
                right - left <= width * 0.94 and bottom - top <= height * 0.80
            ):
                at = ((width - right - left) / 2, (height - bottom - top) / 2)
                draw.multiline_text(at, text, INK, font, align="center")
                return image
        points *= 0.95


def sign(text: str, size: tuple[int, int]) -> np.ndarray:
    """The text as large as fits in (width, height): 1 where there is ink, 0 elsewhere; shape (height, width)."""
    written = Overlay("caption", text, (0.0, 0.0, 1.0, 1.0))
    grey = np.asarray(painted(written, size).convert("L"), dtype=np.float32)
    inked: np.ndarray = np.clip((grey - grey.min()) / max(1.0, float(np.ptp(grey))), 0, 1)
    return inked


def _broken(text: str) -> str:
    """In two lines, broken at the space nearest to the middle."""
    spaces = [at for at, letter in enumerate(text) if letter == " "]
    if not spaces:
        return text
    middle = min(spaces, key=lambda at: abs(at - len(text) / 2))
    return text[:middle] + "\n" + text[middle + 1 :]
