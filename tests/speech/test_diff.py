from collections.abc import Callable
from dataclasses import replace

import pytest

from mediacheck.model import Span, Transcript, Word, WordChange
from mediacheck.speech.diff import compare_words

Say = Callable[..., Transcript]

SPEECH = (
    "we met yesterday in the old library to speak about rivers and mountains",
    "nobody there said anything about war or about our neighbours",
    "then everybody went home in the evening and slept well",
)
EVERYTHING = Span(-1, 1000)


def doubted(transcript: Transcript, text: str, probability: float = 0.3) -> Transcript:
    """The same, but unsure of one word."""

    def word(one: Word) -> Word:
        return replace(one, probability=probability) if one.text == text else one

    return replace(
        transcript,
        segments=tuple(
            replace(s, words=tuple(word(one) for one in s.words)) for s in transcript.segments
        ),
    )


def changes(clip: Transcript, original: Transcript, span: Span | None = EVERYTHING) -> list[str]:
    comparable, found, _ = compare_words(clip, original, span)
    assert comparable
    assert found is not None
    return [f"{c.kind}: {c.original_text} > {c.clip_text}" for c in found]


def test_the_same_words_differ_in_nothing(say: Say) -> None:
    for span in (EVERYTHING, None):
        assert compare_words(say(*SPEECH), say(*SPEECH), span) == (True, (), 1.0)


def test_a_replaced_word_is_told_with_its_times(say: Say) -> None:
    clip = say(SPEECH[0], SPEECH[1].replace("neighbours", "surrender"), SPEECH[2])
    comparable, found, similarity = compare_words(clip, say(*SPEECH, start=50), EVERYTHING)
    assert comparable
    assert found == (
        WordChange("replaced", Span(9.4, 9.8), Span(59.4, 59.8), "surrender", "neighbours"),
    )
    assert similarity is not None
    assert 0.85 < similarity < 1


def test_an_added_and_a_removed_word_stand_at_their_joint(say: Say) -> None:
    longer = say(SPEECH[0].replace("rivers", "rivers and cathedrals"), voiced=())
    plain = say(SPEECH[0], voiced=())
    _, added, _ = compare_words(longer, plain, EVERYTHING)
    assert added == (WordChange("added", Span(4.4, 5.2), Span(4.4, 4.4), "and cathedrals", ""),)
    _, removed, _ = compare_words(plain, longer, Span(-1, 1000))
    assert removed == (WordChange("removed", Span(4.4, 4.4), Span(4.4, 5.2), "", "and cathedrals"),)


def test_a_removed_not_is_told(say: Say) -> None:
    original = say("we have decided that we will not attack anybody this year", voiced=())
    clip = say("we have decided that we will attack anybody this year", voiced=())
    assert changes(clip, original) == ["removed: not > "]


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("Simplicissimus", "Simplizissimus"),
        ("squarespace", "square space"),
        ("it's", "it is"),
        ("we'll", "we will"),
        ("don't", "do not"),
        ("they've", "they have"),
        ("neighbours", "neighbour's"),
        ("20", "twenty"),
        ("2,024", "two thousand and twenty four"),
        ("Ёлка", "елка"),
        ("color", "colour"),
        ("дістати", "дівстати"),
        ("Papst Benedikt das", "Paps Benedictus"),
        ("hasta impresa", "esta empresa"),
    ],
)
def test_small_differences_of_the_recogniser_are_no_changes(
    say: Say, heard: str, said: str
) -> None:
    for mine, other in ((heard, said), (said, heard)):
        clip, original = (
            say(f"before all of that there was {word} in the middle of everything", voiced=())
            for word in (mine, other)
        )
        assert changes(clip, original) == []


def test_a_not_that_is_contracted_is_still_told(say: Say) -> None:
    original = say("we said that we can't attack anybody", voiced=())
    clip = say("we said that we can attack anybody", voiced=())
    assert changes(clip, original) == ["removed: can't > "]


def test_figures_that_differ_are_a_change(say: Say) -> None:
    clip = say("it cost us 5000 roubles in the end")
    assert changes(clip, say("it cost us 1200 roubles in the end")) == ["replaced: 1200 > 5000"]


def test_what_one_reading_was_unsure_of_is_no_change(say: Say) -> None:
    clip = say(SPEECH[0].replace("library", "surrender"))
    original = say(SPEECH[0])
    assert changes(clip, original) == ["replaced: library > surrender"]
    assert changes(doubted(clip, "surrender"), original) == []
    assert changes(clip, doubted(original, "library")) == []


def test_short_words_need_more(say: Say) -> None:
    clip, original = say("they went to the old town hall"), say("they went to an old town hall")
    assert changes(clip, original) == ["replaced: an > the"]
    assert changes(doubted(clip, "the", 0.8), original) == []


