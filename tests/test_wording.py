from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from mediacheck.model import (
    Answer,
    Box,
    Comparison,
    Confirmation,
    Dispute,
    Finding,
    Kind,
    PictureSegment,
    PictureState,
    Severity,
    SoundSegment,
    SoundState,
    Span,
    SpeechSegment,
    Stream,
    TermSearch,
    Timeline,
    Transcripts,
    Unanswered,
    WordChange,
    Words,
)
from mediacheck.wording import (
    ANSWER_MEANINGS,
    ANSWERS,
    CHECKS,
    KINDS,
    METHODS,
    PICTURE_STATES,
    SEVERITIES,
    SOUND_STATES,
    answer_meaning,
    answer_name,
    at,
    between,
    confirmation,
    explanations,
    headline,
    kind_names,
    language_name,
    picture_states,
    shown,
    sound_states,
    summary,
    visible,
)
from mediacheck.wording.headlines import CLAUSES

from .report import sample

FORBIDDEN = re.compile(r"\b(authentic|genuine|real|fake|forg\w+)\b", re.IGNORECASE)
NOTHING = Words(False), Transcripts(), Timeline()


def said_again(comparison: Comparison, **changes: object) -> str:
    return headline(
        **{
            "answer": comparison.verdict.answer,
            "findings": comparison.findings,
            "timeline": comparison.timeline,
            "clip": comparison.clip,
            "original": comparison.original,
            "transcripts": comparison.transcripts,
            "words": comparison.words,
            "unanswered": comparison.verdict.unanswered,
            **changes,
        }  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "0:00.0"),
        (4.04, "0:04.0"),
        (59.96, "1:00.0"),
        (-0.04, "0:00.0"),
        (-1.5, "-0:01.5"),
        (754.26, "12:34.3"),
        (3599.97, "1:00:00.0"),
        (14337.0, "3:58:57.0"),
    ],
)
def test_times_are_minutes_and_tenths_and_hours_only_when_needed(
    seconds: float, written: str
) -> None:
    assert at(seconds) == written


def test_a_joint_is_written_as_one_moment() -> None:
    assert between(Span(8.0, 8.0)) == "0:08.0"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain text", "plain text"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("\x1b[31m", "⟨U+001B⟩[31m"),
        ("one\ntwo\r", "one⟨U+000A⟩two⟨U+000D⟩"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ("isolate\u2066", "isolate⟨U+2066⟩"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("half\ud800", "half⟨U+D800⟩"),
        ("private\ue000", "private⟨U+E000⟩"),
        ("line\u2028", "line⟨U+2028⟩"),
    ],
)
def test_what_acts_or_hides_is_written_out(text: str, written: str) -> None:
    assert visible(text) == written
    assert visible(written) == written


@pytest.mark.parametrize("text", ["क्षत्रिय", "می‌خواهم", "Ünïcödé", "你好", "Tiếng Việt", "👩‍👩‍👧"])
def test_ordinary_writing_is_left_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_a_tower_of_marks_is_cut_short() -> None:
    assert visible("Z" + "\u0301" * 40).count("\u0301") == 4


@pytest.mark.parametrize(
    ("code", "name"), [("ru", "Russian"), ("yue", "Cantonese"), ("xx\x1b", "xx⟨U+001B⟩")]
)
def test_languages_go_by_their_english_names(code: str, name: str) -> None:
    assert language_name(code) == name


def test_everything_that_can_be_named_has_a_name() -> None:
    assert set(KINDS) == set(Kind)
    assert set(ANSWERS) == set(ANSWER_MEANINGS) == set(Answer)
    assert set(SEVERITIES) == set(Severity)
    assert set(PICTURE_STATES) == set(PictureState)
    assert set(SOUND_STATES) == set(SoundState)
    # Questions that no check asks yet have a name for the list of what was not checked, and no method.
    assert set(CHECKS) - set(METHODS) == {"region", "caption", "range"}
    assert set(METHODS) <= set(CHECKS)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_other_explanations(kind: Kind) -> None:
    assert explanations(kind)
    assert all(cause.endswith(".") for cause in explanations(kind))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("value", [None, -0.5, 1.1])
@pytest.mark.parametrize("clip", [None, Span(4.0, 4.0), Span(4.0, 8.0)])
@pytest.mark.parametrize("box", [None, Box(0.4, 0.4, 0.2, 0.2)])
def test_every_kind_is_told_in_one_sentence(
    kind: Kind, value: float | None, clip: Span | None, box: Box | None
) -> None:
    finding = Finding(
        kind, Stream.SOUND, Severity.NOTE, clip, Span(10.0, 12.0), (), value=value, box=box
    )
    told = summary(finding, *NOTHING)
    assert told[0].isupper() or told[0].isdigit()
    assert told.endswith(".")
    assert ". " not in told
    assert "None" not in told
    assert not FORBIDDEN.search(told)


def test_a_replaced_sound_names_both_files_and_the_place_that_the_picture_shows() -> None:
    comparison = sample.press_qa()
    assert comparison.findings[0].summary == (
        "Sound of the clip from 0:00.0 to 0:20.0 is not the original's sound at 0:12.0-0:32.0, "
        "the place that the picture shows."
    )


def test_a_replaced_sound_that_comes_from_elsewhere_says_from_where() -> None:
    comparison = sample.press_qa()
    moved = SoundSegment(Span(0.0, 20.0), Span(90.0, 110.0), SoundState.REPLACED)
    timeline = replace(comparison.timeline, sound=(moved,))
    told = summary(comparison.findings[0], comparison.words, comparison.transcripts, timeline)
    assert told.endswith("; it is the original's sound from another place, 1:30.0-1:50.0.")


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Kind.DESYNC, 0.42, "comes 0.42 s late for its picture"),
        (Kind.DESYNC, -0.42, "comes 0.42 s early for its picture"),
        (Kind.PITCH, 2.0, "is 2.0 semitones higher than"),
        (Kind.PITCH, -2.0, "is 2.0 semitones lower than"),
        (Kind.SPEED, 1.1, "10.0 % faster (factor 1.1)"),
        (Kind.SPEED, 0.9, "10.0 % slower (factor 0.9)"),
        (Kind.ROTATED, 1.5, "rotated by 1.5 degrees"),
    ],
)
def test_a_signed_value_is_told_in_words(kind: Kind, value: float, words: str) -> None:
    finding = Finding(
        kind, Stream.SOUND, Severity.ALTERATION, Span(0.0, 4.0), Span(8.0, 12.0), (), value=value
    )
    assert words in summary(finding, *NOTHING)


