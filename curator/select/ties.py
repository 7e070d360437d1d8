"""What ties rows to one another, and the groups that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.kernels.union_find import components
from curator.records import SPLITS

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

KEYS = {
    "twin": "has the same words as",
    "group": "shares a group with",
    "document": "is from the same document as",
    "origin": "was made out of the same example as",
}
"""Columns whose equal values tie rows, and how a message says so."""
FREE = -1
"""Stands for a row or group whose split is not decided; all others are indices in SPLITS."""


@dataclass(frozen=True)
class Ties:
    """Equal keys as dense codes (-1: none) and near-duplicate pairs, all by index of row."""

    ids: pl.Series
    keys: dict[str, Indices]
    left: Indices
    right: Indices
    jaccard: NDArray[np.float64]

    @classmethod
    def of(cls, rows: pl.DataFrame, pairs: pl.DataFrame) -> Ties:
        """Translate key columns and pairs of positions of ``rows``."""
        position = rows["position"].to_numpy()
        order = np.argsort(position)

        def index(column: str) -> Indices:
            return order[np.searchsorted(position, pairs[column].to_numpy(), sorter=order)]

        keys = {name: codes(rows[name]) - 1 for name in KEYS}
        return cls(rows["id"], keys, index("left"), index("right"), pairs["jaccard"].to_numpy())

    def crossings(self, split: Indices, alive: Mask) -> dict[int, str]:
        """
        Find the rows whose own split a tied row of a stronger split contradicts, and say why.

        Test is stronger than validation, validation stronger than train. A row that goes because
        of test holds nothing against a train row any more.
        """
        found: dict[int, str] = {}
        alive = alive.copy()
        for level in range(len(SPLITS) - 1, 0, -1):
            strong, weak = alive & (split == level), alive & (split >= 0) & (split < level)
            new: dict[int, str] = {}
            for row, other, why, detail in [*self._keyed(weak, strong), *self._near(weak, strong)]:
                reason = f"split: {why} a {SPLITS[level]} row | {detail}{self.ids[other]}"
                new.setdefault(row, reason)
            alive[list(new)] = False
            found |= new
        return found

    def _keyed(self, weak: Mask, strong: Mask) -> Iterator[tuple[int, int, str, str]]:
        """Yield each weak row that shares a key with a strong one, with the first such row."""
        for name, why in KEYS.items():
            code = self.keys[name]
            first = _first(code, strong)
            held = np.flatnonzero(weak & (code >= 0))
            for row in held[first[code[held]] < len(code)].tolist():
                yield row, int(first[code[row]]), why, ""

    def _near(self, weak: Mask, strong: Mask) -> Iterator[tuple[int, int, str, str]]:
        """Yield each weak row that is a near-duplicate of a strong one, the most similar first."""
        pairs: list[tuple[float, int, int]] = []
        for one, other in ((self.left, self.right), (self.right, self.left)):
            hit = weak[one] & strong[other]
            pairs += zip(
                (-self.jaccard[hit]).tolist(), one[hit].tolist(), other[hit].tolist(), strict=True
            )
        for jaccard, row, partner in sorted(pairs):
            yield row, partner, "near-duplicate of", f"{-jaccard:.2f} "

    def groups(self, alive: Mask) -> Indices:
        """Number the groups of ``alive`` rows in the order of their first rows; others get -1."""
        count = len(alive)
        both = alive[self.left] & alive[self.right]
        left, right = [self.left[both]], [self.right[both]]
        for code in self.keys.values():
            has = np.flatnonzero(alive & (code >= 0))
            if has.size:
                left.append(_first(code, alive)[code[has]])
                right.append(has)
        root = components(count, np.concatenate(left), np.concatenate(right))
        group = np.full(count, FREE)
        group[alive] = np.unique(root[alive], return_inverse=True)[1]  # a root is its first row
        return group


def codes(values: pl.Series) -> Indices:
    """Number the distinct ``values`` from 1 in ascending order; null is 0."""
    return values.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()


def _first(code: Indices, where: Mask) -> Indices:
    """Give for each code its first row ``where`` it holds, or the number of rows."""
    first = np.full(int(code.max(initial=-1)) + 1, len(code))
    rows = np.flatnonzero(where & (code >= 0))
    first[code[rows[::-1]]] = rows[::-1]
    return first
