from mediacheck.model import SpeechSegment, Word
from mediacheck.speech.sentences import LONG_S, TOO_LONG_S, sentences


def passage(*words: tuple[str, float, float]) -> SpeechSegment:
    made = tuple(Word(text, start, end, 0.9) for text, start, end in words)
    text = "".join(word.text for word in made)
    return SpeechSegment(made[0].start, made[-1].end, text, made, 0.1, -0.3, 1.5, False)


def texts(whole: SpeechSegment) -> list[str]:
    return [part.text for part in sentences(whole)]


def test_a_sentence_ends_at_its_mark_with_a_pause() -> None:
    whole = passage((" Come", 0, 0.4), (" in.", 0.4, 0.8), (" Sit", 1.1, 1.4), (" down.", 1.4, 2))
    assert texts(whole) == ["Come in.", "Sit down."]
    first, second = sentences(whole)
    assert (first.start, first.end, second.start, second.end) == (0, 0.8, 1.1, 2)
    assert second.compression == 1.5


def test_abbreviations_and_initials_do_not_end_a_sentence() -> None:
    assert len(texts(passage((" Mr.", 0, 0.4), (" Dashwood", 0.4, 1)))) == 1
    assert len(texts(passage((" Donald", 0, 0.4), (" J.", 0.4, 0.6), (" Trump", 0.9, 1.3)))) == 1


def test_a_long_pause_parts_without_any_mark() -> None:
    assert texts(passage((" but", 0, 0.4), (" then", 2, 2.4))) == ["but", "then"]


def test_long_lines_without_marks_are_parted_and_nothing_is_lost() -> None:
    whole = passage(*((f" w{i}", i * 0.5, i * 0.5 + 0.5) for i in range(100)))
    parts = list(sentences(whole))
    assert [word for part in parts for word in part.words] == list(whole.words)
    assert all(part.end - part.start <= TOO_LONG_S for part in parts)


def test_a_long_sentence_is_parted_at_a_comma() -> None:
    words = [(f" w{i}", i * 0.5, i * 0.5 + 0.5) for i in range(34)]
    words[27] = (" w27,", 13.5, 14.0)
    first, second = sentences(passage(*words))
    assert first.text.endswith("w27,")
    assert first.end > LONG_S
    assert second.words[0].text == " w28"


def test_chinese_is_joined_without_spaces() -> None:
    assert texts(passage(("沃", 0, 0.2), ("森。", 0.2, 0.4), ("他", 0.6, 0.8))) == ["沃森。", "他"]


def test_a_passage_without_words_stays() -> None:
    bare = SpeechSegment(0, 1, "music", (), 0.1, -0.3, 1.5, False)
    assert list(sentences(bare)) == [bare]
