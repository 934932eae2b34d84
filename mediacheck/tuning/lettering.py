"""Captions and logos, drawn with the font that comes inside Pillow so that no system font is needed."""

from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from mediacheck.tuning.truth import Box, Interval

INK = (255, 255, 255, 255)
STRIP = (
    12,
    14,
    20,
    235,
)  # nearly opaque: what lies under a caption must not decide whether it is found
LOGO = ((196, 30, 42, 255), (24, 60, 140, 255), (20, 110, 90, 255))


@dataclass(frozen=True, slots=True)
class Overlay:
    """Something burnt into the clip's picture. box: of the clip's frame; shown: clip seconds, None throughout."""

    kind: Literal["caption", "logo"]
    text: str
    box: Box
    shown: Interval | None = None


def pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box as even (x, y, width, height) in a frame of size, at least 2 wide and high, within the frame.

    Even, because chroma has half the resolution: an odd edge would bleed into the picture beside
    it.
    """
    x, y = round(box[0] * size[0] / 2) * 2, round(box[1] * size[1] / 2) * 2
    width, height = round(box[2] * size[0] / 2) * 2, round(box[3] * size[1] / 2) * 2
    return x, y, max(2, min(width, size[0] - x)), max(2, min(height, size[1] - y))


def painted(overlay: Overlay, size: tuple[int, int]) -> Image.Image:
    """The overlay as an RGBA image of (width, height); the text is made as large as fits in two lines (logo: one)."""
    width, height = size
    ground = STRIP if overlay.kind == "caption" else LOGO[len(overlay.text) % len(LOGO)]
    image = Image.new("RGBA", size, ground)
    draw = ImageDraw.Draw(image)
    lines = 2 if overlay.kind == "caption" and len(overlay.text) > 34 else 1
    text, points = _broken(overlay.text, lines), max(6.0, height * 0.72 / lines)
    while True:
        font = ImageFont.load_default(points)
        left, top, right, bottom = draw.multiline_textbbox((0, 0), text, font=font, align="center")
        if (right - left <= width * 0.94 and bottom - top <= height * 0.86) or points <= 6:
            break
        points *= 0.95
    at = ((width - right - left) / 2, (height - bottom - top) / 2)
    draw.multiline_text(at, text, font=font, fill=INK, align="center")
    return image


def _broken(text: str, lines: int) -> str:
    """Broken at the space nearest to the middle when it is to stand in two lines."""
    spaces = [at for at, letter in enumerate(text) if letter == " "]
    if lines == 1 or not spaces:
        return text
    middle = min(spaces, key=lambda at: abs(at - len(text) / 2))
    return text[:middle] + "\n" + text[middle + 1 :]
