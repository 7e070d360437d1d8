"""A prompt, the steps of its answer, and whether each is right: TRL's stepwise supervision."""

from __future__ import annotations

import polars as pl

from curator.read.shapes import Record, Roles, Row
from curator.read.shapes.prompt_completion import merged, part
from curator.read.values import Unmappable, kind, needed
from curator.read.weights import truth

FIELDS = ("prompt", "completions", "labels")
LAYOUT: dict[str, pl.DataType] = {}
ONLY_TEXT = ("prompt",)


def matches(row: Row) -> bool:
    """Say whether there are a prompt, and lists of completions and of labels."""
    return "prompt" in row and all(isinstance(row.get(name), list) for name in FIELDS[1:])


def to_records(row: Row, roles: Roles) -> list[Record]:
    """Turn one row into one record: a step is an assistant's turn, of weight 0 if it is wrong."""
    lists = [row.get(name) for name in FIELDS[1:]]
    for name, value in zip(FIELDS[1:], lists, strict=True):
        if not isinstance(value, list):
            raise Unmappable("wrong type", f"$.{name}: {kind(value)} where a list is expected")
    steps, labels = lists
    assert steps is not None
    assert labels is not None
    if not steps:
        raise Unmappable("no messages", "$.completions is an empty list")
    if len(steps) != len(labels):
        raise Unmappable("wrong type", f"$.labels: {len(labels)} for {len(steps)} completions")
    said = [
        {
            "role": "assistant",
            "content": needed(step, f"$.completions[{at}]"),
            "weight": None if truth(label, f"$.labels[{at}]") else 0,
        }
        for at, (step, label) in enumerate(zip(steps, labels, strict=True))
    ]
    return [merged([*part(row.get("prompt"), "prompt", "user", roles), {"messages": said}])]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Leave every row to ``to_records``."""
    return raw.select(is_odd=pl.lit(value=True))
