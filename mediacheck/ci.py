"""A comparison as a job of a CI service that understands GitHub's workflow commands.

    python -m mediacheck.ci CLIP ORIGINAL [options of mediacheck compare]

runs `mediacheck compare` and ends with its exit code. On the way each finding becomes an annotation, the report a
Markdown summary (in the file that GITHUB_STEP_SUMMARY names), and `answer` and `folder` become outputs (in the file
that GITHUB_OUTPUT names). It is also an example: nothing but the command line and report.json is used.
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

LEVELS = {"alteration": "error", "presentation": "notice", "note": "notice"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code of the comparison; what it said on stderr has gone to stderr."""
    asked = list(sys.argv[1:] if arguments is None else arguments)
    command = [sys.executable, "-m", "mediacheck", "compare", *asked]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    lines = ended.stdout.splitlines()
    if len(lines) != 2:  # no report: refused, a defect, or a question such as --help
        sys.stdout.write(ended.stdout)
        return ended.returncode
    folder = Path(lines[1]).parent
    report = json.loads((folder / "report.json").read_bytes())
    for line in annotated(report):
        print(line)
    _append("GITHUB_STEP_SUMMARY", summary(report))
    _append("GITHUB_OUTPUT", f"answer={report['verdict']['answer']}\nfolder={folder}\n")
    return ended.returncode


def annotated(report: Mapping[str, Any]) -> Iterator[str]:
    """A workflow command for each finding and for each question that stayed open."""
    for finding in report["findings"]:
        yield _annotation(LEVELS[finding["severity"]], finding["kind"], finding["summary"])
    for row in report["verdict"]["unanswered"]:
        yield _annotation("warning", "not checked", f"{row['check']}: {row['reason']}")


def summary(report: Mapping[str, Any]) -> str:
    """The report as Markdown: headline, findings, what was not checked."""
    lines = [f"### mediacheck: {report['verdict']['answer']}", "", report["verdict"]["headline"]]
    if report["findings"]:
        lines += ["", "| finding | severity | |", "|---|---|---|"]
        lines += [
            f"| {f['kind']} | {f['severity']} | {_in_cell(f['summary'])} |"
            for f in report["findings"]
        ]
    if report["verdict"]["unanswered"]:
        lines += ["", "Not checked:", ""]
        lines += [f"- {row['check']}: {row['reason']}" for row in report["verdict"]["unanswered"]]
    return "\n".join(lines) + "\n"


def _annotation(level: str, title: str, text: str) -> str:
    return f"::{level} title={_escaped(f'mediacheck {title}', ':,')}::{_escaped(text)}"


def _escaped(text: str, also: str = "") -> str:
    """What would end the command, or the property, by its number: text of strangers starts no command of its own."""
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _in_cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _append(variable: str, text: str) -> None:
    if place := os.environ.get(variable):
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    sys.exit(main())
