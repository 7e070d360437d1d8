"""Merge rows that say nearly the same into one of them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator import similarity
from curator.records import KEPT, Over, text_over
from curator.refine.standing import merged


@dataclass(frozen=True, kw_only=True)
class Options:
    """How alike is too alike; rows with different labels or contexts are never merged."""

    over: Over = "input"
    threshold: float = 0.8  # Jaccard similarity of the sets of three words in a row


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept row its text and the bands by which it meets others."""
    label, setting = pl.col("label"), similarity.setting()
    both = pl.concat_str(label.fill_null(""), setting, separator="\0")
    apart = pl.when(setting.is_null()).then(label).otherwise(both)
    return (
        records.filter(KEPT)
        .select("position", "id", "split", apart=apart, text=text_over(options.over))
        .with_columns(bands=similarity.bands(pl.col("text"), threshold=options.threshold))
    )


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Reject all but one row of each cluster.

    Every row that goes is, by exact comparison, as similar as ``threshold`` to the row that its
    change names. That need not be the row that stands for it: such pairs may form a chain.

    Keeps:  test before validation before other rows, then the first one.
    """
    pairs = similarity.pairs(signatures, threshold=options.threshold, within="apart")
    rows = signatures.select("position", "id", "split")
    names = signatures.select(nearest="position", like="id")
    score = pl.col("jaccard").round(3)
    return (
        merged(similarity.clusters(pairs).join(rows, on="position"), "cluster")
        .join(names, on="nearest")
        .select(
            "position",
            "merged_into",
            rejected=pl.format(
                "near_duplicates: near-duplicate of a kept row | {} {}", score, "like"
            ),
            change=pl.format("near_duplicates: like another row | {} {}", score, "like"),
        )
    )
