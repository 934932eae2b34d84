"""Rates over pairs with intervals over sources: few sources never look like many."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mediacheck.calibration.rates import Rates
from mediacheck.model import Answer, Kind
from mediacheck.tuning.error_rates import (
    ANSWER,
    EVERY,
    auc,
    auc_over_sources,
    rate_of,
    rows,
    shipped,
)
from mediacheck.tuning.scores import Score, Told


def scored(
    source: str = "a",
    innocent: bool = True,
    answer: Answer | None = Answer.NO_ALTERATION_FOUND,
    condition: str = "clean",
    false: tuple[Kind, ...] = (),
    told: tuple[Told, ...] = (),
    presence: float = 2.0,
    failure: str | None = None,
    presented: tuple[Kind, ...] = (),
    measured: frozenset[str] = frozenset({"sound", "pitch"}),
) -> Score:
    return Score(
        recipe="excerpt" if innocent else "dub-whole",
        condition=condition,
        source=source,
        half="reporting",
        wanted=Answer.NO_ALTERATION_FOUND if innocent else Answer.ALTERED,
        answer=answer,
        told=told,
        false=false,
        open_share={},
        statistics={"presence": presence},
        features={"height": 9.0 + 0.1 * len(source), "bitrate": 8.0, "crop": 1.0},
        measured=measured,
        presented=presented,
        code="c" * 64,
        clip_s=12.0,
        failure=failure,
    )


def test_without_errors_the_rule_of_three_counts_sources_and_not_pairs() -> None:
    found = rate_of((source, False) for source in "abcde" for _ in range(100))
    assert found is not None
    assert (found.errors, found.pairs, found.sources) == (0, 500, 5)
    assert found.low == 0.0
    assert found.high >= 0.6


@pytest.mark.parametrize("count", [1, 2, 5, 10, 20])
def test_one_more_error_never_makes_a_rate_look_surer(count: int) -> None:
    sources = [f"s{number}" for number in range(count)]
    highest = 0.0
    for errors in (0, 1, 2, 5, 40):
        marked = [(source, n < errors and source == "s0") for source in sources for n in range(50)]
        found = rate_of(marked)
        assert found is not None
        assert found.low <= found.rate <= found.high
        assert found.high >= highest
        highest = found.high


def test_intervals_hold_what_they_promise() -> None:
    """2 % errors that come in lumps by source: at least 93 of 100 intervals hold the truth."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        shares = rng.beta(0.4, 19.6, 12)
        marked = [(str(n), bool(rng.random() < shares[n])) for n in range(12) for _ in range(25)]
        found = rate_of(marked)
        assert found is not None
        held += found.low <= 0.02 <= found.high
    assert held >= 186


def test_one_bad_source_makes_a_wide_interval() -> None:
    spread = rate_of((source, number == 0) for source in "abcdefghij" for number in range(10))
    lumped = rate_of((source, source == "a") for source in "abcdefghij" for _ in range(10))
    assert spread is not None
    assert lumped is not None
    assert spread.rate == lumped.rate == 0.1
    assert lumped.high - lumped.low >= spread.high - spread.low


def test_one_source_says_next_to_nothing() -> None:
    found = rate_of([("a", False)] * 50)
    assert found is not None
    assert (found.low, found.high) == (0.0, 1.0)


def test_no_pairs_have_no_rate() -> None:
    assert rate_of([]) is None


def test_auc_counts_ties_half() -> None:
    assert auc([2.0, 3.0], [1.0]) == 1.0
    assert auc([1.0], [1.0]) == 0.5
    assert auc([], [1.0]) is None


def test_auc_over_sources_holds_the_whole_and_an_interval_around_it() -> None:
    pairs = [scored(source, presence=3.0) for source in "abcd"]
    pairs += [scored(source, innocent=False, presence=1.0) for source in "abcd"]
    found = auc_over_sources(pairs, "presence", lambda s: s.innocent, lambda s: not s.innocent)
    assert found == (1.0, 1.0, 1.0)


