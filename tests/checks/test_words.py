from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from mediacheck.checks import terms as terms_check
from mediacheck.checks import words as words_check
from mediacheck.errors import NotAvailable
from mediacheck.model import (
    Alignment,
    Dispute,
    Finding,
    Measured,
    Measurement,
    Options,
    Question,
    SoundSegment,
    SoundState,
    Span,
    SpeechSegment,
    Term,
    TermSearch,
    Transcript,
    Transcripts,
    Word,
    WordChange,
    Words,
)
from mediacheck.speech.confirmation import SecondReading

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
        (transcript("sr"), transcript("hr"), []),
        (transcript("nn"), transcript("no"), []),
        (transcript("sr"), transcript("no"), [("language_differs", "note")]),
        (transcript("en", probability=0.4), transcript("de"), []),
        (transcript("en"), transcript("de", seconds=1.0), []),
    ],
)
def test_another_language_is_noted_where_both_are_sure(
    clip: Transcript, original: Transcript, findings: list[tuple[str, str]]
) -> None:
    taken = numbers("words", ("similarity", 0.5), *(("language", 0.9),) * 4)
    made = record(COPY, (SAME,), [taken], transcripts=Transcripts(clip, original))
    found = judged("words", made)
    assert told(found) == findings
    assert all(len(finding.because) == 4 for finding in found)


def term(clip: tuple[Span, ...] | None, original: tuple[Span, ...] | None) -> TermSearch:
    return TermSearch("war", ("war",), clip, original, original_searched_s=60.0)


def terms(sound: tuple[SoundSegment, ...], *searched: TermSearch) -> list[Finding]:
    """As measured: ids of a term's numbers begin with its place in the list."""
    taken = tuple(
        Measurement(f"terms.t{number}.m1", "terms", "word_probability", 0.9, "mean")
        for number in range(1, len(searched) + 1)
    )
    found = Words(comparable=False, terms=searched)
    return judged("terms", record(COPY, sound, [Measured("terms", 2, taken)], words=found))


@pytest.mark.parametrize("state", [SoundState.REPLACED, SoundState.MIXED])
def test_a_term_heard_only_in_changed_sound_is_an_alteration(state: SoundState) -> None:
    sound = (heard((0, 6), (30, 36)), heard((6, 20), None, state))
    (found,) = terms(sound, term((Span(2, 2.5), Span(8, 8.5), Span(9, 9.5)), ()))
    assert told([found]) == [("term_only_in_clip", "alteration")]
    assert found.clip == Span(8, 9.5)


def test_a_word_whose_end_nobody_knows_is_heard_where_it_begins() -> None:
    sound = (heard((0, 6), (30, 36)), heard((6, 20), None, SoundState.REPLACED))
    assert told(terms(sound, term((Span(8, 8),), ()))) == [("term_only_in_clip", "alteration")]


def test_a_term_heard_only_in_unchanged_sound_is_a_note() -> None:
    (found,) = terms((SAME,), term((Span(2, 2.5), Span(9, 9.5)), ()))
    assert told([found]) == [("term_only_in_clip", "note")]
    assert found.clip == Span(2, 9.5)


def test_each_finding_names_the_numbers_of_its_own_term() -> None:
    many = [term((Span(2, 3),), (Span(32, 33),)), *(term((Span(8, 9),), ()) for _ in range(11))]
    found = terms(DUB, *many)
    assert [finding.because for finding in found] == [
        (f"terms.t{number}.m1",) for number in range(2, 13)
    ]


def test_a_term_that_a_second_reading_hears_in_the_original_is_not_reported() -> None:
    heard_there = Dispute("other", "d" * 64, True, (), (Span(32, 33),), "", "a word")
    not_heard = replace(heard_there, original=())
    assert terms(DUB, replace(term((Span(8, 9),), ()), disputed_by=(heard_there,))) == []
    assert len(terms(DUB, replace(term((Span(8, 9),), ()), disputed_by=(not_heard,)))) == 1


