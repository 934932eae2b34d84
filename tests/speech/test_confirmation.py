from collections.abc import Callable
from dataclasses import replace

import pytest

from mediacheck.model import Span, Term, TermSearch, Transcript, WordChange
from mediacheck.speech.confirmation import (
    SecondReading,
    around,
    confirmed_changes,
    confirmed_terms,
)
from mediacheck.speech.diff import compare_words
from mediacheck.speech.terms import search

Say = Callable[..., Transcript]

TERMS = (Term("Pakistan", ("Пакистан",)),)
CLIP = ("we are warning Pakistan today", "this is our last message", "if Pakistan does not listen")
ORIGINAL = "we are asking everybody today to listen"


def reading(clip: Transcript, original: Transcript, independent: bool = True) -> SecondReading:
    def by(transcript: Transcript) -> Transcript:
        return replace(transcript, engine="second", sha256="5" * 64)

    return SecondReading(by(clip), by(original), independent)


def asked(say: Say, again: SecondReading) -> TermSearch:
    first = search(TERMS, say(*CLIP), say(ORIGINAL), 30.0)
    (term,) = confirmed_terms(first, TERMS, again)
    return term


def test_a_reading_that_hears_the_term_too_confirms_it_and_says_where(say: Say) -> None:
    term = asked(say, reading(say(*CLIP, start=0.2), say(ORIGINAL)))
    (found,) = term.confirmed_by
    assert (found.engine, found.model_sha256, found.independent) == ("second", "5" * 64, True)
    assert len(found.clip) == len(term.clip or ()) == 2
    assert term.disputed_by == ()
    assert term.only_in_clip


def test_one_place_of_two_is_told_as_such(say: Say) -> None:
    again = reading(say(CLIP[0], CLIP[1], "if people do not listen"), say(ORIGINAL))
    (found,) = asked(say, again).confirmed_by
    assert found.clip == (Span(1.2, 1.6),)


def test_another_decoder_of_the_same_weights_is_marked_as_such(say: Say) -> None:
    (found,) = asked(say, reading(say(*CLIP), say(ORIGINAL), independent=False)).confirmed_by
    assert not found.independent


def test_a_reading_that_does_not_hear_it_is_kept_with_what_it_heard(say: Say) -> None:
    again = reading(
        say("we are warning packers today", CLIP[1], "if packers do not listen"), say(ORIGINAL)
    )
    term = asked(say, again)
    assert term.confirmed_by == ()
    (dispute,) = term.disputed_by
    assert (dispute.clip, dispute.original) == ((), ())
    assert "warning packers today" in dispute.clip_text
    assert term.only_in_clip  # unconfirmed, and still what the first reading heard


def test_the_term_elsewhere_in_the_clip_confirms_nothing(say: Say) -> None:
    again = reading(say("we are warning them", start=0.0), say(ORIGINAL))
    later = say("Pakistan", start=60.0)
    again = replace(again, clip=replace(again.clip, segments=again.clip.segments + later.segments))
    term = asked(say, again)
    assert term.confirmed_by == ()
    assert term.disputed_by[0].clip == (Span(60.0, 60.4),)


def test_a_term_that_any_reading_hears_in_the_original_is_not_only_in_the_clip(say: Say) -> None:
    again = reading(say(*CLIP), say("we are asking Pakistan today", start=40.0))
    term = asked(say, again)
    assert term.confirmed_by == ()
    (dispute,) = term.disputed_by
    assert dispute.original == (Span(41.2, 41.6),)
    assert dispute.original_text == "we are asking Pakistan today"
    assert not term.only_in_clip


def test_a_reading_in_a_script_without_spelling_confirms_nothing(say: Say) -> None:
    first = search((Term("Pakistan"),), say(*CLIP), say(ORIGINAL), 30.0)
    again = reading(say(*CLIP), say("мы просим всех слушать", language="ru"))
    (term,) = confirmed_terms(first, (Term("Pakistan"),), again)
    assert term.confirmed_by == ()
    assert term.disputed_by[0].original is None


def test_a_term_that_both_files_have_is_not_read_again(say: Say) -> None:
    first = search(TERMS, say(*CLIP), say(*CLIP), 30.0)
    assert confirmed_terms(first, TERMS, reading(say(ORIGINAL), say(ORIGINAL))) == first


def test_only_whole_stretches_of_speech_around_the_places_are_read() -> None:
    voiced = (Span(0, 4), Span(5, 12), Span(16, 30), Span(40, 50))
    assert around([Span(11, 11.5)], voiced) == voiced[1:3]
    assert around([Span(1, 2), Span(41, 42)], voiced) == (voiced[0], voiced[1], voiced[3])
    assert around([], voiced) == ()


LINE = "we met yesterday in the old library to speak about rivers and mountains"


def change(say: Say, clip: str, original: str) -> WordChange:
    _, found, _ = compare_words(say(clip), say(original, start=50), Span(49, 60))
    assert found is not None
    (one,) = found
    return one


@pytest.mark.parametrize("heard", ["weapons", "whippets"])
def test_a_change_is_confirmed_where_the_words_differ_there_too(say: Say, heard: str) -> None:
    one = change(say, LINE.replace("rivers", "weapons"), LINE)
    again = reading(say(LINE.replace("rivers", heard)), say(LINE, start=50))
    (found,) = confirmed_changes([one], again)
    assert [each.engine for each in found.confirmed_by] == ["second"]
    assert found.disputed_by == ()


def test_a_change_that_a_second_reading_does_not_hear_is_disputed(say: Say) -> None:
    one = change(say, LINE.replace("rivers", "weapons"), LINE)
    (found,) = confirmed_changes([one], reading(say(LINE), say(LINE, start=50)))
    assert found.confirmed_by == ()
    (dispute,) = found.disputed_by
    assert "about rivers and" in dispute.clip_text
    assert "about rivers and" in dispute.original_text


def test_a_change_elsewhere_confirms_nothing(say: Say) -> None:
    one = change(say, LINE.replace("rivers", "weapons"), LINE)
    again = reading(say(LINE.replace("yesterday", "nobody")), say(LINE, start=50))
    (found,) = confirmed_changes([one], again)
    assert (found.confirmed_by, len(found.disputed_by)) == ((), 1)


def test_a_place_that_cannot_be_heard_again_is_left_as_it_is(say: Say) -> None:
    one = change(say, LINE.replace("rivers", "weapons"), LINE)
    (found,) = confirmed_changes([one], reading(say(LINE, unreliable=(0,)), say(LINE, start=50)))
    assert found == one


def test_a_difference_heard_unsurely_neither_confirms_nor_disputes(say: Say) -> None:
    one = change(say, LINE.replace("rivers", "weapons"), LINE)
    unsure = say(LINE.replace("rivers", "weapons"), probability=0.5)
    (found,) = confirmed_changes([one], reading(unsure, say(LINE, start=50)))
    assert found == one
