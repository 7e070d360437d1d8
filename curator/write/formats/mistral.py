"""Messages as mistral-finetune reads them: ids of calls are nine letters and digits."""

from __future__ import annotations

import hashlib
import re

import orjson
import polars as pl

from curator.write.formats import links, reasons
from curator.write.formats.calls import Call, calls_of, rewritten
from curator.write.formats.reasoning import IN_TURNS
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_messages, json_object, json_or_absent, listed

FIELDS_LEFT_OUT = ("name", "rejected_messages")
REASONING = IN_TURNS
ID_CHARS = 9
_ID = re.compile(rf"[a-zA-Z0-9]{{{ID_CHARS}}}")
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that Mistral's validator refuses, and those that train nothing."""
    flat = rows.turns.flat
    is_answer, is_blank = flat["role"] == "assistant", flat["content"].fill_null("") == ""
    calls = rewritten(flat["tool_calls"], lambda found: "y" if all(map(_fits, found)) else None)
    return rows.first_reason(
        [
            reasons.no_text(rows),
            reasons.text_beside_call(rows),
            (rows.some(is_answer & is_blank & calls.is_null()), "an empty text"),
            reasons.no_answer(rows),
            (~rows.drawn("[ac]"), "no turn to train on"),
            reasons.not_alternating(rows, "^s?u[utac09]*$"),
            *links.linked(rows).flaw(links.NO_CALL, links.NO_REPLY),
            (rows.some(calls == ""), "a tool call that the shape cannot write"),
            (_declared(rows.tools) == "", "a tool without description or parameters"),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"messages": [...], "tools": [...]}``, each call with an id of nine characters."""
    flat = rows.turns.flat
    tied = links.linked(rows)
    known = zip(flat["tool_calls"], tied.number, strict=True)
    calls = [None if not text or number is None else _named(text, number) for text, number in known]
    answered = zip(flat["role"], tied.id, tied.number, strict=True)
    replies = [
        None if number is None or role != "tool" else call_id(given, number)
        for role, given, number in answered
    ]
    beside = {
        "tool_calls": pl.Series(calls, dtype=pl.String),
        "tool_call_id": json_or_absent(pl.Series(replies, dtype=pl.String)),
        "weight": flat["weight"].cast(pl.String),
    }
    messages = json_messages(flat, beside)
    return json_object({"messages": listed(rows.turns, messages), "tools": rows.tools})


def call_id(given: str | None, number: int) -> str:
    """Keep an id that has the form; make one of another, or of the number of its call."""
    if given is not None and _ID.fullmatch(given):
        return given
    digest = hashlib.blake2b((given or f"call {number}").encode(), digest_size=8).digest()
    left, made = int.from_bytes(digest), ""
    for _ in range(ID_CHARS):
        left, digit = divmod(left, len(_DIGITS))
        made += _DIGITS[digit]
    return made


def _named(tool_calls: str, first: int) -> str:
    """Write calls with their new ids, the first of them having the number ``first``."""
    made = [
        {
            "id": call_id(call.id, number),
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for number, call in enumerate(calls_of(tool_calls), first)
    ]
    return orjson.dumps(made).decode()


def _fits(call: Call) -> bool:
    return isinstance(call.name, str) and _NAME.fullmatch(call.name) is not None


def _declared(tools: pl.Series) -> pl.Series:
    """Give "y" for tools that are told as Mistral wants it, nothing for others, null for none."""
    known = tools.drop_nulls().unique()
    told = pl.Series(["y" if _is_told(text) else "" for text in known], dtype=pl.String)
    return tools.replace_strict(known, told, default=None, return_dtype=pl.String)


def _is_told(tools: str) -> bool:
    try:
        functions = [tool["function"] for tool in orjson.loads(tools)]
        return all(
            _NAME.fullmatch(one["name"])
            and isinstance(one["description"], str)
            and isinstance(one["parameters"], dict)
            for one in functions
        )
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False
