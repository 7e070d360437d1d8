"""One text a row, all of it to be trained: corpora for continued training."""

from __future__ import annotations

import polars as pl

from curator.read.shapes import Record, Roles, Row
from curator.read.values import needed, only_text
from curator.records import message

FIELDS = ("text",)
LAYOUT: dict[str, pl.DataType] = {"text": pl.String()}
ONLY_TEXT = ("text",)

_ABOUT = {
    "id", "_id", "meta", "metadata", "source", "url", "uri", "title", "language", "lang", "score",
    "date", "timestamp", "added", "created", "dump", "file_path", "token_count", "licence",
    "license",
}  # fmt: skip
"""Fields that say something about a text, and nothing that a model should answer."""


def matches(row: Row) -> bool:
    """Say whether there is a text, and nothing beside it but what it is and where it is from."""
    return isinstance(row.get("text"), str) and set(row) <= {"text", *_ABOUT}


def to_records(row: Row, roles: Roles) -> list[Record]:  # noqa: ARG001
    """Turn one row into one record: an assistant says all of it, and nobody asked."""
    text = needed(row.get("text"), "$.text", only_text)
    return [{"messages": [{"role": "assistant", "content": text}]}]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Do the same to all rows that have a text."""
    said = message(pl.lit("assistant"), pl.col("text"))
    return raw.select(messages=pl.concat_list(said), is_odd=pl.col("text").is_null())
