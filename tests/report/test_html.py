from __future__ import annotations

import re
import shlex
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from mediacheck.model import Comparison, Severity
from mediacheck.report import FORMATS, html
from mediacheck.report.tables import numbers, setting

from . import sample

BUILDS = pytest.mark.parametrize("build", sample.ALL, ids=lambda build: build.__name__)
STYLE = re.compile(r"(left|top|width|height):-?[\d.]+%(;(left|top|width|height):-?[\d.]+%)*")
PLAIN_TAGS = """
html head meta title style body svg defs pattern rect path circle text desc header main footer
section article p h2 h3 b strong span bdi dl div dt dd ul li figure figcaption img audio table
caption thead tbody tr th td pre mark details summary br
"""


class Page(HTMLParser):
    """Everything in a page that could act."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, key, value in self.attributes if key == name]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def rendered(comparison: Comparison, exhibits: dict[str, bytes] | None = None) -> bytes:
    hostile = comparison.question.claim == sample.HOSTILE
    run = sample.run(sample.HOSTILE, sample.HOSTILE) if hostile else sample.run()
    return html.render(comparison, run, exhibits or {})


def with_exhibits(*names: str) -> Comparison:
    comparison = sample.press_qa()
    first = replace(comparison.findings[0], exhibits=names)
    return replace(comparison, findings=(first, *comparison.findings[1:]))


@pytest.mark.parametrize("name", FORMATS)
@BUILDS
def test_every_format_is_the_same_bytes_twice(name: str, build: Callable[[], Comparison]) -> None:
    made = [FORMATS[name](build(), sample.run(), {}) for _ in range(2)]
    assert made[0] == made[1]


@BUILDS
def test_a_page_holds_nothing_that_acts(build: Callable[[], Comparison]) -> None:
    page = Page(rendered(build(), {"overview-clip-1.000.jpg": b"picture"}))
    assert set(page.tags) <= set(PLAIN_TAGS.split())
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert not page.values("href")
    assert not page.values("xlink:href")
    assert all(value.startswith("data:image/jpeg;base64,") for value in page.values("src"))
    assert all(STYLE.fullmatch(value) for value in page.values("style"))
    assert page.tags.count("meta") == 4
    assert page.tags.count("style") == 1


@BUILDS
def test_a_page_forbids_itself_the_network(build: Callable[[], Comparison]) -> None:
    page = Page(rendered(build()))
    policy = next(value for value in page.values("content") if "default-src" in value)
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "url(http" not in rendered(build()).decode()


def test_hostile_text_is_shown_and_inert() -> None:
    content = rendered(sample.hostile()).decode("utf-8")
    assert "<script" not in content
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "⟨U+202E⟩gpj.exe⟨U+001B⟩[31mred" in content
    assert "{{7*7}}" in content
    for character in "\u202e\x1b\x00\u2028":
        assert character not in content


def test_no_text_from_outside_reaches_an_attribute_but_in_words() -> None:
    page = Page(rendered(sample.hostile()))
    assert not [value for value in page.values("class") if "script" in value]
    assert set(page.values("lang")) <= {"en", "ru"}
    assert not [value for value in page.values("id") if not re.fullmatch(r"[\w-]+", value)]


def test_a_hostile_hash_stays_out_of_the_style_sheet() -> None:
    comparison = sample.no_alteration()
    clip = replace(comparison.clip, sha256='"}\\</')
    content = html.render(replace(comparison, clip=clip), sample.run(), {}).decode()
    assert 'content: "Case xxxxx-0ddba115"' in content


@BUILDS
def test_the_answer_comes_before_everything_else(build: Callable[[], Comparison]) -> None:
    comparison = build()
    content = rendered(comparison).decode()
    first, _, _ = comparison.verdict.headline.partition(":")
    assert content.index(f"<strong>{first}:</strong>") < content.index("<h2>")


@BUILDS
def test_every_section_that_evidence_needs_is_there(build: Callable[[], Comparison]) -> None:
    words = Page(rendered(build())).words
    for heading in (
        "Where the clip comes from",
        "Findings",
        "What was not checked",
        "The items",
        "How it was checked",
        "All numbers",
        "Repeat and verify",
        "End of the report",
    ):
        assert heading in words


def test_numbers_stand_with_what_chance_gives() -> None:
    words = Page(rendered(sample.press_qa())).words
    assert "m-presence presence (sound) 7.41 6.1 ± 1.4, at most 11.8 in 400" in words
    assert "of 90 unaltered test pairs from 14 sources and missed in" in words
    assert "No labelled material for this language pair was measured." in words
    assert "two propositions are weighed" in words


def test_a_table_of_numbers_has_no_empty_column_and_names_checks_only() -> None:
    (first, *_) = sample.press_qa().measurements
    alone = numbers([replace(first, check="verdict", clip=None, original=None)], "Numbers")
    assert alone.head[2:] == ("Value", "By chance in this pair")
    assert alone.rows[0][1] == "motion correlation"
    assert numbers([first], "Numbers").head[-2:] == ("Clip", "Original")


def test_no_speech_model_is_named_where_none_read() -> None:
    base = sample.press_qa()
    assert "Speech model" in {fact.name for fact in setting(base)}
    off = replace(base.question, options=replace(base.question.options, transcript=False))
    assert "Speech model" not in {fact.name for fact in setting(replace(base, question=off))}


def test_nothing_is_weighed_without_an_error_rate() -> None:
    assert "two propositions" not in Page(rendered(sample.no_alteration())).words


def test_unreliable_speech_is_marked_and_not_quoted() -> None:
    words = Page(rendered(sample.press_qa())).words
    assert "Thank you for watching." not in words
    assert "Not reliable, therefore not quoted: mean log probability -1.62" in words


def test_terms_and_changes_are_marked_in_the_transcript() -> None:
    assert '<mark class="term">Atlantia.</mark>' in rendered(sample.press_qa()).decode()
    partial = rendered(sample.partial()).decode()
    assert '<mark class="changed">will never pay them back</mark>' in partial
    assert '<mark class="changed">will repay every loan in spring</mark>' in partial


def test_words_that_were_removed_are_listed() -> None:
    words = Page(rendered(sample.partial())).words
    assert "removed 1:42:19.2-1:42:31.0 There was no mention of new taxes at all." in words


def test_transcripts_tell_the_browser_their_language_and_direction() -> None:
    content = rendered(sample.press_qa()).decode()
    assert '<p dir="auto" lang="ru">Мы только что' in content


def test_exhibits_are_inside_the_page() -> None:
    names = ("f1-clip-4.000.jpg", "f1-original-16.000.jpg", "f1-clip-0.000-8.000.mp3")
    comparison = with_exhibits(*names)
    page = Page(rendered(comparison, {name: name.encode() for name in names}))
    inside = [f"base64,{b64encode(name.encode()).decode()}" for name in names]
    assert [value.split(";")[1] for value in page.values("src")] == inside
    assert "Clip at 0:04.0" in page.words
    assert "Sound: Clip 0:00.0-0:08.0" in page.words


def test_spectrograms_and_strips_stand_in_the_page_with_what_they_show() -> None:
    names = (
        "f1-clip-2.000-6.000-marked-3.000-5.000.png",
        "f1-original-14.000-18.000-marked-15.000-17.000.png",
        "f1-cut-4.000-4.000-16.000-18.000.png",
    )
    page = Page(rendered(with_exhibits(*names), dict.fromkeys(names[1:], b"picture")))
    assert page.values("src").count("data:image/png;base64,cGljdHVyZQ==") == 2
    assert "Spectrogram: Original 0:14.0-0:18.0" in page.words
    assert "what is left out, original 0:16.0-0:18.0" in page.words
    assert page.words.count("This picture could not be made.") == 1
    assert page.words.count("the louder the darker") == 1


def test_an_exhibit_that_could_not_be_made_is_said() -> None:
    comparison = with_exhibits("f1-clip-4.000.jpg", "f1-clip-0.000-8.000.mp3")
    words = Page(rendered(comparison)).words
    assert "This still could not be made." in words
    assert "This piece of sound could not be made." in words


def test_a_name_that_is_no_exhibit_is_never_followed() -> None:
    comparison = with_exhibits("../../etc/passwd", "f1-clip-4.000.svg", "f1-clip-9-1.mp3")
    page = Page(rendered(comparison, {"../../etc/passwd": b"x", "f1-clip-4.000.svg": b"<svg/>"}))
    assert not page.values("src")
    assert "No exhibits were made for this finding." in page.words


def test_a_region_is_framed_on_the_clips_still() -> None:
    comparison = sample.partial()
    name = "f5-clip-5.000.jpg"
    rows = tuple(replace(row, exhibits=(name,)) for row in comparison.findings)
    content = rendered(replace(comparison, findings=rows), {name: b"x"}).decode()
    assert 'style="left:62.00%;top:8.00%;width:22.00%;height:34.00%"' in content


def test_alterations_come_before_presentation_and_notes() -> None:
    content = rendered(sample.partial()).decode()
    order = re.findall(r'<article class="finding ([a-z]+)"', content)
    assert order == sorted(order, key=[severity.value for severity in Severity].index)


def test_giant_tags_are_cut_and_counted() -> None:
    content = rendered(sample.hostile()).decode()
    assert "A" * 401 not in content
    assert "(5,000 characters, all in report.json)" in content


def test_the_command_to_repeat_asks_the_same_question() -> None:
    words = Page(rendered(sample.press_qa())).words
    asked = "mediacheck compare CLIP ORIGINAL --case CASE.toml --term Atlantia=Атлантия,Атлантии,Атлантию --out"
    assert asked in words.replace("'", "")


def test_a_hostile_term_cannot_leave_its_argument() -> None:
    comparison = sample.press_qa()
    term = replace(comparison.question.terms[0], term="x'; rm -rf ~; '", aliases=())
    asked = replace(comparison, question=replace(comparison.question, terms=(term,)))
    words = Page(rendered(asked)).words
    assert shlex.split(words[words.index("mediacheck compare CLIP") :])[7] == term.term


def test_the_case_stands_below_the_answer_as_the_editors_words() -> None:
    content = rendered(sample.press_qa()).decode()
    section = content.split('<section class="case-given">')[1].split("</section>")[0]
    words = Page(section.encode()).words
    assert content.index("<strong>Altered:</strong>") < content.index(section)
    assert content.index(section) < content.index("Where the clip comes from")
    assert "As given by the editor; not checked by mediacheck." in words
    for given in (
        "Claim The president threatens Atlantia during a press conference.",
        "Event Press questions after a meeting of the board of trustees",
        "Date 2025-10-23",
        "Place Санкт-Петербург",
        "Source https://example.org/press-qa-full",
        "The country was not mentioned at all. A spokeswoman",
    ):
        assert given in words
        assert Page(content.encode()).words.count(given) == 1


def test_a_date_after_a_name_from_right_to_left_keeps_its_order() -> None:
    content = rendered(sample.press_qa()).decode()
    assert '<figure class="statement" dir="auto">\n<p>یہ ویڈیو' in content
    assert '<bdi>سفارت خانہ، اسلام آباد</bdi> · <bdi dir="ltr">2025-10-25</bdi>' in content
    assert '<bdi dir="ltr">https://example.org/statement</bdi>' in content


def test_without_a_case_file_there_is_no_such_section() -> None:
    words = Page(rendered(sample.partial())).words
    assert "as the editor gives it" not in words
    assert "--case" not in words


def test_a_comparison_of_nothing_still_makes_a_page(
    comparison: Callable[..., Comparison],
) -> None:
    words = Page(html.render(comparison(), sample.run(), {})).words
    assert "Neither the picture nor the sound of the clip could be compared" in words
    assert "There are no findings." in words
