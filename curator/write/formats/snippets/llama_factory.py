"""The registry in which LLaMA-Factory looks up what a file holds: every column and every tag."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

_TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
_CHAT_TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "observation_tag": "tool",
    "function_tag": "function_call",
    "system_tag": "system",
}
_TARGETS: dict[str, dict[str, Any]] = {
    "alpaca": {
        "formatting": "alpaca",
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "response": "output",
            "system": "system",
            "history": "history",
        },
    },
    "alpaca_preference": {
        "formatting": "alpaca",
        "ranking": True,
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "chosen": "chosen",
            "rejected": "rejected",
            "system": "system",
            "history": "history",
        },
    },
    "sharegpt": {
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "system": "system", "tools": "tools"},
        "tags": _TAGS,
    },
    "sharegpt_preference": {
        "formatting": "sharegpt",
        "ranking": True,
        "columns": {
            "messages": "conversations",
            "chosen": "chosen",
            "rejected": "rejected",
            "system": "system",
            "tools": "tools",
        },
        "tags": _TAGS,
    },
    "sharegpt_kto": {
        "formatting": "sharegpt",
        "columns": {
            "messages": "conversations",
            "kto_tag": "kto_tag",
            "system": "system",
            "tools": "tools",
        },
        "tags": _TAGS,
    },
    "messages": {
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": _CHAT_TAGS,
    },
    "prompt_completion_text": {
        "formatting": "alpaca",
        "columns": {"prompt": "prompt", "response": "completion"},
    },
    "nemo_sft": {"formatting": "alpaca", "columns": {"prompt": "input", "response": "output"}},
    "text": {"formatting": "alpaca", "columns": {"prompt": "text"}},
}


def entry(
    target: str, file_name: str, fields: Collection[str], *, is_plain: bool
) -> dict[str, Any] | None:
    """
    Describe one file; None where LLaMA-Factory does not read it.

    Only columns that some row of the file has may be named: a row is asked for each of them. Of
    ``messages`` it reads neither calls nor weights: a file that has some is not described, and
    ``sharegpt`` holds the calls as it wants them.
    """
    if target not in _TARGETS or (target == "messages" and not is_plain):
        return None
    described = _TARGETS[target]
    columns = {name: field for name, field in described["columns"].items() if field in fields}
    return {"file_name": file_name, **described, "columns": columns}
