"""Stretches of bytes, each copied to a place of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def scatter(
    out: NDArray[np.uint8],
    places: NDArray[np.int64],
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> None:
    """Copy ``data[starts[i]:ends[i]]`` into ``out`` at ``places[i]``, for each i."""
    for i in range(places.size):
        at = places[i]
        for k in range(starts[i], ends[i]):
            out[at] = data[k]
            at += 1
