"""Makes pairs, compares them, keeps what was measured: the raw material of error rates.

Every pair has a folder of its own below OUT/pairs: `pair.json` (how it was made), `truth.json`, and either
`report.json` or `failure.txt`. A pair that is there is not measured again, so an interrupted bench goes on where it
stopped, and one with more time adds to what there is. Clips are kept as far as there is room, see clips.py.
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
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from mediacheck.compare import examine
from mediacheck.errors import MediacheckError
from mediacheck.model import Options, Question
from mediacheck.progress import SILENT, Progress
from mediacheck.provenance import MAKERS, code
from mediacheck.report.json import dumps
from mediacheck.tuning import clips
from mediacheck.tuning.doctor import doctor, recipe_named
from mediacheck.tuning.recipes import Unsuitable
from mediacheck.tuning.sampling import Course, Job

logger = logging.getLogger(__name__)

PAIR, TRUTH, REPORT, FAILURE = "pair.json", "truth.json", "report.json", "failure.txt"
# Whatever decides what is measured; judging does not, it is done again each time.
MEASURES = (*MAKERS, "align", "checks", "evidence", "memory", "ranging")
UNSUITABLE = "unsuitable.json"  # the footage lacks what the recipe needs; not tried again
KEPT_BYTES = 8 * 1000**3  # of clips; a thousand take some 500 MB


class BenchStopped(MediacheckError):
    """The bench cannot go on; what was measured is kept and the same command continues."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run of the bench did. left: jobs that the budget did not reach."""

    compared: int
    failed: int
    unsuitable: int
    there: int
    left: int


def run(
    course: Course,
    out: Path,
    budget_s: float,
    workers: int,
    transcripts: bool = False,
    progress: Progress = SILENT,
    keep_bytes: int = KEPT_BYTES,
) -> Tally:
    """Work the jobs off until they end or the budget does; a job that has begun is finished.

    A pair that cannot be made or compared is a recorded failure, also where its process dies. For one that the
    footage does not allow a spare one is tried. Raises BenchStopped where the disk is full or OUT cannot be written.
    """
    until = time.monotonic() + budget_s
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "cache").mkdir(mode=0o700, exist_ok=True)
        shelf = clips.Shelf(out / "clips", keep_bytes, _keys(course))
    except OSError as error:
        raise BenchStopped(f"{out}: it cannot be written ({error.strerror})") from error
    counted = {"compared": 0, "failed": 0, "unsuitable": 0}
    # One folder of the parent's for what the workers make: it goes even where they are killed.
    with tempfile.TemporaryDirectory(
        prefix="mediacheck-bench-", ignore_cleanup_errors=True
    ) as scratch:
        place = _Place(out, Path(scratch), measured_by(), transcripts)
        queue = _Queue(course, place)
        for job, outcome in _outcomes(queue, place, shelf, until, workers) if queue else ():
            counted[outcome] += 1
            if outcome == "unsuitable":
                queue.stand_in(job)
            else:
                shelf.filled(job.name)
            progress.at("pairs", sum(counted.values()), sum(counted.values()) + len(queue))
    return Tally(**counted, there=queue.there, left=len(queue))


@cache
def measured_by() -> str:
    """The code that this process measures by: pairs of other code count in no record."""
    return code(*MEASURES)


