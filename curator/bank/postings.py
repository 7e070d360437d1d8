"""An inverted index as arrays in files: which rows hold a term, and how much it says of them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.embed.lexical import terms, terms_of
from curator.kernels.bm25_search import place

K1, B = 1.5, 0.75
HEAD_CHARS = 5
"""A longer word is also found by its first characters: inflections of it are alike."""
LARGEST = np.iinfo(np.uint16).max


Asked = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Of each term of a query: starts, stops, factors, peaks; the least telling first."""


class Postings(NamedTuple):
    """The arrays of an index; each is a file of its name."""

    vocabulary: NDArray[np.uint64]  # (V,) ascending
    offsets: NDArray[np.int64]  # (V + 1,) into rows and impacts
    peaks: NDArray[np.uint16]  # (V,) the largest impact of each term
    rows: NDArray[np.int32]  # (P,) ascending within a term
    impacts: NDArray[np.uint16]  # (P,)

    def asked(self, query: str) -> Asked:
        """Look up the terms of ``query`` that some row has."""
        keys, counts = terms_of(query, head_chars=HEAD_CHARS)
        at = np.searchsorted(self.vocabulary, keys)
        known = at < self.vocabulary.size
        known[known] = self.vocabulary[at[known]] == keys[known]
        at, factors = at[known], counts[known].astype(np.int64)
        peaks = self.peaks[at].astype(np.int64)
        order = np.argsort(factors * peaks, kind="stable")
        at = at[order]
        starts, stops = (self.offsets[end].clip(0, self.rows.size) for end in (at, at + 1))
        return starts, stops, factors[order], peaks[order]


def write_postings(texts: pl.Series, out: Path) -> float:
    """
    Write the postings of ``texts`` to ``out``; give what one unit of impact is worth.

    The texts are cut twice, some at a time: what is held is the vocabulary, never all terms.

    Source: BM25, Robertson and Zaragoza 2009, with the idf of Lucene.
    """
    vocabulary, holders, lengths = _counted(texts)
    count = len(texts)
    rarity = np.log(1 + (count - holders + 0.5) / (holders + 0.5))
    unit = (K1 + 1) * math.log(1 + (count + 0.5) / 0.5) / LARGEST
    offsets = np.zeros(vocabulary.size + 1, np.int64)
    np.cumsum(holders, out=offsets[1:])
    norms = K1 * (1 - B + B * lengths / max(lengths.mean() if count else 0.0, 1.0))
    rows = _file(out, "rows", np.int32, int(offsets[-1]))
    impacts = _file(out, "impacts", np.uint16, int(offsets[-1]))
    ends, first = offsets[:-1].copy(), 0
    for starts, keys, counts in terms(texts, head_chars=HEAD_CHARS):
        term = np.searchsorted(vocabulary, keys)
        row = np.repeat(np.arange(first, first + starts.size - 1, dtype=np.int32), np.diff(starts))
        weight = rarity[term] * counts * (K1 + 1) / (counts + norms[row])
        # a term that is everywhere still says that a row has it
        place(
            term, row, np.maximum(np.rint(weight / unit), 1).astype(np.uint16), ends, rows, impacts
        )
        first += starts.size - 1
    peaks = np.maximum.reduceat(impacts, offsets[:-1]) if vocabulary.size else impacts
    for name, array in (("vocabulary", vocabulary), ("offsets", offsets), ("peaks", peaks)):
        np.save(out / f"{name}.npy", array)
    return unit


def _counted(
    texts: pl.Series,
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """Give all terms, in how many texts each is, and how many terms each text has."""
    vocabulary, holders = np.zeros(0, np.uint64), np.zeros(0, np.int64)
    lengths = [np.zeros(0, np.int64)]
    for starts, keys, counts in terms(texts, head_chars=HEAD_CHARS):
        some, times = np.unique(keys, return_counts=True)
        vocabulary, at = np.unique(np.concatenate([vocabulary, some]), return_inverse=True)
        together = np.concatenate([holders, times])
        holders = np.zeros(vocabulary.size, np.int64)
        np.add.at(holders, at, together)
        total = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        lengths.append(np.diff(total[starts]))
    return vocabulary, holders, np.concatenate(lengths)


def _file(out: Path, name: str, dtype: type, size: int) -> NDArray[Any]:
    if not size:  # nothing can be mapped
        np.save(out / f"{name}.npy", np.zeros(0, dtype))
        return np.zeros(0, dtype)
    mapped: NDArray[Any] = np.lib.format.open_memmap(out / f"{name}.npy", "w+", dtype, (size,))
    return mapped
