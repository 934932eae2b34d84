"""`checks`, `models` and `schema` print what is there, to stdout, and fetch nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mediacheck.calibration import Calibration
from mediacheck.checks import CHECKS
from mediacheck.cli.main import main
from mediacheck.report.json import schema
from mediacheck.weights import loading, registry
from mediacheck.weights.registry import OPENAI, REGISTRY, SILERO, Piece
from mediacheck.wording.methods import METHODS


def printed(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    streams = capfd.readouterr()
    assert streams.err == ""
    return streams.out


def known(monkeypatch: pytest.MonkeyPatch, *weights: registry.Weights) -> None:
    """These weights instead of the shipped ones."""
    named = {each.name: each for each in weights}
    for module in (registry, loading):
        monkeypatch.setattr(module, "REGISTRY", named)
        monkeypatch.setattr(module, "OPENAI", {})


def lost(weights: registry.Weights) -> registry.Weights:
    file = replace(weights.files[0], pieces=(Piece("no_such_package", "model.bin"),))
    return replace(weights, name="lost", files=(file,))


def altered(weights: registry.Weights) -> registry.Weights:
    return replace(weights, name="altered", files=(replace(weights.files[0], sha256="0" * 64),))


def test_the_schema_is_that_of_the_report(capfd) -> None:
    assert json.loads(printed(capfd, "schema")) == schema()


def test_every_check_is_listed_with_question_method_and_limits(capfd) -> None:
    text = printed(capfd, "checks")
    joined = " ".join(text.split())
    calibration = Calibration.load()
    for check in CHECKS:
        assert f"\n{check.name} (version {check.version})\n" in text
        assert check.asks in joined
        assert " ".join(METHODS[check.name].split()) in joined
        for limit in check.thresholds:
            assert f"  {limit} = {calibration.tables[check.name][limit]:.15g}\n" in text
    assert all(
        f"  {limit} = " in text
        for table in ("timeline", "verdict")
        for limit in calibration.tables[table]
    )


def test_checks_as_json_hold_the_same(capfd) -> None:
    told = json.loads(printed(capfd, "checks", "--json"))
    calibration = Calibration.load()
    assert told["calibration"] == {"id": calibration.id, "digest": calibration.digest}
    assert [row["name"] for row in told["checks"]] == [check.name for check in CHECKS]
    for row in told["checks"]:
        assert row["limits"] == calibration.tables[row["name"]]
        assert row["method"] == METHODS[row["name"]]
    assert told["shared_limits"]["verdict"] == calibration.tables["verdict"]


def test_every_limit_is_shown_somewhere(capfd) -> None:
    told = json.loads(printed(capfd, "checks", "--json"))
    tables = {row["name"]: row["limits"] for row in told["checks"]} | told["shared_limits"]
    assert tables == Calibration.load().tables


def test_models_are_listed_one_to_a_line_under_headings(capfd) -> None:
    headings, *lines = printed(capfd, "models", "list").splitlines()
    known = [*REGISTRY.values(), *OPENAI.values()]
    assert [line.split()[0] for line in lines] == [weights.name for weights in known]
    where = headings.index("WHERE")
    for line, weights in zip(lines, known, strict=True):
        assert f" {weights.bytes / 1e6:.1f} MB  {weights.licence}" in line
        assert line[where - 1] == " " != line[where]


def test_the_list_says_where_a_model_lies_or_how_to_get_it(capfd, monkeypatch) -> None:
    known(monkeypatch, SILERO, lost(SILERO))
    _, there, missing = printed(capfd, "models", "list").splitlines()
    (place,) = loading.places(SILERO)
    assert there.endswith(f"  {place.parent}")
    assert missing.endswith(f"  missing; get it: {SILERO.install}")


def test_base_may_be_installed_or_fetched(capfd, monkeypatch) -> None:
    known(monkeypatch, lost(registry.BASE))
    *_, line = printed(capfd, "models", "list").splitlines()
    assert line.endswith(f"{registry.BASE.install}, or mediacheck models fetch lost")


def test_an_installed_model_is_verified(capfd) -> None:
    (place,) = loading.places(SILERO)
    line = f"{SILERO.name}: verified, SHA-256 {SILERO.sha256}, in {place.parent}\n"
    assert printed(capfd, "models", "verify", SILERO.name) == line


def test_without_a_name_all_installed_are_verified(capfd, monkeypatch) -> None:
    known(monkeypatch, lost(SILERO), SILERO)
    verified, rest = printed(capfd, "models", "verify").splitlines()
    assert verified.startswith(f"{SILERO.name}: verified, SHA-256 {SILERO.sha256}, in ")
    assert rest == "not installed: lost"


@pytest.mark.parametrize("name", [[], ["altered"]], ids=["all", "one"])
def test_a_model_that_differs_is_2_and_names_the_file(name, capfd, monkeypatch) -> None:
    known(monkeypatch, altered(SILERO))
    assert main(["models", "verify", *name]) == 2
    streams = capfd.readouterr()
    assert streams.out == ""
    assert SILERO.files[0].name in streams.err
    assert len(streams.err.splitlines()) == 1


def test_a_model_asked_for_by_name_must_be_installed(capfd, monkeypatch) -> None:
    known(monkeypatch, lost(SILERO))
    assert main(["models", "verify", "lost"]) == 2
    assert SILERO.install in capfd.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["schema", "extra"],
        ["schema", "--json"],
        ["checks", "sound"],
        ["checks", "--no-such-option"],
        ["models", "fetch"],
        ["models", "fetch", "no-such-model"],
        ["models", "list", "base"],
        ["models", "verify", "no-such-model"],
        ["models", "verify", "base", "silero-vad-6"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_2(arguments, capfd) -> None:
    assert main(arguments) == 2
    streams = capfd.readouterr()
    assert streams.out == ""
    assert len(streams.err.splitlines()) == 1
    assert streams.err.startswith("mediacheck: ")


def test_the_limits_are_a_calibration_that_judge_takes(capfd, tmp_path) -> None:
    assert main(["checks", "--limits"]) == 0
    path = tmp_path / "mine.toml"
    path.write_text(capfd.readouterr().out, encoding="utf-8")
    assert Calibration.load(path) == Calibration.load()


def test_the_limits_are_toml_and_not_json(capfd) -> None:
    assert main(["checks", "--limits", "--json"]) == 2
    assert "exclude each other" in capfd.readouterr().err
