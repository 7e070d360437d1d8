"""Choose points that cover all: lazy greedy over whole numbers, which floats hold exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.budget import ceiling

BLOCK = 512  # candidates whose similarities to all points are held at a time
BATCH = 64


def facility_location(
    points: NDArray[np.int16], count: int, costs: NDArray[np.int64], budget: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """
    Choose at each step the point that adds most to the sum of likenesses to the nearest chosen.

    A negative likeness covers nothing. Each choice leaves enough of the budget for the cheapest
    others. Ties go to the lower index.

    Shapes: points (N, D) with dot products below 2**24, costs (N,) -> (K,) indices in the order of
            choice, (K,) what each adds; K is up to min(count, N).
    Source: lazy greedy, Minoux 1978; the facility location function, Krause and Golovin 2014.
    """
    rows = len(points)
    count = min(count, rows)
    whole = points.astype(np.float32)
    covered = np.zeros(rows, np.float32)

    def gains(of: NDArray[np.int64]) -> NDArray[np.float64]:
        more: NDArray[np.float32] = whole[of] @ whole.T
        more -= covered
        np.maximum(more, 0, out=more)
        added: NDArray[np.float64] = more.sum(1, dtype=np.float64)
        return added

    blocks = [np.arange(start, min(start + BLOCK, rows)) for start in range(0, rows, BLOCK)]
    bound = np.concatenate([gains(block) for block in blocks]) if blocks else np.zeros(0)
    by_cost, is_chosen = np.argsort(costs, kind="stable"), np.zeros(rows, np.bool_)
    chosen: list[int] = []
    added: list[float] = []
    while len(chosen) < count:
        most = ceiling(costs, by_cost, is_chosen, count - len(chosen), budget)
        bound[is_chosen | (costs > most)] = -1  # what is too dear once stays too dear
        is_stale = bound >= 0
        if not is_stale.any():
            break
        is_stale &= bool(chosen)  # the first bounds are exact
        found = int(np.argmax(bound))
        while is_stale[found]:
            left = np.where(is_stale, bound, -1)
            again = np.argpartition(-left, BATCH)[:BATCH] if rows > BATCH else np.arange(rows)
            again = again[is_stale[again]]
            bound[again], is_stale[again] = gains(again), False
            found = int(np.argmax(bound))
        chosen.append(found)
        added.append(float(bound[found]))
        is_chosen[found] = True
        budget -= int(costs[found])
        np.maximum(covered, whole @ whole[found], out=covered)
    return np.array(chosen, np.int64), np.array(added, np.float64)
