"""Numbers for texts, so that equal ones share one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled
from curator.kernels.hashing import xxh64

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


def distinct(offsets: Places, data: Bytes) -> tuple[Places, Places]:
    """
    Number the distinct texts from 0 in the order in which they first come.

    Shapes: offsets (N + 1,), data (T,) -> the number of each text (N,), and where each of the K
            distinct ones comes first (K,).
    Keeps:  only texts of the same bytes share a number, whatever their hashes are.
    """
    count = len(offsets) - 1
    size = 1 << max(count * 2 - 1, 1).bit_length()
    numbers, firsts = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    hashes = xxh64(offsets, data, 0)
    known = _distinct(offsets, data, hashes, np.full(size, -1, dtype=np.int64), numbers, firsts)
    return numbers, firsts[:known]


@compiled
def _distinct(  # noqa: PLR0917 - compiled functions take no keywords
    offsets: Places,
    data: Bytes,
    hashes: Hashes,
    table: Places,
    numbers: Places,
    firsts: Places,
) -> int:
    known = 0
    mask = np.uint64(len(table) - 1)
    for text in range(len(hashes)):
        place = hashes[text] & mask
        while True:
            number = table[place]
            if number < 0:
                table[place] = numbers[text] = known
                firsts[known] = text
                known += 1
                break
            first = firsts[number]
            if hashes[first] == hashes[text] and _is_same(offsets, data, first, text):
                numbers[text] = number
                break
            place = (place + np.uint64(1)) & mask
    return known


@compiled
def _is_same(offsets: Places, data: Bytes, one: int, other: int) -> bool:
    start, size = offsets[one], offsets[one + 1] - offsets[one]
    against = offsets[other]
    if offsets[other + 1] - against != size:
        return False
    for here in range(size):  # noqa: SIM110 - compiled
        if data[start + here] != data[against + here]:
            return False
    return True
