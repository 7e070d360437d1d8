"""Plain text: the system text above the question, with a blank line between."""

from __future__ import annotations

import polars as pl

from curator.write.formats.rows import Rows

SYSTEM_ABOVE = "system text above the prompt"


def question(rows: Rows) -> pl.Series:
    """Write the prompt of rows of one exchange as one text."""
    asked = rows.turns.flat["content"].gather(rows.turns.offsets[:-1] + rows.prompt_sizes - 1)
    return above(rows.system, asked)


def above(head: pl.Series, text: pl.Series) -> pl.Series:
    """Set ``head`` above each text as a paragraph of its own, where there is one."""
    both = pl.concat_str(pl.lit(head), pl.lit("\n\n"), pl.lit(text))
    return pl.select(
        pl.when(pl.lit(head.is_not_null())).then(both).otherwise(pl.lit(text))
    ).to_series()


def joined(rows: Rows) -> dict[str, pl.Series]:
    """Say which rows hold system text that nothing sets apart from their question."""
    return {SYSTEM_ABOVE: rows.drawn("^s")}
