"""Choose points that are like the middle and unlike one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.budget import ceiling
from curator.kernels.compiled import compiled
from curator.kernels.likeness import catch_up
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
    return _chosen(points, middle(points).astype(np.int32), count, costs, budget, trade_off)


@compiled
def _chosen(  # noqa: PLR0917 - compiled functions take no keywords
    points: NDArray[np.int16],
    centre: NDArray[np.int32],
    count: int,
    costs: NDArray[np.int64],
    budget: int,
    trade_off: float,
) -> NDArray[np.int64]:
    rows, dims = points.shape
    count = min(count, rows)
    chosen = np.empty(count, np.int64)
    by_cost = np.argsort(costs, kind="mergesort")
    is_chosen = np.zeros(rows, np.bool_)
    relevance = np.zeros(rows, np.float64)
    for row in range(rows):
        dot = np.int32(0)
        for dim in range(dims):
            dot += np.int32(points[row, dim]) * centre[dim]
        relevance[row] = dot
    nearest = np.full(rows, np.iinfo(np.int32).min, np.int32)
    seen = np.zeros(rows, np.int64)
    for choice in range(count):
        most = ceiling(costs, by_cost, is_chosen, count - choice, budget)
        found = -1
        best = 0.0
        for row in range(rows):
            if is_chosen[row] or costs[row] > most:
                continue
            score = relevance[row]
            if choice > 0:
                score = _score(score, nearest[row], trade_off)
            if found < 0 or score > best:
                best, found = score, row
        if found < 0:
            return chosen[:choice]
        if choice > 0:
            catch_up(points, found, chosen, choice, seen, nearest)
            best = _score(relevance[found], nearest[found], trade_off)
            for row in range(rows):  # a score never rises: most rows cannot win any more
                if is_chosen[row] or costs[row] > most:
                    continue
                score = _score(relevance[row], nearest[row], trade_off)
                if score < best or (score == best and row >= found):
                    continue
                catch_up(points, row, chosen, choice, seen, nearest)
                score = _score(relevance[row], nearest[row], trade_off)
                if score > best or (score == best and row < found):
                    best, found = score, row
        chosen[choice] = found
        is_chosen[found] = True
        budget -= costs[found]
    return chosen


@compiled
def _score(relevance: float, likeness: int, trade_off: float) -> float:
    return trade_off * relevance - (1.0 - trade_off) * np.float64(likeness)
