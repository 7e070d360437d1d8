"""JSON made by column: texts, objects and arrays of a whole frame, without a loop over rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.prompt.turns import Turns


def json_text(texts: pl.Series) -> pl.Series:
    """Write each text as a JSON string, null as ``null``; the same bytes as orjson's."""
    encoded = pl.DataFrame({"t": texts}).to_struct().struct.json_encode()
    return encoded.str.strip_prefix('{"t":').str.strip_suffix("}")


def json_or_absent(texts: pl.Series) -> pl.Series:
    """Write each text as a JSON string; a null one stays null, and so stays away from objects."""
    return where(texts.is_not_null(), json_text(texts))


def json_messages(flat: pl.DataFrame, beside: Mapping[str, pl.Series] | None = None) -> pl.Series:
    """
    Write each message as a JSON object of its role and content, null where there is no content.

    ``beside`` holds further fields as JSON text, ``chat_fields`` if it is not given; null ones stay
    away.
    """
    said = flat.select("role", "content").to_struct().struct.json_encode()
    fields = {
        name: values
        for name, values in (chat_fields(flat) if beside is None else beside).items()
        if values.null_count() < len(values)
    }
    if not fields:
        return said
    return pl.select(
        pl.concat_str(pl.lit(said.str.strip_suffix("}")), *_members(fields, ","), pl.lit("}"))
    ).to_series()


def chat_fields(flat: pl.DataFrame) -> dict[str, pl.Series]:
    """Give what stands beside role and content of chat messages: calls as objects, and the rest."""
    return {
        "name": json_or_absent(flat["name"]),
        "tool_calls": flat.select(json_or_null(pl.col("tool_calls"))).to_series(),
        "tool_call_id": json_or_absent(flat["tool_call_id"]),
        "weight": flat["weight"].cast(pl.String),
    }


def json_object(fields: Mapping[str, pl.Series]) -> pl.Series:
    """Write one JSON object a row from the JSON text of its ``fields``; a null field stays away."""
    first, *others = fields
    head = {first: fields[first]}
    if not fields[first].null_count():
        rest = {name: fields[name] for name in others}
        parts = [pl.lit("{"), *_members(head, ""), *_members(rest, ","), pl.lit("}")]
        return pl.select(pl.concat_str(parts)).to_series()
    inner = pl.concat_str(_members(fields, ",")).str.strip_prefix(",")
    return pl.select("{" + inner + "}").to_series()


def _members(fields: Mapping[str, pl.Series], before: str) -> list[pl.Expr]:
    """Write each field after ``before``, nothing where its value is null."""
    return [
        pl.lit(f'{before}"{name}":') + pl.lit(values)
        if not values.null_count()
        else pl.when(pl.lit(values.is_not_null()))
        .then(pl.lit(f'{before}"{name}":') + pl.lit(values))
        .otherwise(pl.lit(""))
        for name, values in fields.items()
    ]


def json_array(texts: pl.Series) -> pl.Series:
    """Write each list of JSON texts as one JSON array."""
    return "[" + texts.list.join(",") + "]"


def listed(
    turns: Turns, texts: pl.Series, is_taken: npt.NDArray[np.bool_] | None = None
) -> pl.Series:
    """Write the JSON texts of each record's messages, or of some of them, as one JSON array."""
    if is_taken is None:
        return json_array(turns.lists(texts))
    return json_array(turns.where(is_taken).lists(texts.filter(pl.Series(is_taken))))


def json_or_null(text: pl.Expr) -> pl.Expr:
    """Keep JSON text on one line (a raw line break is space there); null where it is empty."""
    line = text.str.replace_all(r"[\r\n]", " ")
    return pl.when(~text.str.contains(r"^\s*(\[\s*\]|null)\s*$")).then(line)


def where(holds: pl.Series, values: pl.Series) -> pl.Series:
    """Keep the values where it is true; the others are null."""
    return pl.select(pl.when(pl.lit(holds)).then(pl.lit(values))).to_series()
