import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediacheck.speech.spelling import folded, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ёлки-палки, СТРАННО!", "елки палки странно"),
        ("Straße Café naïve Œuvre Łódź", "strasse cafe naive oeuvre lodz"),
        ("İstanbul ISPARTA ısı", "istanbul isparta isi"),
        ("1,000 % of “it”…", "1 000 of it"),
        ("ＦＵＬＬ ｗｉｄｔｈ ﬁne", "full width fine"),
        ("soft\u00adhyphen zero\u200dwidth", "softhyphen zerowidth"),
        ("ΟΔΥΣΣΕΥΣ ὀδός", "οδυσσευσ οδοσ"),
        ("پاکستان کی", "پاكستان كي"),
        ("كِتَابٌ أحمد آسيا مدرسة", "كتاب احمد اسيا مدرسه"),
        ("שָׁלוֹם", "שלום"),
        ("ज़रा हिन्दी", "जरा हिन्दी"),
        ("ガッコウ がっこう ｱﾒﾘｶ", "ガッコウ がっこう アメリカ"),
        ("이리저리", "이리저리"),
        ("ที่นี่", "ที่นี่"),
        ("  ", ""),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert folded(text) == unicodedata.normalize("NFC", expected)


def test_marks_that_part_words_in_their_script_are_kept() -> None:
    assert folded("कुल") != folded("कल")
    assert folded("か") != folded("が")
    assert folded("ปา") != folded("ป่า")


def test_letters_of_scripts_without_spaces_are_units() -> None:
    assert units("沃森是 hello 2024年") == ("沃", "森", "是", "hello", "2024", "年")
    assert units("ที่ไทย") == ("ที่", "ไ", "ท", "ย")
    assert units("한국어 हिन्दी") == ("한국어", "हिन्दी")
    assert units("It's") == ("it", "s")
    assert units("...") == ()


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text())
def test_units_hold_every_folded_letter(text: str) -> None:
    assert "".join(units(text)) == "".join(folded(text).split())
