"""A proposal keeps the file that people read, and never buys fewer misses with a false accusation."""

from __future__ import annotations

import tomllib
from importlib import resources
from types import SimpleNamespace

import pytest

from mediacheck.calibration import Calibration
from mediacheck.errors import CalibrationRefused
from mediacheck.model import Answer
from mediacheck.tuning import sweep
from mediacheck.tuning.sweep import DECIDING, Merit, NothingToTune, rewritten

TEXT = resources.files("mediacheck.calibration").joinpath("default.toml").read_text("utf-8")


def test_deciding_limits_are_those_of_the_calibration() -> None:
    tables = Calibration.load().tables
    assert all(name.split(".")[1] in tables[name.split(".")[0]] for name in DECIDING)
    assert len(set(DECIDING)) == len(DECIDING)


def test_rewritten_calibration_has_the_new_values_and_the_old_comments() -> None:
    changed = Calibration.load().changed("timeline.picture_jump_price", 6.25)
    text = rewritten(TEXT, "measured-2", changed)
    assert tomllib.loads(text)["timeline"]["picture_jump_price"] == 6.25
    assert tomllib.loads(text)["id"] == "measured-2"
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


@pytest.mark.parametrize(
    ("one", "other", "better"),
    [
        (Merit(0.0, 0.1, 0.1), Merit(0.0, 0.1, 0.2), True),
        (Merit(0.1, 0.0, 0.0), Merit(0.0, 0.5, 0.5), False),
        (Merit(0.0, 0.5, 0.5), Merit(0.1, 0.0, 0.0), True),
        (Merit(0.0, 0.1, 0.1), Merit(0.0, 0.1, 0.1), False),
    ],
)
def test_false_alarms_come_before_misses(one: Merit, other: Merit, better: bool) -> None:
    assert sweep._better(one, other, target=0.0) is better


def test_a_calibration_written_otherwise_is_refused_and_not_half_rewritten() -> None:
    changed = Calibration.load().changed("timeline.picture_jump_price", 6.25)
    other = TEXT.replace("[timeline]", "[ timeline ]")
    with pytest.raises(CalibrationRefused, match="one limit a line"):
        rewritten(other, "x", changed)


def test_unrelated_footage_called_altered_is_a_false_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(answer: Answer) -> Merit:
        made = SimpleNamespace(
            unaltered=True, answer=answer, wanted=Answer.NOT_IN_ORIGINAL, told=()
        )
        monkeypatch.setattr(sweep, "score", lambda pair, calibration: made)
        return sweep.merit_of([None], Calibration.load())  # type: ignore[list-item]

    assert answered(Answer.NOT_IN_ORIGINAL) == Merit(0.0, 0.0, 0.0)
    assert answered(Answer.ALTERED) == Merit(1.0, 0.0, 0.0)
    assert answered(Answer.NO_ALTERATION_FOUND) == Merit(0.0, 1.0, 0.0)


def test_a_target_above_zero_lets_alarms_up_to_it_pass() -> None:
    assert sweep._better(Merit(0.02, 0.0, 0.0), Merit(0.0, 0.1, 0.1), target=0.05)
