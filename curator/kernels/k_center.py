"""Spread a choice over points: whole-number arithmetic, so that every machine agrees on ties."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def k_center(points: NDArray[np.int16], count: int) -> NDArray[np.int64]:
    """
    Choose the point nearest to the middle, then always the one least like those chosen.

    Ties go to the lower index.

    Shapes: points (N, D), of equal length -> (min(count, N),) indices in the order of choice.
    Source: greedy k-center, Gonzalez 1985, over cosine similarity.
    """
    rows, dims = points.shape
    count = min(count, rows)
    chosen = np.empty(count, np.int64)
    middle = np.zeros(dims, np.int64)
    for row in range(rows):
        for dim in range(dims):
            middle[dim] += points[row, dim]
    best, found = np.int64(0), 0
    for row in range(rows):
        dot = np.int64(0)
        for dim in range(dims):
            dot += middle[dim] * points[row, dim]
        if row == 0 or dot > best:
            best, found = dot, row
    nearest = np.full(rows, np.iinfo(np.int32).min, np.int32)
    for choice in range(count):
        chosen[choice] = found
        nearest[found] = np.iinfo(np.int32).max
        following = found
        for row in range(rows):
            if nearest[row] != np.iinfo(np.int32).max:
                dot32 = np.int32(0)
                for dim in range(dims):
                    dot32 += np.int32(points[row, dim]) * np.int32(points[found, dim])
                nearest[row] = max(nearest[row], dot32)
            if nearest[row] < nearest[following]:
                following = row
        found = following
    return chosen
