from __future__ import annotations

import pytest

from mediacheck.model import (
    Finding,
    SoundSegment,
    SoundState,
    Span,
    SpeechSegment,
    TermSearch,
    Transcript,
    Transcripts,
    WordChange,
    Words,
)

from .making import heard, judged, numbers, record, shown, told

COPY = [shown((0, 20), (30, 50))]
SIMILARITY = numbers("words", ("similarity", 0.5))
SAME = heard((0, 20), (30, 50))
DUB = (
    heard((0, 6), (30, 36)),
    heard((6, 12), None, SoundState.REPLACED),
    heard((12, 20), (42, 50)),
)


def change(clip: Span | None, original: Span | None, text: str = "no") -> WordChange:
    if clip is None:
        return WordChange("removed", None, original, "", text)
    if original is None:
        return WordChange("added", clip, None, text, "")
    return WordChange("replaced", clip, original, text, "yes")


def words(
    sound: tuple[SoundSegment, ...], *changes: WordChange, similarity: float = 0.5
) -> list[Finding]:
    compared = Words(comparable=True, changes=changes, similarity=similarity)
    return judged("words", record(COPY, sound, [SIMILARITY], words=compared))


@pytest.mark.parametrize(
    "difference",
    [
        change(Span(8, 9), Span(38, 39)),
        change(Span(8, 9), None),
        change(None, Span(38, 39)),  # left out where the picture shows it
    ],
)
def test_words_that_differ_where_the_sound_is_replaced_are_an_alteration(
    difference: WordChange,
) -> None:
    (found,) = words(DUB, difference)
    assert told([found]) == [("words_differ", "alteration")]
    assert found.clip == Span(6, 12)
    assert found.original == Span(36, 42)  # what the picture shows there
    assert found.because == ("words.m1",)


def test_words_that_differ_under_the_originals_sound_are_a_note_of_the_recognisers() -> None:
    long = change(Span(2, 4), Span(32, 34), "many words that differ")
    assert told(words((SAME,), long)) == [("words_differ", "note")]
    assert words((SAME,), long, similarity=0.95) == []
    assert words((SAME,), change(Span(2, 3), Span(32, 33))) == []  # too few to mean anything


def test_no_change_and_no_comparison_say_nothing() -> None:
    assert words(DUB) == []
    assert judged("words", record(COPY, DUB, [SIMILARITY], words=Words(comparable=False))) == []


def transcript(language: str, probability: float = 0.9, seconds: float = 10.0) -> Transcript:
    segment = SpeechSegment(0.0, seconds, "text", (), 0.1, -0.2, 1.2, reliable=True)
    return Transcript(language, probability, "engine", "base", "f" * 64, None, (segment,))


@pytest.mark.parametrize(
    ("clip", "original", "findings"),
    [
        (transcript("en"), transcript("de"), [("language_differs", "note")]),
        (transcript("en"), transcript("en"), []),
        (transcript("hi"), transcript("ur"), []),
        (transcript("en", probability=0.4), transcript("de"), []),
        (transcript("en"), transcript("de", seconds=1.0), []),
    ],
)
def test_another_language_is_noted_where_both_are_sure(
    clip: Transcript, original: Transcript, findings: list[tuple[str, str]]
) -> None:
    made = record(COPY, (SAME,), [SIMILARITY], transcripts=Transcripts(clip, original))
    assert told(judged("words", made)) == findings


def term(clip: tuple[Span, ...] | None, original: tuple[Span, ...] | None) -> TermSearch:
    return TermSearch("war", ("war",), clip, original, original_searched_s=60.0)


def terms(sound: tuple[SoundSegment, ...], *searched: TermSearch) -> list[Finding]:
    found = Words(comparable=False, terms=searched)
    return judged("terms", record(COPY, sound, [numbers("terms")], words=found))


@pytest.mark.parametrize("state", [SoundState.REPLACED, SoundState.MIXED])
def test_a_term_heard_only_in_changed_sound_is_an_alteration(state: SoundState) -> None:
    sound = (heard((0, 6), (30, 36)), heard((6, 20), None, state))
    (found,) = terms(sound, term((Span(2, 2.5), Span(8, 8.5), Span(9, 9.5)), ()))
    assert told([found]) == [("term_only_in_clip", "alteration")]
    assert found.clip == Span(8, 9.5)


def test_a_term_heard_only_in_unchanged_sound_is_a_note() -> None:
    (found,) = terms((SAME,), term((Span(2, 2.5), Span(9, 9.5)), ()))
    assert told([found]) == [("term_only_in_clip", "note")]
    assert found.clip == Span(2, 9.5)


@pytest.mark.parametrize(
    "searched",
    [
        term((Span(2, 3),), (Span(32, 33),)),
        term((), ()),
        term(None, ()),
        term((Span(2, 3),), None),  # not searched is not absent
    ],
)
def test_a_term_that_is_not_proven_missing_is_not_reported(searched: TermSearch) -> None:
    assert terms(DUB, searched) == []