def test_a_cut_tells_what_is_missing_and_where() -> None:
    assert sample.partial().findings[3].summary == (
        "33.5 s of the original (1:42:18.4-1:42:51.9) are missing in the clip at 0:18.0;"
        " heard there: “There was no mention of new taxes at all.”."
    )


def test_a_cut_quotes_no_more_than_was_reliably_heard_in_it() -> None:
    cut = Finding(Kind.CUT, Stream.PICTURE, Severity.ALTERATION, Span(4, 4), Span(10, 20), ())

    def said(*segments: SpeechSegment) -> str:
        heard = Transcripts(None, sample.transcript("en", segments))
        return summary(cut, Words(False), heard, Timeline())

    part = sample.spoken(6.0, 14.0, "We will not pay")
    assert said(part).endswith("at 0:04.0; heard there: “not pay”.")
    assert said(replace(part, reliable=False)).endswith("at 0:04.0.")
    assert said(sample.spoken(20.0, 24.0, "Good evening")).endswith("at 0:04.0.")
    assert said().endswith("at 0:04.0.")


def test_an_insert_under_which_the_sound_runs_on_is_called_a_cutaway() -> None:
    finding = Finding(Kind.INSERT, Stream.PICTURE, Severity.ALTERATION, Span(4.0, 8.0), None, ())
    same = SoundSegment(Span(0.0, 20.0), Span(50.0, 70.0), SoundState.SAME)
    foreign = SoundSegment(Span(0.0, 20.0), None, SoundState.FOREIGN)
    words, transcripts, _ = NOTHING
    assert "as in a cutaway" in summary(finding, words, transcripts, Timeline((), (same,)))
    assert "cutaway" not in summary(finding, words, transcripts, Timeline((), (foreign,)))


def test_a_quote_that_goes_on_outside_the_part_has_its_own_times() -> None:
    finding = Finding(
        Kind.WORDS_DIFFER, Stream.WORDS, Severity.ALTERATION, Span(4.0, 8.0), Span(14.0, 18.0), ()
    )
    longer = WordChange("replaced", Span(5.0, 9.5), Span(15.0, 19.5), "never", "always")
    said = summary(finding, Words(True, (longer,), 0.9), Transcripts(), Timeline())
    assert (
        "“never” in the clip at 0:05.0-0:09.5, “always” in the original at 0:15.0-0:19.5." in said
    )


