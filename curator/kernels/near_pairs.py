"""Rows whose shingle sets are alike: candidates bucket by bucket, each compared exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from curator.kernels.buffers import Array, as_lists, list_buffers, share
from curator.kernels.candidates import (
    SMALL_BUCKET,
    buckets,
    mark_members,
    most_pairs,
    pairs_within,
)
from curator.kernels.jaccard import jaccard
from curator.kernels.union_find import components

PAIRS_AT_ONCE = 1 << 21
AFFORDABLE_PAIRS = 1 << 27
"""So many pairs of rows with a common rare shingle are compared, smallest buckets first."""
LARGEST_BUCKET = 1 << 12  # its pairs still fit in memory
MOST_SIDES = 8
_LOW, _32 = np.uint64(0xFFFFFFFF), np.uint64(32)

Buckets = Iterator[tuple[Array, Array]]
"""Bounds (B, 2) and members (M,), group by group."""


@dataclass(frozen=True)
class Sides:
    """Which rows may meet: those of equal ``code`` or, ``across``, of different ones."""

    code: Array  # (N,) int64
    across: bool = False

    @property
    def table(self) -> Array:
        """What a pair must agree in, and what it must differ in. Shapes: (N, 2)."""
        none, each = np.zeros_like(self.code), np.arange(self.code.size)
        return np.stack([none, self.code] if self.across else [self.code, each], axis=1)

    @property
    def leaders(self) -> int:
        """How many members of a large bucket all the others are compared with."""
        return MOST_SIDES if self.across else 1

    def among(self, bands: Array) -> Buckets:
        """Give the buckets of each band. Shapes: bands (N, B) uint32."""
        row = np.arange(len(bands), dtype=np.uint64)
        salt = self.code.astype(np.uint32) * np.uint32(0 if self.across else 0x9E3779B1)
        for band in range(bands.shape[1]):
            keys = np.sort((bands[:, band] ^ salt).astype(np.uint64) << _32 | row)
            yield buckets(keys >> _32), (keys & _LOW).astype(np.int64)

    def meeting(self, bands: Array) -> Array:
        """Mark the rows that share a bucket with a row they may meet. Shapes: (N, B) -> (N,)."""
        marked, table = np.zeros(len(bands), np.bool_), self.table
        for bounds, members in self.among(bands):
            mark_members(bounds, members, table, marked)
        return marked


def near_pairs(
    bands: Array, sets: pl.Series, sides: Sides, threshold: float, least: float
) -> tuple[Array, Array]:
    """
    Find pairs of rows whose sets have a similarity of at least ``least``, by exact comparison.

    Every pair in a bucket of up to SMALL_BUCKET rows is compared. The rows of a larger one (text
    that many have in common) are compared with its leaders, and then meet again in buckets of their
    rare shingles: sets of n shingles as similar as ``threshold`` share one of the first
    n - ceil(threshold n) + 1, rarest first. There, rows that other pairs link already are not
    compared, unless it is ``across`` sides: the pairs span what hangs together, but are not all of
    it. Lost is only a pair whose common rare shingles all stand in more than
    LARGEST_BUCKET rows, or beyond AFFORDABLE_PAIRS.

    Shapes: bands (N, B), sets (N,) ascending and distinct -> pairs (P, 2) sorted, similarity (P,).
    Source: prefix filtering, Chaudhuri, Ganti, Kaushik 2006; Bayardo, Ma, Srikant 2007.
    """
    contents, table = list_buffers(sets), sides.table
    crowded = np.zeros(len(bands), np.bool_)

    def watched() -> Buckets:
        for bounds, members in sides.among(bands):
            large = bounds[bounds[:, 1] - bounds[:, 0] > SMALL_BUCKET]
            mark_members(large, members, table, crowded)
            yield bounds, members

    found = _compared(watched(), contents, table, sides.leaders, least)
    if not crowded.any():
        return found
    if not sides.across:
        left, right = (np.ascontiguousarray(found[0][:, end]) for end in (0, 1))
        table[:, 1] = components(len(bands), left, right)
    bounds, members = _rare_buckets(contents, np.flatnonzero(crowded), threshold)
    rare = iter([(bounds, members)])
    more = _compared(rare, contents, table, sides.leaders, least, small=_affordable(bounds))
    return _merged([found, more])


def _affordable(bounds: Array) -> int:
    """Give the size up to which all pairs of a bucket are compared. Shapes: bounds (B, 2)."""
    size = np.sort(bounds[:, 1] - bounds[:, 0])
    spent = np.cumsum(size * (size - 1) // 2)
    cheap = int(np.searchsorted(spent, AFFORDABLE_PAIRS, side="right"))
    # buckets of one size are treated alike, whichever of them would be the last to be afforded
    limit = int(size[cheap]) - 1 if cheap < size.size else LARGEST_BUCKET
    return min(max(limit, SMALL_BUCKET), LARGEST_BUCKET)


def _compared(
    among: Buckets,
    contents: tuple[Array, Array],
    table: Array,
    leaders: int,
    least: float,
    *,
    small: int = SMALL_BUCKET,
) -> tuple[Array, Array]:
    """Compare the pairs that the buckets give, a bounded number at a time."""
    found = [(np.zeros((0, 2), np.int64), np.zeros(0))]
    waiting = [np.zeros(0, np.uint64)]
    for bounds, members in among:
        part = np.cumsum(most_pairs(bounds, leaders, small)) // PAIRS_AT_ONCE
        for some in np.split(bounds, np.flatnonzero(np.diff(part)) + 1):
            pairs = np.empty((int(most_pairs(some, leaders, small).sum()), 2), np.int64)
            count = pairs_within(some, members, table, leaders, small, pairs)
            waiting.append(_codes(pairs[:count]))
            if sum(map(len, waiting)) >= PAIRS_AT_ONCE:
                found.append(_alike(waiting, contents, least))
                waiting = waiting[:1]
    found.append(_alike(waiting, contents, least))
    return _merged(found)


def _alike(
    waiting: list[Array], contents: tuple[Array, Array], least: float
) -> tuple[Array, Array]:
    """Compare each of the ``waiting`` pairs once, and keep those that are alike."""
    code = np.unique(np.concatenate(waiting))
    pairs = np.stack([code >> _32, code & _LOW], axis=1).astype(np.int64)
    similarity = np.empty(len(pairs))
    share(len(pairs), lambda a, b: jaccard(*contents, pairs[a:b], least, similarity[a:b]))
    return pairs[similarity > 0], similarity[similarity > 0]


def _merged(found: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Join results, each pair once, sorted."""
    pairs = np.concatenate([pairs for pairs, _ in found])
    similarity = np.concatenate([similarity for _, similarity in found])
    _, first = np.unique(_codes(pairs), return_index=True)
    return pairs[first], similarity[first]


