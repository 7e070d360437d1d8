"""Choose exemplars from train that differ as much as they can within each label."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import polars as pl

from curator.kernels.buffers import text_buffers
from curator.kernels.k_center import k_center
from curator.kernels.ngrams import features
from curator.records import text_over
from curator.select.exemplars import VERDICT, candidates, keys, quotas, ranked

log = logging.getLogger("curator.select")

STEP = "diverse"
DIMS = 256
POOL_ROWS = 10_000
"""A label with more candidates is chosen from that many of them, drawn by the seed."""
_POOL = {"position": pl.Int64, "id": pl.String, "label": pl.String, "quota": pl.Int64}


@dataclass(frozen=True, kw_only=True)
class Options:
    """``shots`` exemplars in all, evenly over the labels, or ``per_label`` of each label."""

    shots: int = 8
    per_label: int | None = None
    max_chars: int | None = None
    require_reasoning: bool = False
    seed: int = 0


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:  # noqa: ARG001
    """Give each kept example that ends in an answer what the choice needs, and its input."""
    return keys(records, text=text_over("input"))


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Rank the one nearest to its label's middle first, then the one least like those before.

    Likeness is the cosine of hashed words and 4-byte pieces of the input; the texts of a label's
    pool are read, no others. Ties go to the smaller id.
    """
    narrow = signatures.drop("text")
    pool = narrow.map_batches(lambda rows: _pool(rows, options), schema=_POOL)
    texts = signatures.select("position", "text")
    return pool.join(texts, on="position").map_batches(_choose, schema=VERDICT)


def _pool(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    shown = candidates(rows, options, STEP)
    quota = quotas(shown, rows, options, STEP, proportional=False)
    for label, count in shown.group_by("label").len().sort("label").iter_rows():
        if count > POOL_ROWS:
            log.info("%s: %s: chosen from %d of %d candidates", STEP, label, POOL_ROWS, count)
    in_pool = (pl.col("turn") < POOL_ROWS) & (pl.col("quota") > 0)
    return shown.join(quota, on="label").filter(in_pool).select(*_POOL)


def _choose(pool: pl.DataFrame) -> pl.DataFrame:
    chosen = [
        _spread(rows)
        for rows in pool.sort("label", "id").partition_by("label", maintain_order=True)
    ]
    if not chosen:
        return pl.DataFrame(schema=VERDICT)
    return ranked(pl.concat(chosen), STEP)


def _spread(rows: pl.DataFrame) -> pl.DataFrame:
    """Choose the quota of one label."""
    points = features(*text_buffers(rows["text"]), DIMS)
    chosen = k_center(points, rows["quota"][0])
    return rows[chosen].with_columns(turn=pl.int_range(pl.len()))
