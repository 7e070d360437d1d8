"""The items of a list block, as exact spans of the document."""

from __future__ import annotations

import re
from typing import NamedTuple

_ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*+•]|\d{1,4}[.)])[ \t]+(?=\S)")


class Item(NamedTuple):
    """One item, without its mark, and without the items under it."""

    number: int | None  # None in a list of bullets
    depth: int  # 0 outermost
    start: int
    end: int


def items(text: str, start: int, end: int) -> tuple[Item, ...]:
    r"""
    Find the items of the list ``text[start:end]``; lines that open none belong to the one above.

    >>> steps = "1. Ring.\n2. Wait."
    >>> [(steps[item.start : item.end], item.number) for item in items(steps, 0, len(steps))]
    [('Ring.', 1), ('Wait.', 2)]
    """
    found: list[Item] = []
    indents: list[int] = []
    at = start
    for line in text[start:end].splitlines(keepends=True):
        if mark := _ITEM.match(line):
            indent = len(mark["indent"].expandtabs(4))
            while indents and indents[-1] > indent:
                indents.pop()
            if not indents or indent > indents[-1] + 1:
                indents.append(indent)
            number = int(mark["mark"][:-1]) if mark["mark"][0].isdigit() else None
            found.append(Item(number, len(indents) - 1, at + mark.end(), at + mark.end()))
        if found and line.strip():
            found[-1] = found[-1]._replace(end=at + len(line.rstrip()))
        at += len(line)
    return tuple(found)
