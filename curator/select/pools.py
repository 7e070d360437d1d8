"""Choose exemplars stratum by stratum: the plan every strategy follows, given how it chooses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.errors import shorten
from curator.records import text_over
from curator.select.budgets import allot
from curator.select.exemplars import (
    VERDICT,
    Wanted,
    candidates,
    first_free,
    keys,
    passed_over,
    ranked,
)
from curator.select.quotas import quotas, short, tell_few, tell_short, tell_spent

log = logging.getLogger("curator.select")

DIMS = 256
POOL_ROWS, EMBEDDED_ROWS = 100_000, 10_000
"""A label with more candidates is chosen from that many of them, drawn by the seed; from fewer
where a model has to read each."""

_PLANNED = {
    "position": pl.Int64,
    "id": pl.String,
    "label": pl.String,
    "stratum": pl.String,
    "chars": pl.Int64,
    "tokens": pl.Int64,
    "ticket": pl.UInt64,
    "turn": pl.Int64,
    "quota": pl.Int64,
    "budget": pl.Int64,
    "share": pl.Float64,
    "first": pl.Int64,  # rank that is free
    "score": pl.Float64,  # what the step itself has found out about a row
    "why_not": pl.String,
    "pooled": pl.Int64,  # the position again, of rows whose text is wanted
}


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The candidates of one label, by id, and what may be chosen of them."""

    rows: pl.DataFrame
    quota: int
    budget: int
    share: float  # of all candidates, those that are of this label
    costs: NDArray[np.int64]
    embedder: str | None = None
    rarity: NDArray[np.int32] | None = None  # of terms among the candidates of all labels

    @property
    def points(self) -> NDArray[np.int16]:
        """Where the inputs point, as ``points`` gives it."""
        return points(self.rows["text"], self.embedder, self.rarity)


class Chosen(NamedTuple):
    """Rows of a pool in the order of choice, and what is noted of each, if anything."""

    rows: NDArray[np.int64]
    notes: Sequence[str] = ()
    merit: Sequence[float] = ()
    """What decides over labels, for ``as_chosen``: the most first; without it, label by label."""


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """How one step chooses."""

    step: str
    choose: Callable[[Pool], Chosen]
    proportional: bool = False  # whether shots follow the labels; else each label gets as many
    in_one: bool = False  # whether labels count for nothing
    rules: Mapping[str, pl.Expr] = field(default_factory=dict)  # what bars a row, by what is said
    pool_rows: int | None = None


def points(
    texts: pl.Series, embedder: str | None, rarity: NDArray[np.int32] | None = None
) -> NDArray[np.int16]:
    """
    Give each text a direction in whole numbers, so that the order of adding never matters.

    Hashed words and 4-byte pieces, weighed by their ``rarity`` (by default among the texts
    themselves), or what ``embedder`` gives. Shapes: (N,) -> (N, D), each row of length UNIT, or
    zeros.
    """
    from curator.kernels.ngrams import UNIT, directions, rarities

    if embedder is None:
        from curator.kernels.buffers import text_buffers

        buffers = text_buffers(texts)
        return directions(*buffers, DIMS, rarities(*buffers) if rarity is None else rarity)
    from curator.embed import open_embedder

    vectors = open_embedder(embedder).embed(texts.fill_null("").to_list())
    return np.rint(vectors * UNIT).astype(np.int16)


def sign(records: pl.LazyFrame, options: Wanted, **more: pl.Expr) -> pl.LazyFrame:
    """Give what the choice needs of each kept, answered example, its input, and ``more``."""
    return keys(records, options, text=text_over("input"), **more)


def resolve(signatures: pl.LazyFrame, options: Wanted, strategy: Strategy) -> pl.LazyFrame:
    """
    Plan quotas over the narrow keys, then choose of each label; only the texts of pools are read.

    Keeps: the strategy gets rows by id, so that the order of rows does not matter.
    """
    most = POOL_ROWS if getattr(options, "embedder", None) is None else EMBEDDED_ROWS
    pooled = replace(strategy, pool_rows=strategy.pool_rows or most)
    planned = signatures.drop("text").map_batches(
        lambda rows: plan(rows, options, pooled), schema=_PLANNED
    )
    texts = signatures.select("text", pooled="position")
    return planned.join(texts, on="pooled", how="left").map_batches(
        lambda rows: told(rows, options, pooled), schema=VERDICT
    )


