"""Makes pairs, compares them, keeps what was measured: the raw material of error rates.

Every pair has a folder of its own below OUT/pairs: `pair.json` (how it was made), `truth.json`, and either
`report.json` or `failure.txt`. The media are deleted once they were compared. A pair that is there is not made
again, so an interrupted bench goes on where it stopped, and one with more time adds to what there is.
"""

from __future__ import annotations

import errno
import json
import logging
import multiprocessing
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path

from mediacheck.compare import examine
from mediacheck.errors import MediacheckError
from mediacheck.model import Options, Question
from mediacheck.progress import SILENT, Progress
from mediacheck.provenance import MAKERS, code
from mediacheck.report.json import dumps
from mediacheck.tuning.doctor import doctor, recipe_named
from mediacheck.tuning.material import Half, Source
from mediacheck.tuning.recipes import Recipe, Unsuitable

logger = logging.getLogger(__name__)

SEED = 20
PAIR, TRUTH, REPORT, FAILURE = "pair.json", "truth.json", "report.json", "failure.txt"
# Whatever decides what is measured; judging does not, it is done again each time.
MEASURES = (*MAKERS, "align", "checks", "evidence", "memory", "ranging")
UNSUITABLE = "unsuitable.txt"  # the footage lacks what the recipe needs; not tried again


class BenchStopped(MediacheckError):
    """The bench cannot go on; what was measured is kept and the same command continues."""


@dataclass(frozen=True, slots=True)
class Job:
    """One pair to be made and compared. `round_` counts how often the recipe has met this source."""

    recipe: str
    source: Path
    donor: Path | None
    seed: int
    facts: Facts

    @property
    def folder(self) -> Path:
        return Path("pairs", self.facts.half, self.recipe, f"{self.facts.source}-{self.seed}")


@dataclass(frozen=True, slots=True)
class Facts:
    """pair.json: what a record may tell of a pair. Sources go by their hashes, never by their names."""

    recipe: str
    condition: str
    innocent: bool
    seed: int
    source: str
    donor: str | None
    half: Half


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run of the bench did. left: jobs that the budget did not reach."""

    compared: int
    failed: int
    unsuitable: int
    there: int
    left: int


def plan(recipes: Sequence[Recipe], sources: Sequence[Source], rounds: int = 1) -> tuple[Job, ...]:
    """All jobs in the order in which they are worth doing: stopped anywhere, every recipe has met about as many
    sources, and every source about as many recipes.
    """
    jobs = []
    halves = {source.half for source in sources}
    for seed in range(SEED, SEED + rounds):
        for turn in range(max((len(sources), 1))):
            for number, recipe in enumerate(recipes):
                for half in sorted(halves, reverse=True):
                    here = [source for source in sources if source.half == half]
                    if turn < len(here):
                        index = (turn + number) % len(here)
                        jobs.append(_job(recipe, here, index, seed))
    return tuple(jobs)


def _job(recipe: Recipe, here: Sequence[Source], index: int, seed: int) -> Job:
    source = here[index]
    others = [each for each in here if each is not source and each.has_sound and each.has_picture]
    donor = others[(index + seed) % len(others)] if others else None
    path = None if donor is None or recipe.donor == "none" else donor.path
    name = None if path is None or donor is None else donor.name
    if recipe.donor == "voice":
        path = source.voices[seed % len(source.voices)] if source.voices else None
        name = None
    facts = Facts(
        recipe.name, recipe.condition, recipe.innocent, seed, source.name, name, source.half
    )
    return Job(recipe.name, source.path, path, seed, facts)


def run(
    jobs: Sequence[Job],
    out: Path,
    budget_s: float,
    workers: int,
    transcripts: bool = False,
    progress: Progress = SILENT,
) -> Tally:
    """Work the jobs off until they end or the budget does; a job that has begun is finished.

    A pair that cannot be made or compared is a recorded failure, also where its process dies. Raises
    BenchStopped where the disk is full or OUT cannot be written.
    """
    begun = time.monotonic()
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "cache").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BenchStopped(f"{out}: it cannot be written ({error.strerror})") from error
    measured_by = code(*MEASURES)
    waiting = [job for job in jobs if not _is_done(out / job.folder, measured_by, transcripts)]
    there = len(jobs) - len(waiting)
    counted = {"compared": 0, "failed": 0, "unsuitable": 0}
    # One folder of the parent's for what the workers make: it goes even where they are killed.
    with tempfile.TemporaryDirectory(
        prefix="mediacheck-bench-", ignore_cleanup_errors=True
    ) as scratch:
        place = _Place(out, Path(scratch), transcripts)
        for outcome in (
            _outcomes(iter(waiting), place, begun + budget_s, workers) if waiting else ()
        ):
            counted[outcome] += 1
            progress.at("pairs", sum(counted.values()), len(waiting))
    return Tally(**counted, there=there, left=len(waiting) - sum(counted.values()))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where workers write, and whether they transcribe."""

    out: Path
    scratch: Path
    transcripts: bool


