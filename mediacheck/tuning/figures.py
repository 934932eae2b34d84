"""What a record tells in tables: rates, shares and spreads with their cases and sources, as text and as data.

Every interval is of 95 % over sources, see error_rates.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass

import numpy as np

from mediacheck.tuning.error_rates import DRAWS, EVERY, Rate, bounds
from mediacheck.tuning.scores import Score
from mediacheck.tuning.treatments import DEGRADED

NOT_MEASURED = "not measured"
CALLED = {DEGRADED: f"degraded: {DEGRADED}"}
FEW = 3  # sources that a bootstrap has nothing to draw from below
FIRST = (EVERY, "clean", DEGRADED)  # the conditions that most recipes are made in


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a whole, in seconds or other amounts, of so many pairs."""

    part: float
    whole: float
    pairs: int
    sources: int
    low: float
    high: float

    def __str__(self) -> str:
        share = self.part / self.whole
        return f"{share:.1%} ({self.low:.1%} to {self.high:.1%}; {self.pairs} pairs, {self.sources} sources)"


@dataclass(frozen=True, slots=True)
class Spread:
    """Of errors. low, high: the interval of the median, None for fewer than FEW sources; most: what 95 % of the errors
    do not exceed.
    """

    count: int
    sources: int
    median: float
    low: float | None
    high: float | None
    most: float

    def __str__(self) -> str:
        of = f"{self.count} of {self.sources} sources"
        if self.low is not None and self.high is not None:
            of = f"{self.low:.3f} to {self.high:.3f}; {of}"
        return f"{self.median:.3f} ({of}); 95 % within {self.most:.3f}"


Cell = str | int | float | Rate | Share | Spread | None


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of None were not measured; empty text stands where nothing can be told."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __str__(self) -> str:
        return "\n".join(
            (
                f"| {' | '.join(self.head)} |",
                f"|{'---|' * len(self.head)}",
                *(f"| {' | '.join(shown(cell) for cell in row)} |" for row in self.rows),
            )
        )

    def data(self) -> Mapping[str, object]:
        """The same for machines: what has an interval as an object of its numbers."""
        rows = [[asdict(cell) if is_dataclass(cell) else cell for cell in row] for row in self.rows]
        return {"head": list(self.head), "rows": rows}


def shown(cell: Cell) -> str:
    """As it stands in a table."""
    match cell:
        case None:
            return NOT_MEASURED
        case Rate(errors=errors, pairs=pairs, sources=sources, low=low, high=high):
            return f"{errors} of {pairs}, {sources} sources ({low:.1%} to {high:.1%})"
        case float():
            return f"{cell:.3g}"
    return str(cell)


def share_of(marked: Iterable[tuple[str, float, float]]) -> Share | None:
    """marked: (source, part, whole) of every pair; None where there is no whole."""
    rows = [row for row in marked if row[2] > 0]
    if not rows:
        return None
    by_source: dict[str, np.ndarray] = {}
    for source, part, whole in rows:
        by_source[source] = by_source.get(source, np.zeros(2)) + np.array([part, whole])
    counted = np.array(list(by_source.values()))
    part, whole = (round(float(total), 3) for total in counted.sum(axis=0))
    low, high = bounds(counted)
    return Share(part, whole, len(rows), len(counted), round(low, 4), round(high, 4))


def spread_of(marked: Iterable[tuple[str, Sequence[float]]]) -> Spread | None:
    """marked: (source, the errors of one pair); None without any."""
    by_source: dict[str, list[float]] = {}
    for source, errors in marked:
        if errors:
            by_source.setdefault(source, []).extend(errors)
    if not by_source:
        return None
    groups = [np.array(errors) for errors in by_source.values()]
    every = np.concatenate(groups)
    draws = np.random.default_rng(1).integers(0, len(groups), (DRAWS // 10, len(groups)))
    medians = [np.median(np.concatenate([groups[n] for n in drawn])) for drawn in draws]
    edges = np.quantile(medians, (0.025, 0.975)) if len(groups) >= FEW else (None, None)
    low, high = (None if edge is None else round(float(edge), 4) for edge in edges)
    median, most = (round(float(np.quantile(every, share)), 4) for share in (0.5, 0.95))
    return Spread(len(every), len(groups), median, low, high, most)


def by_condition(
    scored: Sequence[Score], row: Callable[[Sequence[Score]], tuple[Cell, ...] | None]
) -> tuple[tuple[Cell, ...], ...]:
    """A row for all together, for clean and for degraded copies, then for every other condition that has any."""
    others = sorted({score.condition for score in scored} - set(FIRST))
    told = []
    for name in (*FIRST, *others):
        here = [score for score in scored if name in (EVERY, score.condition)]
        if here and (cells := row(here)) is not None:
            told.append((CALLED.get(name, name), *cells))
    return tuple(told)
