"""A bench in a small form: it makes, compares, records, goes on where it stopped, and survives what breaks."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mediacheck.calibration import Calibration
from mediacheck.calibration.rates import Rates
from mediacheck.cli.main import main
from mediacheck.model import Answer, Kind
from mediacheck.tuning import bench, clips
from mediacheck.tuning.bench import PAIR, REPORT, TRUTH, UNSUITABLE, BenchStopped
from mediacheck.tuning.doctor import recipe_named
from mediacheck.tuning.material import Source, sources
from mediacheck.tuning.sampling import Course, Facts, Job, plan
from mediacheck.tuning.scores import Pair, measured_now, pairs, score

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
TUNING = MEDIA / "innocent" / "clip.mp4"
# Two for each half, as their hashes have it: each is the other's donor.
FOOTAGE = ("press-qa/original", "press-qa/clip", "innocent/clip", "unrelated/clip")


def taken(path: Path) -> Source:
    (source,) = (each for each in sources(path.parent) if each.path == path)
    return source


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


def test_what_was_measured_is_kept_and_the_sources_are_not_copied(out: Path) -> None:
    folders = [path.parent for path in out.glob(f"pairs/*/*/*/{PAIR}")]
    assert len(folders) == 8
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {PAIR, TRUTH, REPORT}
    assert {path.name for path in out.rglob("*.mp4")} == {"clip.mp4"}
    assert len(list(out.glob("clips/*/*/clip.mp4"))) == 8
    assert (out / "clips").stat().st_mode & 0o077 == 0
    for folder in out.glob("clips/*/*"):
        assert folder.stat().st_mode & 0o077 == 0


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


def one_job(out: Path) -> Job:
    """An excerpt of the tuning half, as the bench of `out` made it, from the very bytes."""
    course = plan([recipe_named("excerpt")], [taken(TUNING)])
    job = next(job for job in course.jobs if job.spoken)
    assert (out / job.folder / PAIR).is_file()
    return job


def known(out: Path, job: Job, transcripts: bool = False, code: str | None = None) -> str:
    return bench._known(bench._Place(out, out, code or bench.measured_by(), transcripts), job)


def test_it_goes_on_where_it_stopped(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = one_job(out)
    monkeypatch.setattr(bench, "ProcessPoolExecutor", None)  # nothing is begun
    tally = bench.run(Course((job,), {}), out, budget_s=0.0, workers=1)
    assert (tally.compared, tally.there, tally.left) == (0, 1, 0)


def test_a_pair_is_done_again_by_other_code_or_with_more_asked(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = one_job(out)
    assert known(out, job) == "there"
    assert known(out, job, code="other code") == ""
    assert known(out, job, transcripts=True) == ""  # the words are still to be checked
    monkeypatch.setattr(clips, "maker", lambda: "other recipes")
    assert known(out, job) == ""


def test_pairs_of_other_code_are_in_no_record(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(measured_now(out, "reporting")) == 4
    monkeypatch.setattr("mediacheck.tuning.scores.measured_by", lambda: "other code")
    assert measured_now(out, "reporting") == ()


def test_measuring_again_makes_no_clip_again(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = one_job(out)
    shutil.copytree(out / "clips", tmp_path / "clips")
    monkeypatch.setattr(bench, "doctor", None)  # nothing can be made
    assert bench._worked(job, place(tmp_path), keeping=True) == "compared"
    again, before = (root / job.folder for root in (tmp_path, out))
    assert (again / REPORT).read_bytes() == (before / REPORT).read_bytes()
    assert (again / TRUTH).read_bytes() == (before / TRUTH).read_bytes()


def failing(recipe: str, source: Path, seed: int = 1) -> Job:
    facts = Facts(recipe, "clean", True, seed, "abcdef01", None, "tuning")
    return Job(recipe, source, None, seed, facts)


def place(out: Path) -> bench._Place:
    return bench._Place(out, out, bench.measured_by(), transcripts=False)


def test_a_pair_that_cannot_be_made_is_a_recorded_failure(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film at all")
    assert (
        bench._worked(failing("excerpt", tmp_path / "broken.mp4"), place(tmp_path), True)
        == "failed"
    )
    (pair,) = pairs(tmp_path)
    assert pair.comparison is None
    found = score(pair, Calibration.load())
    assert found.failure is not None
    assert found.failure.startswith("making it: ")
    assert str(tmp_path) not in found.failure  # it goes into a record that is published
    assert found.answer is None
    assert Pair.load(pair.folder).failure == found.failure


def test_it_goes_on_where_no_clip_was_kept(out: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film at all")
    course = Course((one_job(out), failing("excerpt", tmp_path / "broken.mp4")), {})
    tally = bench.run(course, tmp_path / "out", 60.0, workers=1, keep_bytes=0)
    assert (tally.compared, tally.failed, tally.left) == (1, 1, 0)
    assert list((tmp_path / "out" / "clips").iterdir()) == []


def test_footage_without_what_a_recipe_needs_is_no_failure(tmp_path: Path) -> None:
    job = replace(failing("dub-whole", TUNING), spoken=True)  # no donor
    assert bench._worked(job, place(tmp_path), True) == "unsuitable"
    assert pairs(tmp_path) == ()
    assert known(tmp_path, job, transcripts=True) == "unsuitable"


def test_for_a_pair_that_cannot_be_made_another_stands_in(tmp_path: Path) -> None:
    lacking, other = failing("dub-whole", TUNING), failing("dub-whole", TUNING, seed=2)
    course = Course((lacking,), {("dub-whole", "tuning"): (other,)})
    queue = bench._Queue(course, place(tmp_path))
    assert queue.next() is lacking
    queue.stand_in(lacking)
    assert queue.next() is other
    queue.stand_in(other)
    assert queue.next() is None
    bench._worked(lacking, place(tmp_path), True)
    again = bench._Queue(course, place(tmp_path))  # a later run knows it from the start
    assert again.next() is other


def test_what_no_longer_suits_leaves_no_measured_pair(tmp_path: Path) -> None:
    job = failing("dub-whole", TUNING)
    bench._keep(tmp_path / job.folder, {PAIR: b"{}", REPORT: b"{}"})
    bench._worked(job, place(tmp_path), True)
    assert [path.name for path in (tmp_path / job.folder).iterdir()] == [UNSUITABLE]


def test_where_nothing_can_be_written_it_stops_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text("in the way")
    with pytest.raises(BenchStopped, match="start again, nothing is lost"):
        bench.run(Course((failing("dub-whole", TUNING),), {}), tmp_path, 60.0, 1)


def test_tuning_alone_writes_no_record(out: Path, tmp_path: Path) -> None:
    arguments = ["--half", "tuning", "--recipes", "excerpt", "--budget", "0", "--quiet"]
    assert main(["bench", str(MEDIA), "--out", str(tmp_path), *arguments]) == 0
    assert not list(tmp_path.glob("*.md"))
    assert not (tmp_path / "looks.txt").exists()


@pytest.mark.parametrize(
    "arguments",
    [["--recipes", "nothing"], ["--id", "a/b"], ["--budget", "-1"], ["--half", "third"]],
)
def test_bad_wishes_are_refused(tmp_path: Path, arguments: list[str]) -> None:
    shutil.copyfile(TUNING, tmp_path / "one.mp4")
    assert main(["bench", str(tmp_path), "--out", str(tmp_path / "out"), *arguments]) == 2


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no footage of 2 s or more" in capsys.readouterr().err
