"""How like a point is to those chosen so far, found out no sooner than it matters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def catch_up(  # noqa: PLR0917 - compiled functions take no keywords
    points: NDArray[np.int16],
    row: int,
    chosen: NDArray[np.int64],
    count: int,
    seen: NDArray[np.int64],
    nearest: NDArray[np.int32],
) -> None:
    """
    Let ``nearest[row]`` be the largest dot product of a point and the first ``count`` chosen.

    It knows of the first ``seen[row]`` already, and never falls: until a point is caught up it is a
    lower bound, so that a greedy choice looks again at those alone that may still win.

    Source: lazy evaluation, Minoux 1978.
    """
    for choice in range(seen[row], count):
        other = chosen[choice]
        dot = np.int32(0)
        for dim in range(points.shape[1]):
            dot += np.int32(points[row, dim]) * np.int32(points[other, dim])
        nearest[row] = max(nearest[row], dot)
    seen[row] = count
