"""Write rows of cells as a pipe table, the one form in which formats hand on their tables."""

from __future__ import annotations

from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]], header: bool) -> str:  # noqa: FBT001 - reads as rows, header
    """
    Give the pipe table of ``rows``; without ``header`` its head, which Markdown needs, is empty.

    Keeps: every word of every cell. A pipe is escaped, each run of white space is one space, and
    short rows are filled with empty cells. No rows, or rows without cells, give no text.
    """
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    filled = [[*map(_cell, row), *[""] * (width - len(row))] for row in rows]
    if not header:
        filled.insert(0, [""] * width)
    lines = [f"| {' | '.join(row)} |" for row in filled]
    lines.insert(1, f"|{' --- |' * width}")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