def test_one_change_of_words_is_quoted_and_more_are_counted() -> None:
    finding = Finding(
        Kind.WORDS_DIFFER, Stream.WORDS, Severity.NOTE, Span(4.0, 8.0), Span(14.0, 18.0), ()
    )
    change = WordChange("replaced", Span(5.0, 6.0), Span(15.0, 16.0), "never", "always\u202e")
    elsewhere = replace(change, clip=Span(30.0, 31.0))
    _, transcripts, timeline = NOTHING
    one = summary(finding, Words(True, (change, elsewhere), 0.9), transcripts, timeline)
    assert one.endswith(": “never” in the clip, “always⟨U+202E⟩” in the original.")
    two = summary(finding, Words(True, (change, change), 0.9), transcripts, timeline)
    assert two.endswith(": 2 replaced.")


def test_the_picture_is_followed_through_a_change_of_speed() -> None:
    fast = PictureSegment(Span(10.0, 20.0), Span(100.0, 111.0), PictureState.MATCHED, 1.1)
    assert shown(Timeline((fast,)), Span(0.0, 15.0)) == (Span(100.0, 105.5),)
    assert shown(Timeline((fast,)), Span(0.0, 10.0)) == ()


def test_the_press_conference_is_told_as_an_editor_needs_it() -> None:
    assert sample.press_qa().verdict.headline == (
        "Altered: the sound of the clip from 0:00.0 to 0:20.0 is not the original's sound; the "
        "picture is the original's from 0:12.0 to 0:32.0. "
        "Not checked: how the frame was changed (the face model is not installed: pip install "
        "mediacheck[weights]). "
        "The languages differ: English is heard in the clip, Russian in the original. "
        "“Atlantia” (also searched as Атлантия, Атлантии and Атлантию) is heard in the clip at "
        "0:03.9 and 0:11.0 and in none of the 224.0 s of the original's sound (3.5 s "
        "of it could not be heard reliably)."
    )


def test_what_is_not_in_the_original_stands_in_the_first_sentence() -> None:
    """Footage put before or behind it must not pass for the original's in the sentence that people quote."""
    base = sample.no_alteration()
    (whole,) = base.timeline.picture[:1]
    card = PictureSegment(Span(0.0, 5.0), None, PictureState.FOREIGN)
    matched = replace(whole, clip=Span(5.0, 20.0), original=Span(20.0, 35.0))
    timeline = Timeline((card, matched), ())
    for answer in (Answer.NO_ALTERATION_FOUND, Answer.ALTERED):
        first = said_again(base, answer=answer, timeline=timeline).split(". ")[0]
        assert "what the clip shows from 0:00.0 to 0:05.0 is not in this original" in first
    inserted = Finding(Kind.INSERT, Stream.PICTURE, Severity.ALTERATION, Span(0.0, 5.0), None, ())
    said = said_again(base, answer=Answer.ALTERED, findings=(inserted,), timeline=timeline)
    assert "what the clip shows" not in said  # said once


@pytest.mark.parametrize(
    ("under", "is_cutaway"),
    [(SoundState.SAME, True), (SoundState.FOREIGN, False), (SoundState.UNDETERMINED, False)],
)
def test_foreign_footage_is_a_cutaway_only_where_the_originals_sound_is_all_there_is(
    under: SoundState, is_cutaway: bool
) -> None:
    parts = (
        SoundSegment(Span(0.0, 6.3), Span(0.0, 6.3), SoundState.SAME),
        SoundSegment(
            Span(6.3, 9.0), None if under is not SoundState.SAME else Span(6.3, 9.0), under
        ),
        SoundSegment(Span(9.0, 15.0), Span(9.0, 15.0), SoundState.SAME),
    )
    inserted = Finding(Kind.INSERT, Stream.PICTURE, Severity.ALTERATION, Span(6.0, 9.6), None, ())
    said = summary(inserted, Words(False), Transcripts(), Timeline((), parts))
    assert ("as in a cutaway" in said) is is_cutaway
    is_foreign = under is SoundState.FOREIGN
    assert ("; the sound under it is not in the original either" in said) is is_foreign


def test_no_alteration_says_in_what_and_then_what_was_not_checked() -> None:
    assert sample.no_alteration().verdict.headline == (
        "No alteration found in what was checked: picture and sound are the original's from "
        "0:20.0 to 1:01.6. Not checked: what is said and the terms asked for (transcripts were "
        "turned off). Changed in presentation only: mirrored."
    )


