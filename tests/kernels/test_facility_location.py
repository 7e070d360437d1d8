"""Coverage by a choice against a plain greedy version."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels import facility_location as kernel
from curator.kernels.facility_location import facility_location

POINTS = st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=1, max_size=20)


def plain(points: np.ndarray, count: int) -> tuple[list[int], list[int]]:
    """Try every point at every step."""
    likeness = np.maximum(points.astype(int) @ points.T.astype(int), 0)
    covered, chosen, gains = np.zeros(len(points), int), [], []
    while len(chosen) < min(count, len(points)):
        added = np.maximum(likeness - covered, 0).sum(1)
        added[chosen] = -1
        chosen.append(int(np.argmax(added)))
        gains.append(int(added[chosen[-1]]))
        covered = np.maximum(covered, likeness[chosen[-1]])
    return chosen, gains


@given(POINTS, st.integers(1, 25))
def test_agrees_with_the_plain_version(points: list[list[int]], count: int) -> None:
    """Gains that are kept up to date choose as gains made anew do, ties included."""
    table = np.array(points, np.int16)
    chosen, gains = facility_location(table, count, np.zeros(len(points), np.int64), 0)
    assert (chosen.tolist(), gains.tolist()) == plain(table, count)


def test_blocks_change_nothing(monkeypatch) -> None:
    """However many points are looked at in one go, the same are chosen."""
    points = np.random.default_rng(0).integers(-99, 99, (200, 8)).astype(np.int16)
    for block in (512, 7):
        monkeypatch.setattr(kernel, "BLOCK", block)
        chosen, gains = facility_location(points, 20, np.zeros(200, np.int64), 0)
        assert (chosen.tolist(), gains.tolist()) == plain(points, 20)


@given(POINTS, st.integers(1, 9), st.data())
def test_the_budget_holds_and_fills_the_count(points: list[list[int]], count, data) -> None:
    """Whenever the cheapest would do, all are chosen, for no more than the budget."""
    costs = np.array([data.draw(st.integers(1, 9)) for _ in points], np.int64)
    count = min(count, len(points))
    budget = int(np.sort(costs)[:count].sum()) + data.draw(st.integers(0, 9))
    chosen, _ = facility_location(np.array(points, np.int16), count, costs, budget)
    assert len(set(chosen.tolist())) == count
    assert costs[chosen].sum() <= budget
