from mediacheck.model import Span, Word
from mediacheck.speech.coverage import merged, unheard


def words(*pairs: tuple[float, float]) -> list[Word]:
    return [Word("word", start, end, 0.9) for start, end in pairs]


def test_speech_without_any_word_is_unheard() -> None:
    assert unheard((Span(1, 4),), []) == (Span(1, 4),)


def test_covered_speech_is_heard() -> None:
    assert unheard((Span(0, 3),), words((0.2, 1.0), (1.4, 2.6))) == ()


def test_a_hole_between_words_is_unheard() -> None:
    assert unheard((Span(0, 10),), words((0, 1), (7, 8.5), (8.5, 10))) == (Span(1.5, 6.5),)


def test_the_end_of_a_stretch_counts_too() -> None:
    assert unheard((Span(0, 10), Span(20, 30)), words((0, 1), (1, 2), (20, 21))) == (
        Span(2.5, 10),
        Span(21.5, 30),
    )


def test_a_word_stretched_over_a_hole_does_not_hide_it() -> None:
    assert unheard((Span(0, 10),), words((0, 9.9))) == (Span(2.0, 10),)


def test_a_short_hole_is_a_pause() -> None:
    assert unheard((Span(0, 3.4),), words((0, 1), (2.9, 3.3))) == ()


def test_spans_are_joined_where_they_overlap() -> None:
    spans = [Span(5, 6), Span(0, 2), Span(1, 3), Span(5, 6), Span(6, 7)]
    assert merged(spans) == (Span(0, 3), Span(5, 6), Span(6, 7))
