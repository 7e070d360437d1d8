"""Stretches of two arrays, copied one after another in a given order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def gather(
    ids: NDArray[np.int32],
    mask: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    order: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """
    Copy stretch ``order[i]`` of both arrays, for each i in turn.

    Shapes: ids, mask (T,), offsets (S + 1,), order (K,) -> ids, mask of the K stretches.
    """
    total = 0
    for stretch in order:
        total += offsets[stretch + 1] - offsets[stretch]
    out_ids, out_mask = np.empty(total, np.int32), np.empty(total, np.uint8)
    at = 0
    for stretch in order:
        start, stop = offsets[stretch], offsets[stretch + 1]
        out_ids[at : at + stop - start] = ids[start:stop]
        out_mask[at : at + stop - start] = mask[start:stop]
        at += stop - start
    return out_ids, out_mask


@compiled
def gather_labels(
    ids: NDArray[np.int32],
    mask: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    order: NDArray[np.int64],
    ignored: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """
    Copy ids as ``gather`` does, and beside each its label: the id where the mask is 1.

    Shapes: ids, mask (T,), offsets (S + 1,), order (K,) -> ids, labels of the K stretches.
    """
    total = 0
    for stretch in order:
        total += offsets[stretch + 1] - offsets[stretch]
    out_ids, labels = np.empty(total, np.int32), np.empty(total, np.int32)
    at = 0
    for stretch in order:
        for token in range(offsets[stretch], offsets[stretch + 1]):
            out_ids[at] = ids[token]
            labels[at] = ids[token] if mask[token] else ignored
            at += 1
    return out_ids, labels
