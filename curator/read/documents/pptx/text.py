"""Write what the text frame of a slide says as Markdown: paragraphs, and lists by their levels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from curator.read.documents.ooxml import literal, shown

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BULLETS = (f"{_A}buNone", f"{_A}buAutoNum", f"{_A}buChar", f"{_A}buBlip")
_STAMPS = ("slidenum", "datetime", "footer", "header")
_WEB = re.compile(r"(?:https?|ftp|mailto):\S+")


class _Line(NamedTuple):
    text: str
    level: int  # 0 is the outermost
    mark: str  # "-", "1." or "" where it is a paragraph


def text_of_frame(body: Any, styles: Sequence[Any], part: Any) -> list[str]:
    """
    Give the paragraphs and lists of ``body``, in which ``styles`` hold, the nearest first.

    A line that was broken by hand goes on: in small letters, after one that ends in a word.
    """
    blocks: list[str] = []
    items: list[_Line] = []
    goes_on = False
    for line in _lines(body, styles, part):
        if line.mark:
            items.append(line)
            continue
        if items and line.text:
            blocks.append(_list(items))
            items, goes_on = [], False
        if goes_on and line.text[:1].islower():
            blocks[-1] += "\n" + literal(line.text)
        elif line.text:
            blocks.append(literal(line.text))
        goes_on = line.text[-1:].isalnum() or line.text[-1:] == ","
    return [*blocks, _list(items)] if items else blocks


def words(paragraph: Any, part: Any = None) -> str:
    """Give what one paragraph says; the number and the date of a slide are left out."""
    said = ""
    for child in paragraph:
        if child.tag == f"{_A}br":
            said += "\n"
        elif child.tag == f"{_A}r" or (
            child.tag == f"{_A}fld" and not child.get("type", "").startswith(_STAMPS)
        ):
            said += _linked(child, part)
    lines = (" ".join(line.split()) for line in shown(said).split("\n"))
    return "\n".join(line for line in lines if line)


def _linked(run: Any, part: Any) -> str:
    said = re.sub(r"\s", " ", run.findtext(f"{_A}t") or "")
    link = run.find(f"{_A}rPr/{_A}hlinkClick")
    place = None if link is None or part is None else part.rels.get(link.get(f"{_R}id"))
    if place is None or not place.is_external or not said.strip():
        return said
    address = place.target_ref
    if not _WEB.fullmatch(address) or said.strip() in address or set("[]()") & {*said, *address}:
        return said
    return said.replace(said.strip(), f"[{said.strip()}]({address})")


def _lines(body: Any, styles: Sequence[Any], part: Any) -> Iterator[_Line]:
    for paragraph in body.findall(f"{_A}p"):
        said = words(paragraph, part)
        own = paragraph.find(f"{_A}pPr")
        level = int(own.get("lvl", "0")) if own is not None else 0
        named = [style.find(f"{_A}lvl{level + 1}pPr") for style in styles]
        bullet = next(
            (
                child
                for place in [own, *named]
                if place is not None
                for child in place
                if child.tag in _BULLETS
            ),
            None,
        )
        kind = "" if bullet is None else bullet.tag.removeprefix(_A)
        mark = {"buAutoNum": f"{_start(bullet)}.", "buChar": "-", "buBlip": "-"}.get(kind, "")
        yield _Line(said, level, mark if said else "")


def _start(bullet: Any) -> int:
    return int(bullet.get("startAt", "1")) if bullet is not None else 1


def _list(items: list[_Line]) -> str:
    lines: list[str] = []
    open_levels: list[tuple[int, int, int]] = []  # level, indent of what it holds, number
    for item in items:
        while open_levels and open_levels[-1][0] > item.level:
            open_levels.pop()
        number = 0
        if open_levels and open_levels[-1][0] == item.level:
            number = open_levels.pop()[2]
        number = 0 if item.mark == "-" else max(number + 1, int(item.mark[:-1]))
        indent = open_levels[-1][1] if open_levels else 0
        mark = f"{number}. " if number else "- "
        open_levels.append((item.level, indent + len(mark), number))
        said = literal(item.text).replace("\n", "\n" + " " * (indent + len(mark)))
        lines.append(" " * indent + mark + said)
    return "\n".join(lines)
