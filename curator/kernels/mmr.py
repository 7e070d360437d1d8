"""Choose points that are like the middle and unlike one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.budget import ceiling
from curator.kernels.middle import middle


def mmr(
    points: NDArray[np.int16],
    count: int,
    costs: NDArray[np.int64],
    budget: int,
    trade_off: float,
) -> NDArray[np.int64]:
    """
    Choose at each step the point with the most relevance, less its likeness to the nearest chosen.

    Likeness to the middle of all points, its relevance, weighs ``trade_off``, the other the rest.
    Each choice leaves enough of the budget for the cheapest others. Ties go to the lower index.

    Shapes: points (N, D) with dot products below 2**24, costs (N,) -> (up to min(count, N),)
            indices in the order of choice.
    Source: maximal marginal relevance, Carbonell and Goldstein 1998.
    """
    rows = len(points)
    count = min(count, rows)
    whole = points.astype(np.float32)
    relevance = (whole @ middle(points)).astype(np.float64)
    likeness = np.full(rows, -np.inf)
    by_cost, is_chosen = np.argsort(costs, kind="stable"), np.zeros(rows, np.bool_)
    chosen: list[int] = []
    while len(chosen) < count:
        most = ceiling(costs, by_cost, is_chosen, count - len(chosen), budget)
        score = trade_off * relevance - (1 - trade_off) * likeness if chosen else relevance.copy()
        score[is_chosen | (costs > most)] = -np.inf
        found = int(np.argmax(score))
        if score[found] == -np.inf:
            break
        chosen.append(found)
        is_chosen[found] = True
        budget -= int(costs[found])
        np.maximum(likeness, whole @ whole[found], out=likeness)
    return np.array(chosen, np.int64)
