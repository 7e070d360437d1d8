"""Preference pairs: a prompt, the chosen answer and the rejected one, as others write them."""

from __future__ import annotations

import polars as pl

from curator.read.shapes import Record, Roles, Row, alpaca
from curator.read.shapes.prompt_completion import merged, part
from curator.read.tool_calls import tools_of
from curator.read.values import Unmappable, only_text

FIELDS = (
    "prompt",
    "chosen",
    "rejected",
    "preferred_output",
    "non_preferred_output",
    "instruction",
    "input",
    "system",
    "history",
    "conversations",
    "tools",
)
LAYOUT: dict[str, pl.DataType] = {}
ONLY_TEXT = ("prompt", "instruction", "input", "system")


_ANSWERS = (("chosen", "rejected"), ("preferred_output", "non_preferred_output"))
_PROMPTS = ("prompt", "instruction", "conversations", "input")


def matches(row: Row) -> bool:
    """Say whether there are two answers to choose from."""
    return any(better in row and worse in row for better, worse in _ANSWERS)


def to_records(row: Row, roles: Roles) -> list[Record]:
    """
    Turn one row into one record, the dispreferred answer in ``rejected_messages``.

    The prompt is ``prompt`` (text or messages), an alpaca instruction, a ShareGPT conversation, the
    ``messages`` of ``input``, or what two whole chats have in common at their beginning.
    """
    names = next(pair for pair in _ANSWERS if pair[0] in row and pair[1] in row)
    before, used = _prompt(row, roles)
    better, worse = (part(row.get(name), name, "assistant", roles) for name in names)
    record = pair(before, better, worse)
    record["tools"] = record.get("tools") or tools_of(row.get("tools"))
    used = {*used, *names, "tools"}
    record["meta"] |= {name: row[name] for name in FIELDS if name in row and name not in used}
    return [record]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Leave every row to ``to_records``: a pair has too many forms."""
    return raw.select(is_odd=pl.lit(value=True))


def pair(before: list[Record], chosen: list[Record], rejected: list[Record]) -> Record:
    """Join a prompt and two answers; without a prompt it is what both begin with."""
    worse = merged(rejected)
    if not before:
        chosen_said, rejected_said = merged(chosen)["messages"], worse["messages"]
        shared = 0
        for left, right in zip(chosen_said[:-1], rejected_said[:-1], strict=False):
            if left != right:
                break
            shared += 1
        if not shared:
            raise Unmappable("no prompt", "the two answers have no beginning in common")
        worse["messages"] = rejected_said[shared:]
    record = merged([*before, *chosen])
    record["rejected_messages"] = worse["messages"]
    record["meta"] |= worse["meta"]
    record["changes"] = list(dict.fromkeys(record["changes"] + worse["changes"]))
    return record


def _prompt(row: Row, roles: Roles) -> tuple[list[Record], set[str]]:
    """Give the records before the answers, and the fields they were made of."""
    first = next((name for name in _PROMPTS if row.get(name) is not None), None)
    if first is None:
        return [], set()
    if first == "instruction":
        return [{"messages": alpaca.prompt(row)}], set(alpaca.FIELDS)
    if first == "conversations":
        system = only_text(row.get("system"), "$.system")
        guide = [{"messages": [{"role": "system", "content": system}]}] if system else []
        return [*guide, *part(row[first], first, "user", roles)], {first, "system"}
    given = row[first]
    if not isinstance(given, dict) or "messages" not in given:
        return part(given, first, "user", roles), {first}
    (record,) = part(given["messages"], first, "user", roles)
    rest = {key: v for key, v in given.items() if key not in ("messages", "tools")}
    if rest:
        record["meta"] = {first: {**rest, **record["meta"].get(first, {})}}
    return [record | {"tools": tools_of(given.get("tools"))}], {first}
