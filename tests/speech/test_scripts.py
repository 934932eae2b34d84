import pytest

from mediacheck.speech.scripts import shares, used


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("Pakistan, 2025!", {"Latin"}),
        ("Пакистан", {"Cyrillic"}),
        ("پاکستان", {"Arabic"}),
        ("पाकिस्तान", {"Devanagari"}),
        ("巴基斯坦々", {"Han"}),
        ("パキスタンー ｱｲ", {"Kana"}),
        ("파키스탄", {"Hangul"}),
        ("פקיסטן", {"Hebrew"}),
        ("Πακιστάν", {"Greek"}),
        ("ปากีสถาน", {"Thai"}),
        ("Պակիստան", {"Armenian"}),
        ("ＦＵＬＬ", {"Latin"}),
        ("42 %", set()),
        ("", set()),
    ],
)
def test_the_script_of_a_text(text: str, scripts: set[str]) -> None:
    assert set(shares(text)) == scripts


def test_japanese_is_written_in_two() -> None:
    assert set(used("客観的実在の判断的知識が整理するのである。")) == {"Han", "Kana"}


def test_a_stray_name_is_no_script_of_the_text() -> None:
    text = "Смотрите наше новое видео на канале, который есть только на YouTube"
    assert set(shares(text)) == {"Cyrillic", "Latin"}
    assert used(text + " и ещё очень много других слов по-русски") == ("Cyrillic",)


def test_shares_add_up_largest_first() -> None:
    assert list(shares("abc где ж").items()) == [("Cyrillic", 4 / 7), ("Latin", 3 / 7)]
