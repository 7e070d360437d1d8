"""Spread a choice over points: whole-number arithmetic, so that every machine agrees on ties."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.budget import ceiling
from curator.kernels.compiled import compiled
from curator.kernels.likeness import catch_up


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
    seen = np.zeros(rows, np.int64)
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
        if choice > 0:
            found = _least(points, chosen, choice, seen, nearest, costs, most, is_chosen, found)
        chosen[choice] = found
        is_chosen[found] = True
        budget -= costs[found]
    return chosen


@compiled
def _least(  # noqa: PLR0917 - compiled functions take no keywords
    points: NDArray[np.int16],
    chosen: NDArray[np.int64],
    choice: int,
    seen: NDArray[np.int64],
    nearest: NDArray[np.int32],
    costs: NDArray[np.int64],
    most: int,
    is_chosen: NDArray[np.bool_],
    found: int,
) -> int:
    """Give the row least like those chosen, ``found`` being the one that seemed so."""
    catch_up(points, found, chosen, choice, seen, nearest)
    for row in range(nearest.shape[0]):
        if is_chosen[row] or costs[row] > most:
            continue
        if nearest[row] > nearest[found] or (nearest[row] == nearest[found] and row >= found):
            continue
        catch_up(points, row, chosen, choice, seen, nearest)
        if nearest[row] < nearest[found] or (nearest[row] == nearest[found] and row < found):
            found = row
    return found
