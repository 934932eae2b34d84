"""A bench in a small form: it makes, compares, records, goes on where it stopped, and survives what breaks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mediacheck.calibration import Calibration
from mediacheck.calibration.rates import Rates
from mediacheck.cli.main import main
from mediacheck.model import Answer, Kind
from mediacheck.tuning import bench
from mediacheck.tuning.bench import PAIR, REPORT, TRUTH, BenchStopped, Job
from mediacheck.tuning.doctor import RECIPES, recipe_named
from mediacheck.tuning.material import Source
from mediacheck.tuning.scores import Pair, pairs, score

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
TUNING = MEDIA / "innocent" / "clip.mp4"
# Two for each half, as their hashes have it: each is the other's donor.
FOOTAGE = ("press-qa/original", "press-qa/clip", "innocent/clip", "unrelated/clip")


def taken(path: Path, sha256: str) -> Source:
    return Source(path, sha256, 20.0, has_picture=True, has_sound=True)


def few(names: str = "abcdef", odd: bool = False) -> list[Source]:
    return [taken(Path(f"{name}.mp4"), f"{name * 7}{int(odd)}{'0' * 56}") for name in names]


def test_stopped_anywhere_recipes_and_sources_have_met_evenly() -> None:
    chosen = RECIPES[:8]
    jobs = bench.plan(chosen, few())
    assert len(jobs) == len({job.folder for job in jobs}) == 8 * 6
    for stop in (8, 16, 24, 40):
        met = [job.recipe for job in jobs[:stop]]
        seen = [job.source for job in jobs[:stop]]
        assert len({met.count(recipe.name) for recipe in chosen}) == 1
        assert max(map(seen.count, set(seen))) - min(map(seen.count, set(seen))) <= 2


def test_the_halves_share_no_donor() -> None:
    jobs = bench.plan(RECIPES, [*few("abc"), *few("def", odd=True)])
    for job in jobs:
        assert job.donor is None or (job.donor.stem in "abc") is (job.facts.half == "reporting")
        assert job.donor != job.source


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recipes on two sources of each half, compared once."""
    made = tmp_path_factory.mktemp("bench")
    footage = tmp_path_factory.mktemp("footage")
    for number, name in enumerate(FOOTAGE):
        shutil.copyfile(MEDIA / f"{name}.mp4", footage / f"{number}.mp4")
    code = main(
        [
            *("bench", str(footage), "--recipes", "excerpt,dub-whole", "--budget", "5"),
            *("--workers", "2", "--out", str(made), "--id", "small", "--quiet"),
        ]
    )
    assert code == 0
    return made


def test_what_was_measured_is_kept_and_the_media_are_not(out: Path) -> None:
    folders = [path.parent for path in out.glob(f"pairs/*/*/*/{PAIR}")]
    assert len(folders) == 8
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {PAIR, TRUTH, REPORT}
    assert not list(out.rglob("*.mp4"))


def test_pairs_come_out_as_they_were_made(out: Path) -> None:
    found = {(s.recipe, s.source): s for s in (score(p, Calibration.load()) for p in pairs(out))}
    for (recipe, _), each in found.items():
        if recipe == "excerpt":
            assert each.answer is Answer.NO_ALTERATION_FOUND
            assert each.false == ()
        else:
            assert each.answer is Answer.ALTERED
            (told,) = each.told
            assert (told.kind, told.found) == (Kind.REPLACED, True)
            assert max(told.off_s) < 0.5


def test_the_record_names_no_file_and_counts_every_pair(out: Path) -> None:
    page = (out / "small.md").read_text("utf-8")
    data = json.loads((out / "small.json").read_bytes())
    reporting = pairs(out, "reporting")
    assert len(data["pairs"]) == len(reporting)
    assert f"{len(reporting)} pairs made from" in page
    assert "mp4" not in page.split("## How it was made")[0]
    assert (out / "looks.txt").read_text() == "small\n"
    assert "footage" not in page.split("## How it was made")[1].split("|")[0]
    for name in ("small-checks.svg", "small-recipes.svg"):
        assert f"({name})" in page
        assert (out / name).read_text().startswith("<svg ")


def test_rates_of_the_record_can_be_shipped(out: Path) -> None:
    shipped = json.loads((out / "small.json").read_bytes())["rates"]
    rates = Rates.parse(json.dumps(shipped))
    assert rates.calibration == Calibration.load().digest
    row = rates.of("sound", "all")
    assert row is not None
    assert row.false_alarm is not None


def test_it_goes_on_where_it_stopped(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = bench.plan(
        [recipe_named("excerpt")], [taken(TUNING, "75ec597b629f9e8fdf5a704d4efc153f")]
    )
    monkeypatch.setattr(bench, "ProcessPoolExecutor", None)  # nothing is begun
    tally = bench.run(jobs, out, budget_s=0.0, workers=1)
    assert (tally.compared, tally.there, tally.left) == (0, 1, 0)
    folder = out / jobs[0].folder
    assert not bench._is_done(folder, "other code", transcripts=False)
    measured_by = json.loads((folder / PAIR).read_bytes())["code"]
    assert bench._is_done(folder, measured_by, transcripts=False)
    assert not bench._is_done(
        folder, measured_by, transcripts=True
    )  # the words are still to be checked


def failing(recipe: str, source: Path) -> Job:
    facts = bench.Facts(recipe, "clean", True, 1, "abcdef01", None, "tuning")
    return Job(recipe, source, None, 1, facts)


def place(out: Path) -> bench._Place:
    return bench._Place(out, out, transcripts=False)


def test_a_pair_that_cannot_be_made_is_a_recorded_failure(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film at all")
    assert bench._worked(failing("excerpt", tmp_path / "broken.mp4"), place(tmp_path)) == "failed"
    (pair,) = pairs(tmp_path)
    assert pair.comparison is None
    found = score(pair, Calibration.load())
    assert found.failure is not None
    assert found.failure.startswith("making it: ")
    assert str(tmp_path) not in found.failure  # it goes into a record that is published
    assert found.answer is None
    assert Pair.load(pair.folder).failure == found.failure


def test_footage_without_what_a_recipe_needs_is_no_failure(tmp_path: Path) -> None:
    job = failing("dub-whole", TUNING)  # no donor
    assert bench._worked(job, place(tmp_path)) == "unsuitable"
    assert pairs(tmp_path) == ()
    assert bench._is_done(tmp_path / job.folder, "any code", transcripts=True)


def test_where_nothing_can_be_written_it_stops_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text("in the way")
    with pytest.raises(BenchStopped, match="start again, nothing is lost"):
        bench.run([failing("dub-whole", TUNING)], tmp_path, 60.0, 1)


@pytest.mark.parametrize(
    "arguments", [["--recipes", "nothing"], ["--id", "a/b"], ["--budget", "-1"]]
)
def test_bad_wishes_are_refused(tmp_path: Path, arguments: list[str]) -> None:
    shutil.copyfile(TUNING, tmp_path / "one.mp4")
    assert main(["bench", str(tmp_path), "--out", str(tmp_path / "out"), *arguments]) == 2


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no footage of 2 s or more" in capsys.readouterr().err
