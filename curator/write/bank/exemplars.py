"""An exemplar as the bank stores it, and as a prompt shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from curator.errors import WriteError
from curator.prompt import Exemplar, from_record


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


def as_line(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give the line of ``exemplars.jsonl``; what the record has not is not there."""
    messages = [from_record(message) for message in row["messages"]]
    provenance = {key: value for key, value in row["provenance"].items() if value is not None}
    fields = {
        "id": row["id"],
        "rank": row["exemplar_rank"],
        "messages": messages,
        "tools": json.loads(row["tools"] or "[]") or None,
        "label": row["label"],
        "context": row["context"] or None,
        "reasoning": messages[-1].get("reasoning") or None,
        "changes": row["changes"] or None,
        "provenance": provenance,
    }
    return {key: value for key, value in fields.items() if value is not None}
