"""A comparison as headings, rows and figures: what every format shows, with no format in it.

Built from report.json and run.json alone, plus the names of the exhibits that are there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mediacheck.model import Box, Comparison, FileRole, Finding, Run, Severity
from mediacheck.report import rates, tables
from mediacheck.report.context import CaseView, case
from mediacheck.report.exhibits import Exhibit, of_finding, overview
from mediacheck.report.inert import inert
from mediacheck.report.outlines import note, outlines, tall
from mediacheck.report.selfcheck import SelfCheckView, self_check
from mediacheck.report.shapes import NARROW, WIDE, Drawing
from mediacheck.report.tables import Fact, Table
from mediacheck.report.timelines import legend, timelines
from mediacheck.report.timelines import note as timelines_note
from mediacheck.report.tracks import note as tracks_note
from mediacheck.report.tracks import tracks
from mediacheck.report.transcripts import SideBySide, side_by_side
from mediacheck.wording import (
    CHECKS,
    METHODS,
    SEVERITIES,
    answer_meaning,
    answer_name,
    between,
    kind_names,
)
from mediacheck.wording.rates import finding_rate
from mediacheck.wording.selfcheck import errs, of_kind, tried


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding with all that stands behind it; `stills_note` stands under its stills."""

    id: str
    kind: str
    severity: str
    severity_name: str
    summary: str
    clip: str
    original: str
    stills: tuple[Exhibit, ...]
    stills_note: str
    strips: tuple[Exhibit, ...]
    spectrograms: tuple[Exhibit, ...]
    sounds: tuple[Exhibit, ...]
    numbers: Table
    error_rate: str
    self_check: str
    explanations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodView:
    """How one check works and what became of it."""

    check: str
    asks: str
    status: str
    paragraph: str


@dataclass(frozen=True, slots=True)
class View:
    """Texts are inert (see report.inert) but not escaped for any format. outlines: by the name of a still.

    tall: the files whose frames are held upright, as by a phone.
    """

    case_id: str
    clip_name: str
    original_name: str
    answer: str
    answer_name: str
    answer_meaning: str
    headline: tuple[str, str, str]
    reliability: tuple[str, ...]
    question: tuple[Fact, ...]
    dates: tuple[Fact, ...]
    case: CaseView | None
    timelines: tuple[Drawing, ...]
    timelines_note: str
    legend: tuple[tuple[str, str], ...]
    tracks: tuple[Drawing, ...]
    tracks_note: str
    overview: tuple[Exhibit, ...]
    overview_note: str
    outlines: Mapping[str, Box]
    tall: tuple[FileRole, ...]
    findings: tuple[FindingView, ...]
    weighed: bool
    self_check: SelfCheckView | None
    terms: tuple[tables.TermView, ...]
    changes: Table
    transcripts: SideBySide | None
    not_checked: tuple[Fact, ...]
    items: Table
    tags: Table
    segments: tuple[Table, ...]
    numbers: Table
    series: Table
    methods: tuple[MethodView, ...]
    error_rates: Table
    setting: tuple[Fact, ...]
    command: str
    versions: tuple[Fact, ...]
    warnings: tuple[str, ...]


def case_id(comparison: Comparison) -> str:
    """Eight digits of each file's hash; the case folder ends with the same."""
    digits = (media.sha256[:8] for media in (comparison.clip, comparison.original))
    return "-".join(re.sub("[^0-9a-f]", "x", part) for part in digits)


def build(comparison: Comparison, run: Run, exhibits: Collection[str] = ()) -> View:
    """`exhibits`: names of the files that are in the case folder; others are said to be missing."""
    comparison, run = inert(comparison), inert(run)
    answer = comparison.verdict.answer
    searched = comparison.question.searched(comparison.original)
    whole = overview(exhibits)
    stills = [(row, of_finding(row, exhibits)) for row in comparison.findings]
    return View(
        case_id=case_id(comparison),
        clip_name=run.clip_name,
        original_name=run.original_name,
        answer=answer.value,
        answer_name=answer_name(answer, searched),
        answer_meaning=answer_meaning(answer, searched),
        headline=_sentences(comparison.verdict.headline),
        reliability=_reliability(comparison),
        question=tables.question(comparison),
        dates=tables.dates(run),
        case=case(comparison),
        timelines=_both(timelines(comparison, WIDE), timelines(comparison, NARROW)),
        timelines_note=timelines_note(comparison),
        legend=legend(comparison),
        tracks=_both(tracks(comparison, WIDE), tracks(comparison, NARROW)),
        tracks_note=tracks_note(comparison),
        overview=whole,
        overview_note=note(whole, None, comparison),
        outlines=outlines(whole, stills, comparison),
        tall=tall(comparison),
        findings=tuple(_finding(finding, comparison, exhibits) for finding in _ordered(comparison)),
        weighed=any(finding.error_rate for finding in comparison.findings),
        self_check=self_check(comparison),
        terms=tables.terms(comparison),
        changes=tables.changes(comparison),
        transcripts=side_by_side(comparison),
        not_checked=_not_checked(comparison),
        items=tables.items(comparison, run),
        tags=tables.tags(comparison),
        segments=tables.segments(comparison),
        numbers=tables.numbers(comparison.measurements, "All measurements"),
        series=tables.series(comparison),
        methods=_methods(comparison),
        error_rates=rates.error_rates(comparison),
        setting=tables.setting(comparison),
        command=tables.command(comparison),
        versions=tables.versions(comparison, run),
        warnings=run.warnings,
    )


