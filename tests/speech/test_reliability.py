from dataclasses import replace

import pytest

from mediacheck.model import Span, SpeechSegment, Word
from mediacheck.speech.reliability import Limits, weighed


def segment(text: str, start: float = 0.0, word_s: float = 0.4, **scores: float) -> SpeechSegment:
    words = tuple(
        Word(f" {part}", start + i * word_s, start + (i + 1) * word_s, 0.9)
        for i, part in enumerate(text.split())
    )
    plain = SpeechSegment(start, words[-1].end, text, words, 0.02, -0.2, 1.2, False)
    return replace(plain, **scores)


EVERYWHERE = (Span(0, 1000),)


def test_ordinary_speech_is_reliable() -> None:
    (heard,) = weighed([segment("We shall meet again")], EVERYWHERE)
    assert heard.reliable


@pytest.mark.parametrize("scores", [{"mean_logprob": -1.01}, {"compression": 2.41}])
def test_one_score_beyond_its_limit_is_enough(scores: dict[str, float]) -> None:
    (heard,) = weighed([segment("We shall meet again", **scores)], EVERYWHERE)
    assert not heard.reliable
    (heard,) = weighed(
        [segment("We shall meet again", **scores)], EVERYWHERE, Limits(0.9, -2.0, 5.0)
    )
    assert heard.reliable


@pytest.mark.parametrize(("probability", "reliable"), [(0.79, False), (0.81, True)])
def test_no_speech_counts_only_against_doubtful_words(probability: float, reliable: bool) -> None:
    plain = segment("We shall meet again", no_speech=0.61)
    words = tuple(replace(word, probability=probability) for word in plain.words)
    (heard,) = weighed([replace(plain, words=words)], EVERYWHERE)
    assert heard.reliable == reliable


def test_words_that_the_recogniser_doubts_are_unreliable() -> None:
    plain = segment("I'm going to head down")
    doubted = tuple(replace(word, probability=0.5) for word in plain.words)
    (heard,) = weighed([replace(plain, words=doubted)], EVERYWHERE)
    assert not heard.reliable


def test_a_word_where_nobody_speaks_is_taken_out() -> None:
    (heard,) = weighed([segment("He said it. Thanks", word_s=1.0)], (Span(0, 2.6),))
    assert (heard.text, heard.end, heard.reliable) == ("He said it.", 3.0, True)


def test_a_segment_mostly_where_nobody_speaks_is_kept_and_unreliable() -> None:
    (heard,) = weighed([segment("Thanks for watching this", start=50)], (Span(0, 49), Span(90, 99)))
    assert (heard.text, heard.reliable) == ("Thanks for watching this", False)


def test_text_without_words_is_unreliable_and_no_text_is_dropped() -> None:
    bare = replace(segment("Music"), words=())
    assert [s.reliable for s in weighed([bare, replace(bare, text="  ")], EVERYWHERE)] == [False]


def test_a_loop_is_unreliable_over_all_its_segments_and_nothing_else_is() -> None:
    lines = ["We begin here.", *["Thank you."] * 4, "We go on."]
    heard = weighed([segment(line, start=3.0 * i) for i, line in enumerate(lines)], EVERYWHERE)
    assert [s.reliable for s in heard] == [True, False, False, False, False, True]


def test_a_word_said_three_times_is_no_loop() -> None:
    (heard,) = weighed([segment("No, no, no, we will not")], EVERYWHERE)
    assert heard.reliable
    (heard,) = weighed([segment("No, no, no, no, we will not")], EVERYWHERE)
    assert not heard.reliable


def test_a_loop_of_several_words_is_found() -> None:
    (heard,) = weighed([segment("and the number " * 4)], EVERYWHERE)
    assert not heard.reliable
