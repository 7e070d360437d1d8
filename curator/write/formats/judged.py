"""What becomes of rows in one shape: lines, or a reason why not."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator.write.formats.catalogue import Format
from curator.write.formats.rows import Rows

_EVERYWHERE = ("reasoning", "meta")
"""What may stay behind in any shape: thoughts, and what the source had beside its own fields."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """N rows, H of which the shape can hold."""

    why: pl.Series  # (N,) why it cannot hold a row; null where it can
    held: Rows
    lines: pl.DataFrame  # index of the row (among H), and line: a row may be several of them
    is_special: pl.Series  # (H,) whether a row has functions, or weights of 0
    fields_left_out: dict[str, pl.Series]  # (H,) by what it is counted as
    joined: dict[str, pl.Series]  # (H,)


def judged(shape: Format, rows: Rows) -> Judged:
    """Say what becomes of each row."""
    why = rows.why_not(shape.left_out(rows))
    held = rows.filter(why.is_null())
    lines = pl.DataFrame({"line": shape.lines(held)}).with_row_index("row")
    if lines.schema["line"] != pl.String:  # a list of lines a row
        lines = lines.explode("line", empty_as_null=False, keep_nulls=False)
    left_out = {name: held.has(name) for name in (*shape.FIELDS_LEFT_OUT, *_EVERYWHERE)}
    lost = getattr(shape, "fields_lost", None)
    joined = getattr(shape, "joined", None)
    return Judged(
        why=why,
        held=held,
        lines=lines,
        is_special=held.drawn("[bct09]") | held.tools.is_not_null(),
        fields_left_out=left_out | (lost(held) if lost else {}),
        joined=joined(held) if joined else {},
    )