def test_a_picture_from_nowhere_under_the_originals_sound_is_said_first() -> None:
    told = sample.inconclusive().verdict.headline
    assert told.startswith("Inconclusive: the picture of the clip is nowhere in this original")
    assert "but the sound is the original's from 3:20.0 to 3:44.0." in told
    assert "What would help: the footage that the picture comes from" in told


def test_files_without_a_track_in_common_are_told_so() -> None:
    told = said_again(
        sample.inconclusive(),
        clip=sample.media("1", 9.0, sound=False),
        original=sample.media("2", 9.0, picture=False),
    )
    assert told.startswith("Inconclusive: the files have no kind of track in common")


def test_not_in_the_original_is_no_word_against_the_clip() -> None:
    told = said_again(sample.not_in_original())
    assert told.startswith("Not in this original: nothing of the clip's picture or sound")
    assert "was found in the 3:00.0 of the original." in told
    assert "This does not say that it was altered" in told


SEARCHED = Span(10.0, 170.0)
ELSEWHERE = re.compile(
    r"nowhere in (this|the) original|not in (this|the) original|found nowhere in it"
)


def test_not_in_a_part_of_the_original_is_said_of_that_part() -> None:
    told = said_again(sample.not_in_original(), searched=SEARCHED)
    assert told.startswith("Not in the searched part of this original: nothing of the clip's pict")
    assert "was found in 0:10.0-2:50.0 of it." in told
    assert answer_name(Answer.NOT_IN_ORIGINAL, SEARCHED) == told.partition(":")[0]
    assert "searched part" in answer_meaning(Answer.NOT_IN_ORIGINAL, SEARCHED)


def test_inconclusive_names_the_part_and_asks_for_the_rest() -> None:
    told = said_again(sample.inconclusive(), searched=SEARCHED)
    assert "the picture of the clip is nowhere in 0:10.0-2:50.0 of this original" in told
    assert "What would help: a search in the rest of the original" in told


@pytest.mark.parametrize("build", sample.ALL, ids=lambda build: build.__name__)
def test_no_sentence_speaks_of_what_was_not_searched(build: Callable[[], Comparison]) -> None:
    comparison = build()
    every = [
        Finding(kind, Stream.PICTURE, Severity.ALTERATION, Span(4.0, 8.0), None, ())
        for kind in Kind
    ]
    said = [said_again(comparison, searched=SEARCHED)]
    said += [said_again(comparison, searched=SEARCHED, findings=(each,)) for each in every]
    said += [
        summary(each, comparison.words, comparison.transcripts, comparison.timeline, SEARCHED)
        for each in every
    ]
    said += picture_states(SEARCHED).values()
    said += sound_states(SEARCHED).values()
    said += kind_names(SEARCHED).values()
    assert not [text for text in said if ELSEWHERE.search(text)]


def test_what_was_not_found_may_stand_where_nobody_looked() -> None:
    for kind in (Kind.INSERT, Kind.UNCOVERED, Kind.TERM_ONLY_IN_CLIP):
        first, *rest = explanations(kind, SEARCHED)
        assert "not searched" in first
        assert tuple(rest) == explanations(kind)
    assert explanations(Kind.CUT, SEARCHED) == explanations(Kind.CUT)


def test_a_term_in_no_second_of_a_part_is_told_with_the_part() -> None:
    told = said_again(sample.press_qa(), searched=SEARCHED)
    assert "none of the 224.0 s of the original's sound within 0:10.0-2:50.0 (3.5 s of it" in told


def test_the_same_file_twice_is_no_alteration() -> None:
    same = Finding(Kind.SAME_FILE, Stream.CONTAINER, Severity.NOTE, None, None, ())
    told = said_again(sample.no_alteration(), findings=(same,), unanswered=())
    assert told == "No alteration found: the two files are the same, byte for byte."


@pytest.mark.parametrize("build", sample.ALL, ids=lambda build: build.__name__)
def test_the_answer_opens_and_what_was_not_checked_comes_second(
    build: Callable[[], Comparison],
) -> None:
    comparison = build()
    first, *rest = said_again(
        comparison, unanswered=(Unanswered("sync", "no sound"), Unanswered("pitch", "no sound."))
    ).split(". ")
    assert first.startswith(ANSWERS[comparison.verdict.answer])
    assert rest[0] == (
        "Not checked: sound in step with the picture and pitch and speed of the sound (no sound)"
    )