def plan(rows: pl.DataFrame, options: Wanted, strategy: Strategy) -> pl.DataFrame:
    """
    Draw pools, give them quotas and budgets, and log what cannot be had.

    Columns: those of _PLANNED, for rows in a pool and for barred rows that were wanted.
    """
    step = strategy.step
    stratum = pl.lit("") if strategy.in_one else pl.col("label")
    drawn = candidates(rows, options, step, seed=options.seed, rules=strategy.rules)
    is_barred = pl.col("why_not").is_not_null()
    drawn = drawn.with_columns(stratum=stratum).sort(is_barred, "stratum", "ticket", "id")
    drawn = drawn.with_columns(turn=pl.int_range(pl.len()).over("stratum"))
    shown = drawn.filter(pl.col("why_not").is_null())
    if strategy.in_one:
        in_all = options.in_all or 0
        quota = {"": min(in_all, shown.height)}
        tell_few(step, shown.height, in_all, drawn)
    else:
        labels = sorted(set(rows["label"].to_list()))
        quota = quotas(shown, labels, options, proportional=strategy.proportional)
        tell_short(step, quota, drawn, options)
    per = pl.DataFrame(
        list(quota.items()), schema={"stratum": pl.String, "quota": pl.Int64}, orient="row"
    )
    pool = shown.join(per, on="stratum", maintain_order="left").filter(pl.col("quota") > 0)
    pool = pool.with_columns(share=pl.len().over("stratum") / max(shown.height, 1))
    if strategy.pool_rows is not None:
        _tell_pools(step, pool, strategy.pool_rows)
        pool = pool.filter(pl.col("turn") < strategy.pool_rows)
    granted = allot(pool, options.max_tokens)
    lost = dict(granted.filter(pl.col("lost") > 0).select("stratum", "lost").iter_rows())
    tell_spent(step, lost, options.max_tokens or 0)
    ready = pool.drop("quota").join(
        granted.filter(pl.col("quota") > 0), on="stratum", maintain_order="left"
    )
    lacking = [*short(quota, options), *lost]
    barred = drawn.filter(pl.col("why_not").is_not_null() & pl.col("stratum").is_in(lacking))
    both = pl.concat([ready.with_columns(pooled="position"), barred], how="diagonal_relaxed")
    given = {"first": pl.lit(first_free(rows))}
    if "score" not in rows.columns:
        given["score"] = pl.lit(None)
    return both.select(
        given.get(name, pl.col(name)).cast(dtype).alias(name) for name, dtype in _PLANNED.items()
    )


def told(planned: pl.DataFrame, options: Wanted, strategy: Strategy) -> pl.DataFrame:
    """Let the strategy choose of each stratum. Columns: those of ``plan`` -> VERDICT."""
    step, embedder = strategy.step, getattr(options, "embedder", None)
    pools = planned.filter(pl.col("why_not").is_null()).sort("stratum", "id")
    rarity = _rarity(pools["text"]) if "text" in pools.columns and embedder is None else None
    parts = [
        _chosen(rows, strategy.choose, embedder, rarity)
        for rows in pools.partition_by("stratum", maintain_order=True)
    ]
    barred = passed_over(planned.filter(pl.col("why_not").is_not_null()).sort("id"), step)
    if not parts:
        return barred
    chosen = pl.concat(parts).sort("merit", "stratum", "turn", descending=[True, False, False])
    in_order = chosen.with_columns(choice=pl.int_range(pl.len()))
    return pl.concat([ranked(in_order, step, options.order, int(chosen["first"][0])), barred])


def drawn_first(pool: Pool) -> Chosen:
    """Choose what was drawn first and can be paid for."""
    from curator.kernels.budget import in_order

    order = pool.rows["turn"].arg_sort().to_numpy()
    return Chosen(order[in_order(pool.costs[order], pool.quota, pool.budget)])


def _rarity(texts: pl.Series) -> NDArray[np.int32]:
    from curator.kernels.buffers import text_buffers
    from curator.kernels.ngrams import rarities

    return rarities(*text_buffers(texts))


def _chosen(
    rows: pl.DataFrame,
    choose: Callable[[Pool], Chosen],
    embedder: str | None,
    rarity: NDArray[np.int32] | None,
) -> pl.DataFrame:
    first = rows.row(0, named=True)
    pool = Pool(
        rows=rows,
        quota=first["quota"],
        budget=first["budget"],
        share=first["share"],
        costs=rows["tokens"].to_numpy(),
        embedder=embedder,
        rarity=rarity,
    )
    chosen, notes, merit = choose(pool)
    return rows[chosen].with_columns(
        turn=pl.int_range(pl.len()),
        note=pl.Series(list(notes) or [None] * len(chosen), dtype=pl.String),
        merit=pl.Series(list(merit) or [0.0] * len(chosen), dtype=pl.Float64),
    )


def _tell_pools(step: str, pool: pl.DataFrame, pool_rows: int) -> None:
    for label, count in pool.group_by("label").len().sort("label").iter_rows():
        if count > pool_rows:
            log.info(
                "%s: %s: chosen from %d of %d candidates",
                step, shorten(label, 40) or "no label", pool_rows, count,
            )  # fmt: skip
