"""What stands before and after each joint of an edit? Frames in rows, their times below, the joint between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from mediacheck.media.pictures import INK, MUTED, NAMES, PAPER, RED, RULE, clock, letters, png
from mediacheck.model import FileRole

WIDTH = 960
FRAMES = 6  # in one row; a row that has fewer leaves their places empty
EDGE, GAP, JOINT = 12, 8, 22  # units around a row, between frames, and where the joint stands
FRAME = (WIDTH - 2 * EDGE - JOINT - (FRAMES - 2) * GAP) // FRAMES
MIDDLE = WIDTH // 2
TALL = FRAME * 3 // 2  # frames of a phone held upright are not shown larger than this
HEAD, FOOT = 28, 30
LETTERS = 16
COLOURS = 160  # of the file's palette: half the size of full colour, and no step is seen


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the words above it and (time, pixels) of its frames, None for one that could not be taken.

    before: how many stand before a joint; 0 where there is none.
    """

    file: FileRole
    said: str
    frames: tuple[tuple[float, np.ndarray | None], ...]
    before: int = 0


def strip(rows: Sequence[Line]) -> bytes:
    """PNG with all rows below each other."""
    pictures = [[_fitting(pixels) for _, pixels in row.frames] for row in rows]
    tall = max(
        (image.height for images in pictures for image in images if image), default=FRAME // 2
    )
    line = HEAD + tall + FOOT
    sheet = Image.new("RGB", (WIDTH, line * len(rows)), PAPER)
    joints: list[tuple[int, int, int, int]] = []
    for number, (row, images) in enumerate(zip(rows, pictures, strict=True)):
        top = number * line
        _row(sheet, row, images, top, tall)
        if row.before:
            joints.append((MIDDLE - 1, top + HEAD - 3, MIDDLE + 1, top + HEAD + tall + 6))
    drawn = sheet.quantize(COLOURS, Image.Quantize.MEDIANCUT)
    # Drawn last, in a colour of its own: among so many of the frames, red would turn brown.
    colours = (drawn.getpalette() or [])[: 3 * COLOURS]
    drawn.putpalette([*colours, *RED])
    for joint in joints:
        ImageDraw.Draw(drawn).rectangle(joint, fill=len(colours) // 3)
    return png(drawn)


def _row(
    sheet: Image.Image,
    row: Line,
    images: Sequence[Image.Image | None],
    top: int,
    tall: int,
) -> None:
    face, draw = letters(LETTERS), ImageDraw.Draw(sheet)
    draw.text((EDGE, top + 6), NAMES[row.file], fill=INK, font=face)
    draw.text((EDGE + 76, top + 6), row.said, fill=MUTED, font=face)
    first = FRAMES // 2 - row.before if row.before else 0  # a joint always stands in the middle
    for place, ((at, _), image) in enumerate(zip(row.frames, images, strict=True), first):
        beyond = (JOINT - GAP) * (place >= FRAMES // 2)
        x = EDGE + place * (FRAME + GAP) + beyond
        if image is None:
            draw.rectangle((x, top + HEAD, x + FRAME, top + HEAD + tall), outline=RULE)
        else:
            sheet.paste(image, (x + (FRAME - image.width) // 2, top + HEAD))
        draw.text(
            (x + FRAME / 2, top + HEAD + tall + 7), clock(at, 2), fill=MUTED, font=face, anchor="mt"
        )


def _fitting(pixels: np.ndarray | None) -> Image.Image | None:
    if pixels is None:
        return None
    image = Image.fromarray(pixels)
    share = min(FRAME / image.width, TALL / image.height)
    size = max(1, round(image.width * share)), max(1, round(image.height * share))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
