"""Markdown that text of the data cannot leave: fences, and cells of tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from curator.errors import shorten


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Give one table, or nothing where it has no rows."""
    lines = [head, ["---"] * len(head), *rows]
    if len(lines) > 2:
        yield "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: object, max_chars: int = 80) -> str:
    """Show text on one line, what Markdown or HTML would read as theirs escaped."""
    return re.sub(r"([\\`*_{}\[\]<>|#!&~$])", r"\\\1", shorten(str(text), max_chars))


def fence(text: str, language: str = "text") -> str:
    """Put text into a fence longer than any run of backticks inside."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text}\n{marks}"


def listed(words: Sequence[str]) -> str:
    """Read as ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
