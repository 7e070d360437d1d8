"""Alpaca rows: ``instruction``, ``input``, ``output``, with ``system`` and ``history``."""

from __future__ import annotations

from typing import Any

import polars as pl

from curator.read.shapes import Record, Roles, Row
from curator.read.values import Unmappable, joined, loads, needed, only_text
from curator.records import message

FIELDS = ("instruction", "input", "output", "system", "history")
LAYOUT: dict[str, pl.DataType] = dict.fromkeys(FIELDS, pl.String())
ONLY_TEXT = ("instruction", "input", "system")


def matches(row: Row) -> bool:
    """Say whether there is an instruction and an output."""
    return "instruction" in row and "output" in row


def to_records(row: Row, roles: Roles) -> list[Record]:  # noqa: ARG001
    """Turn one row into system text, the earlier turns, the question and its answer."""
    answer = needed(row.get("output"), "$.output")
    said = [*prompt(row), {"role": "assistant", "content": answer}]
    return [{"messages": said}]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Do the same to rows without history."""
    has_system = (pl.col("system") != "").fill_null(value=False)
    has_history = (~pl.col("history").is_in(["", "[]"])).fill_null(value=False)
    extra = pl.when(pl.col("input") != "").then(pl.col("input"))
    question = pl.concat_str("instruction", extra, separator="\n\n", ignore_nulls=True)
    spoken = [
        message(pl.lit("user"), question),
        message(pl.lit("assistant"), pl.col("output")),
    ]
    plain = pl.concat_list(spoken)
    guided = pl.concat_list(message(pl.lit("system"), pl.col("system")), *spoken)
    return raw.select(
        messages=pl.when(has_system).then(guided).otherwise(plain),
        is_odd=has_history | pl.col("instruction").is_null() | pl.col("output").is_null(),
    )


def prompt(row: Row) -> list[dict[str, Any]]:
    """Give the messages before the answer."""
    said = []
    if system := only_text(row.get("system"), "$.system"):
        said.append({"role": "system", "content": system})
    for at, turn in enumerate(_history(row.get("history"))):
        path = f"$.history[{at}]"
        if not isinstance(turn, list) or len(turn) != 2:
            raise Unmappable("wrong type", f"{path}: a turn is a question and its answer")
        said.append({"role": "user", "content": needed(turn[0], f"{path}[0]", only_text)})
        said.append({"role": "assistant", "content": needed(turn[1], f"{path}[1]", only_text)})
    instruction = needed(row.get("instruction"), "$.instruction", only_text)
    question = question_of(instruction, only_text(row.get("input"), "$.input"))
    return [*said, {"role": "user", "content": question}]


def question_of(instruction: str, extra: str | None) -> str:
    """Set ``extra`` under the instruction as a paragraph of its own, if there is any."""
    return joined([instruction, extra], "\n\n") if extra else instruction


def _history(value: Any) -> list[Any]:
    listed = loads(value) if isinstance(value, str) and value.strip() else value
    if not listed:
        return []
    if not isinstance(listed, list):
        raise Unmappable("wrong type", "$.history: a list of turns is expected")
    return listed
