from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from mediacheck.errors import WrongUsage
from mediacheck.model import Comparison, Run, Span, Term, Transcripts
from mediacheck.report import json, pdf
from mediacheck.report.view import build as build_view

from . import sample

BUILDS = pytest.mark.parametrize("build", sample.ALL, ids=lambda build: build.__name__)
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler reads PDFs")
MARKUP = (
    "#panic() #let x = 1; $ a^2 $ \\ \\u{41} `raw` *bold* _it_ <label> @ref // no /* no */ "
    '= Head - list + enum / term: [b] {c} ~ --- ... https://evil.example/ #image("x") \'q\' "q"'
)
URDU = ("پریس کانفرنس میں صدر نے کہا کہ 12 مارچ کو بات ہوگی۔", "یہ ہمارا آخری پیغام ہے!")
HINDI = ("प्रधानमंत्री ने कहा कि क्षेत्र में शांति आवश्यक है।", "यह हमारा अंतिम संदेश है।")
CHINESE = ("我们警告巴基斯坦。", "这是我们最后的信息,谢谢大家。")


def rendered(comparison: Comparison, exhibits: dict[str, bytes] | None = None) -> bytes:
    hostile = comparison.question.claim == sample.HOSTILE
    run = sample.run(sample.HOSTILE, sample.HOSTILE) if hostile else sample.run()
    return pdf.render(comparison, run, exhibits or {})


def words(content: bytes, *options: str) -> str:
    """What poppler reads on the pages, as one line."""
    read = subprocess.run(
        ["pdftotext", *options, "-", "-"], input=content, capture_output=True, check=True
    )
    return " ".join(read.stdout.decode("utf-8").split())


def pages(content: bytes) -> list[str]:
    read = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    )
    return read.stdout.decode("utf-8").split("\f")[:-1]


