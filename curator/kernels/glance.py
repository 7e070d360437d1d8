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
            No byte from space to tilde may be wanted.
    """
    found = np.zeros(len(offsets) - 1, np.bool_)
    for text in range(len(found)):
        low, high = np.uint8(255), np.uint8(0)  # which the compiler finds many bytes at a time
        for byte in data[offsets[text] : offsets[text + 1]]:
            low, high = min(low, byte), max(high, byte)
        if low >= 32 and high <= 126:
            continue
        hit = np.uint8(0)
        for at in range(offsets[text], offsets[text + 1]):
            hit |= wanted[data[at]]
        found[text] = hit != 0
    return found