def _both(*drawings: Drawing | None) -> tuple[Drawing, ...]:
    return tuple(drawing for drawing in drawings if drawing is not None)


def _sentences(headline: str) -> tuple[str, str, str]:
    """The answer's name, the rest of the first sentence, the other sentences."""
    first, stop, rest = headline.partition(". ")
    name, colon, reason = first.partition(": ")
    return f"{name}{colon.strip()}", f"{reason}{stop.strip()}", rest


def _reliability(comparison: Comparison) -> tuple[str, ...]:
    """What stands below the headline: the self-check, unless the headline tells of its errors; the error rate."""
    found = comparison.self_check
    told = tried(found) if found is not None and not errs(found) else ""
    return tuple(filter(None, (told, rates.of_the_answer(comparison))))


def _ordered(comparison: Comparison) -> list[Finding]:
    """In report order, alterations before what is presentation only, notes last."""
    rank = list(Severity)
    return sorted(comparison.findings, key=lambda finding: rank.index(finding.severity))


def _finding(finding: Finding, comparison: Comparison, exhibits: Collection[str]) -> FindingView:
    named = of_finding(finding, exhibits)
    rows = {row.id: row for row in comparison.measurements}
    stills = tuple(row for row in named if row.is_still)
    tested, is_weighed = comparison.self_check, finding.severity is Severity.ALTERATION
    return FindingView(
        id=finding.id,
        kind=kind_names(comparison.question.searched(comparison.original))[finding.kind],
        severity=finding.severity.value,
        severity_name=SEVERITIES[finding.severity],
        summary=finding.summary,
        clip=between(finding.clip) if finding.clip else "",
        original=between(finding.original) if finding.original else "",
        stills=stills,
        stills_note=note(stills, finding, comparison),
        strips=tuple(row for row in named if row.sort == "strip"),
        spectrograms=tuple(row for row in named if row.sort == "spectrogram"),
        sounds=tuple(row for row in named if row.sort == "sound"),
        numbers=tables.numbers(
            [rows[name] for name in finding.because if name in rows], "The numbers behind it"
        ),
        error_rate=_error_rate(finding),
        self_check=of_kind(tested, finding) if tested and is_weighed else "",
        explanations=finding.explanations,
    )


def _error_rate(finding: Finding) -> str:
    rate = finding.error_rate
    if rate is None:
        reason = (finding.error_rate_reason or "none was measured").rstrip(".")
        return f"No error rate is given: {reason}."
    return finding_rate(rate)


def _not_checked(comparison: Comparison) -> tuple[Fact, ...]:
    """Every check without a result, whether or not the verdict lists it."""
    reasons = {row.check: row.reason for row in comparison.verdict.unanswered}
    for row in comparison.outcomes:
        if row.status != "measured":
            broke = (
                "broke down, which is a defect of mediacheck: " if row.status == "failed" else ""
            )
            reasons.setdefault(row.check, f"{broke}{row.reason or 'no reason was given'}")
    return tuple(Fact(CHECKS.get(check, check), reason) for check, reason in reasons.items())


def _methods(comparison: Comparison) -> tuple[MethodView, ...]:
    said = {"measured": "measured", "skipped": "not checked", "failed": "broke down"}
    return tuple(
        MethodView(
            row.check,
            CHECKS.get(row.check, ""),
            f"version {row.version}, {said[row.status]}{f': {row.reason}' if row.reason else ''}",
            METHODS.get(row.check, "This report holds no description of this check."),
        )
        for row in comparison.outcomes
    )
