"""A proposal keeps the file that people read, and never buys fewer misses with a false accusation."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest

from mediacheck.calibration import Calibration
from mediacheck.errors import CalibrationRefused
from mediacheck.model import Answer
from mediacheck.tuning import sweep
from mediacheck.tuning.sweep import DECIDING, Merit, NothingToTune, chosen, rewritten

TEXT = resources.files("mediacheck.calibration").joinpath("default.toml").read_text("utf-8")


def test_deciding_limits_are_those_of_the_calibration() -> None:
    tables = Calibration.load().tables
    assert all(name.split(".")[1] in tables[name.split(".")[0]] for name in DECIDING)
    assert len(set(DECIDING)) == len(DECIDING)


def test_rewritten_calibration_has_the_new_values_and_the_old_comments() -> None:
    changed = Calibration.load().changed("timeline.picture_jump_price", 7.25)
    text = rewritten(TEXT, "proposed", changed)
    assert tomllib.loads(text)["timeline"]["picture_jump_price"] == 7.25
    assert tomllib.loads(text)["id"] == "proposed"
    before, after = TEXT.splitlines(), text.splitlines()
    assert len(before) == len(after)
    other = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(other) == 2
    assert all(a.partition("#")[2] == b.partition("#")[2] for a, b in other)


def test_an_unknown_limit_is_a_key_error() -> None:
    with pytest.raises(KeyError, match=r"timeline\.nothing"):
        Calibration.load().changed("timeline.nothing", 1.0)


def test_without_pairs_there_is_nothing_to_tune() -> None:
    with pytest.raises(NothingToTune, match="mediacheck bench first"):
        sweep.sweep([], Calibration.load())


def merit(false: int = 0, left_open: int = 0, missed: int = 0) -> Merit:
    return Merit(false, left_open, 10, missed, 10)


@pytest.mark.parametrize(
    ("one", "other", "better"),
    [
        (merit(0, 1, 1), merit(0, 1, 2), True),
        (merit(1, 0, 0), merit(0, 5, 5), False),
        (merit(0, 5, 5), merit(1, 0, 0), True),
        (merit(0, 1, 1), merit(0, 1, 1), False),
    ],
)
def test_false_alarms_come_before_misses(one: Merit, other: Merit, better: bool) -> None:
    assert (one.rank(0.0) < other.rank(0.0)) is better


@pytest.mark.parametrize(
    ("costs", "now", "taken"),
    [
        ([0.5, 0.2, 0.2, 0.2, 0.5], 1, 1),  # as good as any: it stays
        ([0.5, 0.2, 0.2, 0.2, 0.5], 4, 2),  # the middle of what does best
        ([0.2, 0.5, 0.2, 0.2, 0.2], 1, 3),  # the longest stretch of it
        ([0.2, 0.2, 0.2, 0.2, 0.5], 4, 2),  # of an even one what is nearer
        ([0.5, 0.5, 0.499, 0.5, 0.5], 1, 1),  # too little to move for
        ([0.5, 0.2, 0.1, 0.2, 0.5], 0, 2),
    ],
)
def test_a_limit_moves_to_the_middle_of_what_does_best(
    costs: list[float], now: int, taken: int
) -> None:
    assert chosen([(0.0, cost) for cost in costs], now) == taken


def test_no_gain_is_worth_a_false_alarm() -> None:
    assert chosen([(0.1, 0.0), (0.0, 0.9), (0.1, 0.0)], now=1) == 1
    assert chosen([(0.1, 0.0), (0.0, 0.9), (0.1, 0.0)], now=0) == 1


def test_steps_hold_the_value_itself_and_respect_what_is_fixed() -> None:
    assert sweep._around("timeline.any", 0.12345) == sorted(sweep._around("timeline.any", 0.12345))
    assert 0.12345 in sweep._around("timeline.any", 0.12345)
    assert len(sweep._around("timeline.any", 2.0)) == len(sweep.STEPS)
    assert min(sweep._around("sync.innocent_s", 0.35)) == 0.3
    assert sweep._around("timeline.any", 0.0) == [0.0]


def test_a_calibration_written_otherwise_is_refused_and_not_half_rewritten() -> None:
    changed = Calibration.load().changed("timeline.picture_jump_price", 7.25)
    other = TEXT.replace("[timeline]", "[ timeline ]")
    with pytest.raises(CalibrationRefused, match="one limit a line"):
        rewritten(other, "x", changed)


def test_unrelated_footage_called_altered_is_a_false_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(answer: Answer) -> Merit:
        made = SimpleNamespace(
            unaltered=True, answer=answer, wanted=Answer.NOT_IN_ORIGINAL, told=()
        )
        monkeypatch.setattr(sweep, "_loaded", lambda folder: SimpleNamespace(comparison=True))
        monkeypatch.setattr(sweep, "score", lambda pair, calibration: made)
        return sweep.merit_of([Path("pair")], Calibration.load())

    assert answered(Answer.NOT_IN_ORIGINAL) == Merit(0, 0, 1)
    assert answered(Answer.ALTERED) == Merit(1, 0, 1)
    assert answered(Answer.NO_ALTERATION_FOUND) == Merit(0, 1, 1)


def test_what_no_check_was_there_to_find_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    told = tuple(SimpleNamespace(check=check, found=False) for check in ("sound", "region"))
    made = SimpleNamespace(unaltered=False, told=told, measured={"sound"})
    monkeypatch.setattr(sweep, "_loaded", lambda folder: SimpleNamespace(comparison=True))
    monkeypatch.setattr(sweep, "score", lambda pair, calibration: made)
    assert sweep.merit_of([Path("pair")], Calibration.load()) == Merit(missed=1, told=1)


def test_a_target_above_zero_lets_alarms_up_to_it_pass() -> None:
    assert Merit(1, 0, 50).rank(0.05) < Merit(0, 5, 50).rank(0.05)
