"""Choose exemplars from train that stand for clusters: of each the one nearest to its middle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import polars as pl

from curator.select import pools
from curator.select.exemplars import Compared
from curator.select.pools import Chosen, Pool, Strategy
from curator.select.shares import ticket

STEP = "representative"


@dataclass(frozen=True, kw_only=True)
class Options(Compared):
    """``shots`` exemplars in all, in proportion to the labels, or within ``per_label`` of each."""


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs, and its input."""
    return pools.sign(records, options)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Rank the medoids of as many clusters as a label has exemplars, the largest cluster first.

    Clusters are found by spherical k-means over hashed words and 4-byte pieces of the input, the
    rarer ones weighing more, seeded by k-means++; the note says how many rows each exemplar stands
    for. Ties go to the smaller id.
    """
    choose = partial(_choose, seed=options.seed)
    return pools.resolve(signatures, options, Strategy(step=STEP, choose=choose, proportional=True))


def _choose(pool: Pool, seed: int) -> Chosen:
    from curator.kernels.medoids import medoids

    def draw(cluster: int) -> float:
        return ticket(seed, f"{pool.rows['label'][0]}:{cluster}") / 2**64

    chosen, sizes = medoids(pool.points, pool.quota, pool.costs, pool.budget, draw)
    total = pool.rows.height
    return Chosen(chosen, [f", stands for {size} of {total}" for size in sizes.tolist()])
