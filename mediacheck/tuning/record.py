"""The record of a bench as a page that a stranger reads in a minute, and the same as data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

from mediacheck.calibration import Calibration
from mediacheck.model import Answer, Kind
from mediacheck.tuning import error_rates, plots
from mediacheck.tuning.error_rates import EVERY, Rate, rate_of
from mediacheck.tuning.material import Source
from mediacheck.tuning.scores import Score, Told

ANSWERS = tuple(Answer)
LONG_S = 8.0  # shorter clips are seldom what is doubted, and hardest
LENGTHS_S = (0.0, 4.0, LONG_S, 1e4)
DUBBED = ("dub-whole", "dub-whole-degraded")


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
        _answers(scored),
        f"![False alarms and misses of each check]({made.identity}-checks.svg)",
        "## Each check",
        "False alarms: pairs without any alteration on which the check reported one. Missed: true alterations that it"
        " did not name. In brackets the 95 % interval over sources.",
        _checks(scored),
        "## By the length of the clip",
        _lengths(scored),
        "## Innocent copies, by what was done to them",
        _innocents(innocent),
        "## Alterations, by recipe",
        _altered(altered),
        f"![Found, by recipe]({made.identity}-recipes.svg)",
        "## Where, and how much",
        "Seconds by which start and end of a finding are off, where it was found.",
        _places(scored),
        "## One kind taken for another",
        _confusion(altered),
        "## How well the numbers part the two",
        _aucs(scored),
        "## What stayed open",
        _open(innocent),
        "## Pairs that failed",
        _failures(failed),
        "## What this does not show",
        _limits(scored, made),
        "## How it was made",
        _how(made, scored),
    ]
    return "\n\n".join(parts) + "\n"


def data(scored: Sequence[Score], made: Circumstances) -> bytes:
    """The same for machines: every pair's score, and the rates."""
    document = {
        "id": made.identity,
        "version": made.version,
        "calibration": {"id": made.calibration.id, "digest": made.calibration.digest},
        "measured_on": made.measured_on,
        "looks": made.looks,
        "sources": [_source(source) for source in made.sources],
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
        if row.condition == EVERY
    ]
    altered = [s for s in scored if s.wanted is Answer.ALTERED]
    names = sorted({s.recipe for s in altered})
    found = [
        plots.Bar(name, None, rate_of((s.source, _told(s)) for s in altered if s.recipe == name))
        for name in names
    ]
    return {
        f"{made.identity}-checks.svg": plots.intervals(bars, "Errors of each check"),
        f"{made.identity}-recipes.svg": plots.intervals(
            found, "Pairs answered altered", one="answered altered"
        ),
    }


def _told(score: Score) -> bool:
    return score.answer is Answer.ALTERED


def _in_short(
    scored: Sequence[Score],
    innocent: Sequence[Score],
    altered: Sequence[Score],
    made: Circumstances,
) -> str:
    wrong = rate_of((s.source, s.answer is Answer.ALTERED) for s in innocent)
    plain = rate_of((s.source, s.answer is Answer.NO_ALTERATION_FOUND) for s in innocent)
    found = rate_of((s.source, _told(s)) for s in altered)
    wrong_long = rate_of((s.source, _told(s)) for s in innocent if s.clip_s >= LONG_S)
    count = len({s.source for s in scored})
    return (
        f"{len(scored)} pairs made from {count} sources of the reporting half, which `mediacheck tune` never sees."
        f" Innocent copies called altered: **{_shown(wrong)}**;"
        f" of clips of {LONG_S:.0f} s and longer **{_shown(wrong_long)}**."
        f" Innocent copies answered with no alteration found: **{_shown(plain)}**."
        f" Altered clips called altered: **{_shown(found)}**."
        f" Judged by calibration `{made.calibration.id}` ({made.calibration.digest[:8]}),"
        f" mediacheck {made.version}, {made.measured_on}."
    )


def _answers(scored: Sequence[Score]) -> str:
    groups: tuple[tuple[str, Callable[[Score], bool]], ...] = (
        ("innocent copy", lambda s: s.innocent),
        ("altered", lambda s: s.wanted is Answer.ALTERED),
        ("not in the original", lambda s: s.wanted is Answer.NOT_IN_ORIGINAL),
        ("cannot be decided", lambda s: s.wanted is Answer.INCONCLUSIVE),
    )
    rows = []
    for name, belongs in groups:
        here = [s for s in scored if belongs(s)]
        if here:
            counted = Counter(s.answer for s in here)
            sources = len({s.source for s in here})
            rows.append((name, len(here), sources, *(counted[answer] or "" for answer in ANSWERS)))
    return _table(("the clip is", "pairs", "sources", *(f"`{a}`" for a in ANSWERS)), rows)


def _lengths(scored: Sequence[Score]) -> str:
    rows = []
    for least, most in pairwise(LENGTHS_S):
        here = [s for s in scored if least <= s.clip_s < most]
        unaltered, altered = ([s for s in here if s.unaltered is side] for side in (True, False))
        name = f"{least:.0f} s and longer" if most > 1e3 else f"{least:.0f} to {most:.0f} s"
        rows.append(
            (
                name,
                _shown(rate_of((s.source, _told(s)) for s in unaltered)),
                _shown(rate_of((s.source, _told(s)) for s in altered)),
            )
        )
    return _table(("clip", "unaltered, called altered", "altered, called altered"), rows)


