"""Choose exemplars from train in proportion to its labels, each at least once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator.select.exemplars import VERDICT, Wanted, keys
from curator.select.pools import Strategy, drawn_first, plan, told

STEP = "stratified"


@dataclass(frozen=True, kw_only=True)
class Options(Wanted):
    """``shots`` exemplars in all, in proportion to the labels, or within ``per_label`` of each."""


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs."""
    return keys(records, options)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Rank what is drawn first of each label, up to the label's quota."""
    return signatures.map_batches(lambda rows: _choose(rows, options), schema=VERDICT)


def _choose(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    strategy = Strategy(step=STEP, choose=drawn_first, proportional=True)
    return told(plan(rows, options, strategy), options, strategy)