def test_false_alarms_come_from_innocent_pairs_and_misses_from_true_findings() -> None:
    dub = Told("sound", Kind.REPLACED, True, ())
    missed = Told("sound", Kind.REPLACED, False, (Kind.MIXED,))
    found = {
        (row.check, row.condition): row
        for row in rows(
            [
                scored("a", false=(Kind.REPLACED,), answer=Answer.ALTERED),
                scored("b"),
                scored("a", innocent=False, answer=Answer.ALTERED, told=(dub,)),
                scored("b", innocent=False, told=(missed,)),
                scored("c", failure="it died", answer=None),
            ]
        )
    }
    sound = found["sound", EVERY]
    assert sound.false_alarm is not None
    assert sound.miss is not None
    assert (sound.false_alarm.errors, sound.false_alarm.pairs) == (1, 2)
    assert (sound.miss.errors, sound.miss.pairs) == (1, 2)
    answer = found[ANSWER, EVERY]
    assert answer.false_alarm is not None
    assert answer.miss is not None
    assert (answer.false_alarm.errors, answer.miss.errors) == (1, 1)
    assert found["pitch", EVERY].miss is None
    assert ("words", EVERY) not in found  # nobody looked
    assert ("sound", "clean") in found


def test_what_an_innocent_copy_shows_besides_is_no_alteration_to_miss() -> None:
    late = Told("sync", Kind.DESYNC, False, ())
    found = {(row.check, row.condition): row for row in rows([scored("a", told=(late,))])}
    assert ("sync", EVERY) not in found or found["sync", EVERY].miss is None


def test_a_describing_check_is_measured_by_what_it_describes() -> None:
    cropped = Told("frame", Kind.CROPPED, False, ())
    found = {
        (row.check, row.condition): row
        for row in rows(
            [
                scored("a", told=(cropped,), measured=frozenset({"frame", "sound"})),
                scored("b", presented=(Kind.MIRRORED,), measured=frozenset({"frame"})),
                scored("c", measured=frozenset({"frame"})),
                scored("d", measured=frozenset({"sound"})),
            ]
        )
    }
    frame = found["frame", EVERY]
    assert frame.false_alarm is not None
    assert frame.miss is not None
    assert (frame.false_alarm.errors, frame.false_alarm.pairs) == (1, 3)
    assert (frame.miss.errors, frame.miss.pairs) == (1, 1)


def test_a_crop_that_is_not_named_is_no_alteration_missed() -> None:
    music = Told("sound", Kind.MUSIC_ADDED, False, ())
    dub = Told("sound", Kind.REPLACED, True, ())
    told = scored("a", innocent=False, answer=Answer.ALTERED, told=(dub, music))
    (row,) = (r for r in rows([told]) if (r.check, r.condition) == ("sound", EVERY))
    assert row.miss is not None
    assert (row.miss.errors, row.miss.pairs) == (0, 1)


def test_what_is_shipped_is_what_a_report_reads() -> None:
    pairs = [scored("a"), scored("bb"), scored("ccc", condition="noisy")]
    content = json.dumps(shipped(pairs, "d" * 64, "3 sources"))
    rates = Rates.parse(content)
    assert rates.calibration == "d" * 64
    row = rates.of("sound", "clean")
    assert row is not None
    assert (row.pairs, row.sources, row.miss) == (2, 2, None)
    assert (row.false_alarm_of, row.miss_of) == ((2, 2), (0, 0))
    assert rates.nearest({"height": 9.15, "bitrate": 8.0, "crop": 1.0}) == "clean"
    assert rates.nearest({"height": 3.0, "bitrate": 8.0, "crop": 1.0}) is None


@pytest.mark.parametrize("known", [{}, {"height": 9.0}, {"height": 9.0, "bitrate": 8.0}])
def test_a_clip_of_which_little_is_known_is_like_nothing(known: dict[str, float]) -> None:
    rates = Rates.parse(json.dumps(shipped([scored("a"), scored("bb")], "d" * 64, "2 sources")))
    assert rates.nearest(known) is None
