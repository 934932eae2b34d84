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
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

REFUSED, DEFECT, INTERRUPTED = 2, 70, 130
# Options of compare that take no value; each other one takes the next word, whatever that looks like.
FLAGS = frozenset(
    ["--force", "--no-transcript", "--self-check", "--quiet", "--verbose", "--help", "-h"]
)
LEVELS = {"alteration": "error", "presentation": "notice", "note": "notice"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code of the comparison; what it said on stderr has gone to stderr.

    What fails here, after the comparison, never ends as an answer does: 2 where the user can mend it, else 70.
    """
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _ended(REFUSED, str(error))
    except BaseException as error:
        return _ended(DEFECT, f"a defect of mediacheck ({type(error).__name__}: {error})")


def _run(asked: Sequence[str]) -> int:
    code, printed, complaint = _compared(asked)
    lines = printed.splitlines()
    if len(lines) != 2:  # no report: refused, a defect, or a question such as --help
        _say(printed)
        if code in (REFUSED, DEFECT):
            _say(f"{_annotation('error', 'could not run', complaint)}\n")
        return code
    # The path on stdout is for people: what hides in a name is written out there. A folder that compare has named
    # itself has nothing that hides.
    named = out_of(asked)
    folder = Path(lines[1]).parent if named is None else Path(named)
    report = json.loads((folder / "report.json").read_bytes())
    _say("".join(f"{line}\n" for line in annotated(report)))
    _append("GITHUB_STEP_SUMMARY", summary(report))
    _append(
        "GITHUB_OUTPUT",
        _output("answer", report["verdict"]["answer"]) + _output("folder", str(folder)),
    )
    return code


def _compared(asked: Sequence[str]) -> tuple[int, str, str]:
    """Exit code of `mediacheck compare`, its stdout, and its last line on stderr, which has all gone to ours."""
    command = [sys.executable, "-m", "mediacheck", "compare", *asked]
    last = ""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        text=True,
        encoding="utf-8",
        errors="backslashreplace",
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        # stdout holds two lines, or a help that fits the pipe: it can wait until stderr ends.
        for line in running.stderr:
            sys.stderr.write(line)
            sys.stderr.flush()
            last = line.strip() or last
        printed = running.stdout.read()
    return running.returncode, printed, last.removeprefix("mediacheck: ")


def out_of(arguments: Sequence[str]) -> str | None:
    """What --out names, as typed; None where it is not given. The last one counts, as it does for compare."""
    found = None
    words = iter(arguments)
    for word in words:
        if word == "--":
            break
        name, has_value, value = word.partition("=")
        if not name.startswith("--") or name in FLAGS:
            continue
        value = value if has_value else next(words, "")
        if name == "--out" and value:
            found = value
    return found


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


def _output(name: str, value: str) -> str:
    """One line; a value of several lines stands between two that nobody can foresee, so that it sets no other."""
    if not re.search(r"[\r\n]", value):
        return f"{name}={value}\n"
    border = secrets.token_hex(16)
    return f"{name}<<{border}\n{value}\n{border}\n"


def _append(variable: str, text: str) -> None:
    if place := os.environ.get(variable):
        with Path(place).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)


def _say(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def _ended(code: int, why: str) -> int:
    said = " ".join(why.split())
    print(f"mediacheck.ci: {said}", file=sys.stderr)
    with suppress(OSError):
        _say(f"{_annotation('error', 'could not run', said)}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
