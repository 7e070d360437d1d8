"""Connected components of a graph given as two arrays of ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def components(count: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Give each of ``count`` points the smallest point that any number of edges connect it with.

    Shapes: left (E,), right (E,) -> (count,).
    Keeps:  the same result for any order and direction of the edges.
    Source: union-find with path halving, Tarjan and van Leeuwen 1984.
    """
    parent = np.arange(count)
    for edge in range(left.size):
        one, other = left[edge], right[edge]
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        while parent[other] != other:
            parent[other] = parent[parent[other]]
            other = parent[other]
        if one < other:
            parent[other] = one
        else:
            parent[one] = other
    for point in range(count):  # a parent is smaller than its child, so it is settled before it
        parent[point] = parent[parent[point]]
    return parent
