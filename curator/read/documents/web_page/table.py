"""Lay out the cells of an HTML table in rows, each cell in the column where a reader sees it."""

from __future__ import annotations

from typing import Any

from curator.read.values import Unmappable

_LARGEST_SPAN = 50
_MOST_PLACES = 2_000_000


def rows_of(element: Any) -> tuple[list[list[Any | None]], bool]:
    """
    Give the cells in rows, ``None`` where there is none, and whether the first row is a header.

    A cell that spans rows stands in each of them: so each row says all that holds for it. A cell
    that spans columns stands in the first. Rows of inner tables are theirs.
    Raises: Unmappable for a table too wide and long to be written down.
    """
    rows: list[list[Any | None]] = []
    below: dict[int, tuple[Any, int]] = {}  # column -> a cell from above, for so many rows more
    found = _rows(element)
    for at, row in enumerate(found):
        cells: list[Any | None] = []
        for cell in row.iterchildren("td", "th"):
            while len(cells) in below:
                cells.append(_from_above(below, len(cells)))
            down = min(_span(cell, "rowspan"), len(found) - at)
            if down > 1:
                below[len(cells)] = (cell, down - 1)
            cells += [cell, *[None] * (_span(cell, "colspan") - 1)]
        while len(cells) in below:
            cells.append(_from_above(below, len(cells)))
        while cells and cells[-1] is None:
            del cells[-1]
        rows.append(cells)
    rows = [row for row in rows if row]
    if len(rows) * max(map(len, rows), default=0) > _MOST_PLACES:
        raise Unmappable("too large", "a table of more than 2,000,000 cells: split it")
    return rows, bool(found) and bool(rows) and _is_header(found)


def _from_above(below: dict[int, tuple[Any, int]], column: int) -> Any:
    cell, left = below.pop(column)
    if left > 1:
        below[column] = (cell, left - 1)
    return cell


def _rows(element: Any) -> list[Any]:
    rows: list[Any] = []
    for tag in ("thead", "tbody", "tr", "tfoot"):
        for child in element.iterchildren(tag):
            rows += [child] if tag == "tr" else child.iterchildren("tr")
    return rows


def _is_header(rows: list[Any]) -> bool:
    first = next((row for row in rows if len(row)), None)
    if first is None or len(rows) < 2:
        return False
    cells = list(first.iterchildren("td", "th"))
    is_head = first.getparent().tag == "thead" or all(cell.tag == "th" for cell in cells)
    return is_head or all(_is_bold(cell) for cell in cells)


def _is_bold(cell: Any) -> bool:
    inner = [child for child in cell if child.tag in ("b", "strong")]
    return (
        len(inner) == 1 == len(cell) and not "".join((cell.text or "", inner[0].tail or "")).strip()
    )


def _span(cell: Any, name: str) -> int:
    said = (cell.get(name) or "").strip()
    is_number = said.isascii() and said.isdigit() and len(said) < 6
    return (
        max(1, min(int(said), 65_535 if name == "rowspan" else _LARGEST_SPAN)) if is_number else 1
    )
