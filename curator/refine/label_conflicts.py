"""Mark, or reject, rows that say the same and bear different labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from curator import similarity
from curator.records import KEPT, Over, text_over


@dataclass(frozen=True, kw_only=True)
class Options:
    """When two texts count as the same; at 1.0 their words are, whatever case and punctuation."""

    over: Over = "input"
    threshold: float = 1.0  # below 1: Jaccard similarity of the sets of three words in a row
    action: Literal["mark", "reject"] = "mark"


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept row with a label the key of its words, or its text and bands."""
    rows = records.filter(KEPT & pl.col("label").is_not_null()).select(
        "position", "label", text=text_over(options.over), setting=similarity.setting()
    )
    if options.threshold == 1:
        return rows.select("position", "label", "setting", words=similarity.same(pl.col("text")))
    return rows.with_columns(bands=similarity.bands(pl.col("text"), threshold=options.threshold))


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Name for each row in a conflict all labels in it, its own among them.

    Below 1.0 these are the labels of rows that it is itself like, not of those down a chain.
    Texts without words are in no conflict.
    """
    if options.threshold == 1:
        rows = signatures.filter(pl.col("words").is_not_null())
        met = rows.filter(pl.col("label").n_unique().over("words", "setting") > 1)
        labels = met.select("position", labels=_sorted(pl.col("label")).over("words", "setting"))
    else:
        labels = _labels_near(signatures, options.threshold)
    same = "same" if options.threshold == 1 else "near-same"
    what = f"label_conflicts: {same} text, different labels"
    verdict = labels.select("position", change=pl.format("{} | {}", pl.lit(what), "labels"))
    return verdict if options.action == "mark" else verdict.with_columns(rejected="change")


def _labels_near(signatures: pl.LazyFrame, threshold: float) -> pl.LazyFrame:
    met = similarity.pairs(signatures, threshold=threshold, across="label")
    pairs = (
        met.join(signatures.select(left="position", one="setting"), on="left")
        .join(signatures.select(right="position", other="setting"), on="right")
        .filter(pl.col("one").eq_missing(pl.col("other")))
    )
    left, right = pl.col("left"), pl.col("right")
    ends = pl.concat_list(
        pl.struct(position=left, of=left),
        pl.struct(position=left, of=right),
        pl.struct(position=right, of=left),
        pl.struct(position=right, of=right),
    )
    label = signatures.select("label", of="position")
    return (
        pairs.select(ends.alias("end"))
        .explode("end", empty_as_null=False)
        .unnest("end")
        .join(label, on="of")
        .group_by("position")
        .agg(labels=_sorted(pl.col("label")))
    )


def _sorted(labels: pl.Expr) -> pl.Expr:
    return labels.unique().sort().str.join(" / ")
