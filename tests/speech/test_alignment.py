import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mediacheck.speech.alignment import Alignment, aligned


def cheapest(left: list[str], right: list[str], right_cost: list[float], free_ends: bool) -> float:
    """The same by the plain recurrence."""
    before = [0.0]
    for cost in right_cost:
        before.append(before[-1] + cost)
    row = [0.0] * len(before) if free_ends else before
    for word in left:
        following = [row[0] + 1]
        for j, other in enumerate(right):
            following.append(
                min(row[j] + (word != other), row[j + 1] + 1, following[j] + right_cost[j])
            )
        row = following
    return min(row) if free_ends else row[-1]


def cost_of(found: Alignment, left: list[str], right: list[str], right_cost: list[float]) -> float:
    """What the cheapest path through the pairs that were found costs."""
    total, i, j = 0.0, 0, found.start
    for x, y in [*found.pairs, (len(left), found.stop)]:
        total += cheapest(left[i:x], right[j:y], right_cost[j:y], free_ends=False)
        i, j = x + 1, y + 1
    return total


words = st.lists(st.sampled_from("abcd"), max_size=12)


@given(words, words, st.booleans(), st.data())
def test_no_cheaper_path_exists(
    left: list[str], right: list[str], free_ends: bool, data: st.DataObject
) -> None:
    costs = data.draw(
        st.lists(st.sampled_from([0.0, 1.0]), min_size=len(right), max_size=len(right))
    )
    found = aligned(left, right, np.array(costs), free_ends)
    assert all(left[i] == right[j] for i, j in found.pairs)
    assert list(found.pairs) == sorted(found.pairs)
    if left and right:
        assert cost_of(found, left, right, costs) == cheapest(left, right, costs, free_ends)


def test_an_excerpt_is_placed_where_it_fits() -> None:
    speech = "we came we saw we went home and then we saw it all again"
    right = speech.split()
    found = aligned(right[9:13], right, np.ones(len(right)), free_ends=True)
    assert found == Alignment(((0, 9), (1, 10), (2, 11), (3, 12)), 9, 13)


def test_nothing_against_something() -> None:
    assert aligned([], ["a"], np.ones(1), free_ends=False) == Alignment((), 0, 1)
    assert aligned(["a"], [], np.ones(0), free_ends=True) == Alignment((), 0, 0)
