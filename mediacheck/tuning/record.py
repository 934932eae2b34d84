"""The record of a bench as a page that a stranger reads in a minute, and the same as data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mediacheck.calibration import Calibration
from mediacheck.model import Answer
from mediacheck.tuning import error_rates, plots, tables
from mediacheck.tuning.error_rates import EVERY, rate_of
from mediacheck.tuning.glance import glance
from mediacheck.tuning.material import Source
from mediacheck.tuning.scores import Score
from mediacheck.tuning.sections import sections
from mediacheck.tuning.tables import LONG_S


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the page says of how it came about. looks: how often the reporting half has been scored, this time too.

    notes: what whoever ran it knows of the footage and the numbers cannot tell.
    """

    identity: str
    version: str
    calibration: Calibration
    measured_on: str
    command: str
    looks: int
    sources: tuple[Source, ...]
    notes: str = ""


def looked(out: Path, identity: str) -> int:
    """How often the reporting half has been scored, with this time; kept in OUT/looks.txt, a line for each."""
    book = out / "looks.txt"
    lines = book.read_text("utf-8").splitlines() if book.is_file() else []
    lines.append(identity)
    book.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def notes(out: Path) -> str:
    """OUT/notes.txt as one paragraph; nothing where there is none."""
    book = out / "notes.txt"
    return " ".join(book.read_text("utf-8").split()) if book.is_file() else ""


def page(scored: Sequence[Score], made: Circumstances) -> str:
    """The Markdown page. scored: the reporting half; pairs that failed are named and count nowhere."""
    failed = [s for s in scored if s.failure is not None]
    scored = [s for s in scored if s.failure is None]
    innocent = [s for s in scored if s.innocent]
    altered = [s for s in scored if s.wanted is Answer.ALTERED]
    parts = [
        f"# Error rates: {made.identity}",
        _in_short(scored, innocent, altered, made),
        "## Answers",
        tables.answers(scored),
        "## At a glance",
        "Found: half of a stretch or more was reported as another sound. Every bracket in these tables holds the 95 %"
        " interval over sources.",
        str(glance(scored)),
        f"![False alarms and misses of each check]({made.identity}-checks.svg)",
        "## Each check",
        "False alarms: pairs without any alteration on which the check reported one. Missed: true alterations that it"
        " did not name.",
        tables.checks(scored),
        "## By the length of the clip",
        tables.lengths(scored),
        *(
            text
            for each in sections(scored)
            for text in (f"## {each.title}", each.note, *map(str, each.tables))
        ),
        "## How a copy is presented",
        "Crops, borders, music under the sound: reported, but never a reason for `altered`.",
        tables.presentation(scored),
        "## How well the motion parts copies from other footage",
        tables.aucs(scored),
        "## Innocent copies, by what was done to them",
        tables.innocents(innocent),
        "## Alterations, by recipe",
        tables.alterations(altered),
        f"![Found, by recipe]({made.identity}-recipes.svg)",
        "## Clips that are not in the original, by recipe",
        "Of other footage, and of another time on the same set: `altered` and `no-alteration-found` are wrong.",
        tables.negatives(scored),
        "## Where, and how much",
        "Seconds by which start and end of a finding are off, where it was found.",
        tables.places(scored),
        "## One kind taken for another",
        tables.confusion(altered),
        "## Pairs that failed",
        tables.failures(failed),
        "## What this does not show",
        _limits(scored, made),
        "## How it was made",
        _how(made, scored),
    ]
    return "\n\n".join(parts) + "\n"


