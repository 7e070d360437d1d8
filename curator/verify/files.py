"""The files of a run as frames, for checks that hold one against the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from curator.engine import Engine
from curator.errors import Violation, shorten
from curator.pipeline.folder import DOCUMENTS, RECORDS, REJECTED

MAX_NAMED = 10
"""Rows that one check names; the rest are counted."""


def record_files(folder: Path) -> Iterator[Path]:
    """Give the files that hold all rows of a run between them."""
    for name in (RECORDS, DOCUMENTS, REJECTED):
        if (folder / name).is_file():
            yield folder / name


def named(
    rows: pl.DataFrame, promise: str, message: str, *, where: str = "", hint: str = ""
) -> list[Violation]:
    """
    Turn rows into violations.

    Columns: rows hold what ``message`` names in braces, and ``id`` where it is known.
    """
    found = [
        Violation(
            rule=promise,
            message=message.format(**{key: shorten(value) for key, value in row.items()}),
            where=where,
            record_id=row.get("id"),
            hint=hint,
        )
        for row in rows.head(MAX_NAMED).to_dicts()
    ]
    if rows.height > MAX_NAMED:
        more = f"and {rows.height - MAX_NAMED:,} more rows like these"
        found.append(Violation(rule=promise, message=more, where=where))
    return found


def gather(engine: Engine, plan: pl.LazyFrame, *by: str) -> pl.DataFrame:
    """Collect a narrow plan in a stated order."""
    rows = engine.gather(plan)
    return rows.sort(*by) if by else rows