def _codes(pairs: Array) -> Array:
    """Pack each pair into one number that sorts as the pair does."""
    ends = pairs.astype(np.uint64)
    return ends[:, 0] << _32 | ends[:, 1]


def _rare_buckets(
    contents: tuple[Array, Array], rows: Array, threshold: float
) -> tuple[Array, Array]:
    """Put ``rows`` into one bucket for each shingle among the rarest that they must share."""
    starts, values = contents
    sizes = (starts[1:] - starts[:-1])[rows]
    begin = np.concatenate([[0], np.cumsum(sizes)])
    shingles = values[np.arange(begin[-1]) + np.repeat(starts[rows] - begin[:-1], sizes)]
    # Counts of hash cells, not of shingles: any order will do, if it is one order for all rows.
    cell = shingles & np.uint64((1 << min(24, int(begin[-1]).bit_length() + 1)) - 1)
    count = np.minimum(np.bincount(cell.view(np.int64)), 255).astype(np.uint64)[cell]
    rare = pl.DataFrame(
        {
            "token": as_lists(begin, count << np.uint64(56) | shingles >> np.uint64(8)),
            "kept": sizes - np.ceil(threshold * sizes - 1e-9).astype(np.int64) + 1,
        }
    )
    prefix = rare.select(pl.col("token").list.sort().list.head("kept")).to_series()
    tokens = prefix.explode(empty_as_null=False).to_numpy()
    members = np.repeat(rows, prefix.list.len().to_numpy())
    shared = tokens >> np.uint64(56) > 1
    tokens, members = tokens[shared], members[shared]
    order = np.argsort(tokens, kind="stable")
    return buckets(tokens[order]), members[order]
