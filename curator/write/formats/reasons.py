"""Why a shape cannot hold a row, in words that all shapes share: they are counted by them."""

from __future__ import annotations

import polars as pl

from curator.write.formats.rows import Reason, Rows
from curator.write.json_columns import json_or_null

ALTERNATE = r"^s?(ua)+$"
"""A person and an assistant taking turns in text, after at most one system text."""
ONE_EXCHANGE = r"^s?ua$"


def tools(rows: Rows) -> Reason:
    """Functions, calls of them, or what they gave back."""
    return rows.tools.is_not_null() | rows.drawn("[bct9]"), "tools"


def no_text(rows: Rows) -> Reason:
    """A message that says and calls nothing."""
    return rows.drawn("x"), "a turn without text"


def empty_text(rows: Rows) -> Reason:
    """A message of no characters, where the receiver wants some; a tool may give nothing back."""
    flat = rows.turns.flat
    is_said = flat["tool_calls"].is_null() & (flat["role"] != "tool")
    return rows.some(is_said & (flat["content"] == "")), "an empty text"


def untrained(rows: Rows) -> Reason:
    """An answer of weight 0, where the shape would train it."""
    return rows.drawn("[09]"), "an answer that is not to be trained"


def untrained_at_end(rows: Rows) -> Reason:
    """A last answer of weight 0: what the shape trains is not to be trained."""
    return rows.drawn("[09]$"), "an answer that is not to be trained"


def no_answer(rows: Rows) -> Reason:
    """The row ends in something else than an assistant's message."""
    return ~rows.drawn("[abc09]$"), "no answer at the end"


def no_prompt(rows: Rows) -> Reason:
    """Nothing stands before the answer."""
    return ~rows.drawn("^.*[sut]"), "no prompt"


def not_alternating(rows: Rows, pattern: str = ALTERNATE) -> Reason:
    """Turns in an order that the shape cannot write."""
    return ~rows.drawn(pattern), "turns that do not alternate"


def more_than_one_exchange(rows: Rows) -> Reason:
    """More than a question and its answer."""
    return ~rows.drawn(ONE_EXCHANGE), "more than one exchange"


def text_beside_call(rows: Rows) -> Reason:
    """An assistant that says something and calls a function at once."""
    flat = rows.turns.flat
    calls = flat.select(json_or_null(pl.col("tool_calls"))).to_series().is_not_null()
    has_both = calls & (flat["content"].fill_null("") != "") & (flat["role"] == "assistant")
    return rows.some(has_both), "text beside a tool call"


def no_pair(rows: Rows) -> list[Reason]:
    """The preferred answer, or the dispreferred one, is missing, or is none."""
    return [
        (rows.worse_outline == "", "no dispreferred answer"),
        untrained_at_end(rows),
        (~rows.drawn("[abc]$"), "no preferred answer"),
        *worse_answer(rows),
    ]


def worse_answer(rows: Rows) -> list[Reason]:
    """The dispreferred answer, where there is one, does not end in an answer, or has no text."""
    return [
        (rows.worse_drawn("x"), "a turn without text"),
        (rows.worse_drawn("[^abc09]$"), "a dispreferred answer that is none"),
    ]


def several_messages(rows: Rows) -> Reason:
    """A dispreferred answer of more than one message."""
    return rows.worse_drawn(".."), "a dispreferred answer of several messages"


def no_one_answer(rows: Rows) -> list[Reason]:
    """No answer at all, neither a preferred nor a dispreferred one."""
    return [
        untrained_at_end(rows),
        (~rows.drawn("[abc]$") & (rows.worse_outline == ""), "no answer at the end"),
        *worse_answer(rows),
    ]
