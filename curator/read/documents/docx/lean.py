"""Take out of a Word file what says nothing to mammoth, which is slow in what it passes over."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LOOKS = (
    # of letters; style, bold, italic, raised and lowered stay
    *(
        "rFonts",
        "lang",
        "sz",
        "szCs",
        "color",
        "spacing",
        "kern",
        "position",
        "shd",
        "u",
        "highlight",
    ),
    *("bCs", "iCs", "strike", "caps", "smallCaps", "noProof", "webHidden", "rPrChange"),
    # of paragraphs; style, list, and whether its end is deleted stay
    *("ind", "jc", "tabs", "keepNext", "keepLines", "pBdr", "widowControl", "contextualSpacing"),
    *("adjustRightInd", "autoSpaceDE", "autoSpaceDN", "outlineLvl", "pPrChange", "sectPr"),
    # of tables; heads and merged cells stay
    *("tblW", "tblLook", "tblBorders", "tblCellMar", "tblLayout", "tblInd", "tblGrid"),
    *("tcW", "tcBorders", "tcMar", "vAlign", "trHeight", "cantSplit"),
    *("bookmarkEnd", "proofErr", "lastRenderedPageBreak", "commentRangeStart", "commentRangeEnd"),
)
_LOOKS_OF_STYLES = (
    *("docDefaults", "latentStyles", "rPr", "tblPr", "trPr", "tcPr", "tblStylePr", "lvlText"),
    *("ind", "jc", "tabs", "spacing", "keepNext", "keepLines", "pBdr", "lvlJc"),
)
_SAVED = ("rsid", "rsidR", "rsidRPr", "rsidRDefault", "rsidP", "rsidTr")
_PLAIN = {f"{_W}{name}" for name in ("rPr", "t", "tab", "br", "noBreakHyphen")}


def body(root: Any) -> None:
    """Leave words, structure, styles and emphasis; join runs that look the same."""
    from lxml import etree

    etree.strip_elements(root, _CHOICE, *(_W + name for name in _LOOKS), with_tail=False)
    etree.strip_attributes(root, *(_W + name for name in _SAVED))
    alike: list[Any] = []
    look = None
    for run in list(root.iter(f"{_W}r")):
        now = _look(run)
        if alike and now is not None and now == look and run.getprevious() is alike[-1]:
            alike.append(run)
        else:
            _join(alike)
            alike, look = [run], now
    _join(alike)


def styles(root: Any) -> None:
    """Leave what styles are called, and which list they and its levels belong to."""
    from lxml import etree

    etree.strip_elements(root, *(_W + name for name in _LOOKS_OF_STYLES), with_tail=False)
    etree.strip_attributes(root, *(_W + name for name in _SAVED))


def _look(run: Any) -> tuple[tuple[str, str | None], ...] | None:
    """Give how the words of ``run`` look; none where it holds more than words."""
    if not all(child.tag in _PLAIN for child in run):
        return None
    look = run.find(f"{_W}rPr")
    return () if look is None else tuple((each.tag, each.get(f"{_W}val")) for each in look)


def _join(runs: Sequence[Any]) -> None:
    """Put what runs hold into the first, neighbouring texts into one."""
    if len(runs) < 2:
        return
    first = runs[0]
    children = [child for run in runs for child in run if child.tag != f"{_W}rPr"]
    for tag, same in groupby(children, lambda child: str(child.tag)):
        kept = list(same)
        if tag == f"{_W}t":
            kept[0].text = "".join(each.text or "" for each in kept)
            kept[0].set(_SPACE, "preserve")
            kept = kept[:1]
        for each in kept:
            first.append(each)
    for run in runs[1:]:
        run.getparent().remove(run)
