"""A bank without an index is read whole once, and then searched in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.bank.query import input_of
from curator.bank.where import FIELDS, Where, value_of, wanted
from curator.embed.lexical import PIECE_CHARS, terms
from curator.kernels.neighbours import neighbours


class Scan:
    """
    Exemplars as sparse rows of unit length; a score is the cosine of words and pieces of words.

    Weight: (1 + ln count) (1 + ln((1 + N) / (1 + texts with it))).
    """

    def __init__(self, lines: Iterable[dict[str, Any]]) -> None:
        """Read the words of every exemplar's input, and what a search may keep to."""
        texts, fields = [], []
        for line in lines:
            texts.append(input_of(line["messages"][:-1]))
            fields.append({name: value_of(line, name) for name in FIELDS})
        self._fields = pl.DataFrame(fields, schema=dict.fromkeys(FIELDS, pl.String))
        parts = list(terms(pl.Series(texts, dtype=pl.String), PIECE_CHARS))
        keys = np.concatenate([np.zeros(0, np.uint64), *(part[1] for part in parts)])
        counts = np.concatenate([np.zeros(0, np.int32), *(part[2] for part in parts)])
        held = np.concatenate([np.zeros(0, np.int64), *(np.diff(part[0]) for part in parts)])
        row = np.repeat(np.arange(len(texts), dtype=np.int32), held)
        self._vocabulary, dims = np.unique(keys, return_inverse=True)
        width = self._vocabulary.size
        holders = np.bincount(dims, minlength=width)
        self._rarity = 1 + np.log((1 + len(texts)) / (1 + holders))
        weights = (1 + np.log(counts)) * self._rarity[dims]
        length = np.sqrt(np.bincount(row, weights=weights**2, minlength=len(texts)))
        order = np.argsort(dims, kind="stable")
        self._starts = np.zeros(width + 1, np.int64)
        np.cumsum(holders, out=self._starts[1:])
        self._rows = row[order]
        self._impacts = (weights / length[row])[order].astype(np.float32)

    def search(
        self, text: str, k: int, where: Where | None, groups: Collection[str]
    ) -> list[tuple[int, float]]:
        """Give at most ``k`` ranks that share a term with ``text``, none of ``groups``."""
        free = self.allowed(where, groups)
        _, keys, counts = next(terms(pl.Series([text]), PIECE_CHARS))
        at = np.searchsorted(self._vocabulary, keys)
        known = at < self._vocabulary.size
        known[known] = self._vocabulary[at[known]] == keys[known]
        dims = at[known].astype(np.int32)
        weights = (1 + np.log(counts[known])) * self._rarity[dims]
        unit = (weights / max(np.sqrt((weights**2).sum()), 1e-9)).astype(np.float32)
        places, likeness = neighbours(
            np.array([0, dims.size]),
            dims,
            unit,
            np.ones(1, np.int64),
            self._starts,
            self._rows,
            self._impacts,
            np.where(free, 0, 1),  # a row of the query's owner, 1, is never given
            min(k, free.size),
        )
        ranks = places[0][places[0] >= 0].tolist()
        return list(zip(ranks, likeness[0].tolist(), strict=False))

    def allowed(self, where: Where | None, groups: Collection[str]) -> NDArray[np.bool_]:
        """Say of each rank whether a search may give it."""
        if not groups and not where:
            return np.ones(self._fields.height, np.bool_)
        free = ~pl.col("group").is_in(sorted(groups)).fill_null(value=False)
        for name, values in wanted(where).items():
            free &= pl.col(name).is_in(pl.Series(values, dtype=pl.String), nulls_equal=True)
        return self._fields.select(free).to_series().to_numpy()
