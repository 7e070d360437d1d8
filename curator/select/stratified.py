"""Choose exemplars from train in proportion to its labels, each at least once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator.select.exemplars import VERDICT, candidates, keys, quotas, ranked

STEP = "stratified"


@dataclass(frozen=True, kw_only=True)
class Options:
    """``shots`` exemplars in all, in proportion to the labels, or ``per_label`` of each label."""

    shots: int = 8
    per_label: int | None = None
    max_chars: int | None = None
    require_reasoning: bool = False
    seed: int = 0


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:  # noqa: ARG001
    """Give each kept example that ends in an answer what the choice needs."""
    return keys(records)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Rank what is drawn first of each label, up to the label's quota."""
    return signatures.map_batches(lambda rows: _choose(rows, options), schema=VERDICT)


def _choose(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    shown = candidates(rows, options, STEP)
    quota = quotas(shown, rows, options, STEP, proportional=True)
    return ranked(shown.join(quota, on="label").filter(pl.col("turn") < pl.col("quota")), STEP)
