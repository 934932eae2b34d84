"""Pictures drawn by ourselves show what is in the file, at the place that their axes say."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mediacheck.media import strip as strips
from mediacheck.media.pictures import RED, clock
from mediacheck.media.spectrogram import (
    LEFT,
    PANEL_HEIGHT,
    PANEL_WIDTH,
    TOP,
    spectrogram,
)
from mediacheck.media.strip import FRAME, HEAD, MIDDLE, WIDTH, Line, strip
from mediacheck.model import Span

RATE = 16_000


def tone(seconds: float, pitch: float, loud: float = 8000.0) -> np.ndarray:
    return (np.sin(np.arange(int(seconds * RATE)) * 2 * np.pi * pitch / RATE) * loud).astype(
        np.int16
    )


def panel(content: bytes) -> np.ndarray:
    """Darkness (PANEL_HEIGHT, PANEL_WIDTH) of the panel, 0 for paper."""
    image = Image.open(BytesIO(content)).convert("L")
    return 255 - np.asarray(image)[TOP : TOP + PANEL_HEIGHT, LEFT : LEFT + PANEL_WIDTH].astype(int)


def columns(content: bytes, colour: tuple[int, int, int] = RED) -> list[int]:
    """Where the panel has an upright line of this colour."""
    pixels = np.asarray(Image.open(BytesIO(content)).convert("RGB"))
    inside = (pixels[TOP + 5 : TOP + PANEL_HEIGHT - 5] == colour).all(axis=(0, 2))
    return [int(x) for x in np.flatnonzero(inside)]


@pytest.mark.parametrize("pitch", [500, 2000, 6000])
def test_a_tone_is_a_dark_line_at_its_pitch(pitch: int) -> None:
    dark = panel(spectrogram(tone(4.0, pitch), RATE, "clip", Span(0.0, 4.0), None))
    row = int(dark[:, 20:-20].mean(axis=1).argmax())
    assert abs(row - (1 - pitch / (RATE / 2)) * PANEL_HEIGHT) <= 3


def test_a_sound_stands_at_its_time() -> None:
    samples = np.concatenate([np.zeros(RATE, np.int16), tone(1.0, 1000), np.zeros(RATE, np.int16)])
    dark = panel(spectrogram(samples, RATE, "clip", Span(7.0, 10.0), None)).max(axis=0)
    loud = np.flatnonzero(dark > 60)
    assert loud[0] == pytest.approx(PANEL_WIDTH / 3, abs=6)
    assert loud[-1] == pytest.approx(PANEL_WIDTH * 2 / 3, abs=6)


def test_a_quieter_copy_looks_the_same() -> None:
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 6000, 2 * RATE)
    loud, quiet = noise.astype(np.int16), (noise / 8).astype(np.int16)
    drawn = [panel(spectrogram(each, RATE, "clip", Span(0, 2), None)) for each in (loud, quiet)]
    assert np.abs(drawn[0] - drawn[1]).mean() < 2


def test_sound_that_ends_early_leaves_the_rest_blank() -> None:
    dark = panel(spectrogram(tone(1.0, 1000), RATE, "original", Span(0.0, 2.0), None))
    assert dark[:, PANEL_WIDTH * 5 // 9 :].max() == 0


def test_silence_is_blank_and_does_not_fail() -> None:
    dark = panel(spectrogram(np.zeros(RATE, np.int16), RATE, "clip", Span(0.0, 1.0), None))
    assert dark.max() == 0


def test_borders_are_drawn_where_they_are_and_only_within_the_picture() -> None:
    whole = Span(10.0, 14.0)
    both = columns(spectrogram(tone(4.0, 700), RATE, "clip", whole, Span(11.0, 13.0)))
    assert min(both) == pytest.approx(LEFT + PANEL_WIDTH / 4, abs=2)
    assert max(both) == pytest.approx(LEFT + PANEL_WIDTH * 3 / 4, abs=2)
    assert not columns(spectrogram(tone(4.0, 700), RATE, "clip", whole, whole))


def grey(level: int, size: tuple[int, int] = (90, 160)) -> np.ndarray:
    return np.full((*size, 3), level, np.uint8)


def opened(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(content)).convert("RGB")).astype(int)


def test_frames_stand_on_both_sides_of_a_red_line() -> None:
    frames = ((1.0, grey(40)), (1.2, grey(200)))
    pixels = opened(strip([Line("clip", "", frames, before=1)]))
    row = pixels[HEAD + 20]
    assert tuple(row[MIDDLE]) == RED
    assert row[MIDDLE - 40, 0] == pytest.approx(40, abs=3)
    assert row[MIDDLE + 40, 0] == pytest.approx(200, abs=3)
    assert pixels.shape[1] == WIDTH


def test_a_row_without_a_joint_has_no_line_and_an_empty_place_for_a_lost_frame() -> None:
    frames = tuple((at / 2, None if at == 2 else grey(90)) for at in range(6))
    pixels = opened(strip([Line("original", "", frames)]))
    assert not (pixels == RED).all(axis=2).any()
    place = strips.EDGE + 2 * (FRAME + strips.GAP)
    assert (pixels[HEAD + 10, place + 10 : place + FRAME - 10] == 255).all()


def test_an_upright_film_is_shown_whole() -> None:
    content = strip([Line("clip", "", ((0.0, grey(90, (1280, 720))),))])
    assert opened(content).shape[0] == HEAD + strips.TALL + strips.FOOT


@pytest.mark.parametrize(
    ("seconds", "digits", "written"),
    [(4.0, 0, "0:04"), (59.999, 0, "1:00"), (6.5, 2, "0:06.50"), (3723.04, 2, "1:02:03.04")],
)
def test_times_are_written_as_in_the_report(seconds: float, digits: int, written: str) -> None:
    assert clock(seconds, digits) == written
