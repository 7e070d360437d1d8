"""One answer and whether it is a good one: ``label`` beside it, or ``kto_tag`` beside a chat."""

from __future__ import annotations

import polars as pl

from curator.read.shapes import Record, Roles, Row, alpaca, messages
from curator.read.shapes.prompt_completion import merged, part
from curator.read.tool_calls import tools_of
from curator.read.values import Unmappable, needed
from curator.read.weights import truth

FIELDS = (
    "prompt",
    "completion",
    "label",
    "kto_tag",
    "conversations",
    "messages",
    "instruction",
    "input",
    "output",
    "system",
    "history",
    "tools",
)
LAYOUT: dict[str, pl.DataType] = {}
ONLY_TEXT = ("prompt", "instruction", "input", "system")

_CHATS = ("conversations", "messages")


def matches(row: Row) -> bool:
    """Say whether an answer is tagged: a label that is true or false, or a tag for KTO."""
    if "kto_tag" in row:
        return any(name in row for name in (*_CHATS, "instruction"))
    return "prompt" in row and "completion" in row and isinstance(row.get("label"), bool)


def to_records(row: Row, roles: Roles) -> list[Record]:
    """Turn one row into one record; an answer that is no good stands in ``rejected_messages``."""
    name = "kto_tag" if "kto_tag" in row else "label"
    if row.get(name) is None:
        raise Unmappable("missing field", f"$.{name}")
    is_good = truth(row[name], f"$.{name}")
    before, answer, used = _parts(row, roles)
    record = merged([*before, answer])
    if not is_good:
        count = len(answer["messages"])
        record["rejected_messages"] = record["messages"][-count:]
        del record["messages"][-count:]
        if not record["messages"]:
            raise Unmappable("no prompt", "$")
    record["tools"] = tools_of(row.get("tools"))
    used = {*used, name, "tools"}
    record["meta"] |= {each: row[each] for each in FIELDS if each in row and each not in used}
    return [record]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Leave every row to ``to_records``: which column an answer goes to depends on its tag."""
    return raw.select(is_odd=pl.lit(value=True))


def _parts(row: Row, roles: Roles) -> tuple[list[Record], Record, set[str]]:
    """Give what stands before the answer, the answer, and the fields they were made of."""
    chat = next((name for name in _CHATS if row.get(name) is not None), None)
    if chat is not None:
        said = merged(part(row[chat], chat, "user", roles))
        record = messages.guided(said, row.get("system"))
        if record["messages"][-1]["role"] != "assistant":
            raise Unmappable("no answer", f"$.{chat} does not end in an assistant's message")
        return [record], {"messages": [record["messages"].pop()]}, {chat, "system"}
    if row.get("instruction") is not None:
        answer = needed(row.get("output"), "$.output")
        asked = {"messages": alpaca.prompt(row)}
        return [asked], _answer(answer), {"instruction", "input", "output", "system", "history"}
    before = part(row.get("prompt"), "prompt", "user", roles)
    answers = merged(part(row.get("completion"), "completion", "assistant", roles))
    return before, answers, {"prompt", "completion"}


def _answer(text: str) -> Record:
    return {"messages": [{"role": "assistant", "content": text}]}
