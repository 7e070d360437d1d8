"""Messages as chat APIs have them, with reasoning in a field where that was asked for."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from curator.write.formats import calls
from curator.write.formats.rows import Rows
from curator.write.json_columns import chat_fields, json_messages, json_or_absent, where


def chat_messages(
    rows: Rows,
    flat: pl.DataFrame,
    *,
    weights: bool = True,
    as_objects: bool = False,
    beside: Mapping[str, pl.Series] | None = None,
) -> pl.Series:
    """
    Write messages of ``rows`` as JSON: role, content, and what else they have.

    ``as_objects`` writes the arguments of calls as objects, not as text; ``beside`` are further
    fields, as JSON text.
    """
    fields = chat_fields(flat)
    if not weights:
        del fields["weight"]
    if as_objects:
        fields["tool_calls"] = calls.with_objects(flat["tool_calls"])
    if rows.reasoning:
        has_some = flat["reasoning"].fill_null("") != ""
        shown = where(has_some, json_or_absent(flat["reasoning"]))
        fields = {rows.reasoning: shown, **fields}
    return json_messages(flat, {**fields, **(beside or {})})
