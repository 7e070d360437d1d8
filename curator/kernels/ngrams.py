"""Lexical features: a text as a short vector of whole numbers, the same on every machine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled

UNIT = 1024
"""Length of every vector, so that a dot product divided by UNIT squared is a cosine."""
GRAM_BYTES = 4
PRIME = np.uint64(0x100000001B3)
BASIS = np.uint64(0xCBF29CE484222325)
GRAM_BASIS = np.uint64(0x9E3779B97F4A7C15)


@compiled
def features(offsets: NDArray[np.int64], data: NDArray[np.uint8], dims: int) -> NDArray[np.int16]:
    """
    Hash words and 4-byte pieces of each text into ``dims`` signed counts, rooted, scaled to UNIT.

    ASCII letters count as lower case; a word is a maximal run of letters, digits and non-ASCII
    bytes; pieces run across words, with one space for whatever stands between. A text without
    words is all zeros.

    Shapes: offsets (N + 1,), data (T,) -> (N, dims).
    Source: feature hashing, arXiv:0902.2206; FNV-1a.
    """
    count = offsets.shape[0] - 1
    out = np.zeros((count, dims), np.int16)
    sums = np.zeros(dims)
    longest = 0
    for text in range(count):
        longest = max(longest, offsets[text + 1] - offsets[text])
    clean = np.empty(longest + 2, np.uint8)
    for text in range(count):
        sums[:] = 0.0
        length = 0
        clean[0] = 32
        length = 1
        word = BASIS
        is_inside = False
        for place in range(offsets[text], offsets[text + 1] + 1):
            byte = data[place] if place < offsets[text + 1] else np.uint8(32)
            if 65 <= byte <= 90:
                byte = np.uint8(byte + 32)
            if byte >= 128 or 97 <= byte <= 122 or 48 <= byte <= 57:
                clean[length] = byte
                length += 1
                word = (word ^ np.uint64(byte)) * PRIME
                is_inside = True
            elif is_inside:
                clean[length] = 32
                length += 1
                _count(sums, word, 2.0)
                word, is_inside = BASIS, False
        for start in range(length - GRAM_BYTES + 1):
            gram = GRAM_BASIS
            for place in range(start, start + GRAM_BYTES):
                gram = (gram ^ np.uint64(clean[place])) * PRIME
            _count(sums, gram, 1.0)
        total = 0.0
        for dim in range(dims):
            total += abs(sums[dim])
        if total > 0.0:
            scale = UNIT / np.sqrt(
                total
            )  # the squares of the roots add up to the sum of the counts
            for dim in range(dims):
                root = np.rint(np.sqrt(abs(sums[dim])) * scale)
                out[text, dim] = np.int16(root if sums[dim] > 0.0 else -root)
    return out


@compiled
def _count(sums: NDArray[np.float64], key: Any, weight: float) -> None:
    key = (key ^ (key >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    key ^= key >> np.uint64(33)
    dim = np.int64(key % np.uint64(sums.shape[0]))
    sums[dim] += weight if key >> np.uint64(63) else -weight
