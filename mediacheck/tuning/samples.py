"""The report that the README shows, made again.

    python -m mediacheck.tuning.samples [--out reports/samples]

compares the made pair fixtures/media/press-qa with the weights `base` and writes its case folder. What changes from run
to run (run.json) is replaced by fixed values, so that the sample only changes when the report does.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from mediacheck import casefile, casefolder
from mediacheck.compare import examine
from mediacheck.model import Question, Run

CASE = "press-qa"
FIXTURES = Path("fixtures/media")
WHEN = "2025-10-24T09:00:00.000Z"


def make(repository: Path, out: Path) -> Path:
    """The sample's folder, replaced where there is one. Raises MediacheckError as `mediacheck compare` does."""
    pair = repository / FIXTURES / CASE
    question = casefile.load(pair / "case.toml").added_to(Question())
    case = examine(pair / "clip.mp4", pair / "original.mp4", question)
    return casefolder.write(
        case.comparison,
        settled(case.run),
        case.clip_path,
        case.original_path,
        out / CASE,
        force=True,
    )


def settled(run: Run) -> Run:
    """The run without what differs between two runs on one machine, and without the machine's name."""
    return replace(
        run,
        clip_path=f"{FIXTURES}/{CASE}/clip.mp4",
        original_path=f"{FIXTURES}/{CASE}/original.mp4",
        received=WHEN,
        finished=WHEN,
        host="sample",
        platform="sample",
        processor="sample",
        cpu_s=0.0,
        wall_s=0.0,
        stages={},
    )


def main(arguments: list[str] | None = None) -> int:
    """The command line; run it from the repository."""
    parser = argparse.ArgumentParser(
        prog="python -m mediacheck.tuning.samples", description="Make the sample report again."
    )
    parser.add_argument("--out", type=Path, default=Path("reports/samples"))
    print(make(Path(), parser.parse_args(arguments).out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