def _checks(scored: Sequence[Score]) -> str:
    rows = [
        (f"`{row.check}`", _shown(row.false_alarm), _shown(row.miss))
        for row in error_rates.rows(scored)
        if row.condition == EVERY
    ]
    return _table(("check", "false alarms", "missed"), rows)


def _innocents(innocent: Sequence[Score]) -> str:
    rows = []
    for name in sorted({s.recipe for s in innocent}):
        here = [s for s in innocent if s.recipe == name]
        counted = Counter(s.answer for s in here)
        false = ", ".join(sorted({str(kind) for s in here for kind in s.false}))
        rows.append((name, here[0].condition if here else "", len(here), *_three(counted), false))
    return _table(
        (
            "recipe", "condition", "pairs", "no alteration found", "left open", "called altered",
            "wrongly reported",
        ),
        rows,
    )  # fmt: skip


def _three(counted: Mapping[Answer | None, int]) -> tuple[object, object, object]:
    left = counted.get(Answer.INCONCLUSIVE, 0) + counted.get(Answer.NOT_IN_ORIGINAL, 0)
    return (
        counted.get(Answer.NO_ALTERATION_FOUND, 0),
        left or "",
        counted.get(Answer.ALTERED, 0) or "",
    )


def _altered(altered: Sequence[Score]) -> str:
    rows = []
    for name in sorted({s.recipe for s in altered}):
        here = [s for s in altered if s.recipe == name]
        told = [each for s in here for each in s.told]
        rows.append(
            (
                name,
                len(here),
                len({s.source for s in here}),
                _shown(rate_of((s.source, _told(s)) for s in here)),
                f"{sum(each.found for each in told)} of {len(told)}" if told else "",
            )
        )
    return _table(("recipe", "pairs", "sources", "called altered", "named as what it is"), rows)


def _places(scored: Sequence[Score]) -> str:
    by_kind: dict[Kind, list[Told]] = {}
    for each in chain.from_iterable(s.told for s in scored):
        if each.off_s:
            by_kind.setdefault(each.kind, []).append(each)
    rows = []
    for kind in sorted(by_kind):
        off = [value for each in by_kind[kind] for value in each.off_s]
        values = [each.value_off for each in by_kind[kind] if each.value_off is not None]
        rows.append(
            (
                f"`{kind}`",
                len(by_kind[kind]),
                f"{np.median(off):.2f}",
                f"{np.quantile(off, 0.95):.2f}",
                f"{np.median(values):.3f}" if values else "",
            )
        )
    return _table(("kind", "found", "median s", "95 % within s", "median error of its value"), rows)


def _confusion(altered: Sequence[Score]) -> str:
    told = [each for s in altered for each in s.told]
    rows = []
    for kind in sorted({each.kind for each in told}):
        here = [each for each in told if each.kind == kind]
        missed = sum(not each.found and not each.taken_for for each in here)
        other = Counter(k for each in here if not each.found for k in each.taken_for)
        named = ", ".join(f"`{k}` {n}" for k, n in other.most_common())
        rows.append((f"`{kind}`", len(here), sum(e.found for e in here), named, missed or ""))
    return _table(("true kind", "times", "found", "called something else", "not noticed"), rows)


def _aucs(scored: Sequence[Score]) -> str:
    asked = (
        (
            "original's sound where the picture is, dubbed against innocent",
            "presence",
            lambda s: s.innocent,
            lambda s: s.recipe in DUBBED,
        ),
        (
            "motion along the best line, innocent against unrelated",
            "motion",
            lambda s: s.innocent,
            lambda s: s.wanted is Answer.NOT_IN_ORIGINAL,
        ),
    )
    rows = []
    for name, statistic, positive, negative in asked:
        found = error_rates.auc_over_sources(scored, statistic, positive, negative)
        known = [s for s in scored if statistic in s.statistics]
        sides = f"{sum(map(positive, known))} / {sum(map(negative, known))}"
        shown = "not measured" if found is None else "{:.4f} ({:.4f} to {:.4f})".format(*found)
        rows.append((name, sides, shown))
    return _table(("number", "pairs", "AUC"), rows)


def _open(innocent: Sequence[Score]) -> str:
    rows = []
    for stream, when in (("picture", "moving"), ("sound", "speaking")):
        values = [s.open_share[stream] for s in innocent if stream in s.open_share]
        if values:
            some = sum(value > 0 for value in values)
            rows.append((f"{stream}, {when} time", len(values), f"{np.mean(values):.1%}", some))
    return _table(("innocent copies", "pairs", "undetermined", "pairs with any of it"), rows)


def _failures(failed: Sequence[Score]) -> str:
    if not failed:
        return "None."
    return "\n".join(f"- {s.recipe} of {s.source}: {s.failure}" for s in failed)


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
    listed = _table(("source (SHA-256, first 8)", "half", "seconds", "sound", "pairs here"), rows)
    return f"`{made.command}`\n\n{measured}.\n\n{listed}"


def _source(source: Source) -> Mapping[str, object]:
    return {
        "sha256": source.sha256,
        "half": source.half,
        "seconds": round(source.seconds, 1),
        "has_sound": source.has_sound,
    }


def _shown(rate: Rate | None) -> str:
    if rate is None:
        return "not measured"
    return f"{rate.errors} of {rate.pairs} ({rate.low:.1%} to {rate.high:.1%})"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "\n".join(_lines(head, rows))


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"
