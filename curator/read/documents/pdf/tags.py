"""The structure that tagged PDF files state themselves, as office programs write it: Markdown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from curator.read.documents.markdown_table import table
from curator.read.documents.pdf.text_lines import BULLETS
from curator.read.documents.pdf.tree import Element

_HEADINGS = {"Title": 1, "H": 2, **{f"H{level}": level for level in range(1, 7)}}
_BLOCKS = {"P", "TOCI", "Caption", "Note", "BlockQuote", "Code", "LI", "L", "Table", *_HEADINGS}
_MARK = re.compile(rf"(?:[{BULLETS}o\u2013*-]|(?P<number>\d{{1,3}}[.)]))\s+|[{BULLETS}]\s*")
_APART = {*_BLOCKS, "TD", "TH", "TR", "Lbl"}
_INLINE = {"Span", "Link", "Reference", "Quote"}
_LEADERS = re.compile(r"(?:\.[ ]?){5,}")


class Run(NamedTuple):
    """The text of one marked content, and the items that it begins and ends with."""

    text: str
    first: Any
    last: Any


Texts = dict[tuple[int, int], Run]
"""Runs by page, from 1, and number of marked content."""


class Part(NamedTuple):
    """A block of a page: its kind, its Markdown, and for a table its rows."""

    kind: str
    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    has_head: bool = False


def texts_of(items: list[Any]) -> Texts:
    """Join the text items of each marked content."""
    found: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for item in items:
        if item.mcid is not None and item.item_type == "text":
            found[item.page, item.mcid].append(item)
    return {
        at: Run(
            some[0].text + "".join(f"{_gap(a, b)}{b.text}" for a, b in pairwise(some)),
            some[0],
            some[-1],
        )
        for at, some in found.items()
    }


def _gap(before: Any, item: Any) -> str:
    """Give what stands between two items: a line's end, a space, or nothing."""
    size = max(before.font_size, item.font_size, 1)
    if abs(item.y - before.y) > size * 0.6:
        return "\n"
    return " " if item.x - (before.x + before.width) > size * 0.12 else ""


def has_headings(pages: Iterable[Element]) -> bool:
    """Say whether any tag is a heading's."""
    return any(
        not isinstance(kid, int) and (kid.kind in _HEADINGS or has_headings([kid]))
        for page in pages
        for kid in page.kids
    )


def pages_of(
    trees: Sequence[Element], texts: Texts, mend: Callable[[str], str]
) -> list[list[Part]]:
    """Give the parts of each page as its tags order them; ``mend`` joins parted words."""
    walker = _Walker(texts, mend)
    pages = []
    for number, tree in enumerate(trees, 1):
        walker.page = number
        pages.append(walker.parts(tree))
    return pages


