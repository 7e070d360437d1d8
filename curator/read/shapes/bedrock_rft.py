"""Messages and the answer to hold others against: rows for reinforcement fine-tuning."""

from __future__ import annotations

import polars as pl

from curator.read.shapes import Record, Roles, Row, messages
from curator.read.values import Unmappable, dumps, text_of
from curator.records import message

FIELDS = (*messages.FIELDS, "reference_answer")
LAYOUT: dict[str, pl.DataType] = {**messages.LAYOUT, "reference_answer": pl.String()}
ONLY_TEXT = messages.ONLY_TEXT


def matches(row: Row) -> bool:
    """Say whether there is a reference answer beside messages."""
    return "reference_answer" in row and messages.matches(row)


def to_records(row: Row, roles: Roles) -> list[Record]:
    """Turn one row into one record; a reference that is no text becomes its JSON text."""
    (record,) = messages.to_records(row, roles)
    given = row.get("reference_answer")
    if given is None:
        raise Unmappable("missing field", "$.reference_answer")
    if isinstance(given, (dict, list)):
        record["changes"].append("read: reference_answer written as JSON text")
        answer: str | None = dumps(given)
    else:
        answer = text_of(given, "$.reference_answer")
    record["messages"].append({"role": "assistant", "content": answer})
    return [record]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Do the same to plain chats whose reference is a text."""
    answer = message(pl.lit("assistant"), pl.col("reference_answer"))
    is_missing = pl.Series("is_missing", raw["reference_answer"].is_null())
    asked = messages.to_frame(raw).with_columns(raw["reference_answer"])
    return asked.select(
        messages=pl.concat_list("messages", answer), is_odd=pl.col("is_odd") | is_missing
    )
