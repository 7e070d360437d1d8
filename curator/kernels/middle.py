"""The middle of points, as a point among them: whole numbers, of their common length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.ngrams import UNIT


def middle(points: NDArray[np.int16]) -> NDArray[np.float32]:
    """
    Give the direction of the sum of ``points``, scaled to UNIT and rounded; zeros if there is none.

    Shapes: points (N, D) -> (D,), whole numbers, so that dot products with points are exact.
    """
    total = points.sum(0, dtype=np.int64)
    length = np.sqrt(float((total * total).sum()))
    centre: NDArray[np.float32] = np.rint(total * (UNIT / max(length, 1.0))).astype(np.float32)
    return centre
