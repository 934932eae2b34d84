"""Terms are asked that only a new voice says, and terms that both say; nobody has to choose them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mediacheck.model import (
    Comparison,
    SoundSegment,
    SoundState,
    Span,
    SpeechSegment,
    Timeline,
    Transcript,
    Transcripts,
    Word,
)
from mediacheck.tuning.terms import ASKED, Terms, asked, voices

ORIGINAL = "yesterday nobody doubted that winter would arrive before these delegations leave"
DONOR = "our engineers measured seven bridges along that northern river during autumn storms"


def read(*lines: str, unsure: bool = False) -> Transcript:
    """A segment a line, a word a second."""
    segments = []
    at = 0.0
    for line in lines:
        words = []
        for text in line.split():
            words.append(Word(text, at, at + 1, 0.9))
            at += 1
        segments.append(
            SpeechSegment(
                words[0].start, at, line, tuple(words),
                no_speech=0.0, mean_logprob=-0.2, compression=1.2, reliable=not unsure,
            )
        )  # fmt: skip
    voiced = (Span(0.0, at),) if lines else ()
    return Transcript("en", 0.9, "e", "m", "0" * 64, None, tuple(segments), voiced)


def facts(recipe: str, innocent: bool = False, **more: Any) -> dict[str, Any]:
    return {"recipe": recipe, "innocent": innocent, "source": "s", "seed": 1, "donor": "d", **more}


def test_what_a_copy_says_is_asked_and_claimed_only_where_the_original_lacks_it() -> None:
    copy = facts("excerpt", innocent=True)
    same = Transcripts(read(ORIGINAL), read(ORIGINAL))
    assert asked(copy, same, {}) == Terms(False, ASKED, 0)
    misread = Transcripts(read(ORIGINAL), read("quite another sentence"))
    assert asked(copy, misread, {}) == Terms(False, ASKED, ASKED)


def test_what_is_heard_in_the_originals_own_sound_only_is_noted() -> None:
    """Eleven words, a second each, the last six of them spoken over."""
    misread = Transcripts(read(ORIGINAL), read("quite another sentence"))
    parts = (
        SoundSegment(Span(0, 5), Span(30, 35), SoundState.SAME),
        SoundSegment(Span(5, 11), Span(35, 41), SoundState.MIXED),
    )
    words = ORIGINAL.split()
    for seed in range(5):
        drawn = facts("excerpt", innocent=True, seed=seed)
        every = asked(drawn, misread, {}, Timeline(sound=parts))
        own = asked(drawn, misread, {}, Timeline(sound=parts[:1]))
        assert own == Terms(False, ASKED, ASKED, ASKED)
        assert every is not None
        assert 0 <= every.noted <= min(ASKED, sum(len(word) > 3 for word in words[:5]))
        assert every.noted < ASKED


def test_words_of_the_donors_own_reading_must_be_found_in_a_dub() -> None:
    dub = facts("dub-whole")
    pair = Transcripts(read(DONOR), read(ORIGINAL))
    assert asked(dub, pair, {"d": read(DONOR)}) == Terms(True, ASKED, ASKED)


def test_a_word_that_the_clip_was_not_heard_to_say_is_missed() -> None:
    heard = "our engineers measured bridges along that river during autumn storms"
    told = asked(facts("dub-whole"), Transcripts(read(heard), read(ORIGINAL)), {"d": read(DONOR)})
    assert told is not None
    # "seven" and "northern" are the donor's too; which five of its words are asked is drawn, always alike
    assert told.asked == ASKED
    every = {
        asked(
            facts("dub-whole", seed=seed),
            Transcripts(read(heard), read(ORIGINAL)),
            {"d": read(DONOR)},
        )
        for seed in range(20)
    }
    assert {each.claimed for each in every if each} > {ASKED}


def test_words_that_nobody_could_read_in_the_dub_are_missed_and_not_left_out() -> None:
    mumbled = Transcripts(read(DONOR, unsure=True), read(ORIGINAL))
    assert asked(facts("dub-whole"), mumbled, {"d": read(DONOR)}) == Terms(True, ASKED, 0)


def test_what_the_original_says_too_is_no_new_word() -> None:
    pair = Transcripts(read(DONOR), read(DONOR, ORIGINAL))
    assert asked(facts("dub-whole"), pair, {"d": read(DONOR)}) == Terms(True, 0, 0)


def test_of_a_donor_that_nobody_read_or_that_was_not_found_nothing_is_asked() -> None:
    pair = Transcripts(read(DONOR), read(ORIGINAL))
    assert asked(facts("dub-whole"), pair, {}) == Terms(True, 0, 0)
    assert asked(facts("dub-whole"), pair, {"d": read("quite another sentence")}) == Terms(
        True, 0, 0
    )


def test_nothing_is_asked_where_the_recipe_leaves_open_what_is_said() -> None:
    pair = Transcripts(read(DONOR), read(ORIGINAL))
    assert asked(facts("own-voice-whole"), pair, {}) is None
    assert asked(facts("excerpt", innocent=True), Transcripts(), {}) is None


def test_a_source_is_known_by_a_reading_of_all_of_it(
    comparison: Callable[..., Comparison],
) -> None:
    whole = replace(comparison(), transcripts=Transcripts(None, read(DONOR)))
    part = replace(read(DONOR), range=Span(0.0, 2.0))
    cut = replace(comparison(), transcripts=Transcripts(None, part))
    assert voices([("0" * 8, whole)]) == {"0" * 8: read(DONOR)}
    assert voices([("0" * 8, cut), ("1" * 8, whole)]) == {}
