"""Choose exemplars from train by a seeded draw."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator.select.exemplars import VERDICT, candidates, keys, quotas, ranked, tell_few

STEP = "random"


@dataclass(frozen=True, kw_only=True)
class Options:
    """``shots`` exemplars in all, or ``per_label`` of each label."""

    shots: int = 8
    per_label: int | None = None
    max_chars: int | None = None
    require_reasoning: bool = False
    seed: int = 0


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:  # noqa: ARG001
    """Give each kept example that ends in an answer what the choice needs."""
    return keys(records)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Rank the rows drawn first; a draw hashes seed and id, so row order does not matter."""
    return signatures.map_batches(lambda rows: _choose(rows, options), schema=VERDICT)


def _choose(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    shown = candidates(rows, options, STEP)
    if options.per_label is not None:
        quota = quotas(shown, rows, options, STEP, proportional=False)
        return ranked(shown.join(quota, on="label").filter(pl.col("turn") < pl.col("quota")), STEP)
    tell_few(STEP, shown.height, options.shots)
    drawn = shown.sort("ticket", "id").head(options.shots)
    return ranked(drawn.with_columns(turn=pl.int_range(pl.len())), STEP)
