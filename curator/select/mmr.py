"""Choose exemplars from train that are typical of their label and unlike one another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import polars as pl

from curator.select import pools
from curator.select.exemplars import Compared
from curator.select.pools import Chosen, Pool, Strategy

STEP = "mmr"


@dataclass(frozen=True, kw_only=True)
class Options(Compared):
    """``shots`` exemplars in all, evenly over the labels, or within ``per_label`` of each."""

    trade_off: float = 0.5  # 1: only typical; 0: only unlike


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs, and its input."""
    return pools.sign(records, options)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Rank the one nearest to its label's middle first, then by maximal marginal relevance.

    That is its likeness to the middle, times ``trade_off``, less its likeness to the nearest of
    those before it, times the rest. Ties go to the smaller id.
    """
    choose = partial(_choose, trade_off=options.trade_off)
    return pools.resolve(signatures, options, Strategy(step=STEP, choose=choose))


def _choose(pool: Pool, trade_off: float) -> Chosen:
    from curator.kernels.mmr import mmr

    return Chosen(mmr(pool.points, pool.quota, pool.costs, pool.budget, trade_off))
