"""What each label may spend, so that all exemplars together keep a budget of tokens."""

from __future__ import annotations

from collections import Counter

import polars as pl


def allot(pool: pl.DataFrame, max_tokens: int | None) -> pl.DataFrame:
    """
    Give each stratum a budget that pays for its quota; cut the quota where nothing can.

    Exemplars are paid for in turns, each at the price of the cheapest candidate left; what remains
    is shared out in proportion to what the dearest candidates would cost more.

    Columns: reads stratum, tokens, quota -> stratum, quota, budget, lost (exemplars cut).
    Keeps:   budgets sum to no more than ``max_tokens``; each holds the cheapest of its quota.
    """
    nth, size = pl.int_range(pl.len()).over("stratum"), pl.len().over("stratum")
    priced = pool.select("stratum", "tokens", "quota").sort("stratum", "tokens")
    whole = priced.group_by("stratum").agg(pl.col("quota").first()).sort("stratum")
    if max_tokens is None:
        return whole.with_columns(budget=pl.lit(0, dtype=pl.Int64), lost=pl.lit(0, dtype=pl.Int64))
    slots = priced.with_columns(nth=nth).filter(pl.col("nth") < pl.col("quota"))
    left, paid, spent = max_tokens, Counter[str](), Counter[str]()
    for stratum, tokens in slots.sort("nth", "stratum").select("stratum", "tokens").iter_rows():
        if tokens <= left:  # the next of a stratum never costs less
            left, paid[stratum] = left - tokens, paid[stratum] + 1
            spent[stratum] += tokens
    kept = [paid[stratum] for stratum in whole["stratum"]]
    needed = pl.Series([spent[stratum] for stratum in whole["stratum"]], dtype=pl.Int64)
    granted = whole.with_columns(kept=pl.Series(kept, dtype=pl.Int64), needed=needed)
    dearest = (
        priced.join(granted, on="stratum", maintain_order="left")
        .with_columns(from_last=size - 1 - nth)
        .filter(pl.col("from_last") < pl.col("kept"))
        .group_by("stratum")
        .agg(most=pl.col("tokens").sum())
    )
    wish = granted.join(dearest, on="stratum", how="left", maintain_order="left").with_columns(
        wish=pl.col("most").fill_null(0) - pl.col("needed")
    )
    total = max(int(wish["wish"].sum()), 1)
    share = (pl.col("wish").cast(pl.Int128) * min(left, total) // total).cast(pl.Int64)
    return wish.select(
        "stratum",
        quota="kept",
        budget=pl.col("needed") + share,
        lost=pl.col("quota") - pl.col("kept"),
    )
