"""Exact Jaccard similarity of pairs of sets, each set an ascending array of distinct hashes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def jaccard(
    starts: NDArray[np.int64],
    values: NDArray[np.uint64],
    pairs: NDArray[np.int64],
    threshold: float,
    similarity: NDArray[np.float64],
) -> None:
    """
    Write the similarity of each pair; 0 where it is below ``threshold`` or a set is empty.

    Shapes: starts (N + 1,), values (S,), pairs (P, 2) -> similarity (P,). Set i is
            values[starts[i]:starts[i + 1]].
    """
    for pair in range(pairs.shape[0]):
        one, other = starts[pairs[pair, 0]], starts[pairs[pair, 1]]
        end, other_end = starts[pairs[pair, 0] + 1], starts[pairs[pair, 1] + 1]
        total = (end - one) + (other_end - other)
        # a hair below, so that rounding never drops a pair that stands exactly on the threshold
        needed = np.int64(np.ceil(threshold * total / (1 + threshold) - 1e-9))
        shared = np.int64(0)
        while (
            one < end and other < other_end and shared + min(end - one, other_end - other) >= needed
        ):
            left, right = values[one], values[other]
            shared += left == right
            one += left <= right
            other += right <= left
        enough = shared >= needed and shared > 0
        similarity[pair] = shared / (total - shared) if enough else 0.0