def data(scored: Sequence[Score], made: Circumstances) -> bytes:
    """The same for machines: every pair's score, the tables of its sections, and the rates."""
    document = {
        "id": made.identity,
        "version": made.version,
        "calibration": {"id": made.calibration.id, "digest": made.calibration.digest},
        "measured_on": made.measured_on,
        "looks": made.looks,
        "sources": [_source(source) for source in made.sources],
        "glance": glance([s for s in scored if s.failure is None]).data(),
        "tables": {
            each.title: {"note": each.note, "tables": [table.data() for table in each.tables]}
            for each in sections([s for s in scored if s.failure is None])
        },
        "rates": error_rates.shipped(scored, made.calibration.digest, made.measured_on),
        "pairs": [{**asdict(s), "measured": sorted(s.measured)} for s in scored],
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def rates(scored: Sequence[Score], made: Circumstances) -> str:
    """What reports read, once it lies in mediacheck/calibration: the rates of these limits, by check and condition."""
    shipped = error_rates.shipped(scored, made.calibration.digest, made.measured_on)
    return json.dumps({"id": made.identity, **shipped}, indent=1, sort_keys=True) + "\n"


def drawings(scored: Sequence[Score], made: Circumstances) -> Mapping[str, str]:
    """File name -> SVG."""
    scored = [s for s in scored if s.failure is None]
    bars = [
        plots.Bar(row.check, row.false_alarm, row.miss)
        for row in error_rates.rows(scored)
        if row.condition == EVERY and row.check not in error_rates.DESCRIBING
    ]
    altered = [s for s in scored if s.wanted is Answer.ALTERED]
    names = sorted({s.recipe for s in altered})
    found = [
        plots.Bar(
            name,
            None,
            rate_of((s.source, tables.called_altered(s)) for s in altered if s.recipe == name),
        )
        for name in names
    ]
    return {
        f"{made.identity}-checks.svg": plots.intervals(bars, "Errors of each check"),
        f"{made.identity}-recipes.svg": plots.intervals(
            found, "Pairs answered altered", one="answered altered"
        ),
    }


def _in_short(
    scored: Sequence[Score],
    innocent: Sequence[Score],
    altered: Sequence[Score],
    made: Circumstances,
) -> str:
    wrong = rate_of((s.source, s.answer is Answer.ALTERED) for s in innocent)
    plain = rate_of((s.source, s.answer is Answer.NO_ALTERATION_FOUND) for s in innocent)
    found = rate_of((s.source, tables.called_altered(s)) for s in altered)
    wrong_long = rate_of(
        (s.source, tables.called_altered(s)) for s in innocent if s.clip_s >= LONG_S
    )
    others = [s for s in scored if s.wanted is Answer.NOT_IN_ORIGINAL]
    wrong_other = rate_of((s.source, tables.called_altered(s)) for s in others)
    taken = rate_of((s.source, s.answer is Answer.NO_ALTERATION_FOUND) for s in others)
    count = len({s.source for s in scored})
    return (
        f"{len(scored)} pairs made from {count} sources of the reporting half, which `mediacheck tune` never sees."
        f" Innocent copies called altered: **{tables.shown(wrong)}**;"
        f" of clips of {LONG_S:.0f} s and longer **{tables.shown(wrong_long)}**."
        f" Innocent copies answered with no alteration found: **{tables.shown(plain)}**."
        f" Clips that are not in the original called altered: **{tables.shown(wrong_other)}**,"
        f" taken for unaltered: **{tables.shown(taken)}**."
        f" Altered clips called altered: **{tables.shown(found)}**."
        f" Judged by calibration `{made.calibration.id}` ({made.calibration.digest[:8]}),"
        f" mediacheck {made.version}, {made.measured_on}."
    )


def _limits(scored: Sequence[Score], made: Circumstances) -> str:
    count = len({score.source for score in scored})
    return (
        f"The sources are few ({count}), and the alterations were made by the recipes of this project, not by forgers:"
        " a rate here is a rate on such pairs. Each file counts as a source of its own; two files of one"
        " recording would make an interval too narrow."
        " Footage of other kinds, other cameras and other tools may do worse."
        f" The reporting half has been looked at {_times(made.looks)};"
        " what was mended after looking makes it less blind."
        f"{f' {made.notes}' if made.notes else ''}"
    )


def _times(count: int) -> str:
    return "once, now" if count == 1 else f"{count} times"


def _how(made: Circumstances, scored: Sequence[Score]) -> str:
    rows = [
        (
            source.name,
            source.half,
            f"{source.seconds:.0f}",
            "yes" if source.has_sound else "no",
            sum(s.source == source.name for s in scored) or "",
        )
        for source in made.sources
    ]
    codes = Counter(score.code[:8] for score in scored)
    measured = "Measured by the code " + ", ".join(
        f"`{name}` ({count} pairs)" for name, count in codes.most_common()
    )
    listed = tables.table(
        ("source (SHA-256, first 8)", "half", "seconds", "sound", "pairs here"), rows
    )
    return f"`{made.command}`\n\n{measured}.\n\n{listed}"


def _source(source: Source) -> Mapping[str, object]:
    return {
        "sha256": source.sha256,
        "half": source.half,
        "seconds": round(source.seconds, 1),
        "has_sound": source.has_sound,
    }
