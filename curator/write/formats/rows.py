"""Training rows as every shape needs them: messages laid flat, JSON made by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from curator.prompt.turns import Turns

_LETTERS = {"system": "s", "user": "u", "tool": "t", "assistant": "a"}


@dataclass(frozen=True, kw_only=True)
class Rows:
    """
    A batch of training rows: columns have a value a row, ``turns.flat`` has one a message.

    ``outline`` writes each row as one letter a message: s(ystem), u(ser), t(ool), a(ssistant),
    c (an assistant that calls tools), b (calls and text), 0 (an assistant's turn that is not to
    be trained), x (no text at all).
    """

    id: pl.Series
    split: pl.Series
    tools: pl.Series  # JSON text on one line, null where there are none
    lost: pl.DataFrame  # Boolean columns: the row has something no shape holds
    turns: Turns
    outline: pl.Series

    @staticmethod
    def of(examples: pl.DataFrame, turns: Turns, *, shows_reasoning: bool) -> Rows:
        """Lay out ``turns``, the training rows of ``examples``."""
        columns = examples.select(
            pl.col("id"),
            pl.col("split").fill_null("train"),
            tools=json_or_null(pl.col("tools")),
        )
        return Rows(
            id=columns["id"],
            split=columns["split"],
            tools=columns["tools"],
            lost=examples.select(
                reasoning=_has_reasoning(spares_last=shows_reasoning),
                rejected_messages=pl.col("rejected_messages").is_not_null(),
            ),
            turns=turns,
            outline=turns.lists(_letters(turns.flat)).list.join(""),
        )

    def filter(self, is_taken: pl.Series) -> Rows:
        """Keep the rows where it is true."""
        if is_taken.all():
            return self
        return Rows(
            id=self.id.filter(is_taken),
            split=self.split.filter(is_taken),
            tools=self.tools.filter(is_taken),
            lost=self.lost.filter(is_taken),
            turns=Turns.of(self.turns.lists().filter(is_taken)),
            outline=self.outline.filter(is_taken),
        )

    def has(self, name: str) -> pl.Series:
        """Say whether a row has something under ``name``, in its messages or as a whole."""
        if name in self.lost.columns:
            return self.lost[name]
        is_there = self.turns.flat[name].is_not_null()
        return self.turns.lists(is_there).list.any().fill_null(value=False)

    def first_reason(self, reasons: Sequence[tuple[pl.Series, str]]) -> pl.Series:
        """Give the first reason that holds for each row, else null."""
        rules = [pl.when(pl.lit(holds)).then(pl.lit(reason)) for holds, reason in reasons]
        return pl.select(pl.coalesce(*rules)).to_series()

    def drawn(self, pattern: str) -> pl.Series:
        """Say whether the outline of a row matches ``pattern`` somewhere."""
        return self.outline.str.contains(pattern)


def json_text(texts: pl.Series) -> pl.Series:
    """Write each text as a JSON string, null as ``null``; the same bytes as orjson's."""
    encoded = pl.DataFrame({"t": texts}).to_struct().struct.json_encode()
    return encoded.str.strip_prefix('{"t":').str.strip_suffix("}")


def json_messages(flat: pl.DataFrame) -> pl.Series:
    """Write each message as a JSON object; tool calls become objects, null fields stay away."""
    said = flat.select("role", "content").to_struct().struct.json_encode()
    optional = ["name", "tool_calls", "tool_call_id", "weight"]
    if not sum(flat[name].count() for name in optional):
        return said
    columns = {
        "name": json_text(flat["name"]),
        "tool_calls": flat.select(json_or_null(pl.col("tool_calls"))).to_series(),
        "tool_call_id": json_text(flat["tool_call_id"]),
        "weight": flat["weight"].cast(pl.String),
    }
    fields = [
        pl.when(pl.lit(flat[name].is_not_null() & columns[name].is_not_null()))
        .then(pl.lit(f',"{name}":') + pl.lit(columns[name]))
        .otherwise(pl.lit(""))
        for name in optional
    ]
    return pl.select(
        pl.concat_str(pl.lit(said.str.strip_suffix("}")), *fields, pl.lit("}"))
    ).to_series()


def json_object(fields: dict[str, pl.Series]) -> pl.Series:
    """Write one JSON object a row from the JSON text of its ``fields``; a null field stays away."""
    parts: list[pl.Expr] = []
    for name, values in fields.items():
        comma = "," if parts else "{"
        there = pl.lit(f'{comma}"{name}":') + pl.lit(values)
        parts.append(pl.when(pl.lit(values.is_not_null())).then(there).otherwise(pl.lit("")))
    return pl.select(pl.concat_str(*parts, pl.lit("}"))).to_series()


def json_array(texts: pl.Series) -> pl.Series:
    """Write each list of JSON texts as one JSON array."""
    return "[" + texts.list.join(",") + "]"


def json_or_null(text: pl.Expr) -> pl.Expr:
    """Keep JSON text on one line (a raw line break is space there); null where it is empty."""
    line = text.str.replace_all(r"[\r\n]", " ")
    return pl.when(~text.str.contains(r"^\s*(\[\s*\]|null)\s*$")).then(line)


def _letters(flat: pl.DataFrame) -> pl.Series:
    is_assistant = pl.col("role") == "assistant"
    calls = is_assistant & json_or_null(pl.col("tool_calls")).is_not_null()
    text = pl.col("content").fill_null("") != ""
    letter = (
        pl.when(is_assistant & (pl.col("weight") == 0))
        .then(pl.lit("0"))
        .when(calls & text)
        .then(pl.lit("b"))
        .when(calls)
        .then(pl.lit("c"))
        .when(pl.col("content").is_null())
        .then(pl.lit("x"))
        .otherwise(pl.col("role").replace_strict(_LETTERS, return_dtype=pl.String))
    )
    return flat.select(letter.alias("letter")).to_series()


def _has_reasoning(*, spares_last: bool) -> pl.Expr:
    """Say whether reasoning stays behind: any, or that of turns before the last."""
    messages = pl.col("messages")
    if spares_last:
        messages = messages.list.head(messages.list.len().clip(1) - 1)
    said = messages.list.eval(pl.element().struct.field("reasoning").fill_null("") != "")
    return said.list.any().fill_null(value=False)
