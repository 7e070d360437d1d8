"""Choose exemplars from train by a seeded draw."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator.select.exemplars import VERDICT, Wanted, keys
from curator.select.pools import Strategy, drawn_first, plan, told

STEP = "random"


@dataclass(frozen=True, kw_only=True)
class Options(Wanted):
    """``shots`` exemplars in all, whatever their labels, or within ``per_label`` of each."""


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs."""
    return keys(records, options)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Rank the rows drawn first; a draw hashes seed and id, so row order does not matter."""
    return signatures.map_batches(lambda rows: _choose(rows, options), schema=VERDICT)


def _choose(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    strategy = Strategy(step=STEP, choose=drawn_first, in_one=options.per_label is None)
    return told(plan(rows, options, strategy), options, strategy)
