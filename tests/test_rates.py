"""Error rates belong to one calibration and to clips like those that they were measured on."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import pytest

from mediacheck import verdict
from mediacheck.calibration import Calibration
from mediacheck.calibration.rates import Condition, Rates, distance, features
from mediacheck.checks import CHECKS
from mediacheck.errors import CalibrationRefused
from mediacheck.model import (
    Box,
    ErrorRate,
    Geometry,
    Kind,
    Measurement,
    Question,
    Severity,
    SoundState,
    Timeline,
)
from mediacheck.verdict import NEVER_MEASURED, OF_ALTERATIONS, UNLIKE_ANY, Judgement, judge

from .checks.making import heard, media, numbers, shown

CLEAN = {"height": 9.0, "bitrate": 11.0, "crop": 1.0}
WORN = {"height": 8.0, "bitrate": 7.0, "crop": 0.8}
SPREADS = {"height": 1.0, "bitrate": 2.0, "crop": 0.1}


def row(condition: str, share: float) -> ErrorRate:
    return ErrorRate(condition, (share, 0.0, 1.0), None, 40, 8, "made footage", (30, 8), (0, 0))


KNOWN = Rates(
    calibration="d" * 64,
    spreads=SPREADS,
    conditions={"clean": Condition(CLEAN, 0.5), "worn": Condition(WORN, 0.5)},
    checks={
        "sound": (row("all", 0.02), row("clean", 0.01), row("worn", 0.05)),
        "verdict": (row("all", 0.03), row("clean", 0.01)),
    },
)


def test_a_clip_is_nearest_to_the_condition_whose_clips_it_is_like() -> None:
    assert KNOWN.nearest({**CLEAN, "bitrate": 11.5}) == "clean"
    assert KNOWN.nearest({**WORN, "height": 8.3}) == "worn"


def test_a_clip_beyond_the_reach_of_every_condition_is_like_none() -> None:
    assert KNOWN.nearest({"height": 12.0, "bitrate": 15.0, "crop": 0.1}) is None


def test_too_few_shared_features_make_nothing_alike() -> None:
    assert distance({"height": 9.0, "crop": 1.0}, CLEAN, SPREADS) == float("inf")
    assert KNOWN.nearest({"height": 9.0, "crop": 1.0}) is None


def test_nothing_is_near_where_nothing_was_measured() -> None:
    assert Rates().nearest(CLEAN) is None


def test_features_that_a_clip_does_not_have_are_left_out() -> None:
    clip = replace(media("c"), bytes=250_000)
    assert set(features(clip, None, ())) <= {"height", "bitrate"}
    geometry = Geometry(False, Box(0, 0, 0.5, 0.5), Box(0, 0, 1, 0.5), 0.0, 100)
    moved = Measurement("m1", "picture", "mean_motion", 0.7, "correlation")
    found = features(clip, geometry, (moved,))
    assert (found["crop"], found["placed"], found["motion"]) == (0.25, 0.5, 0.7)


def content() -> dict[str, object]:
    plain = {
        "condition": "worn",
        "false_alarm": [0.05, 0.0, 1.0],
        "miss": None,
        "false_alarm_of": [30, 8],
        "miss_of": [0, 0],
        "pairs": 40,
        "sources": 8,
        "measured_on": "made footage",
    }
    return {
        "calibration": "d" * 64,
        "spreads": SPREADS,
        "conditions": {"worn": {"centre": WORN, "reach": 0.5}},
        "checks": {"sound": [plain]},
    }


def test_what_was_written_is_read() -> None:
    found = Rates.parse(json.dumps(content()))
    assert found.conditions == {"worn": Condition(WORN, 0.5)}
    assert found.of("sound", "worn") == row("worn", 0.05)
    assert found.of("sound", "clean") is None
    assert found.of("picture", "worn") is None


@pytest.mark.parametrize("damage", ["", "[]", "{}", json.dumps({**content(), "checks": 5})])
def test_damaged_rates_are_refused(damage: str, tmp_path, monkeypatch) -> None:
    (tmp_path / "error_rates.json").write_text(damage)
    monkeypatch.setattr(resources, "files", lambda *_: tmp_path)
    with pytest.raises(CalibrationRefused, match="error rates cannot be read"):
        Rates.load()


def test_rates_of_other_limits_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = Calibration.load()
    monkeypatch.setattr(Rates, "load", lambda: replace(KNOWN, calibration=shipped.digest))
    assert Calibration.load().rates.checks == KNOWN.checks
    (table, limits), *_ = shipped.tables.items()
    name, value = next(iter(limits.items()))
    assert shipped.changed(f"{table}.{name}", value + 1).rates == Rates()


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch):
    """A dubbed clip with these features, judged under these rates."""

    def make(known: Rates, found: dict[str, float]) -> Judgement:
        dubbed = Timeline(
            (shown((0, 20), (30, 50)),),
            (
                heard((0, 10), None, SoundState.REPLACED),
                heard((10, 20), (40, 50), SoundState.MUSIC_ADDED),
            ),
        )
        monkeypatch.setattr(verdict, "timeline", lambda *_: dubbed)
        monkeypatch.setattr(verdict, "features", lambda *_: found)
        outcomes = [numbers(check.name) for check in CHECKS]
        calibration = replace(Calibration.load(), rates=known)
        return judge(media("c"), media("0", 60.0), Question(), outcomes, calibration)

    return make


def test_a_finding_has_the_rate_of_its_check_under_the_nearest_condition(judged) -> None:
    found = judged(KNOWN, WORN)
    (dub,) = (f for f in found.findings if f.kind is Kind.REPLACED)
    assert found.condition == "worn"
    assert dub.error_rate == row("worn", 0.05)
    assert dub.error_rate_reason is None


def test_a_clip_like_none_has_no_rate_and_says_why(judged) -> None:
    found = judged(KNOWN, {})
    (dub,) = (f for f in found.findings if f.kind is Kind.REPLACED)
    assert found.condition is None
    assert (dub.error_rate, dub.error_rate_reason) == (None, UNLIKE_ANY)


def test_a_check_without_rates_says_that_it_was_never_measured(judged) -> None:
    found = judged(replace(KNOWN, checks={}), WORN)
    assert {f.error_rate_reason for f in found.findings} == {NEVER_MEASURED}


def test_what_is_no_alteration_borrows_no_rate_of_alterations(judged) -> None:
    known = {check.name: KNOWN.checks["sound"] for check in CHECKS}
    found = judged(replace(KNOWN, checks=known), WORN)
    told = {f.kind: f for f in found.findings}
    assert told[Kind.REPLACED].error_rate == row("worn", 0.05)
    music = told[Kind.MUSIC_ADDED]
    assert music.severity is Severity.PRESENTATION
    assert (music.error_rate, music.error_rate_reason) == (None, OF_ALTERATIONS)


def test_the_record_names_the_condition() -> None:
    assert Calibration.load().record("worn").condition == "worn"
    assert Calibration.load().record().condition is None


def test_shipped_rates_are_those_of_the_shipped_limits(repository) -> None:
    shipped = json.loads(
        resources.files("mediacheck.calibration").joinpath("error_rates.json").read_text("utf-8")
    )
    calibration = Calibration.load()
    assert shipped["calibration"] == calibration.digest
    assert shipped["id"] == calibration.id
    record = repository / "reports" / "calibration" / f"{calibration.id}.json"
    assert json.loads(record.read_bytes())["rates"]["checks"] == shipped["checks"]
