"""Exemplars that hold what a vendor's models read as structure: carried as text, and named."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from curator.prompt.reserved import RESERVED, reserved
from curator.write.bank.exemplars import shown_text


def flags(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """
    List the reserved marks of each exemplar that has any, by rank: vendor, mark and how often.

    Columns: those of RECORD.
    """
    marks = sorted({mark for known in RESERVED.values() for mark in known})
    texts = rows.select("id", text=shown_text())
    flagged = []
    for name, text in texts.filter(pl.col("text").str.contains_any(marks)).iter_rows():
        found = Counter((each.vendor, each.mark) for each in reserved(text))
        marked = [
            {"vendor": vendor, "mark": mark, "count": count}
            for (vendor, mark), count in sorted(found.items())
        ]
        flagged.append({"id": name, "marks": marked})
    return flagged
