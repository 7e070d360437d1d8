"""Shapes: how others write examples. The first that fits the first good row wins."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

import polars as pl

SHAPES = (
    "preference",
    "instances",
    "alpaca",
    "sharegpt",
    "messages",
    "prompt_completion",
    "columns",
)
"""Most telling first: a preference row may also look like a prompt and its completion."""

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


def load(name: str) -> Shape:
    """Give the shape's module."""
    shape: Shape = import_module(f"{__name__}.{name}")
    return shape


def matching(row: Row) -> str | None:
    """Name the shape that fits ``row``, or None."""
    return next((name for name in SHAPES if load(name).matches(row)), None)