def streams(content: bytes) -> list[bytes]:
    """What lies in the file, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    return [zlib.decompress(part) if part[:1] == b"\x78" else part for part in packed]


def still(colour: str = "teal", size: tuple[int, int] = (64, 36)) -> bytes:
    held = BytesIO()
    Image.new("RGB", size, colour).save(held, "JPEG")
    return held.getvalue()


def saying(language: str, lines: tuple[str, ...], times: int = 1) -> Comparison:
    """press_qa() in which both files speak these lines, the original also where no clip shows it."""
    said = tuple(
        sample.spoken(0.5 + 4.0 * number, 4.0 + 4.0 * number, line)
        for number, line in enumerate(lines * times)
    )
    heard = sample.transcript(language, said)
    base = sample.press_qa()
    return replace(
        base,
        transcripts=Transcripts(heard, heard),
        words=replace(base.words, terms=()),
        question=replace(base.question, claim=lines[0], terms=(Term(lines[0].split()[0]),)),
    )


@BUILDS
def test_the_answer_and_every_finding_are_on_the_page(build: Callable[[], Comparison]) -> None:
    shown = build_view(build(), sample.run())
    assert rendered(build()).startswith(b"%PDF-1.7")
    if build is sample.hostile or shutil.which("pdftotext") is None:
        return
    text = words(rendered(build()))
    for sentence in (*shown.headline, *(finding.summary for finding in shown.findings)):
        assert " ".join(sentence.split()) in text
    for finding in shown.findings:
        assert all(other in text for other in finding.explanations)


@needs_poppler
@BUILDS
def test_every_section_that_evidence_needs_is_there(build: Callable[[], Comparison]) -> None:
    text = words(rendered(build()))
    for heading in (
        "Evidence report: a clip compared with an original",
        "Where the clip comes from",
        "Findings",
        "What was not checked",
        "The items",
        "How it was checked",
        "All numbers",
        "Repeat and verify",
        "End of the report",
    ):
        assert heading in text


@needs_poppler
def test_no_copy_is_called_one_of_another_stretch() -> None:
    text = words(rendered(sample.self_checked()))
    assert "Each copy is a stretch of this original" in text
    assert "another stretch" not in text


@needs_poppler
def test_each_page_has_the_case_and_its_number() -> None:
    every = pages(rendered(sample.press_qa()))
    assert len(every) > 3
    for number, page in enumerate(every, 1):
        foot = page.rstrip().splitlines()[-1]
        assert "Case a1b2c3d4-9f8e7d6c" in foot
        assert foot.replace(" ", "").endswith(f"{number}/{len(every)}")


@BUILDS
def test_the_record_inside_is_the_record_itself(build: Callable[[], Comparison]) -> None:
    record = json.dumps(build())
    content = rendered(json.loads(record))
    assert record in streams(content)
    assert b"/AFRelationship" in b"".join([content, *streams(content)])


@needs_poppler
def test_the_page_names_the_record_and_every_exhibit_by_hash() -> None:
    made = {"overview-clip-1.000.jpg": still(), "overview-original-13.000.jpg": still("navy")}
    text = words(rendered(sample.press_qa(), made))
    for held in (json.dumps(sample.press_qa()), *made.values()):
        assert hashlib.sha256(held).hexdigest() in text
    assert "exhibits/overview-clip-1.000.jpg" in text


def test_the_same_bytes_in_another_process_place_and_time_zone(tmp_path: Path) -> None:
    script = (
        "import sys; from tests.report import sample; from mediacheck.report import pdf\n"
        "sys.stdout.buffer.write(pdf.render(sample.partial(), sample.run(), {}))"
    )
    root = Path(__file__).parents[2]
    other = {"TZ": "Asia/Karachi", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONPATH": str(root)}
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, cwd=tmp_path, env=os.environ | other
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert ended.stdout == pdf.render(sample.partial(), sample.run(), {})


@needs_poppler
def test_it_is_dated_by_its_inputs_and_kept_for_the_archive() -> None:
    content = rendered(sample.press_qa())
    told = subprocess.run(
        ["pdfinfo", "-isodates", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()
    assert "2026-11-20T06:18:22" in told
    assert re.search(r"Page size:.*A4", told)
    assert re.search(r"Tagged: +yes", told)
    inside = b"".join(streams(content))
    assert b"<pdfaid:part>3</pdfaid:part>" in inside
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in inside


@pytest.mark.parametrize("finished", ["", "yesterday", "2026-13-40T00:00:00Z"])
def test_a_date_changed_by_hand_is_refused(finished: str) -> None:
    with pytest.raises(WrongUsage, match=r"run\.json: finished"):
        pdf.render(sample.press_qa(), replace(sample.run(), finished=finished), {})


def test_a_page_is_set_within_two_seconds() -> None:
    base = sample.partial()
    minute = replace(base, series=sample.sound_series(60.0, ((Span(0.0, 60.0), 9.0),)))
    rendered(minute)
    begun = time.process_time()
    rendered(minute, {"overview-clip-1.000.jpg": still(size=(640, 360))})
    assert time.process_time() - begun < 2.0


@needs_poppler
def test_text_of_the_case_is_never_read_as_markup() -> None:
    base = sample.press_qa()
    term = replace(base.words.terms[0], term=MARKUP, spellings=(MARKUP,))
    heard = sample.transcript("en", (sample.spoken(0.6, 4.4, MARKUP),))
    attacked = replace(
        base,
        question=replace(base.question, claim=MARKUP, terms=(Term(MARKUP),)),
        clip=replace(base.clip, metadata={MARKUP: MARKUP}, container=MARKUP, condition=(MARKUP,)),
        transcripts=Transcripts(heard, base.transcripts.original),
        words=replace(base.words, terms=(term,)),
        findings=tuple(replace(row, summary=MARKUP) for row in base.findings),
    )
    plain = "".join(words(pdf.render(attacked, sample.run(MARKUP), {})).split())
    assert plain.count("".join(MARKUP.split())) >= 9


@needs_poppler
def test_hostile_text_is_shown_and_inert() -> None:
    content = rendered(sample.hostile())
    text = words(content, "-raw")
    assert '"><script>alert(1)</script>' in text.replace(" ", "")
    assert "⟨U+202E⟩" in text
    for character in "\u202e\x1b\x00\u2028":
        assert character not in text
    assert b"/URI" not in content + b"".join(streams(content))
    assert b"/JavaScript" not in content + b"".join(streams(content))


@needs_poppler
def test_the_case_stands_below_the_answer_as_the_editors_words() -> None:
    text = words(rendered(sample.press_qa()))
    section = text.split("The case as the editor gives it")[1].split("Where the clip comes from")[0]
    assert text.index("Altered:") < text.index("The case as the editor gives it")
    assert "As given by the editor; not checked by mediacheck." in section
    for given in (
        "The president threatens Atlantia during a press conference.",
        "Press questions after a meeting of the board of trustees",
        "Санкт-Петербург",
        "https://example.org/press-qa-full",
        "2025-10-25",
        "The country was not mentioned at all. A spokeswoman",
    ):
        assert given in section
    assert "as the editor gives it" not in words(rendered(sample.partial()))


@needs_poppler
def test_giant_words_stay_on_the_page() -> None:
    base = sample.press_qa()
    giant = "A" * 3000
    attacked = replace(base, question=replace(base.question, claim=giant))
    text = words(rendered(attacked))
    assert text.count("A") >= len(giant)
    widest = max(len(word) for word in text.split() if set(word) == {"A"})
    assert widest < 200


def test_chinese_is_written_out_and_the_page_says_so() -> None:
    content = rendered(saying("zh", CHINESE))
    if shutil.which("pdftotext"):
        text = words(content)
        assert "⟨U+6211⟩" in text
        assert "Characters that this PDF cannot draw." in text
        assert "我" not in text


@pytest.mark.parametrize(
    ("language", "lines", "font"),
    [("ur", URDU, b"NotoSansArabic"), ("hi", HINDI, b"NotoSans"), ("ru", sample.RUSSIAN, b"Noto")],
)
def test_our_scripts_are_set_and_not_written_out(
    language: str, lines: tuple[str, ...], font: bytes
) -> None:
    content = rendered(saying(language, lines))
    assert font in content + b"".join(streams(content))
    if shutil.which("pdftotext"):
        text = words(content)
        assert "⟨U+" not in text
        assert "cannot draw" not in text
        if language != "ur":  # Arabic script is taken out of PDFs wrongly by every reader
            assert lines[0] in text


@needs_poppler
def test_thousands_of_lines_are_shown_up_to_a_limit_and_counted() -> None:
    base = saying("en", ("This is line of speech.",), times=2600)
    line = replace(base.timeline.picture[0], clip=Span(0.0, 10000.0), original=Span(0.0, 10000.0))
    whole = replace(
        base,
        clip=replace(base.clip, duration_s=10400.0),
        original=replace(base.original, duration_s=10400.0),
        timeline=replace(base.timeline, picture=(line,)),
    )
    text = words(rendered(whole))
    assert f"{2600 - pdf.ROWS_AT_MOST} more in report.json." in text
    clipped = words(rendered(saying("en", ("This is line of speech.",), times=600)))
    assert re.search(r"\d+ more in report\.json\.", clipped)


@needs_poppler
def test_a_still_that_is_no_picture_is_said_to_be_missing() -> None:
    base = sample.press_qa()
    names = ("f1-clip-4.000.jpg", "f1-original-16.000.jpg", "f1-clip-0.000-8.000.mp3")
    findings = (replace(base.findings[0], exhibits=names), *base.findings[1:])
    made = {names[0]: b"\xff\xd8 no picture", names[1]: still(), names[2]: b"sound"}
    text = words(rendered(replace(base, findings=findings), made))
    assert text.count("This still could not be made.") == 1
    assert "Sound: Clip 0:00.0-0:08.0" in text
    assert "piece of sound could not be made" not in text
    assert hashlib.sha256(b"sound").hexdigest() in text


@needs_poppler
def test_drawn_exhibits_are_on_paper_too_and_each_listed_with_its_hash() -> None:
    base = sample.press_qa()
    names = (
        "f1-clip-2.000-6.000-marked-3.000-5.000.png",
        "f1-cut-4.000-4.000-16.000-18.000.png",
        "f1-insert-4.000-5.000.png",
    )
    findings = (replace(base.findings[0], exhibits=names), *base.findings[1:])
    held = BytesIO()
    Image.new("P", (64, 36)).save(held, "PNG")
    made = {names[0]: held.getvalue(), names[1]: held.getvalue() + b" ", names[2]: b"no picture"}
    text = words(rendered(replace(base, findings=findings), made))
    assert "Spectrogram: Clip 0:02.0-0:06.0" in text
    assert "Frames: around the joint, clip 0:04.0" in text
    assert text.count("This picture could not be made.") == 1
    for name in names[:2]:
        assert hashlib.sha256(made[name]).hexdigest() in text


def test_equal_stills_are_stored_once() -> None:
    names = [f"f{number}-clip-4.000.jpg" for number in range(1, 4)]
    base = sample.press_qa()
    findings = tuple(
        replace(row, exhibits=(name,)) for row, name in zip(base.findings, names, strict=True)
    )
    content = rendered(replace(base, findings=findings), dict.fromkeys(names, still()))
    assert content.count(b"/Subtype/Image") == 1


def test_every_look_of_a_figure_is_drawn_on_paper_too() -> None:
    shapes = [
        shape
        for build in sample.ALL
        for drawing in (build_view(build(), sample.run()).timelines)
        + build_view(build(), sample.run()).tracks
        for shape in drawing.shapes
    ]
    source = (pdf.TEMPLATES / "figures.typ").read_text(encoding="utf-8")
    drawn = set(re.findall(r'^  "([a-z_-]+)":', source, re.MULTILINE))
    assert {shape.look for shape in shapes} <= drawn
    style = (pdf.TEMPLATES / "report.css").read_text(encoding="utf-8")
    styled = set(re.findall(r"\.((?:picture|sound)-[a-z_]+)", style))
    assert styled <= drawn


def test_outlines_are_read_as_svg_means_them() -> None:
    (closed,) = pdf._lines("M1 2H5L3 4.5h-1v2Z")
    assert closed == {
        "points": [(1, 2), (5, 2), (3, 4.5), (2, 4.5), (2, 6.5)],
        "closed": True,
    }
    assert [line["closed"] for line in pdf._lines("M0 0L1 1M2 2V3")] == [False, False]
    assert list(pdf._lines("")) == []
    with pytest.raises(ValueError, match="no move that a figure makes"):
        list(pdf._lines("M0 0L1"))


def test_both_formats_say_the_same_in_their_own_sentences() -> None:
    page = (pdf.TEMPLATES / "report.html").read_text(encoding="utf-8")
    paper = (pdf.TEMPLATES / "report.typ").read_text(encoding="utf-8")
    told = " ".join(paper.replace('\\"', '"').split())
    blocks = re.findall(r"<(p|h2|h3|pre)\b[^>]*>(.*?)</\1>", page, re.DOTALL)
    sentences = [
        " ".join(part.split())
        for _, block in blocks
        for part in re.split(r"\{[{%].*?[%}]\}|<[^>]*>", block)
    ]
    missing = [part for part in sentences if len(part) > 8 and part not in told]
    assert missing == []


def test_nothing_is_fetched() -> None:
    for source in pdf.TEMPLATES.glob("*.typ"):
        text = source.read_text(encoding="utf-8")
        assert "@preview" not in text
        assert "http" not in text
        assert "eval(" not in text
        assert set(re.findall(r'(?:json|read|image)\("([^"]*)"', text)) <= {
            *("page.json", "report.json", "stills.json"),
        }


def test_a_comparison_of_nothing_still_makes_a_page(
    comparison: Callable[..., Comparison],
) -> None:
    run: Run = sample.run()
    content = pdf.render(comparison(), run, {})
    if shutil.which("pdftotext"):
        text = words(content)
        assert "Neither the picture nor the sound of the clip could be compared" in text
        assert "There are no findings." in text
