"""Every number of a record names its cases and its sources, on the page and as data."""

from __future__ import annotations

import json

import pytest

from mediacheck.tuning.error_rates import rate_of
from mediacheck.tuning.figures import Table, by_condition, share_of, shown, spread_of
from mediacheck.tuning.treatments import DEGRADED

from .test_error_rates import scored


def test_a_rate_names_cases_and_sources() -> None:
    marked = [("a", True), ("a", False), ("b", False)]
    assert shown(rate_of(marked)).startswith("1 of 3, 2 sources (")


def test_a_share_weighs_by_amount_and_counts_pairs_and_sources() -> None:
    found = share_of([("a", 9.0, 10.0), ("a", 0.0, 2.0), ("b", 4.0, 4.0), ("c", 0.0, 0.0)])
    assert found is not None
    assert (found.part, found.whole, found.pairs, found.sources) == (13.0, 16.0, 3, 2)
    assert found.low <= 13 / 16 <= found.high


def test_a_share_of_few_sources_is_never_sure() -> None:
    found = share_of((source, 10.0, 10.0) for source in "ab" for _ in range(50))
    assert found is not None
    assert (found.low, found.high) == (0.0, 1.0)


def test_a_spread_tells_the_middle_and_the_worst() -> None:
    found = spread_of([("a", [0.1] * 18), ("b", [0.3, 5.0])])
    assert found is not None
    assert (found.count, found.sources, found.median) == (20, 2, 0.1)
    assert found.most > 0.3


def test_of_too_few_sources_a_median_has_no_interval() -> None:
    few, enough = (spread_of((name, [0.1, 0.3]) for name in names) for names in ("ab", "abc"))
    assert str(few) == "0.200 (4 of 2 sources); 95 % within 0.300"
    assert str(enough) == "0.200 (0.200 to 0.200; 6 of 3 sources); 95 % within 0.300"


def test_one_source_with_large_errors_widens_the_median() -> None:
    alike = spread_of((source, [0.1, 0.2]) for source in "abcd")
    unlike = spread_of([*((source, [0.1, 0.2]) for source in "abc"), ("d", [3.0] * 4)])
    assert alike is not None
    assert unlike is not None
    assert None not in (alike.low, alike.high, unlike.low, unlike.high)
    assert unlike.high - unlike.low > alike.high - alike.low


def test_nothing_measured_is_told_so() -> None:
    assert rate_of([]) is share_of([]) is spread_of([("a", [])]) is None
    assert "| not measured |" in str(Table(("what",), ((None,),)))


def test_a_table_is_the_same_as_data() -> None:
    table = Table(("condition", "rate", "share"), (("all", rate_of([("a", True)]), None),))
    data = json.loads(json.dumps(table.data()))
    assert data["head"] == ["condition", "rate", "share"]
    (row,) = data["rows"]
    assert row[0] == "all"
    assert (row[1]["errors"], row[1]["pairs"], row[1]["sources"]) == (1, 1, 1)
    assert row[2] is None


@pytest.mark.parametrize("missing", ["clean", DEGRADED])
def test_conditions_stand_in_order_and_only_where_there_are_pairs(missing: str) -> None:
    conditions = [name for name in ("noise", "clean", DEGRADED, "echo") if name != missing]
    pairs = [scored(condition=name) for name in conditions]
    rows = by_condition(pairs, lambda here: (len(here),))
    assert rows[0] == ("all", 3)
    assert [row[1] for row in rows[1:]] == [1, 1, 1]
    assert [row[0] for row in rows[2:]] == ["echo", "noise"]
