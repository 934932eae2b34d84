"""What does the editor say of the case? Shown word for word under who said it; no word of it is ours."""

from __future__ import annotations

from dataclasses import dataclass

from mediacheck.model import Comparison, Context, Statement
from mediacheck.report.tables import Fact


@dataclass(frozen=True, slots=True)
class StatementView:
    """What was said, by whom, when; `source` is a link to read, not to follow. "" where not given.

    Kept apart: in one text from right to left, the parts of a date would change places.
    """

    text: str
    by: str
    date: str
    source: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case as the editor gives it."""

    facts: tuple[Fact, ...]
    statements: tuple[StatementView, ...]


def case(comparison: Comparison) -> CaseView | None:
    """None where the editor gave nothing."""
    claim, context = comparison.question.claim, comparison.question.context
    given = context or Context()
    rows = (
        ("Claim", claim),
        ("Event", given.event),
        ("Date", given.date),
        ("Place", given.place),
        *(("Source", link) for link in given.sources),
    )
    facts = tuple(Fact(name, value) for name, value in rows if value)
    if not facts and not given.statements:
        return None
    return CaseView(facts, tuple(_statement(row) for row in given.statements))


def _statement(row: Statement) -> StatementView:
    return StatementView(row.text, row.by, row.date or "", row.source or "")
