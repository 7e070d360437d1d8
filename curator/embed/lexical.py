"""Lexical features of texts: hashed words and pieces of words, weighted by rarity, sparse."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.kernels.buffers import text_buffers

PIECE_CHARS = 4
CHUNK_BYTES = 1 << 22  # text that is cut into terms at a time
_NO_WORD = r"[^\p{L}\p{N}\p{M}]+"

Terms = tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int32]]
"""Starts (N + 1,), keys (E,), ascending within a text, and counts (E,)."""


class Features(NamedTuple):
    """Sparse rows of unit length: row i is ``weights[offsets[i]:offsets[i + 1]]`` at ``dims``."""

    offsets: NDArray[np.int64]  # (N + 1,)
    dims: NDArray[np.int32]  # (E,) ascending within a row
    weights: NDArray[np.float32]  # (E,)
    width: int  # dims lie in [0, width)


def features(texts: pl.Series, *, piece_chars: int = PIECE_CHARS) -> Features:
    """
    Give each text its words and pieces of words, weighted by count and rarity among ``texts``.

    Weight: (1 + ln count) (1 + ln((1 + N) / (1 + texts with it))), then to unit length, so that a
    dot product of rows is a cosine. A text without words is an empty row.
    """
    parts = list(terms(texts, piece_chars=piece_chars))
    starts, keys, counts = _joined(parts)
    vocabulary, dims = np.unique(keys, return_inverse=True)
    rarity = 1 + np.log((1 + len(texts)) / (1 + np.bincount(dims, minlength=vocabulary.size)))
    weights = (1 + np.log(counts)) * rarity[dims]
    row = np.repeat(np.arange(len(texts)), np.diff(starts))
    length = np.sqrt(np.bincount(row, weights=weights**2, minlength=len(texts)))
    unit = (weights / length[row]).astype(np.float32)
    return Features(starts, dims.astype(np.int32), unit, int(vocabulary.size))


def terms(texts: pl.Series, piece_chars: int = 0, *, head_chars: int = 0) -> Iterator[Terms]:
    """
    Cut ``texts`` into distinct terms with counts, some texts at a time, in order.

    A term is a word, a piece of one, or the head of a longer one; what these are is said in
    ``kernels.terms``.
    """
    offsets, data = text_buffers(words_apart(texts))
    part = (offsets[1:] - offsets[0]) // CHUNK_BYTES
    bounds = [0, *(np.flatnonzero(np.diff(part)) + 1), len(texts)]
    for first, last in pairwise(bounds):
        some = offsets[first : last + 1]
        yield _cut(some, data, piece_chars, head_chars)


def terms_of(
    text: str, *, piece_chars: int = 0, head_chars: int = 0
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Cut one text as ``terms`` does, without the cost of a column: keys and counts."""
    data = text.encode(errors="replace")  # half of a character cannot be stored, nor found
    if not text.isascii():
        data = words_apart(pl.Series([data.decode()]))[0].encode()
    offsets = np.array([0, len(data)])
    _, keys, counts = _cut(offsets, np.frombuffer(data, np.uint8), piece_chars, head_chars)
    return keys, counts


def _cut(
    offsets: NDArray[np.int64], data: NDArray[np.uint8], piece_chars: int, head_chars: int
) -> Terms:
    from curator.kernels.terms import most_terms, terms

    most = most_terms(offsets, data, piece_chars, head_chars)
    return terms(offsets, data, piece_chars, head_chars, most)


def words_apart(texts: pl.Series) -> pl.Series:
    """Lower what is not ASCII and put a space for its punctuation; the kernels do the rest."""
    if texts.str.len_bytes().sum() == texts.str.len_chars().sum():
        return texts
    return texts.str.to_lowercase().str.replace_all(_NO_WORD, " ")


def _joined(parts: list[Terms]) -> Terms:
    size = [part[0][-1] for part in parts]
    before = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    starts = [part[0][1:] + base for part, base in zip(parts, before[:-1], strict=True)]
    return (
        np.concatenate([np.zeros(1, np.int64), *starts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
    )
