"""Lexical features: a text as a short vector of whole numbers, the same on every machine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from curator.kernels.buffers import share
from curator.kernels.compiled import compiled

UNIT = 1024
"""Length of every vector, so that a dot product divided by UNIT squared is a cosine."""
GRAM_BYTES = 4
PRIME = np.uint64(0x100000001B3)
BASIS = np.uint64(0xCBF29CE484222325)
GRAM_BASIS = np.uint64(0x9E3779B97F4A7C15)
BUCKETS = 1 << 18
GRAIN = 16  # a rarity is rounded to so many parts of one
ALIKE = np.ones(1, np.int32)
"""Rarities where every term says as much as any other."""


def rarities(offsets: NDArray[np.int64], data: NDArray[np.uint8]) -> NDArray[np.int32]:
    """
    Say how much a term tells of a text: the more, the fewer of these texts have it.

    That is (1 + ln((1 + N) / (1 + texts with it))) squared, as ``features`` takes the root of
    counts. A term is known by the place that its hash has among BUCKETS.

    Shapes: offsets (N + 1,), data (T,) -> (BUCKETS,).
    """
    count = offsets.shape[0] - 1
    parts: list[NDArray[np.int32]] = []
    share(
        count,
        lambda first, last: parts.append(_holders(offsets[first : last + 1], data, BUCKETS)),
    )
    rarity = 1 + np.log((1 + count) / (1 + np.sum(parts, axis=0)))
    weights: NDArray[np.int32] = np.rint(GRAIN * rarity * rarity).astype(np.int32)
    return weights


def directions(
    offsets: NDArray[np.int64], data: NDArray[np.uint8], dims: int, rarity: NDArray[np.int32]
) -> NDArray[np.int16]:
    """Give what ``features`` gives, on all threads."""
    out = np.empty((offsets.shape[0] - 1, dims), np.int16)

    def part(first: int, last: int) -> None:
        out[first:last] = features(offsets[first : last + 1], data, dims, rarity)

    share(len(out), part)
    return out


@compiled
def features(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    dims: int,
    rarity: NDArray[np.int32],
) -> NDArray[np.int16]:
    """
    Hash words and 4-byte pieces of each text into ``dims`` signed counts, rooted, scaled to UNIT.

    ASCII letters count as lower case; a word is a maximal run of letters, digits and non-ASCII
    bytes; pieces run across words, with one space for whatever stands between. Each counts as
    often as its ``rarity`` says. A text without words is all zeros.

    Shapes: offsets (N + 1,), data (T,), rarity of ``rarities`` or ALIKE -> (N, dims).
    Source: feature hashing, arXiv:0902.2206; FNV-1a.
    """
    count = offsets.shape[0] - 1
    out = np.zeros((count, dims), np.int16)
    sums = np.zeros(dims)
    clean, keys, weights = _room(offsets)
    for text in range(count):
        sums[:] = 0.0
        found = _terms(data, offsets[text], offsets[text + 1], clean, keys, weights)
        for term in range(found):
            key = keys[term]
            dim = int(key % np.uint64(dims))
            weight = np.float64(weights[term] * rarity[_bucket(key, rarity.shape[0])])
            sums[dim] += weight if key >> np.uint64(63) else -weight
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
def _holders(
    offsets: NDArray[np.int64], data: NDArray[np.uint8], buckets: int
) -> NDArray[np.int32]:
    """Count the texts that have a term of each bucket."""
    holders = np.zeros(buckets, np.int32)
    last = np.full(buckets, -1, np.int32)
    clean, keys, weights = _room(offsets)
    for text in range(offsets.shape[0] - 1):
        found = _terms(data, offsets[text], offsets[text + 1], clean, keys, weights)
        for term in range(found):
            bucket = _bucket(keys[term], buckets)
            if last[bucket] != text:
                last[bucket] = text
                holders[bucket] += 1
    return holders


@compiled
def _room(offsets: NDArray[np.int64]) -> Any:
    """Make room for the terms of the longest text."""
    longest = 0
    for text in range(offsets.shape[0] - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    most = 2 * (longest + 2)
    return np.empty(longest + 2, np.uint8), np.empty(most, np.uint64), np.empty(most, np.int64)


@compiled
def _terms(  # noqa: PLR0917 - compiled functions take no keywords
    data: NDArray[np.uint8],
    start: int,
    stop: int,
    clean: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    weights: NDArray[np.int64],
) -> int:
    """Write the hashed terms of a text to ``keys``, a word with twice the weight of a piece."""
    clean[0] = 32
    length = 1
    found = 0
    word = BASIS
    is_inside = False
    for place in range(start, stop + 1):
        byte = data[place] if place < stop else np.uint8(32)
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
            keys[found], weights[found] = _mixed(word), 2
            found += 1
            word, is_inside = BASIS, False
    for first in range(length - GRAM_BYTES + 1):
        gram = GRAM_BASIS
        for place in range(first, first + GRAM_BYTES):
            gram = (gram ^ np.uint64(clean[place])) * PRIME
        keys[found], weights[found] = _mixed(gram), 1
        found += 1
    return found


@compiled
def _mixed(key: Any) -> Any:
    key = (key ^ (key >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return key ^ (key >> np.uint64(33))


@compiled
def _bucket(key: Any, buckets: int) -> int:
    """Take other bits than those that choose dimension and sign."""
    return int((key >> np.uint64(40)) % np.uint64(buckets))
