"""Shapes: how others write examples. The first that fits the first good row wins."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

import polars as pl

from curator.errors import RecipeError

SHAPES = (
    "preference",
    "unpaired",
    "stepwise",
    "instances",
    "alpaca",
    "sharegpt",
    "vertex_gemini",
    "bedrock_converse",
    "bedrock_rft",
    "mistral",
    "messages",
    "segments",
    "prompt_completion",
    "columns",
    "text",
)
"""Most telling first: a preference row may also look like a prompt and its completion."""

ALIASES = {
    "alpaca_preference": "preference",
    "sharegpt_preference": "preference",
    "trl_preference": "preference",
    "openai_dpo": "preference",
    "sharegpt_kto": "unpaired",
    "trl_unpaired": "unpaired",
    "trl_stepwise": "stepwise",
    "axolotl_chat_template": "messages",
    "axolotl_train_detail": "messages",
    "axolotl_input_output": "segments",
    "bedrock_claude": "messages",
    "prompt_completion_text": "prompt_completion",
    "nemo_sft": "columns",
}
"""Names under which rows are written, and the shape that reads them."""

Row = Mapping[str, Any]
Roles = Mapping[str, str]
Record = dict[str, Any]
"""
Content columns of a record. ``meta`` may hold what was left over inside a mapped field,
and ``changes`` what had to be read as something else.
"""


class Shape(Protocol):
    """What a shape's file holds."""

    FIELDS: tuple[str, ...]
    """The fields it takes; all others go to meta."""
    LAYOUT: dict[str, pl.DataType]
    """The dtypes with which ``to_frame`` can take them; empty where rows are read one by one."""
    ONLY_TEXT: tuple[str, ...]
    """Those in which a number is the wrong type; the others take its digits for text."""

    def matches(self, row: Row) -> bool:
        """Say whether the row has this shape's fields."""

    def to_records(self, row: Row, roles: Roles) -> list[Record]:
        """Turn one row into records. Raises Unmappable when it cannot be."""

    def to_frame(self, raw: pl.DataFrame) -> pl.DataFrame:
        """Do the same to plain rows; those that need ``to_records`` are marked ``is_odd``."""


def named(name: str) -> str:
    """Give the shape of that name, or the one that reads it. Raises: RecipeError."""
    if name not in (*SHAPES, *ALIASES):
        known = ", ".join(SHAPES)
        raise RecipeError(f"{name!r} is not a shape", hint=f"use one of {known}")
    return ALIASES.get(name, name)


def load(name: str) -> Shape:
    """Give the shape's module."""
    shape: Shape = import_module(f"{__name__}.{name}")
    return shape


def matching(row: Row) -> str | None:
    """Name the shape that fits ``row``, or None."""
    return next((name for name in SHAPES if load(name).matches(row)), None)
