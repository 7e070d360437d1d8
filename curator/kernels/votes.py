"""How surely the nearest points of other folds vote for a point's own label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 512  # points whose similarities to all others are held at a time


def margins(
    points: NDArray[np.int16],
    labels: NDArray[np.int64],
    folds: NDArray[np.int64],
    neighbours: int,
) -> NDArray[np.float64]:
    """
    Give the share of votes for a point's own label, less that of the strongest other label.

    Its nearest ``neighbours`` in other folds vote with their likeness, a negative one with nothing.
    1: all say the same; below 0: they outvote its label; 0 where nothing is like it. Ties go to the
    lower index.

    Shapes: points (N, D) with dot products below 2**24, labels (N,) from 0, folds (N,) -> (N,).
    """
    rows = len(points)
    whole = points.astype(np.float32)
    out = np.zeros(rows)
    keep = min(neighbours, rows)
    for start in range(0, rows, BLOCK):
        block = np.arange(start, min(start + BLOCK, rows))
        likeness = (whole[block] @ whole.T).astype(np.int64)
        np.maximum(likeness, 0, out=likeness)
        likeness[folds[block][:, None] == folds] = 0
        ordered = likeness * rows - np.arange(rows)  # no two alike: any sort gives the same
        nearest = np.argpartition(-ordered, keep - 1, axis=1)[:, :keep]
        weight = np.take_along_axis(likeness, nearest, axis=1)
        votes = np.zeros((block.size, int(labels.max()) + 1), np.int64)
        np.add.at(votes, (np.arange(block.size)[:, None], labels[nearest]), weight)
        here = np.arange(block.size)
        own = votes[here, labels[block]].copy()
        votes[here, labels[block]] = 0
        total = own + votes.sum(1)
        out[block] = (own - votes.max(1)) / np.maximum(total, 1)
    return out