def test_head_and_tail_of_the_original_are_not_removed(say: Say) -> None:
    clip = say(SPEECH[1])
    original = say(*SPEECH)
    shown = Span(original.segments[1].start, original.segments[1].end)
    assert changes(clip, original, shown) == []
    assert changes(clip, original, Span(shown.start - 0.4, shown.end + 0.4)) == []
    assert changes(clip, original, Span(shown.start - 1.2, shown.end + 1.2)) == []
    assert changes(clip, original, None) == []


def test_words_cut_in_half_at_the_ends_are_no_changes(say: Say) -> None:
    clip = say("library to speak about rivers and mount")
    assert changes(clip, say(SPEECH[0]), Span(2.6, 4.7)) == []
    assert changes(clip, say(SPEECH[0]), None) == []


def test_what_the_clip_leaves_out_inside_is_removed(say: Say) -> None:
    (removed,) = changes(say(SPEECH[0], SPEECH[2]), say(*SPEECH))
    assert removed == f"removed: {SPEECH[1]} > "


def test_speech_that_the_recogniser_left_out_is_not_removed(say: Say) -> None:
    heard_all = say(*SPEECH)
    kept = tuple(s for i, s in enumerate(heard_all.segments) if i != 1)
    clip = replace(heard_all, segments=kept)  # its `voiced` still says that somebody speaks there
    assert changes(clip, heard_all) == []
    assert changes(heard_all, clip) == []


def test_unreliable_segments_are_neither_removed_nor_added(say: Say) -> None:
    whole, doubtful = say(*SPEECH), say(*SPEECH, unreliable=(1,))
    assert changes(whole, doubtful) == []
    assert changes(doubtful, whole) == []
    no_activity = replace(doubtful, voiced=())
    assert changes(no_activity, whole) == []


def test_other_words_throughout_are_one_change_not_thirty(say: Say) -> None:
    clip = say("because the army marches at dawn and the enemy will burn", language="en")
    original = say("thank you for the flowers and all of the kind letters")
    (change,) = changes(clip, original)
    assert change.startswith("replaced: thank you for")
    assert compare_words(clip, original, EVERYTHING)[2] == 0.0


def test_without_a_span_words_that_stand_nowhere_are_not_comparable(say: Say) -> None:
    clip = say("because the army marches at dawn and the enemy will burn")
    assert compare_words(clip, say(*SPEECH), None) == (False, None, None)


def test_other_languages_and_scripts_are_not_comparable(say: Say) -> None:
    english, german = say(*SPEECH), say(*SPEECH, language="de")
    assert compare_words(english, german, EVERYTHING) == (False, None, None)
    urdu, hindi = say("پاکستان زندہ باد", language="ur"), say("पाकिस्तान ज़िंदाबाद", language="hi")
    assert compare_words(urdu, hindi, EVERYTHING) == (False, None, None)


def test_hindi_and_urdu_in_one_script_are_one_language(say: Say) -> None:
    urdu, hindi = (say("پاکستان زندہ باد", language=code) for code in ("ur", "hi"))
    assert compare_words(urdu, hindi, EVERYTHING) == (True, (), 1.0)


def test_no_words_are_not_comparable(say: Say) -> None:
    silent = say(language="en")
    assert compare_words(silent, say(*SPEECH), EVERYTHING) == (False, None, None)
    assert compare_words(say(*SPEECH), silent, None) == (False, None, None)
    doubtful = say(*SPEECH, unreliable=(0, 1, 2))
    assert compare_words(doubtful, say(*SPEECH), None) == (False, None, None)


def test_chinese_is_compared_by_letters_and_shown_without_spaces(say: Say) -> None:
    original = say("我 们 今 天 在 莫 斯 科 开 会", language="zh")
    clip = say("我 们 今 天 进 攻 巴 基 斯 坦 开 会", language="zh")
    assert changes(clip, original) == ["replaced: 在莫斯科 > 进攻巴基斯坦"]


def test_traditional_and_simplified_characters_are_no_change(say: Say) -> None:
    original = say("願 你 快 樂 每 一 天 送 祝 福 到 新 春 願 你 團 圓", language="zh")
    clip = say("愿 你 快 乐 每 一 天 送 祝 福 到 新 春 愿 你 团 圆", language="zh")
    assert changes(clip, original) == []


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("we pay 25% of it", "we pay twenty five percent of it"),
        ("we pay 25 percent of it", "we pay 25% of it"),  # one word more, beside the same word
        ("we paid $5 million for it", "we paid five million dollars for it"),
        ("we shan't see the grey one", "we shall not see the gray one"),
    ],
)
def test_another_way_of_writing_is_no_change(say: Say, heard: str, said: str) -> None:
    clip, original = (say(SPEECH[0], text, SPEECH[2], voiced=()) for text in (heard, said))
    for left, right in ((clip, original), (original, clip)):
        assert compare_words(left, right, EVERYTHING) == (True, (), 1.0)


def test_another_number_beside_the_same_word_is_a_change(say: Say) -> None:
    clip, original = (
        say(SPEECH[0], f"we pay {number} percent of everything that they earn", voiced=())
        for number in ("twenty", "ninety")
    )
    assert changes(clip, original) == ["replaced: ninety > twenty"]
