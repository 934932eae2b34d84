"""`judge` reads a whole case folder, writes another, and changes nothing in the first."""

from __future__ import annotations

import hashlib
import json as standard
import shutil
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from mediacheck import casefolder
from mediacheck.calibration import Calibration
from mediacheck.cli.main import main
from mediacheck.compare import Case, examine
from mediacheck.media.exhibits import Exhibit
from mediacheck.media.showing import overview
from mediacheck.model import Options, Question
from mediacheck.report import json

MEDIA = Path(__file__).parents[2] / "fixtures" / "media" / "partial"
LONG = "a" * 300  # more than a file system holds as one name
DEFAULT = resources.files("mediacheck.calibration").joinpath("default.toml").read_text("utf-8")


@cache
def examined() -> Case:
    question = Question(options=Options(transcript=False))
    return examine(MEDIA / "clip.mp4", MEDIA / "original.mp4", question)


def making(comparison, *_: object, **__: object) -> list[Exhibit]:
    named = [name for finding in comparison.findings for name in finding.exhibits]
    return [Exhibit(name, name.encode()) for name in (*overview(comparison.timeline), *named)]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case folder as compare writes it, and the shipped calibration as same.toml beside it."""
    monkeypatch.chdir(tmp_path)
    Path("same.toml").write_text(DEFAULT, encoding="utf-8")
    made = examined()
    paths = made.clip_path, made.original_path
    casefolder.write(
        made.comparison, made.run, *paths, Path("case"), formats=("json",), making=making
    )
    return Path("case")


def judge(*arguments: str) -> int:
    return main(["judge", "case", "--calibration", "same.toml", "--quiet", *arguments])


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_calibration_gives_the_same_report_in_a_new_folder(case, capfd) -> None:
    before = content(case)

    assert judge() == 1

    folder = Path(f"case-judged-{Calibration.load().digest[:8]}")
    printed = capfd.readouterr()
    assert printed.err == ""
    headline = " ".join(examined().comparison.verdict.headline.split())
    assert printed.out.splitlines() == [headline, str(folder / "report.html")]
    after = content(folder)
    assert after["report.json"] == before["report.json"]
    assert {name for name in after if "/" in name} == {name for name in before if "/" in name}
    assert all(after[name] == before[name] for name in after if "/" in name)
    assert {"report.html", "report.pdf", "manifest.json"} <= set(after)
    assert content(case) == before


def test_the_run_says_that_it_was_judged_again_and_from_where(case) -> None:
    assert judge("--out", "again", "--format", "json") == 1
    run = json.loads_run(Path("again/run.json").read_bytes())
    *before, note = run.warnings
    assert replace(run, warnings=tuple(before)) == json.loads_run((case / "run.json").read_bytes())
    assert note.startswith("Judged again from the stored measurements of case,")
    assert "findings that are new have none" in note


def test_other_limits_give_another_answer_and_exit_code(case) -> None:
    text = DEFAULT
    lengths = {"least_replaced_s": "0.64", "least_gone_s": "0.25", "least_pause_speech_s": "0.3"}
    for limit, value in lengths.items():
        assert f"\n{limit} = {value} " in text
        text = text.replace(f"\n{limit} = {value} ", f"\n{limit} = 400 ")
    Path("same.toml").write_text(text, encoding="utf-8")
    assert judge("--out", "again", "--format", "html") == 0
    report = json.loads(Path("again/report.json").read_bytes())
    assert report.verdict.answer == "no-alteration-found"


def test_a_case_can_be_judged_from_inside_its_folder(case, monkeypatch) -> None:
    monkeypatch.chdir(case)
    arguments = ["judge", ".", "--calibration", "../same.toml", "--format", "json", "--quiet"]
    assert main(arguments) == 1
    assert [path.name for path in Path("..").glob("case-judged-*")]


def test_a_taken_folder_is_refused_and_replaced_with_force(case, capfd) -> None:
    assert judge("--out", "again", "--format", "json") == 1
    assert judge("--out", "again", "--format", "json") == 2
    assert "again exists already" in capfd.readouterr().err
    assert judge("--out", "again", "--format", "json", "--force") == 1


def test_the_case_itself_is_never_replaced(case, capfd) -> None:
    before = content(case)
    assert judge("--out", "./case", "--force") == 2
    assert "is the case itself" in capfd.readouterr().err
    assert content(case) == before


@pytest.mark.parametrize("name", ["report.json", "run.json", "manifest.json", "exhibits"])
def test_a_case_that_is_not_whole_is_one_line_and_2(name, case, capfd) -> None:
    gone = case / name
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    assert judge() == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "case" in printed.err
    assert not list(Path().glob("case-judged-*"))


@pytest.mark.parametrize("listed", ["[]", "{}", '{"files": 3}', '{"files": {"report.json": 1}}'])
def test_a_manifest_that_is_none_is_one_line_and_2(listed, case, capfd) -> None:
    (case / "manifest.json").write_text(listed)
    assert judge() == 2
    assert len(capfd.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("name", ["report.json", "run.json"])
def test_a_record_that_was_changed_is_refused(name, case, capfd) -> None:
    (case / name).write_bytes((case / name).read_bytes() + b"\n")
    assert judge() == 2
    assert f"{name} is not the file that manifest.json lists" in capfd.readouterr().err


def listed_anew(case: Path, changed: dict[str, bytes]) -> None:
    """Files under the names given, with a manifest that agrees."""
    manifest = standard.loads((case / "manifest.json").read_bytes())
    for name, held in changed.items():
        (case / name).write_bytes(held)
        manifest["files"][name] = hashlib.sha256(held).hexdigest()
    (case / "manifest.json").write_text(standard.dumps(manifest))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"mediacheck.report/1"', '"mediacheck.report/0"', "mediacheck.report/0"),
        ('"check":"container","reason":null,"status":"measured","version":1',
         '"check":"container","reason":null,"status":"measured","version":99', "version 99"),
    ],
    ids=["schema", "check"],
)  # fmt: skip
def test_a_record_of_another_version_is_one_line_and_2(old, new, said, case, capfd) -> None:
    text = (case / "report.json").read_text("utf-8")
    assert old in text
    listed_anew(case, {"report.json": text.replace(old, new).encode()})
    assert judge() == 2
    printed = capfd.readouterr()
    assert len(printed.err.splitlines()) == 1
    assert said in printed.err


def test_a_manifest_cannot_reach_outside_the_folder(case) -> None:
    Path("secret.jpg").write_bytes(b"secret")
    listed_anew(case, {"../secret.jpg": b"secret", "exhibits/../../secret.jpg": b"secret"})
    assert judge("--out", "again", "--format", "json") == 1
    assert b"secret" not in content(Path("again")).values()


@pytest.mark.parametrize(
    "arguments",
    [
        ["judge"],
        ["judge", "case"],
        ["judge", "case", "--calibration"],
        ["judge", "case", "--calibration", "same.toml", "--format", "docx"],
        ["judge", "case", "other", "--calibration", "same.toml"],
        ["judge", "case", "--calibration", "missing.toml"],
        ["judge", "case", "--calibration", "case"],
        ["judge", "missing", "--calibration", "same.toml"],
        ["judge", "same.toml", "--calibration", "same.toml"],
        ["judge", LONG, "--calibration", "same.toml"],
        ["judge", "case", "--calibration", LONG],
        ["judge", "case", "--calibration", "same.toml", "--out", LONG],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_2(arguments, case, capfd) -> None:
    assert main(arguments) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("mediacheck: ")
