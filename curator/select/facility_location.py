"""Choose exemplars from train that cover it: each row has one like it among those of its label."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator.select import pools
from curator.select.exemplars import Compared
from curator.select.pools import Chosen, Pool, Strategy

STEP = "facility_location"
POOL_ROWS = 5_000
"""A label with more candidates is chosen from that many: all pairs of them are compared."""


@dataclass(frozen=True, kw_only=True)
class Options(Compared):
    """``shots`` exemplars in all, in proportion to the labels, or within ``per_label`` of each."""


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs, and its input."""
    return pools.sign(records, options)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Rank what adds most to the coverage of its label, and note how much that is.

    A row is covered as far as the cosine of its input and that of the nearest exemplar of its label
    says; noted gains are shares of all candidates, and add up to their mean coverage. Of a label
    with more rows than a pool holds, the pool stands for all. ``as_chosen`` is by falling gain.
    """
    strategy = Strategy(step=STEP, choose=_choose, proportional=True, pool_rows=POOL_ROWS)
    return pools.resolve(signatures, options, strategy)


def _choose(pool: Pool) -> Chosen:
    from curator.kernels.facility_location import facility_location
    from curator.kernels.ngrams import UNIT

    points = pool.points
    chosen, added = facility_location(points, pool.quota, pool.costs, pool.budget)
    gains = (added * (pool.share / (UNIT * UNIT * max(len(points), 1)))).tolist()
    return Chosen(chosen, [f", gain {gain:.4f}" for gain in gains], gains)
