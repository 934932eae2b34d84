from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from mediacheck.align.elsewhere import heard, missing, taken_from
from mediacheck.align.sound import SoundAlignment, align_sounds
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment, Span

from .making import between, mixed, noise, telephone, voice

ORIGINAL = voice(40.0, seed=21)
LINE = Alignment(12.0)
PIECE = Span(3.0, 3.5)
EXACT_S = 0.002


def clip_with(sound: np.ndarray) -> np.ndarray:
    """Ten seconds of the original with half a second of something else."""
    clip = between(ORIGINAL, 12.0, 22.0).copy()
    clip[3 * RATE : 3 * RATE + len(sound)] = sound
    return clip


@pytest.mark.parametrize("there", [0.4, 25.0, 38.0])
@pytest.mark.parametrize("after", [lambda clip: clip, telephone], ids=["clean", "telephone"])
def test_half_a_second_from_elsewhere_is_placed(
    there: float, after: Callable[[np.ndarray], np.ndarray]
) -> None:
    clip = after(clip_with(between(ORIGINAL, there, there + 0.5)))
    (line,) = taken_from(clip, ORIGINAL, [PIECE], [LINE])
    assert line.original_at(3.0) == pytest.approx(there, abs=EXACT_S)


def test_it_is_placed_under_noise() -> None:
    clip = mixed(clip_with(between(ORIGINAL, 30.0, 30.5)), noise(10.0, 3, level=1200))
    (line,) = taken_from(clip, ORIGINAL, [PIECE], [LINE])
    assert line.original_at(3.0) == pytest.approx(30.0, abs=EXACT_S)


def test_another_voice_stands_nowhere() -> None:
    for seed in range(31, 37):
        clip = clip_with(between(voice(2.0, seed), 0.5, 1.0))
        assert taken_from(clip, ORIGINAL, [PIECE], [LINE]) == []


def test_its_own_place_is_not_elsewhere() -> None:
    assert taken_from(between(ORIGINAL, 12.0, 22.0), ORIGINAL, [PIECE], [LINE]) == []


def test_what_the_original_holds_twice_is_on_no_one_line() -> None:
    twice = ORIGINAL.copy()
    twice[33 * RATE : 34 * RATE] = between(ORIGINAL, 27.0, 28.0)
    clip = clip_with(between(twice, 27.2, 27.7))
    assert taken_from(clip, twice, [PIECE], [LINE]) == []


def test_an_original_shorter_than_the_piece_holds_nothing() -> None:
    clip = clip_with(between(ORIGINAL, 30.0, 30.5))
    assert taken_from(clip, ORIGINAL[: RATE // 4], [PIECE], []) == []
    assert taken_from(clip, ORIGINAL[:0], [PIECE], []) == []


def agreeing(*low: tuple[int, int]) -> np.ndarray:
    values = np.full(200, 0.9)
    for first, last in low:
        values[first:last] = 0.05
    return values


def test_missing_is_where_no_line_agrees() -> None:
    assert missing([]) == []
    assert missing([agreeing()]) == []
    (piece,) = missing([agreeing((60, 70))])
    assert tuple(piece) == pytest.approx((3.0, 3.5))
    first, second = missing([agreeing((20, 28), (60, 70))])
    assert first.length > second.length
    assert missing([agreeing((60, 70)), agreeing((0, 40))]) == []


def test_pauses_belong_to_what_surrounds_them_and_begin_nothing() -> None:
    values = agreeing((60, 70))
    values[64:66] = values[70:80] = np.nan
    (piece,) = missing([values])
    assert tuple(piece) == pytest.approx((3.0, 3.5))
    assert missing([np.full(200, np.nan)]) == []
    assert missing([agreeing((60, 62))]) == []  # a tenth of a second is on many lines


@pytest.mark.parametrize("later_s", [0.6, 1.0])
def test_what_a_block_holds_twice_is_on_no_one_line_either(later_s: float) -> None:
    twice = ORIGINAL.copy()
    piece = between(ORIGINAL, 27.2, 27.7)
    first = round((27.2 + later_s) * RATE)
    twice[first : first + len(piece)] = piece
    clip = clip_with(piece)
    assert taken_from(clip, twice, [PIECE], [LINE]) == []


def aligned(clip: np.ndarray, line: Alignment = LINE, speed: float = 1.0) -> SoundAlignment:
    return SoundAlignment(clip, speed, False, (line,), (20,))


def test_a_part_too_short_for_the_alignment_is_heard_all_the_same() -> None:
    """Half a second, then a cut of twenty seconds: windows of a second tell one line."""
    clip = np.concatenate([between(ORIGINAL, 2.0, 2.5), between(ORIGINAL, 22.5, 24.0)])
    found = align_sounds(clip, ORIGINAL)
    (known,) = found.lines
    assert known.original_at(1.0) == pytest.approx(23.0, abs=EXACT_S)
    own, short = heard(found, ORIGINAL)
    assert own == known
    assert short.original_at(0.0) == pytest.approx(2.0, abs=EXACT_S)


def test_of_an_unbroken_copy_and_under_another_voice_nothing_more_is_heard() -> None:
    assert heard(aligned(between(ORIGINAL, 12.0, 22.0)), ORIGINAL) == (LINE,)
    clip = clip_with(between(voice(2.0, 33), 0.5, 1.0))
    assert heard(aligned(clip), ORIGINAL) == (LINE,)


def test_pieces_are_heard_at_unchanged_speed_only() -> None:
    clip = clip_with(between(ORIGINAL, 30.0, 30.5))
    assert len(heard(aligned(clip), ORIGINAL)) == 2
    assert heard(aligned(clip, speed=1.1), ORIGINAL) == (LINE,)
    silence = SoundAlignment(clip, 1.0, False, (), ())
    assert heard(silence, ORIGINAL) == ()


def test_a_long_original_takes_no_more_memory_than_a_short_one() -> None:
    long = noise(240.0, 7, level=3000)
    clip = between(long, 12.0, 22.0).copy()
    clip[3 * RATE : 3 * RATE + RATE // 2] = between(long, 200.0, 200.5)
    tracemalloc.start()
    try:
        (line,) = taken_from(clip, long, [PIECE], [LINE])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert line.original_at(3.0) == pytest.approx(200.0, abs=EXACT_S)
    assert peak < 20e6  # a number for each lag takes 60 MB
