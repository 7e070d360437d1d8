"""Clusters and the points that stand for them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.medoids import medoids

POINTS = st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=1, max_size=20)


def draw(cluster: int) -> float:
    """Draw as a fixed die would."""
    return (0.3 + 0.37 * cluster) % 1


def test_each_cluster_gives_its_middle_point_the_largest_first() -> None:
    """Three directions with five, three and one point: each is stood for by its inner one."""
    wide = [[1000, 50, y] for y in (-90, -40, 0, 40, 90)]
    few, one = [[y, 1000, 50] for y in (-60, 0, 60)], [[50, 0, 1000]]
    points = np.array([*few, *one, *wide], float)
    points = np.rint(1024 * points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.int16)
    chosen, sizes = medoids(points, 3, np.zeros(9, np.int64), 0, draw)
    assert (chosen.tolist(), sizes.tolist()) == ([6, 1, 3], [5, 3, 1])


@given(POINTS, st.integers(1, 9), st.data())
def test_the_budget_holds_and_fills_the_count(points: list[list[int]], count, data) -> None:
    """Whenever the cheapest would do, all are chosen, for no more than the budget, repeats or not."""
    costs = np.array([data.draw(st.integers(1, 9)) for _ in points], np.int64)
    count = min(count, len(points))
    budget = int(np.sort(costs)[:count].sum()) + data.draw(st.integers(0, 9))
    chosen, sizes = medoids(np.array(points, np.int16), count, costs, budget, draw)
    assert len(set(chosen.tolist())) == len(sizes) == count
    assert costs[chosen].sum() <= budget


@given(POINTS)
def test_clusters_share_out_all_points(points: list[list[int]]) -> None:
    """Every point belongs to one of as many clusters as were asked for."""
    _, sizes = medoids(np.array(points, np.int16), 3, np.zeros(len(points), np.int64), 0, draw)
    assert sizes.sum() == len(points)