def _is_done(folder: Path, measured_by: str, transcripts: bool) -> bool:
    """Whether this very code has measured the pair as asked, or found that it cannot be made."""
    if (folder / UNSUITABLE).is_file():
        return True
    try:
        pair = json.loads((folder / PAIR).read_bytes())
        return bool(pair["code"] == measured_by and (pair["transcripts"] or not transcripts))
    except (OSError, ValueError, KeyError):
        return False


def _outcomes(waiting: Iterator[Job], place: _Place, until: float, workers: int) -> Iterator[str]:
    """compared, failed or unsuitable for each job that was begun, as they end."""
    suspects: list[Job] = []
    while True:
        running: dict[Future[str], Job] = {}
        # spawn: decoders and threads of a parent do not survive a fork.
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
        try:
            while True:
                while len(running) < (1 if suspects else workers) and time.monotonic() < until:
                    job = suspects.pop() if suspects else next(waiting, None)
                    if job is None:
                        break
                    running[pool.submit(_worked, job, place)] = job
                if not running:
                    return
                for ended in wait(running, return_when=FIRST_COMPLETED).done:
                    job = running.pop(ended)
                    try:
                        yield ended.result()
                    except BrokenProcessPool:
                        running[ended] = job
                        raise
        except BrokenProcessPool:
            # One of them killed its process. Each is tried alone; one that dies alone is the failure.
            if len(running) == 1:
                job = next(iter(running.values()))
                _record_failure(
                    place, job, "its process died: out of memory, or a crash in a library"
                )
                yield "failed"
            else:
                suspects += running.values()
        except OSError as error:
            raise BenchStopped(
                f"{place.out}: {error.strerror or error}; make room and start again, nothing is lost"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _worked(job: Job, place: _Place) -> str:
    """Make, compare, keep. Runs in a worker; raises OSError only where nothing more can be written."""
    folder = place.out / job.folder
    step = "making it"
    with tempfile.TemporaryDirectory(dir=place.scratch) as made:
        try:
            doctor(recipe_named(job.recipe), job.source, job.donor, Path(made), job.seed)
            (original,) = Path(made).glob("original.*")
            step = "comparing it"
            case = examine(
                Path(made, "clip.mp4"),
                original,
                Question(options=Options(transcript=place.transcripts)),
                cache=place.out / "cache",
            )
        except Unsuitable as reason:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / UNSUITABLE).write_text(f"{reason}\n", encoding="utf-8")
            return "unsuitable"
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            _record_failure(place, job, f"{step}: {type(error).__name__}", traceback.format_exc())
            return "failed"
        cost = {"cpu_s": case.run.cpu_s, "wall_s": case.run.wall_s}
        _keep(
            folder,
            {
                PAIR: _json({**_told(job, place), **cost}),
                TRUTH: Path(made, TRUTH).read_bytes(),
                REPORT: dumps(case.comparison),
            },
        )
    return "compared"


def _told(job: Job, place: _Place) -> dict[str, object]:
    return {**asdict(job.facts), "code": code(*MEASURES), "transcripts": place.transcripts}


def _record_failure(place: _Place, job: Job, why: str, details: str = "") -> None:
    """why: fit to be published, so without names of files; details stay in the pair's folder."""
    logger.warning("%s on %s failed: %s", job.recipe, job.facts.source, why)
    failure = f"{why}\n{details}".encode()
    _keep(place.out / job.folder, {PAIR: _json(_told(job, place)), FAILURE: failure})


def _keep(folder: Path, files: dict[str, bytes]) -> None:
    """All of them or none: the folder appears when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
    try:
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"
