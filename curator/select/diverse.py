"""Choose exemplars from train that differ as much as they can within each label."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator.select import pools
from curator.select.exemplars import Compared
from curator.select.pools import Chosen, Pool, Strategy

STEP = "diverse"


@dataclass(frozen=True, kw_only=True)
class Options(Compared):
    """``shots`` exemplars in all, evenly over the labels, or within ``per_label`` of each."""


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs, and its input."""
    return pools.sign(records, options)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Rank the one nearest to its label's middle first, then the one least like those before.

    Likeness is the cosine of hashed words and 4-byte pieces of the input, the rarer ones weighing
    more; the texts of a label's pool are read, no others. Ties go to the smaller id.
    """
    return pools.resolve(signatures, options, Strategy(step=STEP, choose=_choose))


def _choose(pool: Pool) -> Chosen:
    from curator.kernels.k_center import k_center

    return Chosen(k_center(pool.points, pool.quota, pool.costs, pool.budget))
