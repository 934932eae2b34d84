from __future__ import annotations

import unicodedata

import pytest

from mediacheck.report.glyphs import BREAK, LETTERS_AT_MOST, UNBROKEN_AT_MOST, Drawn, coverage


@pytest.mark.parametrize(
    "text",
    [
        "Plain text, 12:03 and #markup $ \\ `here` _there_ *everywhere*",
        "Добрый день, уважаемые коллеги; щё ґ ї є",
        "پریس کانفرنس میں صدر نے کہا کہ ۱۲ مارچ ہے۔",
        "می\u200cخواهم",
        "प्रधानमंत्री ने कहा कि क्षेत्र में शांति।",
        "क्\u200dष",
        "İstanbul, čeština, Tiếng Việt, Ελληνικά, e\u0301",
        "⟨U+202E⟩ “quoted” · 480×270 ± 2 °…",
    ],
)
def test_what_the_fonts_hold_stays_as_it_is(text: str) -> None:
    drawn = Drawn()
    assert drawn.text(text) == text
    assert not drawn.missing


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("中文", "⟨U+4E2D⟩⟨U+6587⟩"),
        ("say 中 now", "say ⟨U+4E2D⟩ now"),
        ("🎥", "⟨U+1F3A5⟩"),
        ("של", "⟨U+05E9⟩⟨U+05DC⟩"),
    ],
)
def test_what_they_do_not_hold_is_written_out_and_counted(text: str, shown: str) -> None:
    drawn = Drawn()
    assert drawn.text(text) == shown
    assert drawn.missing == {letter for letter in text if not letter.isascii()}


def test_a_mark_that_the_letters_font_lacks_is_written_out_alone() -> None:
    vedic = "\u1cd0"  # in the Devanagari font only
    assert Drawn().text(f"क{vedic}") == f"क{vedic}"
    assert Drawn().text(f"ж{vedic}") == "ж⟨U+1CD0⟩"
    assert Drawn().text(f"中{vedic}") == "⟨U+4E2D⟩⟨U+1CD0⟩"


def test_a_mark_without_a_letter_is_set_on_nothing() -> None:
    assert Drawn().text("\u0301x") == "⟨U+0301⟩x"


def test_what_acts_is_written_out_and_is_no_want_of_a_glyph() -> None:
    drawn = Drawn()
    shown = drawn.text("a\u202eb\x1b\x00\u200bc")
    assert shown.replace(BREAK, "") == "a⟨U+202E⟩b⟨U+001B⟩⟨U+0000⟩⟨U+200B⟩c"
    assert not drawn.missing


def test_a_long_word_may_break_and_loses_nothing() -> None:
    sha256 = "0123456789abcdef" * 4
    shown = Drawn().text(f"SHA-256 {sha256}.")
    assert shown.replace(BREAK, "") == f"SHA-256 {sha256}."
    assert max(len(part) for part in shown.split(BREAK)) <= UNBROKEN_AT_MOST


def test_a_long_word_never_breaks_before_a_mark_or_within_a_code() -> None:
    pieces = Drawn().text("क्षि" * 20 + "中" * 20 + "e\u0301" * 40).split(BREAK)
    assert not [part for part in pieces if unicodedata.category(part[0])[0] == "M"]
    assert all(part.count("⟨") == part.count("⟩") for part in pieces)


def test_a_giant_text_is_cut_and_counted() -> None:
    shown = Drawn().text("a b " * 5000)
    assert shown.endswith("… (20,000 characters, all in report.json)")
    assert len(shown) < LETTERS_AT_MOST + 100


def test_every_string_is_reached_and_nothing_else() -> None:
    held = {"中": ["中", ("中", 1.5, None, True)], "b": {"c": "中"}}
    code = "⟨U+4E2D⟩"
    assert Drawn().everywhere(held) == {"中": [code, [code, 1.5, None, True]], "b": {"c": code}}


def test_the_fonts_are_those_of_four_scripts() -> None:
    latin, arabic, devanagari = coverage()
    assert {"a", "ж", "ł", "“"} <= latin
    assert set("پچگںے۔") <= arabic
    assert set("कऽ०") <= devanagari
