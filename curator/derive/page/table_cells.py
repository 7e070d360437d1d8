"""The cells of a table block, as exact spans of the document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from curator.derive.page.plain import plain

_CELL = re.compile(r"(?:`[^`\n]*`|\\.|[^|\\])*")
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")


class Cell(NamedTuple):
    """One cell: its span without the space around it, and its words."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Table:
    """The first row is the head; every row has as many cells as the head."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table(text: str, start: int, end: int) -> Table | None:
    r"""
    Find the cells of the pipe table ``text[start:end]``; None if it has no head or no row.

    Rows that have more or fewer cells than the head are left out.

    >>> table("| a | b |\n|---|---|\n| 1 | 2 |", 0, 29).rows[0][1]
    Cell(start=26, end=27, words='2')
    """
    rows: list[tuple[Cell, ...]] = []
    has_rule, at = False, start
    for line in text[start:end].splitlines(keepends=True):
        if len(rows) == 1 and not has_rule and _RULE.fullmatch(line):
            has_rule = True
        elif line.strip():
            rows.append(_cells(text, at, at + len(line.rstrip())))
        at += len(line)
    if not has_rule or len(rows) < 2:
        return None
    head, *body = rows
    return Table(head, tuple(row for row in body if len(row) == len(head)))


def _cells(text: str, start: int, end: int) -> tuple[Cell, ...]:
    while start < end and text[start] in " \t":
        start += 1
    if start < end and text[start] == "|":
        start += 1
    cells = []
    while start < end:
        match = _CELL.match(text, start, end)
        stop = match.end() if match else start
        said = text[start:stop]
        first = start + len(said) - len(said.lstrip())
        cells.append(Cell(first, max(first, start + len(said.rstrip())), plain(said)))
        start = stop + 1
    return tuple(cells)
