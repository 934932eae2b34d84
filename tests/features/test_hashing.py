"""`imagehash` is slow and obvious; ours is its fast twin and must give the same bits."""

from __future__ import annotations

import imagehash
import numpy as np
import pytest
from PIL import Image

from mediacheck.features.hashing import distance_bits, phash

SIZE = (90, 160)
NOISE = np.random.default_rng(7)


def blurred(seed: int) -> np.ndarray:
    """A frame with coarse structure, as footage has it."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 16), dtype=np.uint8)
    large = Image.fromarray(coarse).resize(SIZE[::-1], Image.Resampling.BICUBIC)
    return np.array(large)


def bright_pixel(row: int, column: int) -> np.ndarray:
    frame = np.zeros(SIZE, np.uint8)
    frame[row, column] = 255
    return frame


COLUMNS = np.arange(SIZE[1])
FRAMES = {
    "noise": NOISE.integers(0, 256, SIZE, dtype=np.uint8),
    "coarse": blurred(1),
    "black": np.zeros(SIZE, np.uint8),
    "grey": np.full(SIZE, 128, np.uint8),
    "white": np.full(SIZE, 255, np.uint8),
    "left to right": np.tile((COLUMNS * 255 // COLUMNS[-1]).astype(np.uint8), (SIZE[0], 1)),
    "top to bottom": np.tile(np.linspace(0, 255, SIZE[0]).astype(np.uint8)[:, None], (1, SIZE[1])),
    "symmetric": np.tile((np.abs(COLUMNS - 79.5) * 3).astype(np.uint8), (SIZE[0], 1)),
    "chessboard": (np.indices(SIZE).sum(axis=0) // 10 % 2 * 255).astype(np.uint8),
    "pixel in the corner": bright_pixel(0, 0),
    "pixel in the middle": bright_pixel(45, 80),
    "tiny": NOISE.integers(0, 256, (5, 7), dtype=np.uint8),
    "upright": NOISE.integers(0, 256, (160, 90), dtype=np.uint8),
}


@pytest.mark.parametrize("name", FRAMES)
def test_bits_are_those_of_imagehash(name: str) -> None:
    expected = imagehash.phash(Image.fromarray(FRAMES[name])).hash
    assert np.array_equal(phash([FRAMES[name]])[0], expected)


def test_a_batch_hashes_each_frame_as_if_it_were_alone() -> None:
    frames = [blurred(seed) for seed in range(5)]
    together = phash(frames)
    assert together.shape == (5, 8, 8)
    assert all(
        np.array_equal(bits, phash([frame])[0])
        for bits, frame in zip(together, frames, strict=True)
    )


def test_no_frames_have_no_hashes() -> None:
    assert phash([]).shape == (0, 8, 8)


@pytest.mark.parametrize("seed", range(20))
def test_a_box_hashes_what_cropping_first_would(seed: int) -> None:
    frame = blurred(seed)
    left, top, right, bottom = 16, 9, 144, 81
    box = (left / SIZE[1], top / SIZE[0], right / SIZE[1], bottom / SIZE[0])
    cropped = np.ascontiguousarray(frame[top:bottom, left:right])
    assert np.array_equal(phash([frame], box), phash([cropped]))


def test_what_lies_outside_a_box_does_not_count() -> None:
    box = (0.231, 0.317, 0.803, 0.871)  # edges between pixels
    frame = blurred(3)
    other = blurred(4)
    rows, columns = slice(28, 79), slice(36, 129)  # the whole pixels that the box touches
    other[rows, columns] = frame[rows, columns]
    assert np.array_equal(phash([frame], box), phash([other], box))


def test_distance_counts_differing_bits() -> None:
    bits = phash([blurred(1), blurred(2)])
    flipped = bits.copy()
    flipped[0, 2, :3] ^= True
    assert distance_bits(bits, flipped).tolist() == [3, 0]
    assert distance_bits(bits, ~bits).tolist() == [64, 64]
