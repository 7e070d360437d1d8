"""Keep a drawn part of the rows; the draw is a hash of each row's id, so order plays no part."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import polars as pl

from curator.errors import RecipeError
from curator.records import KEPT


@dataclass(frozen=True, kw_only=True)
class Options:
    """Exactly one of ``size`` and ``fraction``."""

    size: int | None = None  # rows to keep; all where there are fewer
    fraction: float | None = None  # 0 to 1, of the rows kept so far
    stratify_by: Literal["label"] | None = None  # keep the shares of the labels
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a draw without, or with two, sizes."""
        if (self.size is None) == (self.fraction is None):
            raise RecipeError(
                "a sample has either a size or a fraction",
                hint="write sample: {size: 1000} or sample: {fraction: 0.1}",
            )


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept row its ticket: a hash of the seed and its id."""
    prefix = f"{options.seed}\x1f"

    def draw(ids: pl.Series) -> pl.Series:
        digests = (hashlib.blake2b(f"{prefix}{i}".encode(), digest_size=8).digest() for i in ids)
        return pl.Series(ids.name, digests, dtype=pl.Binary)

    ticket = pl.col("id").map_batches(draw, return_dtype=pl.Binary, is_elementwise=True)
    return records.filter(KEPT).select("position", "label", ticket=ticket)


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Reject all rows but those with the lowest tickets.

    Keeps:  exactly ``size`` rows, or ``fraction`` of them rounded to the nearest; with
            ``stratify_by`` each label's share of them to less than one row; a larger draw with the
            same seed holds the smaller one, as long as it is not stratified.
    """
    return signatures.map_batches(lambda rows: _decide(rows, options), schema=_VERDICT)


_VERDICT = {"position": pl.Int64, "rejected": pl.String}


def _decide(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    total = rows.height
    wanted = int((options.fraction or 0) * total + 0.5) if options.size is None else options.size
    size = min(wanted, total)
    stratum = pl.col("label") if options.stratify_by else pl.lit(None, dtype=pl.String)
    ordered = rows.sort("ticket", "position").with_columns(stratum.alias("stratum"))
    sizes = ordered.group_by("stratum").len("rows").sort("stratum")
    quotas = sizes.with_columns(
        quota=pl.Series(_quotas(sizes["rows"].to_list(), size), dtype=pl.Int64)
    )
    place = pl.int_range(pl.len()).over("stratum", order_by=["ticket", "position"])
    return (
        ordered.with_columns(place=place)
        .join(quotas, on="stratum", nulls_equal=True)
        .filter(pl.col("place") >= pl.col("quota"))
        .sort("position")
        .select("position", rejected=pl.lit("sample: not drawn"))
    )


def _quotas(sizes: list[int], wanted: int) -> list[int]:
    """Share ``wanted`` out in proportion: whole parts first, then the largest remainders."""
    total = max(sum(sizes), 1)
    parts = [divmod(size * wanted, total) for size in sizes]
    quotas = [whole for whole, _ in parts]
    by_remainder = sorted(range(len(sizes)), key=lambda at: (-parts[at][1], at))
    for at in by_remainder[: wanted - sum(quotas)]:
        quotas[at] += 1
    return quotas
