"""What stands as a record's answer, and whether a corrected one keeps the task's contract."""

from __future__ import annotations

from typing import NamedTuple

import orjson
import polars as pl

from curator.errors import shorten
from curator.prompt.parse import parse
from curator.records import completion
from curator.task import Output, Task


class Breach(NamedTuple):
    """How an answer breaks its contract, and what to do."""

    message: str
    hint: str = ""


def answer_shown() -> pl.Expr:
    """The completion's text or, where it says nothing, its tool calls as JSON. Dtype String."""
    said = completion().struct.field
    return pl.when(is_calls()).then(said("tool_calls")).otherwise(said("content"))


def is_calls() -> pl.Expr:
    """Whether a completion calls tools and says nothing beside."""
    said = completion().struct.field
    is_silent = said("content").fill_null("") == ""
    return (is_silent & said("tool_calls").is_not_null()).fill_null(value=False)


def breach(task: Task, text: str, *, is_calls: bool = False) -> Breach | None:
    """Say how an answer breaks the contract of the task's output; None where it keeps it."""
    output = task.output
    if not text.strip():
        return Breach("the answer is empty", "write the answer, or choose reject")
    if is_calls:
        return None if _are_calls(text) else Breach("the answer is no JSON list of tool calls")
    if output.json_schema is not None:
        return _json_breach(output, text)
    if output.labels and text not in output.labels:
        return Breach(f"{shorten(text)!r} is none of the task's labels")
    if output.kind == "bullets":
        read = parse(task, text, is_reasoned=False)
        words = f"the answer is not a list of points ({read.reason})"
        return None if read.is_answer else Breach(words, "begin lines with '- '")
    return None


def _json_breach(output: Output, text: str) -> Breach | None:
    try:
        instance = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        words = f"the answer is not JSON: {shorten(str(error))}"
        return Breach(words, "write JSON and nothing around it")
    broken = output.breach(instance)
    return Breach(f"the answer breaks the JSON Schema: {broken}") if broken else None


def _are_calls(text: str) -> bool:
    try:
        calls = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    functions = [
        one.get("function") if isinstance(one, dict) else None
        for one in (calls if isinstance(calls, list) else [None])
    ]
    return bool(functions) and all(
        isinstance(one, dict) and isinstance(one.get("name"), str) for one in functions
    )