class Heard:
    """Evidence of two transcripts, with somebody who reads again or a reason why nobody does."""

    def __init__(
        self, clip: Transcript, original: Transcript, again: SecondReading | NotAvailable | None
    ) -> None:
        self.transcripts = Transcripts(clip, original)
        options = Options(confirm_model=None if again is None else "other")
        self.question = Question(terms=(Term("Pakistan"),), options=options)
        self.clip = self.original = SimpleNamespace(sounds=(), frames=None)
        self._again = again
        self.parts: list[tuple[Span, ...]] = []

    def searched_s(self) -> float:
        return 30.0

    def read_again(self, parts: tuple[Span, ...]) -> SecondReading:
        self.parts.append(parts)
        if isinstance(self._again, NotAvailable):
            raise self._again
        assert self._again is not None
        return self._again


def said(text: str, probability: float = 0.75) -> Transcript:
    words = tuple(
        Word(word, place * 0.5, place * 0.5 + 0.5, probability)
        for place, word in enumerate(text.split())
    )
    segment = SpeechSegment(0.0, words[-1].end, text, words, 0.1, -0.2, 1.2, reliable=True)
    voiced = (Span(0.0, segment.end),)
    return Transcript("en", 0.9, "engine", "base", "f" * 64, None, (segment,), voiced)


WARNING = said("we are warning Pakistan about the last day of this year in this hall")
ASKING = said("we are asking everybody about the last day of this year in this hall")


def values(measured: Measured) -> dict[str, float | None]:
    return {row.name: row.value for row in measured.measurements}


def test_nobody_reads_again_unless_asked_to() -> None:
    evidence = Heard(WARNING, ASKING, None)
    taken = words_check.measure(evidence), terms_check.measure(evidence)
    assert evidence.parts == []
    assert taken[1].words is not None
    (found,) = taken[1].words.terms
    assert (found.confirmed_by, found.disputed_by, found.unconfirmed) == ((), (), None)
    assert values(taken[1]) == {
        "word_probability": 0.75,
        "heard": 1,
        "original_searched": 30.0,
        "original_unreliable": 0,
    }


def test_terms_and_changes_are_read_again_where_they_were_heard() -> None:
    evidence = Heard(WARNING, ASKING, SecondReading(WARNING, ASKING, True))
    words_found, terms_found = words_check.measure(evidence), terms_check.measure(evidence)
    assert evidence.parts == [WARNING.voiced] * 2
    assert words_found.words is not None
    assert words_found.words.changes
    assert all(len(each.confirmed_by) == 1 for each in words_found.words.changes)
    assert terms_found.words is not None
    assert len(terms_found.words.terms[0].confirmed_by) == 1
    assert values(terms_found)["readings_that_agree"] == 1


def test_where_nobody_can_read_again_the_reason_is_kept() -> None:
    evidence = Heard(WARNING, ASKING, NotAvailable("torch is missing"))
    words_found, terms_found = words_check.measure(evidence), terms_check.measure(evidence)
    assert words_found.words is not None
    assert words_found.words.unconfirmed == "torch is missing"
    assert terms_found.words is not None
    assert terms_found.words.terms[0].unconfirmed == "torch is missing"


def test_the_numbers_behind_a_language_are_measured() -> None:
    taken = values(words_check.measure(Heard(WARNING, ASKING, None)))
    assert taken["clip_language_probability"] == taken["original_language_probability"] == 0.9
    assert taken["clip_reliable_speech"] == 7.0


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


def joined(*offsets_s: float) -> Heard:
    """WARNING against itself, its sound found on lines with these offsets."""
    evidence = Heard(WARNING, WARNING, None)
    track = SimpleNamespace(duration_s=7.0)
    evidence.clip = evidence.original = SimpleNamespace(sounds=(track,), frames=None)
    evidence.sounds = (track, track)  # type: ignore[attr-defined]
    lines = tuple(Alignment(offset) for offset in offsets_s)
    evidence.sound = SimpleNamespace(lines=lines)  # type: ignore[attr-defined]
    return evidence


def test_a_clip_joined_of_several_places_has_no_words_that_differ() -> None:
    """Laid along one line only, what stands at the other place would count as never said."""
    measured = words_check.measure(joined(0.0, 20.0))
    assert measured.words == Words(comparable=False)
    assert values(measured)["places"] == 2


def test_a_step_of_the_sound_is_no_other_place() -> None:
    measured = words_check.measure(joined(0.0, 0.8))
    assert measured.words is not None
    assert measured.words.comparable
    assert values(measured)["places"] == 1