@pytest.mark.parametrize("build", sample.ALL, ids=lambda build: build.__name__)
def test_no_sentence_promises_or_condemns(build: Callable[[], Comparison]) -> None:
    comparison = build()
    said = [comparison.verdict.headline, *METHODS.values(), *ANSWER_MEANINGS.values()]
    said += [cause for finding in comparison.findings for cause in finding.explanations]
    assert not [text for text in said if FORBIDDEN.search(text)]


@pytest.mark.parametrize("kind", sorted(CLAUSES))
def test_each_alteration_stands_in_the_headline_with_its_times(kind: Kind) -> None:
    finding = Finding(kind, Stream.PICTURE, Severity.ALTERATION, Span(4.0, 8.0), None, ())
    told = said_again(sample.press_qa(), findings=(finding,))
    assert "from 0:04.0 to 0:08.0" in told.partition(". ")[0]


def test_many_places_are_counted_and_many_kinds_named() -> None:
    rows = tuple(
        Finding(kind, Stream.PICTURE, Severity.ALTERATION, Span(start, start + 1.0), None, ())
        for kind in (Kind.REPLACED, Kind.INSERT, Kind.REPEAT, Kind.FACE, Kind.FREEZE)
        for start in (0.0, 2.0, 4.0, 6.0)
    )
    told = said_again(sample.press_qa(), findings=rows)
    assert "in 4 places from 0:00.0 to 0:07.0" in told
    assert "also: face changed and still picture" in told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"clip": ()}, "is heard neither in the clip nor in the 224.0 s"),
        ({"original": (Span(50.0, 51.0),)}, "heard in the clip at 0:03.9 and 0:11.0 and heard in "),
        ({"clip": (), "original": (Span(50.0, 51.0),)}, "not heard in the clip but is heard in "),
        ({"original": None, "reason": "too long"}, "the original was not searched (too long)"),
        ({"clip": None, "reason": "no weights"}, "was not searched in the clip (no weights)"),
        ({"original_searched_s": 0.0}, "not in the original, which holds no speech"),
    ],
)
def test_a_term_is_told_with_what_was_searched(changes: dict[str, object], words: str) -> None:
    comparison = sample.press_qa()
    term: TermSearch = replace(comparison.words.terms[0], **changes)
    assert words in said_again(comparison, words=Words(False, terms=(term,)))


def test_a_term_heard_in_the_originals_own_sound_was_misheard_in_one_of_the_two() -> None:
    comparison = sample.press_qa()
    term = replace(comparison.words.terms[0], clip=(Span(5.0, 5.5), Span(7.0, 7.5)), original=())
    words = Words(False, terms=(term,))

    def told(*parts: SoundSegment) -> list[str]:
        there = Timeline(sound=parts)
        finding = Finding(
            Kind.TERM_ONLY_IN_CLIP, Stream.WORDS, Severity.NOTE, Span(5.0, 7.5), None, ()
        )
        found = summary(finding, words, comparison.transcripts, there)
        return [found, said_again(comparison, words=words, timeline=there)]

    same = SoundSegment(Span(0.0, 6.0), Span(30.0, 36.0), SoundState.SAME)
    rest = replace(same, clip=Span(6.0, 12.0))
    misheard = "the clip's sound there was found to be the original's own"
    assert all(misheard in text for text in told(same, rest))
    assert not any(misheard in text for text in told(same, replace(rest, state=SoundState.MIXED)))
    assert not any(misheard in text for text in told(same))
    term = replace(term, clip=(Span(7.0, 7.0),))
    words = Words(False, terms=(term,))
    assert not any(misheard in text for text in told(same, replace(rest, state=SoundState.MIXED)))


def test_why_a_term_was_not_searched_is_said_once() -> None:
    """With the term; what could not be checked besides is still told, also of terms that are not named."""
    comparison = sample.press_qa()
    term = replace(comparison.words.terms[0], clip=None, reason="no spelling")
    told = said_again(
        comparison,
        words=Words(False, terms=(term,)),
        unanswered=(Unanswered("terms", "no spelling"), Unanswered("terms", "too many")),
    )
    assert told.count("no spelling") == 1
    assert "the terms asked for (too many)" in told


