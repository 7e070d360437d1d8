"""Write a tree of HTML as Markdown: every word that is not dead markup, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from curator.read.documents.markdown_table import table
from curator.read.documents.web_page.boilerplate import DEAD, HEADINGS
from curator.read.documents.web_page.code import fence, is_lone, language_of, span, verbatim
from curator.read.documents.web_page.inline import BLOCKS, inline, paragraphs, words
from curator.read.documents.web_page.table import rows_of

_PARTS = ("caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th")
_CALL_OUT = re.compile(
    r"\b(note|tip|hint|warning|caution|danger|important|attention|admonition|callout|example"
    r"|alert|box|infobox)\b",
    re.IGNORECASE,
)


def markdown(root: Any) -> str:
    """
    Give the Markdown of what ``root`` holds.

    Headings keep their level, except in boxes such as notes and examples, and in lists and
    quotations, where they are bold. Definition lists are paragraphs ``**Term**: meaning``.
    """
    writer = _Writer(root)
    return "\n\n".join(writer.flow(root))


class _Writer:
    """One page on its way to Markdown."""

    def __init__(self, root: Any) -> None:
        self.level = 0  # of the last heading
        self.is_boxed = 0  # how many lists, quotations and notes stand around
        self.is_in_cell = False  # of a table, where all is one line
        self.elements = list(root.iter())  # held, so that each keeps its identity
        self.holds_blocks: set[Any] = set()
        for element in self.elements:
            if element.tag in BLOCKS:
                above = element.getparent()
                while above is not None and above not in self.holds_blocks:
                    self.holds_blocks.add(above)
                    above = above.getparent()

    def flow(self, element: Any) -> list[str]:
        """Give the blocks inside an element."""
        found: list[str] = []
        run = [element.text or ""]
        for child in element:
            if child.tag in DEAD:
                pass
            elif child.tag in BLOCKS or child in self.holds_blocks:
                found += paragraphs(run)
                found += self._block(child)
                run = []
            else:
                run.append(inline(child))
            run.append(child.tail or "")
        return found + paragraphs(run)

    def _block(self, element: Any) -> list[str]:
        tag = element.tag
        write = self.flow
        is_summary = tag == "summary" and next(element.iter(*HEADINGS), None) is None
        if is_summary or tag in HEADINGS:
            write = self._heading
        elif tag == "pre" or (element not in self.holds_blocks and is_lone(element)):
            write = self._code_block
        elif tag in ("ul", "ol", "dir"):
            write = self._list
        elif tag == "dl":
            write = self._definitions
        elif tag == "table":
            write = self._table
        elif tag == "blockquote" and not self.is_in_cell:
            write = self._quotation
        elif tag in ("div", "aside", "section") and _CALL_OUT.search(element.get("class") or ""):
            write = self._inside
        return write(element)

    def _code_block(self, element: Any) -> list[str]:
        text = verbatim(element)
        if self.is_in_cell:
            return [line] if (line := span(text).strip()) else []
        return fence(text, language_of(element))

    def _inside(self, element: Any) -> list[str]:
        self.is_boxed += 1
        found = self.flow(element)
        self.is_boxed -= 1
        return found

    def _heading(self, element: Any) -> list[str]:
        said = words(element, is_plain=True)
        if not said:
            return []
        if self.is_boxed:
            return [f"**{said}**"]
        if element.tag == "summary":  # what it unfolds is below the last heading
            return [f"{'#' * min(max(self.level, 1) + 1, 6)} {said}"]
        self.level = level = int(element.tag[1])
        return [f"{'#' * level} {said}"]

    def _quotation(self, element: Any) -> list[str]:
        self.is_boxed += 1
        lines = "\n\n".join(self.flow(element)).split("\n")
        self.is_boxed -= 1
        return ["\n".join(f"> {line}".rstrip() for line in lines)] if lines != [""] else []

    def _list(self, element: Any) -> list[str]:
        self.is_boxed += 1
        items: list[str] = []
        start = element.get("start", "")
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1
        for child, blocks in self._each(element):
            is_list = child is not None and child.tag in ("ul", "ol")
            if is_list and items and not self.is_in_cell:  # not in an item, as in old pages
                items[-1] += "\n" + _indented(blocks[0], 2 if element.tag != "ol" else 3)
                continue
            mark = f"{number}. " if element.tag == "ol" else "- "
            number += 1
            items.append(mark + _indented(_joined(blocks), len(mark)).lstrip(" "))
        self.is_boxed -= 1
        if self.is_in_cell:
            return ["; ".join(item.split(" ", 1)[1] for item in items)] if items else []
        is_loose = any("\n\n" in item for item in items)
        return [("\n\n" if is_loose else "\n").join(items)] if items else []

    def _each(self, element: Any) -> Iterator[tuple[Any, list[str]]]:
        """Give the parts of a list with their blocks; text between them is a part too."""
        if stray := paragraphs([element.text or ""]):
            yield None, stray
        for child in element:
            if child.tag not in DEAD:
                is_list = child.tag in ("ul", "ol")
                if blocks := self._block(child) if is_list else self.flow(child):
                    yield child, blocks
            if stray := paragraphs([child.tail or ""]):
                yield None, stray

    def _definitions(self, element: Any) -> list[str]:
        found: list[str] = []
        terms: list[str] = []
        found += paragraphs([element.text or ""])
        for child in _parts(element):
            if child.tag == "dt":
                terms += [term] if (term := words(child, is_plain=True)) else []
                continue
            blocks = self._inside(child)
            if terms:
                head = ", ".join(f"**{term}**" for term in terms)
                is_text = blocks and not _starts_other(blocks[0])
                found.append(f"{head}: {blocks.pop(0)}" if is_text else f"{head}:")
                terms = []
            found += blocks
        return found + [f"**{term}**" for term in terms]

    def _table(self, element: Any) -> list[str]:
        found: list[str] = []
        for caption in element.iterchildren("caption"):
            found += self.flow(caption)
        found += self._strays(element)
        rows, has_header = rows_of(element)
        if _is_layout(element, rows):
            for row in rows:
                for cell in row:
                    found += self.flow(cell) if cell is not None else []
            return [" ".join(found)] if self.is_in_cell and found else found
        cells = [[self._cell(cell) if cell is not None else "" for cell in row] for row in rows]
        said = [row for row in cells if any(row)]
        if self.is_in_cell:
            return ["; ".join(" ".join(filter(None, row)) for row in said)] if said else []
        return [*found, table(said, has_header)] if said else found

    def _strays(self, element: Any) -> list[str]:
        """Give what stands in a table but in no cell, as browsers show it before the table."""
        found: list[str] = []
        for part in element.iter("table", "thead", "tbody", "tfoot", "tr"):
            owner = part if part.tag == "table" else next(part.iterancestors("table"))
            if owner is not element:
                continue
            found += paragraphs([part.text or ""])
            for child in part:
                if child.tag not in (*DEAD, *_PARTS):
                    found += self._block(child) if child.tag in BLOCKS else self.flow(child)
                found += paragraphs([child.tail or ""])
        return found

    def _cell(self, cell: Any) -> str:
        if cell not in self.holds_blocks:
            return words(cell)
        before, self.is_in_cell = self.is_in_cell, True
        text = " ".join(self._inside(cell))
        self.is_in_cell = before
        return text


def _parts(element: Any) -> Iterable[Any]:
    for child in element:
        if child.tag == "div":
            yield from child.iterchildren("dt", "dd")
        elif child.tag not in DEAD:
            yield child


def _is_layout(element: Any, rows: list[list[Any | None]]) -> bool:
    """Say whether a table only sets out a page: one column, or long parts and no header cell."""
    if max(map(len, rows), default=0) <= 1:
        return True
    if any(cell is not None and cell.tag == "th" for row in rows for cell in row):
        return False
    inner = ("table", "pre", "dl", "blockquote", *HEADINGS)
    return next(element.iterdescendants(*inner), None) is not None


def _joined(blocks: list[str]) -> str:
    """Join the blocks of an item; a list right below its text stays close to it."""
    text = blocks[0]
    for block in blocks[1:]:
        is_close = re.match(r"(?:- |\d+\. )", block) is not None and "\n\n" not in block
        text += ("\n" if is_close else "\n\n") + block
    return text


def _starts_other(block: str) -> bool:
    return re.match(r"- |\d+\. |\||```|> ", block) is not None


def _indented(text: str, width: int) -> str:
    return "\n".join(" " * width + line if line else "" for line in text.split("\n"))
