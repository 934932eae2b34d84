from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mediacheck.model import Span
from mediacheck.speech.activity import RATE
from mediacheck.speech.chunks import LIMIT_S, MARGIN_S, Chunk, chunks


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.int16)


def spans(*pairs: tuple[float, float]) -> tuple[Span, ...]:
    return tuple(Span(*pair) for pair in pairs)


def test_no_speech_makes_no_chunk() -> None:
    assert chunks((), silence(10)) == ()


def test_neighbours_share_a_chunk_and_long_pauses_are_left_out() -> None:
    (chunk,) = chunks(spans((10, 12), (12.4, 15), (600, 603)), silence(700))
    assert chunk.pieces == spans((9.5, 15.5), (599.5, 603.5))
    assert len(chunk.sound(silence(700))) == 10 * RATE


def test_a_moment_is_found_again_in_its_piece() -> None:
    (chunk,) = chunks(spans((10, 15), (600, 603)), silence(700))
    assert chunk.span(0.0, 1.0) == Span(9.5, 10.5)
    assert chunk.span(6.5, 7.0) == Span(600.0, 600.5)
    # A word that the recogniser stretches over the border stays on the side of its middle.
    assert chunk.span(5.0, 6.4) == Span(14.5, 15.5)
    assert chunk.span(99.0, 100.0) == Span(603.5, 603.5)


def test_a_full_chunk_ends_in_the_longest_pause_of_its_second_half() -> None:
    speech = spans((0, 8), (8.2, 16), (17, 22), (22.3, 27), (27.2, 40))
    first, second = chunks(speech, silence(60))
    assert first.voiced == speech[:2]
    assert second.voiced == speech[2:]


def test_speech_without_a_pause_is_cut_where_it_is_quietest() -> None:
    sound = np.full(40 * RATE, 8000, np.int16)
    sound[21 * RATE : 21 * RATE + RATE // 4] = 10
    first, second = chunks(spans((0, 40)), sound)
    assert 21.0 <= first.voiced[-1].end <= 21.25
    assert first.voiced[-1].end == second.voiced[0].start


def test_what_lies_past_the_end_is_cut_off() -> None:
    (chunk,) = chunks(spans((1, 5), (8, 9)), silence(4))
    assert chunk.voiced == spans((1, 4))


gaps = st.lists(st.tuples(st.floats(0.05, 40), st.floats(0.2, 70)), min_size=1, max_size=25)


@given(gaps)
def test_every_stretch_is_in_one_chunk_and_no_chunk_is_too_long(
    gaps: list[tuple[float, float]],
) -> None:
    position, stretches = 0.0, []
    for pause, length in gaps:
        stretches.append(Span(position + pause, position + pause + length))
        position = stretches[-1].end
    # A view of one number: hours of sound without the memory.
    sound = np.broadcast_to(np.int16(0), (round((position + 1) * RATE),))
    packed = chunks(tuple(stretches), sound)
    spoken = [part for chunk in packed for part in chunk.voiced]
    assert abs(sum(s.length for s in spoken) - sum(s.length for s in stretches)) < 0.01
    assert all(left.end <= right.start for left, right in pairwise(spoken))
    for chunk in packed:
        assert sum(piece.length for piece in chunk.pieces) <= LIMIT_S + 1e-6
        assert all(inside(part, chunk) for part in chunk.voiced)


def inside(part: Span, chunk: Chunk) -> bool:
    return any(
        piece.start - 1e-6 <= part.start and part.end <= piece.end + 1e-6 for piece in chunk.pieces
    )


def test_the_margin_keeps_a_pause_of_a_second_whole() -> None:
    (chunk,) = chunks(spans((1, 2), (2 + 2 * MARGIN_S, 4)), silence(9))
    assert len(chunk.pieces) == 1