def finding_on(comparison: Comparison, term: TermSearch) -> str:
    words = replace(comparison.words, terms=(term,))
    return summary(
        comparison.findings[1], words, comparison.transcripts, comparison.timeline
    ).removesuffix(".")


def test_a_second_decoder_of_the_same_weights_confirms_nothing() -> None:
    comparison = sample.press_qa()
    assert "which is no independent confirmation" in comparison.findings[1].summary
    term = comparison.words.terms[0]
    other = replace(term, confirmed_by=(replace(term.confirmed_by[0], independent=True),))
    told = finding_on(comparison, other)
    assert told.endswith("; read again by openai-whisper 20250625 with other weights: heard too")
    in_one = replace(other.confirmed_by[0], clip=(Span(11.0, 11.6),))
    told = finding_on(comparison, replace(other, confirmed_by=(in_one,)))
    assert told.endswith(" with other weights: heard too in 1 of 2 places")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "with other weights, which does not hear it there, but “at lantern”"),
        ({"clip_text": ""}, "with other weights, which does not hear it there"),
        ({"independent": False}, "with the same weights, which does not hear it there, but “at"),
        ({"original": None}, "with other weights, which could not search for it in both files"),
        ({"original": (Span(50.0, 51.0),)}, "by which it is heard in the original at 0:50.0"),
    ],
)
def test_a_reading_that_does_not_agree_is_told(changes: dict[str, object], told: str) -> None:
    comparison = sample.press_qa()
    dispute = replace(Dispute("second", "d1" * 32, True, (), (), "at lantern", ""), **changes)  # type: ignore[arg-type]
    term = replace(comparison.words.terms[0], confirmed_by=(), disputed_by=(dispute,))
    assert confirmation(term).startswith("not confirmed: read again by second with ")
    assert told in confirmation(term)
    # Beside the sentence on what the first reading heard, or a reader takes that for the last word.
    assert told in said_again(comparison, words=Words(False, terms=(term,)))


def test_why_nobody_read_again_is_told() -> None:
    comparison = sample.press_qa()
    term = replace(comparison.words.terms[0], confirmed_by=(), unconfirmed="torch is missing")
    assert finding_on(comparison, term).endswith(
        "read by one speech model alone (torch is missing)"
    )
    alone = replace(term, unconfirmed=None)
    assert finding_on(comparison, alone).endswith("read by one speech model alone")


def test_changed_words_are_told_with_what_a_second_reading_says() -> None:
    comparison = sample.partial()
    finding = next(f for f in comparison.findings if f.kind is Kind.WORDS_DIFFER)
    assert "read again" not in finding.summary

    def told(*changes: WordChange, unconfirmed: str | None = None) -> str:
        words = replace(comparison.words, changes=changes, unconfirmed=unconfirmed)
        return summary(finding, words, comparison.transcripts, comparison.timeline)

    first, *_ = comparison.words.changes or ()
    agreed = replace(first, confirmed_by=(Confirmation("second", "d1" * 32, True),))
    assert told(agreed).endswith("; read again by second with other weights: differs too.")
    dispute = Dispute("second", "d1" * 32, True, (), (), "will repay", "will repay")
    differs = replace(first, disputed_by=(dispute,))
    assert "not confirmed: read again by second with other weights, which hears “will" in told(
        differs
    )
    assert told(agreed, differs).endswith(
        "2 replaced; read again by second with other weights: 1 of 2 differ too."
    )
    assert told(first, unconfirmed="no weights").endswith("; not read again (no weights).")
    assert told(differs, differs).endswith(
        "2 replaced; not confirmed: read again by second with other weights: none of 2 differ too."
    )


def test_words_that_a_second_reading_disputes_are_no_fact_in_the_headline() -> None:
    comparison = sample.partial()
    first, *_ = comparison.words.changes or ()
    dispute = Dispute("second", "d1" * 32, True, (), (), "will repay", "will repay")
    disputed = replace(first, disputed_by=(dispute,))

    def told(*changes: WordChange) -> str:
        return said_again(comparison, words=replace(comparison.words, changes=changes))

    assert "What is said differs in 1 place; not confirmed: read again by second" in told(disputed)
    assert (
        "What is said differs in 2 places; not confirmed: read again by second with other "
        "weights: none of 2 differ too." in told(disputed, disputed)
    )
    assert "What is said differs in 1 place." in told(first)


def test_a_headline_is_inert_on_a_terminal() -> None:
    told = sample.hostile().verdict.headline
    assert told.isprintable()
    assert "\u202e" not in told
