"""Words and pieces of words as 64-bit keys, each counted once a text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled

PRIME = np.uint64(0x100000001B3)
WORD = np.uint64(0xCBF29CE484222325)
PIECE = np.uint64(0x9E3779B97F4A7C15)
UNSPACED = 0xE0  # first UTF-8 byte of U+0800 on, where the scripts without spaces lie


@compiled
def most_terms(offsets: NDArray[np.int64], data: NDArray[np.uint8], piece: int, head: int) -> int:
    """Count the words and pieces of all texts, repeats too: the space that ``terms`` needs."""
    keys = np.empty(0, np.uint64)
    total = 0
    for text in range(offsets.shape[0] - 1):
        total += _emit(offsets[text], offsets[text + 1], data, piece, head, keys)
    return total


@compiled
def terms(
    offsets: NDArray[np.int64], data: NDArray[np.uint8], piece: int, head: int, most: int
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int32]]:
    """
    Give the distinct terms of each text with their counts, ascending by key.

    A word is a maximal run of ASCII letters, digits and non-ASCII bytes, ASCII in lower case. A
    word of a script that may do without spaces also gives its pairs of characters. Any other gives,
    with ``piece`` > 0, the runs of so many characters of itself between two spaces and, with
    ``head`` > 0, its first so many characters if it is longer.

    Shapes: offsets (N + 1,), data (T,) -> starts (N + 1,), keys (E,), counts (E,).
    Source: feature hashing, arXiv:0902.2206; FNV-1a with the finisher of MurmurHash3.
    """
    texts = offsets.shape[0] - 1
    starts = np.zeros(texts + 1, np.int64)
    keys = np.empty(most, np.uint64)
    counts = np.empty(most, np.int32)
    end = 0
    for text in range(texts):
        found = _emit(offsets[text], offsets[text + 1], data, piece, head, keys[end:])
        mine = keys[end : end + found]
        mine.sort()
        last = end - 1
        for place in range(end, end + found):
            if last >= starts[text] and keys[last] == keys[place]:
                counts[last] += 1
            else:
                last += 1
                keys[last] = keys[place]
                counts[last] = 1
        end = last + 1
        starts[text + 1] = end
    return starts, keys[:end].copy(), counts[:end].copy()


@compiled
def _emit(  # noqa: PLR0917 - compiled functions take no keywords
    start: int,
    stop: int,
    data: NDArray[np.uint8],
    piece: int,
    head: int,
    keys: NDArray[np.uint64],
) -> int:
    """Write the keys of one text; with no room, count them."""
    is_counting = keys.shape[0] == 0
    found = 0
    at = start
    while at < stop:
        if not _is_inside(data[at]):
            at += 1
            continue
        first = at
        key = WORD
        begun = PIECE
        chars = 0
        has_spaces = True
        while at < stop and _is_inside(data[at]):
            byte = data[at]
            key = (key ^ np.uint64(_lower(byte))) * PRIME
            chars += int(byte & 0xC0 != 0x80)
            if chars <= head:
                begun = (begun ^ np.uint64(_lower(byte))) * PRIME
            if byte >= UNSPACED:
                has_spaces = False
            at += 1
        if not is_counting:
            keys[found] = _finished(key)
        found += 1
        if not has_spaces:
            found += _pieces(first, at, 2, data, keys[found:], is_counting)
            continue
        if chars > head > 0:
            if not is_counting:
                keys[found] = _finished(begun)
            found += 1
        if piece > 0:
            found += _pieces(first, at, piece, data, keys[found:], is_counting)
    return found


@compiled
def _pieces(  # noqa: PLR0917 - compiled functions take no keywords
    first: int,
    last: int,
    size: int,
    data: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    is_counting: Any,
) -> int:
    """Write the runs of ``size`` characters of the word [first, last) between two spaces."""
    made = 0
    start, stop = first - 1, last + 1
    for at in range(start, stop):
        if first <= at < last and data[at] & 0xC0 == 0x80:  # never begin inside a character
            continue
        key = PIECE
        chars = 0
        place = at
        while place < stop:
            byte = data[place] if first <= place < last else np.uint8(32)
            if byte & 0xC0 != 0x80:
                if chars == size:
                    break
                chars += 1
            key = (key ^ np.uint64(_lower(byte))) * PRIME
            place += 1
        if chars < size:  # the word's end is reached
            break
        if not is_counting:
            keys[made] = _finished(key)
        made += 1
    return made


@compiled
def _is_inside(byte: Any) -> bool:
    return bool(byte >= 128 or 97 <= byte <= 122 or 48 <= byte <= 57 or 65 <= byte <= 90)


@compiled
def _lower(byte: Any) -> Any:
    return np.uint8(byte + 32) if 65 <= byte <= 90 else byte


@compiled
def _finished(key: Any) -> Any:
    key = (key ^ (key >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return key ^ (key >> np.uint64(33))
