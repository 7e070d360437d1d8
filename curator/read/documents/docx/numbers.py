"""Tell each numbered paragraph of a Word file which number it shows, across what interrupts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from curator.read.documents.archive import Archive
from curator.read.documents.docx.markdown import NUMBER
from curator.read.documents.ooxml import element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_NUMBERING, _STYLES = "word/numbering.xml", "word/styles.xml"
_UNNUMBERED = ("bullet", "none")


def number(root: Any, archive: Archive) -> None:
    """Add a bookmark that says its number to each numbered paragraph; mammoth counts anew."""
    if _NUMBERING not in archive.names:
        return
    from lxml import etree

    numbering = element(archive.read(_NUMBERING))
    levels = {
        each.get(f"{_W}abstractNumId"): {
            level.get(f"{_W}ilvl"): level for level in each.findall(f"{_W}lvl")
        }
        for each in numbering.findall(f"{_W}abstractNum")
    }
    lists = {each.get(f"{_W}numId"): each for each in numbering.findall(f"{_W}num")}
    styles = element(archive.read(_STYLES)).iter(f"{_W}style") if _STYLES in archive.names else ()
    by_style = {style.get(f"{_W}styleId"): style for style in styles}
    counts: dict[str, dict[int, int]] = {}
    begun: set[str] = set()
    for paragraph in root.iter(f"{_W}p"):
        which, depth = _place(paragraph.find(f"{_W}pPr"), by_style)
        if which not in lists or next(paragraph.iterancestors(_CHOICE), None) is not None:
            continue  # mammoth reads the fallback
        kind = _said(lists[which], "abstractNumId")
        level = levels.get(kind, {}).get(str(depth))
        if level is None or _said(level, "numFmt") in _UNNUMBERED:
            continue
        count = counts.setdefault(kind, {})
        if which not in begun:
            begun.add(which)
            count.update(_begun_anew(lists[which]))
        count[depth] = count.get(depth, _whole(_said(level, "start"), 1) - 1) + 1
        for deeper in [each for each in count if each > depth]:
            del count[deeper]
        mark = etree.Element(f"{_W}bookmarkStart", {f"{_W}name": f"{NUMBER}{count[depth]}"})
        properties = paragraph.find(f"{_W}pPr")
        paragraph.insert(0 if properties is None else 1, mark)


def _place(properties: Any, by_style: Mapping[str, Any]) -> tuple[str, int]:
    """Give the list and the level that a paragraph or its style names; no list is "0"."""
    found, style = properties, "Normal"
    depth = None
    for _ in range(20):  # styles may build on one another in a circle
        if found is not None:
            own = found.find(f"{_W}numPr")
            if own is not None:
                depth = _said(own, "ilvl") if depth is None and _said(own, "ilvl") else depth
                if _said(own, "numId"):
                    return _said(own, "numId"), _whole(depth or "", 0)
            style = _said(found, "pStyle") or style
        if style not in by_style:
            break
        found, style = by_style[style].find(f"{_W}pPr"), _said(by_style[style], "basedOn")
    return "0", 0


def _begun_anew(which: Any) -> dict[int, int]:
    return {
        _whole(each.get(f"{_W}ilvl", ""), 0): _whole(_said(each, "startOverride"), 1) - 1
        for each in which.findall(f"{_W}lvlOverride")
        if _said(each, "startOverride")
    }


def _said(node: Any, child: str) -> str:
    found = node.find(f"{_W}{child}")
    return "" if found is None else str(found.get(f"{_W}val", ""))


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else otherwise
