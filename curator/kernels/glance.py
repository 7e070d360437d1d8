"""Look at every byte once, to spare most texts a closer look."""

from __future__ import annotations

import numpy as np

from curator.kernels.buffers import Array
from curator.kernels.compiled import compiled


@compiled
def holding(offsets: Array, data: Array, wanted: Array) -> Array:
    """
    Say of each text whether it holds a wanted byte.

    Shapes: offsets (N + 1,) int64, data (T,) uint8, wanted (256,) uint8 of 0 and 1 -> (N,) bool.
    """
    found = np.zeros(len(offsets) - 1, np.bool_)
    for text in range(len(found)):
        hit = np.uint8(0)  # no way out of the loop at a hit: most texts have none
        for at in range(offsets[text], offsets[text + 1]):
            hit |= wanted[data[at]]
        found[text] = hit != 0
    return found
