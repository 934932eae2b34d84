"""Known error rates as rows: those that concern this clip; report.json holds every one."""

from __future__ import annotations

from dataclasses import replace

from mediacheck.model import Comparison, Kind
from mediacheck.report.tables import Table, table
from mediacheck.wording.rates import (
    ANSWER_ITSELF,
    EVERY,
    answer_rate,
    condition_name,
    interval_of,
    rated,
)


def error_rates(comparison: Comparison) -> Table:
    """The answer as a whole, then each check: under the condition nearest to the clip, and over all."""
    known, nearest = comparison.calibration.error_rates, comparison.calibration.condition
    ranked = sorted(known.items(), key=lambda item: (item[0] != ANSWER_ITSELF, item[0]))
    every = [(check, rate) for check, rates in ranked for rate in rates]
    wanted = [name for name in (nearest, EVERY) if name is not None]
    kept = [(check, rate) for name in wanted for check, rate in every if rate.condition == name]
    rows = [
        (
            rated(check),
            f"{condition_name(rate.condition)}{' (like this clip)' if rate.condition == nearest else ''}",
            interval_of(rate.false_alarm, rate.false_alarm_of),
            interval_of(rate.miss, rate.miss_of),
            f"{rate.pairs} pairs, {rate.sources} sources",
            rate.measured_on,
        )
        for check, rate in sorted(
            kept, key=lambda row: (row[0] != ANSWER_ITSELF, row[0], row[1].condition == EVERY)
        )
    ]
    head = ("Check", "Condition", "Reported wrongly", "Missed", "Tested on", "Material")
    made = table("Known error rates", head, rows)
    return replace(made, more=made.more + len(every) - len(kept))


def of_the_answer(comparison: Comparison) -> str:
    """How often such an answer was wrong on test pairs; nothing where two equal files leave no doubt."""
    if any(finding.kind is Kind.SAME_FILE for finding in comparison.findings):
        return ""
    record = comparison.calibration
    return answer_rate(comparison.verdict.answer, record.error_rates, record.condition)