class _Walker:
    """Writes the tree of one page after the other."""

    def __init__(self, texts: Texts, mend: Callable[[str], str]) -> None:
        self.texts, self.mend = texts, mend
        self.page = 1
        self.last: Any = None

    def parts(self, element: Element) -> list[Part]:
        """Give the blocks inside ``element``, itself included."""
        kind = element.kind
        if kind == "Table":
            return self._table(element)
        if kind == "L":
            items = "\n".join(self._items(element, 0))
            return [Part("list", items)] if items else []
        if kind not in _BLOCKS:
            return self._inside(element)
        text = self._flat(self._text(element))
        if text and kind in _HEADINGS:
            return [Part("heading", f"{'#' * _HEADINGS[kind]} {text}")]
        if text and kind in {"TOCI", "LI"}:
            return [Part("item", f"- {text}" if kind == "TOCI" else _item(text, 0))]
        return self._paragraph(text)

    def _inside(self, element: Element) -> list[Part]:
        """Give the blocks of a container, and what it holds beside them as paragraphs."""
        found: list[Part] = []
        loose = ""
        for kid in element.kids:
            if isinstance(kid, int):
                loose += self._run(kid)
            elif kid.kind in _INLINE:
                loose += self._text(kid)
            else:
                found += self._paragraph(loose)
                loose = ""
                found += self.parts(kid)
        return [*found, *self._paragraph(loose)]

    def _paragraph(self, text: str) -> list[Part]:
        text = self._flat(text)
        return [Part("paragraph", f"\\{text}" if text[0] in "#>|" else text)] if text else []

    def _run(self, number: int) -> str:
        """Give a run's text, after what stands between it and the run before."""
        run = self.texts.get((self.page, number))
        if run is None:
            return ""
        is_near = self.last is not None and self.last.page == run.first.page
        gap = _gap(self.last, run.first) if is_near else ""
        self.last = run.last
        return gap + run.text

    def _flat(self, text: str) -> str:
        return " ".join(_LEADERS.sub(" … ", self.mend(text)).split())

    def _items(self, element: Element, depth: int) -> Iterator[str]:
        for kid in element.kids:
            if isinstance(kid, int):
                continue
            if kid.kind == "L":
                yield from self._items(kid, depth + 1)
                continue
            nested: list[Element] = []
            if text := self._flat(self._text(kid, nested)):
                yield _item(text, depth)
            for each in nested:
                yield from self._items(each, depth + 1)

    def _table(self, element: Element) -> list[Part]:
        rows: list[tuple[str, ...]] = []
        has_head = False
        for row in _rows(element):
            cells = [
                (kid.kind, self._flat(self._text(kid)))
                for kid in row.kids
                if not isinstance(kid, int)
            ]
            cells = [(kind, text) for kind, text in cells if kind in {"TH", "TD"} or text]
            has_head = has_head or (not rows and any(kind == "TH" for kind, _ in cells))
            if any(text for _, text in cells):
                rows.append(tuple(text for _, text in cells))
        if len(rows) == 1 and len(rows[0]) == 1:  # a frame around text
            return self._paragraph(rows[0][0])
        text = table(rows, has_head)
        return [Part("table", text, tuple(rows), has_head)] if text else []

    def _text(self, element: Element, nested: list[Element] | None = None) -> str:
        """Give all text inside, blocks set apart; lists inside go to ``nested``."""
        text = ""
        for kid in element.kids:
            if isinstance(kid, int):
                text += self._run(kid)
            elif nested is not None and kid.kind == "L":
                nested.append(kid)
            else:
                said = self._text(kid, nested)
                text += f" {said} " if kid.kind in _APART else said
        return text


def _rows(element: Element) -> Iterator[Element]:
    for kid in element.kids:
        if isinstance(kid, int):
            continue
        if kid.kind in {"THead", "TBody", "TFoot"}:
            yield from _rows(kid)
        else:
            yield kid


def _item(text: str, depth: int) -> str:
    mark = _MARK.match(text)
    said = text[mark.end() :] if mark else text
    return f"{'    ' * depth}{(mark and mark['number']) or '-'} {said}"


def joined(pages: list[list[Part]]) -> tuple[list[str], int]:
    """
    Give the Markdown of all blocks, and how many heads of tables are left out.

    Tables, lists and paragraphs go on over a page's end; a table states its head again there.
    """
    heads = 0
    found: list[Part] = []
    for parts in pages:
        for at, part in enumerate(parts):
            before = found[-1] if found else None
            if before is None:
                found.append(part)
            elif part.kind == before.kind == "item":
                found[-1] = Part("item", f"{before.text}\n{part.text}")
            elif at == 0 and (one := _continued(before, part)):
                heads += len(before.rows) + len(part.rows) - len(one.rows)
                found[-1] = one
            else:
                found.append(part)
    return [part.text for part in found], heads


def _continued(before: Part, part: Part) -> Part | None:
    if before.kind != part.kind:
        return None
    if part.kind == "table" and len(before.rows[0]) == len(part.rows[0]):
        again = part.rows[0] == before.rows[0]
        if part.has_head and not again:
            return None
        rows = (*before.rows, *part.rows[again:])
        return Part("table", table(rows, before.has_head), rows, before.has_head)
    if part.kind == "list":
        return Part("list", f"{before.text}\n{part.text}")
    if part.kind == "paragraph" and part.text[0].islower() and before.text[-1] not in ".!?:":
        return Part("paragraph", f"{before.text} {part.text}")
    return None
