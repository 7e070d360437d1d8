"""Messages for Axolotl that say which characters of each answer are trained."""

from __future__ import annotations

import polars as pl

from curator.write.formats.chat import chat_messages
from curator.write.formats.messages import left_out
from curator.write.formats.reasoning import IN_TURNS
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, listed

__all__ = ["FIELDS_LEFT_OUT", "REASONING", "left_out", "lines"]

FIELDS_LEFT_OUT = ("rejected_messages",)
REASONING = IN_TURNS


def lines(rows: Rows) -> pl.Series:
    """
    Render ``{"messages": [{"role", "content", "train", "train_detail": [...]}], "tools"}``.

    An answer that is trained has its spans, in code points, the last one included: one for the
    reasoning that stands before it, one for the answer. A turn that calls has none: spans would
    leave its calls out. An answer that is not trained has ``"train": false``.
    """
    flat = rows.turns.flat
    untrained = flat["weight"] == 0
    train = pl.select(pl.when(pl.lit(untrained)).then(pl.lit("false"))).to_series()
    messages = chat_messages(
        rows, flat, weights=False, beside={"train": train, "train_detail": _spans(flat)}
    )
    return json_object({"messages": listed(rows.turns, messages), "tools": rows.tools})


def _spans(flat: pl.DataFrame) -> pl.Series:
    chars = pl.col("content").str.len_chars().cast(pl.Int64)
    lead = pl.col("lead") if "lead" in flat.columns else pl.lit(0)
    thought = pl.when(lead > 0).then(_span(pl.lit(0), lead) + ",").otherwise(pl.lit(""))
    is_spanned = (
        (pl.col("role") == "assistant")
        & (pl.col("weight").fill_null(1) != 0)
        & pl.col("tool_calls").is_null()
        & (chars > lead)
    )
    spans = pl.concat_str(pl.lit("["), thought, _span(lead, chars), pl.lit("]"))
    return flat.select(spans=pl.when(is_spanned).then(spans)).to_series()


def _span(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Write a span from ``start`` to before ``end``: Axolotl counts its last character in."""
    return pl.concat_str(
        pl.lit('{"begin_offset":'),
        start,
        pl.lit(',"end_offset":'),
        end - 1,
        pl.lit(',"train":true}'),
    )
