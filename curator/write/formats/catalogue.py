"""Which shapes there are: the files of this folder that have a schema."""

from __future__ import annotations

import importlib
import pkgutil
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Protocol

import polars as pl

from curator import schemas
from curator.errors import RecipeError
from curator.write.formats.rows import Rows


class Format(Protocol):
    """
    What a shape's file holds.

    It may also hold functions that give Boolean columns by what they are counted as:
    ``joined(rows)``, of what the shape holds, but cannot tell apart again, and
    ``fields_lost(rows)``, of what stays behind inside a field. ``LINES``, an expression over a
    record, says how many lines it is, if not one; ``PASSAGES``, that passages are rows, too.
    """

    FIELDS_LEFT_OUT: tuple[str, ...]
    """What it has no place for: fields of messages, or columns of ``Rows.lost``."""
    REASONING: tuple[str, ...]
    """The conventions that it has a place for, its own first."""

    def left_out(self, rows: Rows) -> pl.Series:
        """Say why the shape cannot hold a row; null where it can."""

    def lines(self, rows: Rows) -> pl.Series:
        """Render rows that the shape can hold as JSON: one text a row, or a list of them."""


@cache
def targets() -> tuple[str, ...]:
    """List the shapes by name."""
    files = {module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])}
    return tuple(sorted(files & set(schemas.names())))


def load(target: str) -> Format:
    """Give the shape's module. Raises: RecipeError for one that there is not."""
    check((target,))
    shape: Format = importlib.import_module(f"curator.write.formats.{target}")
    return shape


def check(names: tuple[str, ...]) -> None:
    """Accept shapes that there are. Raises: RecipeError naming the others."""
    if strange := [name for name in names if name not in targets()]:
        close = get_close_matches(strange[0], targets(), n=1)
        raise RecipeError(
            f"unknown format {', '.join(map(repr, strange))}",
            hint=f"did you mean {close[0]!r}?" if close else f"known are {', '.join(targets())}",
        )


def holds_passages(target: str) -> bool:
    """Say whether a target has a place for passages that nobody asked for."""
    return bool(getattr(load(target), "PASSAGES", False))


def lines_of(target: str) -> pl.Expr:
    """Say how many lines of a target a record is, where the target can hold it."""
    lines: pl.Expr = getattr(load(target), "LINES", pl.lit(1, pl.Int64))
    return lines
