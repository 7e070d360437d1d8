"""What the stretches of an array add up to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def totals(values: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Add up each stretch; an empty one gives 0, which NumPy's reduceat does not.

    Shapes: values (T,), offsets (N + 1,) -> (N,).
    """
    sums = np.empty(offsets.size - 1, np.int64)
    for stretch in range(sums.size):
        total = 0
        for value in values[offsets[stretch] : offsets[stretch + 1]]:
            total += value
        sums[stretch] = total
    return sums
