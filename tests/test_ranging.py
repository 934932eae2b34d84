"""A part of the original is searched as a file of its own, and told on the file's clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mediacheck.errors import RangeRefused
from mediacheck.model import (
    TO_THE_END_S,
    Alignment,
    Dispute,
    Failed,
    Measured,
    Measurement,
    Media,
    Question,
    Series,
    Skipped,
    Span,
    SpeechSegment,
    TermSearch,
    Transcript,
    Transcripts,
    Word,
    WordChange,
    Words,
)
from mediacheck.ranging import asked_part, on_file_clock

ORIGINAL = Media("0" * 64, 1000, 47.3, container="mov,mp4", streams=(), metadata={})
HERE, THERE = Span(1.0, 2.0), Span(11.0, 12.0)


def asked(start: float, end: float, original: Media = ORIGINAL) -> Span | None:
    return asked_part(Question(original_range=Span(start, end)), original, "original.mp4")


def test_no_range_is_no_part() -> None:
    assert asked_part(Question(), ORIGINAL, "original.mp4") is None
    assert Question().searched(ORIGINAL) is None


def test_a_range_counts_in_milliseconds() -> None:
    assert asked(12.34567, 20.0) == Span(12.346, 20.0)
    assert asked(30.8, 33.8) == Span(30.8, 33.8)  # 2.9999999999999964 s, and long enough


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (-3.0, 5.0, "cannot start before the file does (-3 s)"),
        (48.0, 60.0, "original.mp4: it is 47.3 s long, and the range starts at 48 s"),
        (47.3, TO_THE_END_S, "original.mp4: it is 47.3 s long"),
        (5.0, 7.9, "a range of 2.9 s is too short to be searched: give at least 3 s"),
        (45.5, 60.0, "give at least 3 s; original.mp4 is 47.3 s long"),
    ],
)
def test_a_range_that_cannot_be_searched_is_refused(start: float, end: float, reason: str) -> None:
    with pytest.raises(RangeRefused) as refused:
        asked(start, end)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_more_than_is_ever_read_is_refused() -> None:
    stream = replace(ORIGINAL, duration_s=20 * 3600.0)
    assert asked(15 * 3600.0, TO_THE_END_S, stream) == Span(15 * 3600.0, TO_THE_END_S)
    with pytest.raises(RangeRefused, match="more than 12 hours"):
        asked(3600.0, TO_THE_END_S, stream)


@pytest.mark.parametrize(("container", "length_s"), [("mpegts", 10.0), ("mov,mp4", 0.0)])
def test_a_length_that_is_not_known_refuses_nothing(container: str, length_s: float) -> None:
    unsure = replace(ORIGINAL, container=container, duration_s=length_s)
    assert asked(30.0, 40.0, unsure) == Span(30.0, 40.0)


@pytest.mark.parametrize(
    ("start", "end", "searched"),
    [
        (8.0, 12.0, Span(8.0, 12.0)),
        (40.0, TO_THE_END_S, Span(40.0, 47.3)),
        (0.0, 40.0, Span(0.0, 40.0)),
        (0.0, 47.3, None),
        (0.0, TO_THE_END_S, None),
    ],
)
def test_what_was_searched_ends_with_the_file(
    start: float, end: float, searched: Span | None
) -> None:
    assert Question(original_range=Span(start, end)).searched(ORIGINAL) == searched


def test_every_time_of_the_original_and_no_other_is_moved() -> None:
    def transcript(at: Span, range_: Span | None = None) -> Transcript:
        word = Word("war", at.start, at.end, 0.9)
        said = SpeechSegment(at.start, at.end, "war", (word,), 0.1, -0.2, 1.1, True)
        return Transcript("en", 1.0, "engine", "base", "e" * 64, range_, (said,), (at,))

    def told(original: Span, offset_s: float, start_s: float, range_: Span | None) -> Measured:
        line = Alignment(offset_s, 1.04)
        dispute = Dispute("engine", "e" * 64, True, (HERE,), (original,), "war", "peace")
        return Measured(
            "check",
            1,
            (Measurement("m1", "check", "name", 1.0, "s", HERE, original),),
            (
                Series("s1", "check", "along", "dB", "clip", 0.5, 0.1, (1.0, None), None, line),
                Series("s2", "check", "alone", "dB", "original", start_s, 0.1, (1.0, 2.0)),
            ),
            transcripts=Transcripts(transcript(HERE), transcript(original, range_)),
            words=Words(
                True,
                (WordChange("replaced", HERE, original, "war", "peace", (), (dispute,)),),
                0.5,
                (TermSearch("war", ("war",), (HERE,), (original,), 30.0, (original,)),),
            ),
        )

    searched = Span(10.0, 40.0)
    assert on_file_clock(told(HERE, -0.25, 0.5, None), searched) == told(
        THERE, 9.75, 10.5, searched
    )


def test_without_a_range_and_without_a_result_nothing_is_moved() -> None:
    measured = Measured("check", 1, (Measurement("m", "check", "n", 1.0, "s", HERE, HERE),))
    assert on_file_clock(measured, None) is measured
    for outcome in (Skipped("check", 1, "no sound"), Failed("check", 1, "broke")):
        assert on_file_clock(outcome, Span(10.0, 40.0)) is outcome
