"""What does a stretch of sound look like? Time to the right, pitch upwards, the louder the darker.

Each picture has its own scale, RANGE_DB down from its loudest hundredth: a copy that is quieter looks the same.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from mediacheck.media.pictures import NAMES, PAPER, RED, clock, letters, png
from mediacheck.model import FileRole, Span

WIDTH, HEIGHT = 640, 300
LEFT, TOP, BOTTOM = 50, 34, 34  # room for the kHz, the name and the times
PANEL_WIDTH, PANEL_HEIGHT = WIDTH - LEFT - 26, HEIGHT - TOP - BOTTOM
WINDOW = 512  # samples at 16 kHz: 32 ms, a few periods of a voice
RANGE_DB = 55.0
LOUDEST_PERCENT = 99.0
SHADES = 24  # what eyes tell apart in so small a picture; more would only make the file larger
LETTERS = 18
MARKED = 255  # the one entry of the palette that is no shade
TICKS = 6
STEPS_S = (0.5, 1.0, 2.0, 5.0, 10.0)
DARK = (22, 52, 84)


def spectrogram(
    samples: np.ndarray, rate: int, file: FileRole, span: Span, marked: Span | None
) -> bytes:
    """PNG. samples: (n,) int16 that start where the span does; what they lack at its end stays blank.

    marked: what the finding is about, in the same file's time; a border at the edge of the picture is none.
    """
    shades = _shades(samples, rate, span.length)
    field = np.zeros((HEIGHT, WIDTH), np.uint8)
    field[TOP : TOP + PANEL_HEIGHT, LEFT : LEFT + PANEL_WIDTH] = shades
    image = Image.fromarray(field, "L")
    draw = ImageDraw.Draw(image)
    _frame(draw, file, rate)
    _times(draw, span)
    if marked is not None:
        _marks(draw, span, marked)
    drawn = Image.frombytes("P", image.size, image.tobytes())
    drawn.putpalette(_palette())
    return png(drawn)


def _shades(samples: np.ndarray, rate: int, length_s: float) -> np.ndarray:
    """(PANEL_HEIGHT, PANEL_WIDTH) uint8, the highest pitch first: 0 for quiet, 254 for loud."""
    whole = np.zeros(max(1, round(length_s * rate)) + WINDOW, np.float32)
    held = samples[: len(whole) - WINDOW].astype(np.float32)
    whole[WINDOW // 2 : WINDOW // 2 + len(held)] = held
    starts = np.linspace(0, len(whole) - WINDOW, PANEL_WIDTH).astype(int)
    windows = whole[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW).astype(np.float32)
    power = np.abs(np.fft.rfft(windows, axis=1)) ** 2
    edges = np.linspace(0, power.shape[1] - 1, PANEL_HEIGHT)
    level = 10 * np.log10(power[:, edges.round().astype(int)] + 1.0)
    top = max(float(np.percentile(level, LOUDEST_PERCENT)), RANGE_DB)
    share = np.clip((level - top + RANGE_DB) / RANGE_DB, 0.0, 1.0)
    steps = np.round(share * (SHADES - 1)) / (SHADES - 1)
    return np.asarray(np.round(steps * (MARKED - 1)).astype(np.uint8).T[::-1])


def _frame(draw: ImageDraw.ImageDraw, file: FileRole, rate: int) -> None:
    face, bottom = letters(LETTERS), TOP + PANEL_HEIGHT
    draw.rectangle((LEFT - 1, TOP - 1, LEFT + PANEL_WIDTH, bottom), outline=110)
    for kilohertz in range(0, rate // 2000 + 1, 2):
        y = bottom - kilohertz * 2000 / rate * PANEL_HEIGHT
        draw.line((LEFT - 6, y, LEFT - 1, y), fill=110)
        draw.text((LEFT - 9, y), f"{kilohertz}", fill=190, font=face, anchor="rm")
    draw.text((LEFT - 9, TOP - 13), "kHz", fill=190, font=face, anchor="rb")
    draw.text((LEFT, TOP - 10), NAMES[file], fill=MARKED - 1, font=face, anchor="ls")


def _times(draw: ImageDraw.ImageDraw, span: Span) -> None:
    step = next((step for step in STEPS_S if span.length / step <= TICKS), STEPS_S[-1])
    number = int(np.ceil(span.start / step - 1e-6))
    while number * step <= span.end + 1e-6:
        x = _x(number * step, span)
        draw.line((x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 6), fill=110)
        text = clock(number * step, 1 if step < 1 else 0)
        draw.text((x, HEIGHT - BOTTOM + 11), text, fill=190, font=letters(LETTERS), anchor="mt")
        number += 1


def _marks(draw: ImageDraw.ImageDraw, span: Span, marked: Span) -> None:
    left, right = _x(marked.start, span), _x(marked.end, span)
    draw.rectangle((left, TOP - 7, right, TOP - 3), fill=MARKED)
    for x in (left, right):
        if LEFT + 2 < x < LEFT + PANEL_WIDTH - 2:
            draw.line((x, TOP - 7, x, TOP + PANEL_HEIGHT + 5), fill=MARKED, width=3)


def _x(seconds: float, span: Span) -> float:
    share = (seconds - span.start) / (span.length or 1.0)
    return LEFT + min(1.0, max(0.0, share)) * PANEL_WIDTH


def _palette() -> list[int]:
    paper, dark = np.array(PAPER), np.array(DARK)
    shades = [paper + (dark - paper) * share for share in np.linspace(0.0, 1.0, MARKED)]
    return [round(float(part)) for shade in (*shades, np.array(RED)) for part in shade]
