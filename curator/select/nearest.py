"""Choose every fitting train example, so that a prompt can show those nearest to its query."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass

import polars as pl

from curator.select.exemplars import (
    VERDICT,
    Eligible,
    candidates,
    first_free,
    keys,
    passed_over,
    ranked,
)

log = logging.getLogger("curator.select")

STEP = "nearest"


@dataclass(frozen=True, kw_only=True)
class Options(Eligible):
    """All that may be shown is chosen: a prompt says how many, and what they may cost."""

    seed: int = 0


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs."""
    return keys(records, options)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Rank all train rows that may be shown, by default label by label in turns, as drawn.

    Prompts without a query show the first of them. The log counts those that may not be shown.
    """
    return signatures.map_batches(lambda rows: _choose(rows, options), schema=VERDICT)


def _choose(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    drawn = candidates(rows, options, STEP, seed=options.seed)
    barred = drawn.filter(pl.col("why_not").is_not_null()).sort("id")
    shown = drawn.filter(pl.col("why_not").is_null()).sort("turn", "label")
    counts = Counter(barred["why_not"])
    said = "".join(f"; {counts[why]} {why}" for why in sorted(counts))
    log.info("%s: %d of %d train rows are exemplars%s", STEP, shown.height, drawn.height, said)
    noted = shown.with_columns(choice=pl.int_range(pl.len()), note=pl.lit(None, dtype=pl.String))
    chosen = ranked(noted, STEP, options.order, first_free(rows))
    return pl.concat([chosen, passed_over(barred, STEP)])
