"""Spread a choice over points: whole-number arithmetic, so that every machine agrees on ties."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.budget import ceiling
from curator.kernels.compiled import compiled


@compiled
def k_center(
    points: NDArray[np.int16], count: int, costs: NDArray[np.int64], budget: int
) -> NDArray[np.int64]:
    """
    Choose the point nearest to the middle, then always the one least like those chosen.

    Each choice leaves enough of the budget for the cheapest others. Ties go to the lower index.

    Shapes: points (N, D), of equal length, costs (N,) -> (up to min(count, N),) indices in the
            order of choice.
    Source: greedy k-center, Gonzalez 1985, over cosine similarity.
    """
    rows, dims = points.shape
    count = min(count, rows)
    chosen = np.empty(count, np.int64)
    by_cost = np.argsort(costs, kind="mergesort")
    is_chosen = np.zeros(rows, np.bool_)
    middle = np.zeros(dims, np.int64)
    for row in range(rows):
        for dim in range(dims):
            middle[dim] += points[row, dim]
    nearest = np.full(rows, np.iinfo(np.int32).min, np.int32)
    for choice in range(count):
        most = ceiling(costs, by_cost, is_chosen, count - choice, budget)
        found = -1
        best = np.int64(0)
        for row in range(rows):
            if choice == 0:
                dot = np.int64(0)
                for dim in range(dims):
                    dot += middle[dim] * points[row, dim]
                likeness = -dot
            else:
                likeness = np.int64(nearest[row])
            if costs[row] <= most and not is_chosen[row] and (found < 0 or likeness < best):
                best, found = likeness, row
        if found < 0:
            return chosen[:choice]
        chosen[choice] = found
        is_chosen[found] = True
        budget -= costs[found]
        if choice + 1 == count:
            break
        for row in range(rows):
            if not is_chosen[row]:
                dot32 = np.int32(0)
                for dim in range(dims):
                    dot32 += np.int32(points[row, dim]) * np.int32(points[found, dim])
                nearest[row] = max(nearest[row], dot32)
    return chosen
