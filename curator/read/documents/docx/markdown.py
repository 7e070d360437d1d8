"""Write as Markdown the few elements of HTML that mammoth makes of a Word file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, product
from typing import Any, NamedTuple

from curator.read.documents.markdown_table import table
from curator.read.documents.ooxml import element, literal
from curator.read.values import Unmappable

NUMBER = "curator-number-"
"""A bookmark of this name and a number, inside a list item, says which number it shows."""

_MAX_CELLS = 200_000
_LISTS = {"ul", "ol"}
_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "div", "blockquote", *_LISTS}
_HIGH = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOW = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_UNSAFE = re.compile(r"[\s()<>]")
_FIGURE = re.compile(r"[\W\d]*")
_MADE_UP_ALT = re.compile(r"(?:picture|image|graphic|chart|grafik|bild)\s*\d*", re.IGNORECASE)


class _Run(NamedTuple):
    text: str  # a line break is "\n", any other space " "
    marks: str = ""  # "**", "*", "***" or none
    address: str = ""


def markdown(html: str) -> str:
    """
    Give Markdown with the words as they read in Word, each once.

    Emphasis that begins or ends inside a word, and addresses within the file, are left out; a
    picture leaves its alternative text. A merged cell is filled once, the rest of it is empty; one
    that spans the top of a table stands above it. A table of one column is a box, and its
    paragraphs stay paragraphs.
    Raises: Unmappable (damaged file, too large).
    """
    return "\n\n".join(_flow(element(f"<div>{html}</div>".encode())))


def _flow(node: Any) -> list[str]:
    """Give the blocks inside ``node``; what stands between them is a paragraph of its own."""
    blocks: list[str] = []
    loose: list[_Run] = [_Run(_spaced(node.text))]
    for child in node:
        if child.tag in _BLOCKS:
            blocks += [_paragraph(loose), *_block(child)]
            loose = []
        else:
            loose += _runs(child, "", "")
        loose.append(_Run(_spaced(child.tail)))
    return [block for block in [*blocks, _paragraph(loose)] if block]


def _block(node: Any) -> list[str]:
    if node.tag[0] == "h":
        words = _plain(node)
        return [f"{'#' * int(node.tag[1])} {words}"] if words else []
    if node.tag in _LISTS:
        notes = [
            f"[{at}] {chr(10).join(_flow(item))}"  # as the text refers to it
            for at, item in enumerate(node, 1)
            if item.get("id", "").startswith(("footnote-", "endnote-"))
        ]
        return notes or ["\n".join(_items(node))]
    if node.tag == "table":
        return _table(node)
    return _flow(node)


def _items(node: Any) -> Iterator[str]:
    number = 0
    for item in node:
        told = item.xpath(f".//a[starts-with(@id, '{NUMBER}')]/@id")
        number = int(told[0].removeprefix(NUMBER)) if told else number + 1
        blocks = _flow(item)
        if len(blocks) == 1 and any(child.tag in _LISTS for child in item) and not _own(item):
            yield blocks[0]  # a level was left out
            continue
        mark = "- " if node.tag == "ul" else f"{number}. "
        text = ""
        for at, child in enumerate(blocks):
            is_tight = at and re.match(r"- |\d+\. ", child)
            text += child if not at else f"{chr(10) if is_tight else chr(10) * 2}{child}"
        if text:
            yield mark + re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), text)


def _own(item: Any) -> str:
    """Give what a list item says outside the lists that it holds."""
    inner = "".join("".join(child.itertext()) for child in item if child.tag in _LISTS)
    return "".join(item.itertext()).strip()[: -len(inner.strip()) or None]


def _table(node: Any) -> list[str]:
    rows = _grid(node)
    if all(len(row) < 2 for row in rows):
        return [block for row in rows for cell in row for block in _flow(cell)]
    above: list[str] = []
    while len(rows) > 2 and (top := rows[0][0]) is not None:
        if int(top.get("colspan", 1)) < len(rows[0]):
            break
        above += _flow(top)
        del rows[0]
    words = [["" if cell is None else _cell(cell) for cell in row] for row in rows]
    first = ["" if cell is None else _plain(cell) for cell in rows[0]]
    has_head = node.find("thead") is not None and not above
    has_head |= len(rows) > 1 and not _FIGURE.fullmatch(first[0] or "".join(first))
    written = table([first, *words[1:]] if has_head else words, header=has_head)
    return [*above, written] if any(map(any, words)) else above


def _grid(node: Any) -> list[list[Any]]:
    """Give the cells by row and column; None is where another cell reaches, or none is."""
    rows = [row for row in node.iter("tr") if _table_of(row) is node]
    places: dict[tuple[int, int], Any] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in places:
                x += 1
            height, width = (max(1, int(cell.get(key, 1))) for key in ("rowspan", "colspan"))
            height = min(height, len(rows) - y)
            if len(places) + height * width > _MAX_CELLS:
                raise _too_large()
            for at in product(range(y, y + height), range(x, x + width)):
                places[at] = None
            places[y, x] = cell
    full_width = max((x + 1 for _, x in places), default=0)
    if full_width * len(rows) > _MAX_CELLS:
        raise _too_large()
    return [[places.get((y, x)) for x in range(full_width)] for y in range(len(rows))]


def _too_large() -> Unmappable:
    return Unmappable("too large", f"a table has more than {_MAX_CELLS:,} cells: split it")


def _table_of(node: Any) -> Any:
    return next(node.iterancestors("table"), None)


def _cell(node: Any) -> str:
    return " ".join(_written(_runs(node, "", "")).split())


def _plain(node: Any) -> str:
    """Give the words of a heading: the style is emphasis enough."""
    return " ".join("".join(run.text for run in _runs(node, "", "")).split())


def _paragraph(runs: list[_Run]) -> str:
    lines = (" ".join(line.split()) for line in _written(runs).split("\n"))
    return literal("\n".join(line for line in lines if line))


def _runs(node: Any, marks: str, address: str) -> list[_Run]:
    """Give what ``node`` says, piece by piece; a block inside is set off by a space."""
    if node.tag == "br":
        return [_Run("\n")]
    if node.tag == "img":
        alt = _spaced(node.get("alt")).strip()
        return [] if _MADE_UP_ALT.fullmatch(alt) or not alt else [_Run(f" {alt} ")]
    if node.tag == "input":
        return [_Run("[x] " if node.get("checked") else "[ ] ")]
    if node.tag in ("strong", "em"):
        added = "**" if node.tag == "strong" else "*"
        marks = marks if added == marks or len(marks) == 3 else marks + added
    if node.tag == "a":
        address = node.get("href", "")
        if address.startswith(("#footnote-ref", "#endnote-ref")):
            return []  # the arrow back
        address = address if re.match(r"(?:https?|ftp|mailto):", address) else ""
    found = [_Run(_spaced(node.text), marks, address)]
    for child in node:
        found += _runs(child, marks, address)
        found.append(_Run(_spaced(child.tail), marks, address))
    if node.tag in ("sup", "sub"):
        found = [run._replace(text=_shifted(run.text, node.tag)) for run in found]
    return (
        [_Run(" "), *found, _Run(" ")] if node.tag in {*_BLOCKS, "li", "tr", "td", "th"} else found
    )


def _shifted(text: str, how: str) -> str:
    figures = _HIGH if how == "sup" else _LOW
    is_figure = text.strip() and all(ord(char) in figures for char in text.strip())
    return text.translate(figures) if is_figure else text


def _written(runs: list[_Run]) -> str:
    """Join runs; marks stand close to their words, and never inside one."""
    shown = (run for run in runs if run.text)
    pieces = [
        (key, "".join(run.text for run in same))
        for key, same in groupby(shown, lambda run: (run.address or run.marks, run.address))
    ]
    parts = [""]
    for at, ((marks, address), said) in enumerate(pieces):
        words = said.strip()
        if not words or not marks:
            parts.append(said)
            continue
        lead, tail = said[: len(said) - len(said.lstrip())], said[len(said.rstrip()) :]
        before = (lead or parts[-1])[-1:]
        after = (tail or (pieces[at + 1][1] if at + 1 < len(pieces) else ""))[:1]
        if address:
            words = _link(words, address)
        elif not _is_inside(before, words, after):
            words = f"{marks}{words}{marks}"
        parts.append(f"{lead}{words}{tail}")
    return "".join(parts)


def _is_inside(before: str, words: str, after: str) -> bool:
    return before.isalnum() or before == "*" or after.isalnum() or "*" in words


def _link(words: str, address: str) -> str:
    if words in (address, address.removeprefix("mailto:")):
        return words
    if "[" in words or "]" in words:
        return f"{words} ({address})"
    return f"[{words}]({_UNSAFE.sub(_percent, address)})"


def _percent(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"


def _spaced(text: str | None) -> str:
    return re.sub(r"\s", " ", text or "")
