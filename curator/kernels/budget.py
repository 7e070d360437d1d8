"""What a choice may cost, if those after it are to be paid for as well."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def ceiling(
    costs: NDArray[np.int64],
    by_cost: NDArray[np.int64],
    is_chosen: NDArray[np.bool_],
    left: int,
    budget: int,
) -> int:
    """
    Say what the next of ``left`` choices may cost, so that the cheapest can still fill the others.

    Never rises from one choice to the next: what is too dear once stays too dear.

    Shapes: costs (N,), by_cost (N,) indices by rising cost, is_chosen (N,).
    """
    reserved, found = 0, 1
    for place in range(by_cost.shape[0]):
        if found >= left:
            break
        if not is_chosen[by_cost[place]]:
            reserved += costs[by_cost[place]]
            found += 1
    return budget - reserved


@compiled
def in_order(costs: NDArray[np.int64], count: int, budget: int) -> NDArray[np.int64]:
    """
    Take ``count`` items in the order given, passing over those that the others could not afford.

    Keeps: all ``count`` of them whenever the cheapest ``count`` fit the budget.

    Shapes: costs (N,) -> (up to min(count, N),) ascending indices.
    """
    count = min(count, costs.shape[0])
    by_cost = np.argsort(costs, kind="mergesort")
    is_chosen = np.zeros(costs.shape[0], np.bool_)
    chosen = np.empty(count, np.int64)
    made, left_over = 0, budget
    for item in range(costs.shape[0]):
        if made == count:
            break
        if costs[item] <= ceiling(costs, by_cost, is_chosen, count - made, left_over):
            chosen[made] = item
            is_chosen[item] = True
            left_over -= costs[item]
            made += 1
    return chosen[:made]
