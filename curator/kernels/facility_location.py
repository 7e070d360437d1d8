"""Choose points that cover all: greedy over whole numbers, which floats hold exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.budget import ceiling

BLOCK = 512  # points whose likenesses to all candidates are held at a time


def facility_location(
    points: NDArray[np.int16], count: int, costs: NDArray[np.int64], budget: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """
    Choose at each step the point that adds most to the sum of likenesses to the nearest chosen.

    A negative likeness covers nothing. Each choice leaves enough of the budget for the cheapest
    others. Ties go to the lower index.

    Shapes: points (N, D) with dot products below 2**24, costs (N,) -> (K,) indices in the order of
            choice, (K,) what each adds; K is up to min(count, N).
    Source: the facility location function, Krause and Golovin 2014. Lazy bounds (Minoux 1978) are
            weak where all texts are a little alike: gains are kept exact instead, and only points
            that a choice covers better are looked at again.
    """
    rows = len(points)
    count = min(count, rows)
    whole = points.astype(np.float32)
    covered, better = np.zeros(rows, np.float32), np.full(rows, np.inf, np.float32)
    gain = -_lost(whole, covered, better)
    by_cost, is_chosen = np.argsort(costs, kind="stable"), np.zeros(rows, np.bool_)
    chosen: list[int] = []
    added: list[float] = []
    while len(chosen) < count:
        most = ceiling(costs, by_cost, is_chosen, count - len(chosen), budget)
        can_be_had = np.where(is_chosen | (costs > most), -1, gain)
        found = int(np.argmax(can_be_had))
        if can_be_had[found] < 0:
            break
        chosen.append(found)
        added.append(float(gain[found]))
        is_chosen[found] = True
        budget -= int(costs[found])
        better = np.maximum(covered, whole @ whole[found])
        if len(chosen) < count:
            gain += _lost(whole, covered, better)
        covered = better
    return np.array(chosen, np.int64), np.array(added, np.float64)


def _lost(
    whole: NDArray[np.float32], covered: NDArray[np.float32], better: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Say, in numbers up to 0, what each point adds less where others are covered ``better``."""
    lost = np.zeros(len(whole))
    changed = np.flatnonzero(better > covered)
    for start in range(0, changed.size, BLOCK):
        block = changed[start : start + BLOCK]
        likeness = whole @ whole[block].T
        np.clip(likeness, covered[block], better[block], out=likeness)
        lost += covered[block].sum(dtype=np.float64) - likeness.sum(1, dtype=np.float64)
    return lost
