"""What do pictures that we draw ourselves look like? Letters, times, and PNG bytes that hold nothing else."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image, ImageFont

INK, MUTED, RULE = (27, 32, 37), (86, 95, 104), (176, 182, 188)
PAPER, RED = (255, 255, 255), (178, 59, 0)  # as in the report

NAMES = {"clip": "Clip", "original": "Original"}


@cache
def letters(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The face that Pillow carries: the same on every machine, Latin letters and figures only."""
    return ImageFont.load_default(size)


def clock(seconds: float, digits: int = 0) -> str:
    """0:04, 0:04.25 or 1:02:03; a frame needs two digits to be told from the next."""
    rounded = round(seconds, digits)
    minutes, rest = divmod(rounded, 60)
    hours, minutes = divmod(int(minutes), 60)
    width = 2 if not digits else digits + 3
    start = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{start}:{rest:0{width}.{digits}f}"


def png(image: Image.Image) -> bytes:
    held = BytesIO()
    image.save(held, "PNG", optimize=True)
    return held.getvalue()
