from collections.abc import Callable

import pytest

from mediacheck.model import Span, Term, TermSearch, Transcript
from mediacheck.speech.terms import search

Say = Callable[..., Transcript]


def look(
    clip: Transcript | None, original: Transcript | None, term: str, *aliases: str
) -> TermSearch:
    (found,) = search((Term(term, aliases),), clip, original, 60.0)
    return found


def heard(say: Say, line: str, term: str, *aliases: str, language: str = "en") -> bool:
    found = look(say(line, language=language), None, term, *aliases)
    assert found.clip is not None
    return bool(found.clip)


def test_a_term_is_found_with_its_time_in_both_files(say: Say) -> None:
    clip = say("We will attack Pakistan now")
    original = say("We met in Moscow", "and not in Pakistan", start=100)
    found = look(clip, original, "Pakistan")
    assert found.clip == (Span(1.2, 1.6),)
    assert found.original == (Span(103.4, 103.8),)
    assert found.original_searched_s == 60.0
    assert found.reason is None


def test_where_no_speech_could_be_read_a_term_was_not_searched(say: Say) -> None:
    """'Not heard' would be more than anybody knows; the same holds for what a recogniser left out."""
    mumbled = say("we will attack Pakistan", unreliable=(0,))
    unread = say(voiced=(Span(0.0, 4.0),))
    clear = say("We met in Moscow")
    for lost in (mumbled, unread):
        clip, original = look(lost, clear, "Pakistan"), look(clear, lost, "Pakistan")
        assert clip.clip is None
        assert original.original is None
        assert clip.reason == "no speech of the clip could be read reliably"
        assert original.reason == "no speech of the original could be read reliably"
    assert look(say(), clear, "Pakistan").clip == ()  # silence holds no word


def test_a_term_only_in_the_clip(say: Say) -> None:
    found = look(say("Pakistan, Pakistan's end"), say("We met in Moscow"), "Pakistan")
    assert found.clip == (Span(0.0, 0.4), Span(0.4, 0.8))
    assert found.original == ()
    assert found.original_unreliable == ()


@pytest.mark.parametrize(
    ("line", "term", "language"),
    [
        ("мы говорим с Пакистаном.", "Пакистан", "ru"),
        ("в России знают", "Россия", "ru"),
        ("о Москве и Киеве", "Москва", "ru"),
        ("войска Китая", "Китай", "ru"),
        ("про Україну", "Україна", "uk"),
        ("в Соединённых Штатах", "Соединённые Штаты", "ru"),
        ("مع وباكستان", "باكستان", "ar"),
        ("إلى الصين", "الصين", "ar"),
        ("إلى للصين", "الصين", "ar"),
        ("پاکستان کے", "پاکستان", "ur"),
        ("הוא בפקיסטן", "פקיסטן", "he"),
        ("पाकिस्तान में", "पाकिस्तान", "hi"),
        ("PAKISTANI forces", "Pakistan", "en"),
        ("in New-York today", "New York", "en"),
        ("in Islam Abad today", "Islamabad", "en"),
        ("the US said", "US", "en"),
        ("the U.S. said", "US", "en"),
        ("the WHO's report", "WHO", "en"),
        ("vor Müller's Haus", "Mueller=Müller", "de"),
    ],
)
def test_other_forms_of_the_term_are_found(say: Say, line: str, term: str, language: str) -> None:
    name, *aliases = term.split("=")
    assert heard(say, line, name, *aliases, language=language)


@pytest.mark.parametrize(
    ("line", "term", "language"),
    [
        ("give it to us now", "US", "en"),
        ("who said it", "WHO", "en"),
        ("an Uzbek song", "Uz", "en"),
        ("his ran away", "Iran", "en"),
        ("индивидуальный подход", "Индия", "ru"),
        ("we now hear this", "nowhere", "en"),
        ("old York new", "New York", "en"),
        ("new", "New York", "en"),
    ],
)
def test_other_words_are_not_found(say: Say, line: str, term: str, language: str) -> None:
    assert not heard(say, line, term, language=language)


def test_scripts_without_spaces_are_searched_letter_by_letter(say: Say) -> None:
    found = look(say("我 们 谈 到 巴 基 斯 坦 了", language="zh"), None, "Pakistan", "巴基斯坦")
    assert found.clip == (Span(1.6, 3.2),)
    found = look(say("これは パキス タン です", language="ja"), None, "パキスタン")
    assert found.clip == (Span(0.4, 1.2),)


def test_a_term_in_no_script_of_the_transcript_is_not_searched(say: Say) -> None:
    found = look(say("We attack Pakistan"), say("мы были в Москве", language="ru"), "Pakistan")
    assert found.clip == (Span(0.8, 1.2),)
    assert found.original is None
    assert found.original_searched_s == 0.0
    assert found.reason == (
        'the speech of the original is written in Cyrillic script and no spelling of "Pakistan" in that script'
        ' was given (add --term "Pakistan=SPELLING")'
    )


def test_with_a_spelling_in_its_script_it_is_searched(say: Say) -> None:
    original = say("мы были в Москве", language="ru")
    found = look(say("We attack Pakistan"), original, "Pakistan", "Пакистан")
    assert (found.original, found.reason) == ((), None)
    assert found.spellings == ("Pakistan", "Пакистан")


def test_a_stray_latin_name_does_not_make_a_russian_transcript_searchable(say: Say) -> None:
    original = say(*["мы говорили о самых разных вещах сегодня"] * 3, "на YouTube", language="ru")
    assert look(None, original, "Pakistan").original is None


def test_unreliable_text_is_not_heard_and_is_listed_for_the_original(say: Say) -> None:
    lines = ("we met today", "about Pakistan perhaps", "and went home")
    clip, original = say(*lines, unreliable=(1,)), say(*lines, start=10, unreliable=(1,))
    found = look(clip, original, "Pakistan")
    assert (found.clip, found.original) == ((), ())
    assert found.original_unreliable == (Span(11.8, 13.0),)


def test_speech_without_words_is_listed_as_not_heard(say: Say) -> None:
    original = say("we met today", voiced=(Span(0, 1.2), Span(5, 9)))
    assert look(None, original, "Pakistan").original_unreliable == (Span(5, 9),)


def test_no_speech_at_all_is_searched_and_empty(say: Say) -> None:
    found = look(say("We attack Pakistan"), say(language="und"), "Pakistan")
    assert (found.original, found.original_searched_s, found.reason) == ((), 60.0, None)


def test_a_missing_transcript_is_not_searched(say: Say) -> None:
    found = look(None, None, "Pakistan")
    assert (found.clip, found.original) == (None, None)
    assert found.reason == "there is no transcript of the clip and the original"
    mixed = look(None, say("we met", unreliable=(0,)), "Pakistan")
    assert mixed.reason == (
        "there is no transcript of the clip; no speech of the original could be read reliably"
    )


def test_a_term_over_two_segments_is_found(say: Say) -> None:
    assert heard(say, "in New", "New York") is False
    found = look(say("in New", "York today"), None, "New York")
    assert found.clip == (Span(0.4, 1.8),)


def test_figures_are_searched_in_any_script(say: Say) -> None:
    found = look(say("в 2024 году", language="ru"), None, "2024")
    assert found.clip == (Span(0.4, 0.8),)


def test_terms_keep_their_order_and_an_empty_question_is_fine(say: Say) -> None:
    clip = say("one two three")
    assert [t.term for t in search((Term("two"), Term("one")), clip, None, 0)] == ["two", "one"]
    assert search((), clip, clip, 1.0) == ()
