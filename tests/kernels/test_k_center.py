"""The spread of a choice against a plain version."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.k_center import k_center

POINTS = st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=1, max_size=20)


@given(POINTS, st.integers(1, 25))
def test_agrees_with_the_plain_version(points: list[list[int]], count: int) -> None:
    """Middle first, then always the least like those chosen; the lower index wins ties."""
    table = np.array(points, np.int16)
    whole = table.astype(int)
    plain = [int(np.argmax(whole @ whole.sum(0)))]
    while len(plain) < min(count, len(points)):
        likeness = (whole @ whole[plain].T).max(1)
        left = [row for row in range(len(points)) if row not in plain]
        plain.append(min(left, key=lambda row: (likeness[row], row)))
    assert k_center(table, count, np.zeros(len(points), np.int64), 0).tolist() == plain


@given(POINTS, st.integers(1, 9), st.data())
def test_the_budget_holds_and_fills_the_count(points: list[list[int]], count, data) -> None:
    """Whenever the cheapest would do, all are chosen, for no more than the budget."""
    costs = np.array([data.draw(st.integers(1, 9)) for _ in points], np.int64)
    count = min(count, len(points))
    budget = int(np.sort(costs)[:count].sum()) + data.draw(st.integers(0, 9))
    chosen = k_center(np.array(points, np.int16), count, costs, budget)
    assert len(set(chosen.tolist())) == count
    assert costs[chosen].sum() <= budget
