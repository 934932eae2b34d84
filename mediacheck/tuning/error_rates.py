"""From scores of pairs to error rates with honest intervals.

Pairs of one source resemble each other, so intervals count sources, not pairs. A bootstrap over sources alone is too
narrow for few of them (83 to 87 % coverage for 8 to 20 sources in a simulation), so the interval is its union with
that of Clopper and Pearson (1934) as if each source were one trial; where no error was seen, with the rule of three
(Hanley and Lippman-Hand 1983: none in n, up to 3/n).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.calibration.rates import distance
from mediacheck.checks import CHECKS
from mediacheck.model import Answer
from mediacheck.tuning.scores import NOTES, PRESENTED, Score

DRAWS = 2000
LEAST_SPREAD = 1e-3
# Checks that accuse nobody: they say how a copy is presented.
DESCRIBING = frozenset(
    check.name for check in CHECKS if check.kinds and PRESENTED.issuperset(check.kinds)
)
# Those that merely note how a file is built: no truth is made of that, so no rate is known.
NOTING = frozenset(check.name for check in CHECKS if check.kinds and NOTES.issuperset(check.kinds))
EVERY = "all"  # the row over all conditions
ANSWER = "verdict"  # the rows of the answer itself, beside those of the checks


@dataclass(frozen=True, slots=True)
class Rate:
    """errors of pairs, with a 95 % interval over sources."""

    errors: int
    pairs: int
    sources: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        return self.errors / self.pairs


def rate_of(marked: Iterable[tuple[str, bool]]) -> Rate | None:
    """marked: (source, whether it erred) for every pair; None without any pair."""
    by_source: dict[str, list[int]] = {}
    for source, erred in marked:
        row = by_source.setdefault(source, [0, 0])
        row[0] += erred
        row[1] += 1
    if not by_source:
        return None
    counted = np.array(list(by_source.values()))
    errors, pairs = (int(total) for total in counted.sum(axis=0))
    low, high = bounds(counted)
    return Rate(errors, pairs, len(counted), low, high)


def bounds(counted: np.ndarray) -> tuple[float, float]:
    """95 % interval of a share. counted: for each source the part and the whole, in any unit; shape (sources, 2)."""
    count = len(counted)
    part, whole = (float(total) for total in counted.sum(axis=0))
    drawn = np.random.default_rng(1).integers(0, count, (DRAWS, count))
    wholes = counted[drawn, 1].sum(axis=1)
    rates = counted[drawn, 0].sum(axis=1)[wholes > 0] / wholes[wholes > 0]
    low, high = (float(edge) for edge in np.quantile(rates, (0.025, 0.975)))
    outer = _clopper_pearson(part / whole * count, count)
    three = min(1.0, 3 / count)
    # The rule of three also bounds rates above zero: one more error must not make a rate look surer.
    low = 0.0 if part == 0 else min(low, outer[0], 1 - three)
    high = 1.0 if part == whole else max(high, outer[1], three)
    return low, high


def _clopper_pearson(errors: float, trials: int) -> tuple[float, float]:
    """The exact 95 % interval of a share; `errors` may be a fraction."""
    from scipy.stats import beta

    low = 0.0 if errors <= 0 else float(beta.ppf(0.025, errors, trials - errors + 1))
    high = 1.0 if errors >= trials else float(beta.ppf(0.975, errors + 1, trials - errors))
    return low, high


@dataclass(frozen=True, slots=True)
class Row:
    """One check under one condition. What was not measured there is None.

    false_alarm: pairs without any alteration on which the check reports one; of a describing check, pairs of which it
    describes what is not there. miss: true alterations that it did not name; of a describing check, what is there.
    """

    check: str
    condition: str
    false_alarm: Rate | None
    miss: Rate | None


def rows(scored: Sequence[Score]) -> tuple[Row, ...]:
    """Each check over all conditions, then by condition. Pairs that failed count in neither rate."""
    kept = [score for score in scored if score.failure is None]
    conditions = sorted({score.condition for score in kept})
    return tuple(
        row
        for check in (ANSWER, *(check.name for check in CHECKS if check.name not in NOTING))
        for condition in (EVERY, *conditions)
        if (row := _row(check, condition, kept)).false_alarm or row.miss
    )


def _row(check: str, condition: str, scored: Sequence[Score]) -> Row:
    here = [score for score in scored if condition in (EVERY, score.condition)]
    if check == ANSWER:
        altered = [score for score in here if score.wanted is Answer.ALTERED]
        return Row(
            check,
            condition,
            rate_of((s.source, s.answer is Answer.ALTERED) for s in here if s.unaltered),
            rate_of((s.source, s.answer is not Answer.ALTERED) for s in altered),
        )
    here = [score for score in here if check in score.measured]
    if check in DESCRIBING:
        return Row(
            check,
            condition,
            rate_of((s.source, s.presented_by(check)) for s in here),
            rate_of((s.source, not t.found) for s in here for t in s.told if t.check == check),
        )
    return Row(
        check,
        condition,
        rate_of((s.source, s.false_of(check)) for s in here if s.unaltered),
        rate_of(
            (s.source, not told.found)
            for s in here
            if not s.unaltered
            for told in s.told
            if told.check == check and told.kind not in PRESENTED
        ),
    )


def auc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Share of (positive, negative) pairs in which the positive is larger, ties half; None where one side is empty."""
    if not positive or not negative:
        return None
    above = np.subtract.outer(np.array(positive), np.array(negative))
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def auc_over_sources(
    scored: Sequence[Score],
    statistic: str,
    is_positive: Callable[[Score], bool],
    is_negative: Callable[[Score], bool],
) -> tuple[float, float, float] | None:
    """(AUC, low, high) with a 95 % interval from drawing sources."""
    groups: dict[str, tuple[list[float], list[float]]] = {}
    for score in scored:
        value = score.statistics.get(statistic)
        if value is None:
            continue
        sides = groups.setdefault(score.source, ([], []))
        if is_positive(score):
            sides[0].append(value)
        elif is_negative(score):
            sides[1].append(value)
    names = sorted(groups)
    whole = _auc_of(groups, names)
    if whole is None:
        return None
    rng = np.random.default_rng(1)
    drawn = [_auc_of(groups, rng.choice(names, len(names)).tolist()) for _ in range(DRAWS // 10)]
    known = [value for value in drawn if value is not None]
    low, high = (float(edge) for edge in np.quantile(known, (0.025, 0.975)))
    return whole, low, high


def _auc_of(
    groups: Mapping[str, tuple[list[float], list[float]]], names: Sequence[str]
) -> float | None:
    return auc(
        [value for name in names for value in groups[name][0]],
        [value for name in names for value in groups[name][1]],
    )


def shipped(scored: Sequence[Score], calibration: str, measured_on: str) -> Mapping[str, object]:
    """What `calibration/error_rates.json` holds: rows by check, and where the clips of each condition lie."""
    kept = [score for score in scored if score.failure is None]
    spreads = _spreads(kept)
    conditions = {}
    for name in sorted({score.condition for score in kept}):
        here = [score.features for score in kept if score.condition == name]
        centre = {
            key: round(float(np.median([each[key] for each in here if key in each])), 4)
            for key in spreads
            if any(key in each for each in here)
        }
        away = [distance(each, centre, spreads) for each in here]
        known = [value for value in away if np.isfinite(value)]
        if known:
            reach = max(round(float(np.quantile(known, 0.95)), 4), LEAST_SPREAD)
            conditions[name] = {"centre": centre, "reach": reach}
    checks: dict[str, list[Mapping[str, object]]] = {}
    for row in rows(scored):
        among = [
            s
            for s in kept
            if row.condition in (EVERY, s.condition) and row.check in (ANSWER, *s.measured)
        ]
        checks.setdefault(row.check, []).append(
            {
                "condition": row.condition,
                "false_alarm": _interval(row.false_alarm),
                "miss": _interval(row.miss),
                "false_alarm_of": _counts(row.false_alarm),
                "miss_of": _counts(row.miss),
                "pairs": len(among),
                "sources": len({score.source for score in among}),
                "measured_on": measured_on,
            }
        )
    return {
        "calibration": calibration,
        "spreads": spreads,
        "conditions": conditions,
        "checks": checks,
    }


def _spreads(scored: Sequence[Score]) -> dict[str, float]:
    names = sorted({name for score in scored for name in score.features})
    found = {}
    for name in names:
        values = [score.features[name] for score in scored if name in score.features]
        found[name] = max(round(float(np.std(values)), 4), LEAST_SPREAD)
    return found


def _counts(rate: Rate | None) -> list[int]:
    return [0, 0] if rate is None else [rate.pairs, rate.sources]


def _interval(rate: Rate | None) -> list[float] | None:
    return None if rate is None else [round(v, 4) for v in (rate.rate, rate.low, rate.high)]
