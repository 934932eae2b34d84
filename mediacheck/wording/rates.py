"""How often was such an answer wrong? From what was measured on made pairs, and never more than that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mediacheck.model import Answer, ErrorRate
from mediacheck.wording.labels import ANSWERS, CHECKS

EVERY = "all"  # the row over all conditions
ANSWER_ITSELF = "verdict"  # the rows of the answer, beside those of the checks
CONDITIONS = {EVERY: "all conditions together", "clean": "clean copies"}
"""The others are words already."""

_NEVER = "How often this answer is wrong was never measured under these limits."
_NOT_OF_THIS = (
    "How often this answer is wrong was not measured: error rates are known of “altered” only."
)


def rated(check: str) -> str:
    """What a row is the error rate of."""
    return "the answer as a whole" if check == ANSWER_ITSELF else CHECKS.get(check, check)


def condition_name(condition: str) -> str:
    return CONDITIONS.get(condition, condition)


def interval(rate: tuple[float, float, float] | None) -> str:
    """1.2 % (95 % interval 0.3 to 4.2 %)."""
    if rate is None:
        return "not measured"
    middle, low, high = (f"{share * 100:.1f}" for share in rate)
    return f"{middle} % (95 % interval {low} to {high} %)"


def interval_of(rate: tuple[float, float, float] | None, of: tuple[int, int]) -> str:
    """1.2 % (95 % interval 0.3 to 4.2 %) of 344 from 12 sources. of: the cases and sources of this very rate."""
    if rate is None:
        return interval(None)
    cases, sources = of
    return f"{interval(rate)} of {cases} from {sources} {'source' if sources == 1 else 'sources'}"


def answer_rate(
    answer: Answer, error_rates: Mapping[str, Sequence[ErrorRate]], nearest: str | None
) -> str:
    """One or two sentences. nearest: the condition that the clip is most like; None where it is like none.

    `altered` is weighed by false alarms, `no-alteration-found` by misses.
    """
    rows = {row.condition: row for row in error_rates.get(ANSWER_ITSELF, ())}
    if not rows:
        return _NEVER
    if answer not in (Answer.ALTERED, Answer.NO_ALTERATION_FOUND):
        return _NOT_OF_THIS
    row = rows.get(nearest) if nearest is not None else None
    if row is not None and _rate(answer, row) is not None:
        return f"{_share(answer, row, f'made like this clip ({condition_name(row.condition)})')}."
    like = "How often this answer is wrong was never measured on material like this clip"
    row = rows.get(EVERY)
    if row is None or _rate(answer, row) is None:
        return f"{like}."
    return f"{like}. {_share(answer, row, 'of all other kinds')}."


def finding_rate(rate: ErrorRate) -> str:
    """How often one check reports wrongly and misses, under one condition."""
    wrongly, missed = rate.false_alarm, rate.miss
    told = []
    if wrongly:
        told.append(
            f"reported wrongly in {interval(wrongly)} of {_counted(rate.false_alarm_of, 'unaltered test pairs')}"
        )
    if missed:
        told.append(f"missed in {interval(missed)} of {_counted(rate.miss_of, 'true alterations')}")
    return (
        f"On test pairs ({condition_name(rate.condition)}) this was"
        f" {' and '.join(told) or 'never counted'}. Measured on: {rate.measured_on}."
    )


def _counted(of: tuple[int, int], what: str) -> str:
    cases, sources = of
    return f"{cases} {what} from {sources} sources"


def _rate(answer: Answer, row: ErrorRate) -> tuple[float, float, float] | None:
    return row.false_alarm if answer is Answer.ALTERED else row.miss


def _share(answer: Answer, row: ErrorRate, which: str) -> str:
    shown = interval(_rate(answer, row))
    cases, sources = row.false_alarm_of if answer is Answer.ALTERED else row.miss_of
    measured = f"measured on {cases} pairs from {sources} sources"
    name = f"“{ANSWERS[Answer.ALTERED].lower()}”"
    if answer is Answer.ALTERED:
        return f"Of unaltered test pairs {which}, {shown} were wrongly answered {name}; {measured}"
    return f"Of altered test pairs {which}, {shown} were not answered {name}; {measured}"
