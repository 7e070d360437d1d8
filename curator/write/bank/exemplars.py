"""An exemplar as the bank stores it, and as a prompt shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from curator.errors import WriteError
from curator.prompt import Exemplar, from_record
from curator.write.bank.slots import why


def as_shown(row: Mapping[str, Any]) -> Exemplar:
    """
    Make a prompt's exemplar of a record.

    Raises: WriteError naming it if it does not come from train, or does not end in an answer.
    """
    if row["split"] != "train":
        split = row["split"] or "no split"
        raise WriteError(
            f"exemplar {row['id']} comes from {split}: what a prompt shows must come from train",
            hint="put split before the exemplar strategy in select",
        )
    messages = [from_record(message) for message in row["messages"]]
    if not messages or messages[-1]["role"] != "assistant":
        raise WriteError(
            f"exemplar {row['id']} has no answer: its last message is not an assistant's"
        )
    return Exemplar(
        id=row["id"], prompt=messages[:-1], completion=messages[-1], context=row["context"] or None
    )


def shown_text() -> pl.Expr:
    """Everything that a prompt shows of an exemplar, passage and reasoning included."""
    field = pl.element().struct.field
    parts = [field(name) for name in ("content", "reasoning", "tool_calls")]
    said = pl.concat_str(parts, separator="\n", ignore_nulls=True)
    turns = pl.col("messages").list.eval(said).list.join("\n", ignore_nulls=True)
    return pl.concat_str([pl.col("context"), turns], separator="\n", ignore_nulls=True)


def as_line(row: Mapping[str, Any], tokens: int) -> dict[str, Any]:
    """Give the line of ``exemplars.jsonl``; what the record has not is not there."""
    messages = [from_record(message) for message in row["messages"]]
    provenance = {key: value for key, value in row["provenance"].items() if value is not None}
    fields = {
        "id": row["id"],
        "rank": row["exemplar_rank"],
        "why": why(row["changes"]),
        "tokens": tokens,
        "messages": messages,
        "tools": json.loads(row["tools"] or "[]") or None,
        "label": row["label"],
        "group": row["group"],
        "context": row["context"] or None,
        "reasoning": messages[-1].get("reasoning") or None,
        "changes": row["changes"] or None,
        "provenance": provenance,
        "review": {k: v for k, v in (row["review"] or {}).items() if v is not None} or None,
    }
    return {key: value for key, value in fields.items() if value is not None}