def _keys(course: Course) -> dict[Path, str]:
    jobs = (*course.jobs, *(job for spares in course.spares.values() for job in spares))
    return {job.name: clips.key(job.footage) for job in jobs}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where workers write, what measures, and whether they read the words of pairs that are worth it."""

    out: Path
    scratch: Path
    code: str
    transcripts: bool


class _Queue:
    """The jobs still to be done, with spares for those that turn out to be impossible."""

    def __init__(self, course: Course, place: _Place) -> None:
        self.there = 0
        self._place = place
        self._spares = {about: deque(spares) for about, spares in course.spares.items()}
        self._waiting: deque[Job] = deque()
        for job in course.jobs:
            self._take(job, self._waiting.append)

    def __len__(self) -> int:
        return len(self._waiting)

    def next(self) -> Job | None:
        return self._waiting.popleft() if self._waiting else None

    def stand_in(self, job: Job) -> None:
        """Another job of the same recipe and half, next in turn."""
        spares = self._spares.get((job.recipe, job.facts.half))
        if spares:
            self._take(spares.popleft(), self._waiting.appendleft)

    def _take(self, job: Job, put: Callable[[Job], None]) -> None:
        match _known(self._place, job):
            case "unsuitable":
                self.stand_in(job)
            case "there":
                self.there += 1
            case _:
                put(job)


def _known(place: _Place, job: Job) -> str:
    """there, unsuitable or nothing: what this very code has found of the pair, asked no less than now."""
    folder, wanted = place.out / job.folder, clips.key(job.footage)
    try:
        if (folder / UNSUITABLE).is_file():
            known = json.loads((folder / UNSUITABLE).read_bytes())
            return "unsuitable" if known["made"] == wanted else ""
        pair = json.loads((folder / PAIR).read_bytes())
        same = pair["code"] == place.code and pair["made"] == wanted
        asked = place.transcripts and job.spoken
        return "there" if same and (pair["transcripts"] or not asked) else ""
    except (OSError, ValueError, KeyError):
        return ""


def _outcomes(
    queue: _Queue, place: _Place, shelf: clips.Shelf, until: float, workers: int
) -> Iterator[tuple[Job, str]]:
    """Each job that was begun, as they end, and whether it was compared, failed or unsuitable."""
    suspects: list[Job] = []
    while True:
        running: dict[Future[str], Job] = {}
        # spawn: decoders and threads of a parent do not survive a fork.
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
        try:
            while True:
                while len(running) < (1 if suspects else workers) and time.monotonic() < until:
                    job = suspects.pop() if suspects else queue.next()
                    if job is None:
                        break
                    running[pool.submit(_worked, job, place, shelf.has_room)] = job
                if not running:
                    return
                for ended in wait(running, return_when=FIRST_COMPLETED).done:
                    job = running.pop(ended)
                    try:
                        yield job, ended.result()
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
                yield job, "failed"
            else:
                suspects += running.values()
        except OSError as error:
            raise BenchStopped(
                f"{place.out}: {error.strerror or error}; make room and start again, nothing is lost"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _worked(job: Job, place: _Place, keeping: bool) -> str:
    """Make, compare, keep. Runs in a worker; raises OSError only where nothing more can be written."""
    folder, shelf = place.out / job.folder, place.out / "clips" / job.name
    wanted = clips.key(job.footage)
    step, made_s = "making it", None
    with tempfile.TemporaryDirectory(dir=place.scratch) as scratch:
        try:
            made = clips.kept(shelf, job.source, wanted)
            if made is None:
                begun = time.monotonic()
                doctor(recipe_named(job.recipe), job.source, job.donor, Path(scratch), job.seed)
                made_s = round(time.monotonic() - begun, 3)
                made = clips.laid_out(Path(scratch), job.source)
                if keeping:
                    clips.keep(shelf, made, wanted)
            step = "comparing it"
            asked = Question(options=Options(transcript=place.transcripts and job.spoken))
            case = examine(made.clip, made.original, asked, cache=place.out / "cache")
        except Unsuitable as reason:
            _keep(folder, {UNSUITABLE: _json({"made": wanted, "reason": str(reason)})})
            return "unsuitable"
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            _record_failure(place, job, f"{step}: {type(error).__name__}", traceback.format_exc())
            return "failed"
        cost = {"cpu_s": case.run.cpu_s, "wall_s": case.run.wall_s, "made_s": made_s}
        _keep(
            folder,
            {
                PAIR: _json({**_told(job, place), **cost}),
                TRUTH: made.truth.read_bytes(),
                REPORT: dumps(case.comparison),
            },
        )
    return "compared"


def _told(job: Job, place: _Place) -> Mapping[str, object]:
    return {
        **asdict(job.facts),
        "code": place.code,
        "made": clips.key(job.footage),
        "maker": clips.maker(),
        "transcripts": place.transcripts and job.spoken,
    }


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
