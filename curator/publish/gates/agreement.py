"""People who reviewed the rows must agree as far as the publication asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from curator.manifest import load
from curator.publish.gates.gate import Gate, Named, Wanted
from curator.publish.gates.rows import dataset

NAME = "agreement"
_HINT = "let people look at these rows once more: curator review send, then collect"


def gate(folder: Path, options: Wanted) -> Gate:
    """Hold the alpha that the run measured against ``min_alpha``, and name the rows in dispute."""
    review = load(folder).review
    found = Named(NAME, hint=_HINT)
    told = review.get("agreement", {}).get("verdict")
    said = _told(review, told)
    if options.min_alpha is None:
        return found.gate(f"{said}; no agreement is asked for")
    is_enough = told is not None and (
        told["same"] == 1 if told["alpha"] is None else told["alpha"] >= options.min_alpha
    )
    if not is_enough:
        _name_disputed(folder, review, found)
        if not found.count:
            found.add(said)
    return found.gate(f"{said}; min_alpha is {options.min_alpha:g}")


def _told(review: dict[str, Any], verdict: dict[str, Any] | None) -> str:
    if not review:
        return "nobody has reviewed the rows"
    if verdict is None:
        return f"no row was reviewed by several of the {review['people']:,} people"
    alpha = verdict["note"] if verdict["alpha"] is None else f"{verdict['alpha']:.2f}"
    return f"alpha of the verdicts is {alpha}, over {verdict['rows']:,} rows"


def _name_disputed(folder: Path, review: dict[str, Any], found: Named) -> None:
    """Name rows on which people gave different verdicts, by the id of then or now."""
    disputed = pl.Series(review.get("disputed", {}).get("ids", []), dtype=pl.String).implode()
    before = pl.col("provenance").struct.field("parent_id")
    is_disputed = pl.col("id").is_in(disputed) | before.is_in(disputed).fill_null(value=False)
    for batch in dataset(folder, ["id", "provenance"]):
        for at in batch.rows.select(is_disputed).to_series().arg_true():
            words = "people gave different verdicts on it"
            found.add(words, where=batch.where(at), record_id=batch.rows["id"][at])
