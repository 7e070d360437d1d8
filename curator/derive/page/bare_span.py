"""Spans without the marks that wrap the whole of them."""

from __future__ import annotations

import re

_WRAPPED = re.compile(r"(\*\*\*|\*\*|__|[*_`])(?=[^\s*_`])([^*_`\n]+?)(?<=\S)\1")


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """
    Leave out emphasis or code marks that open at ``start`` and close at ``end``.

    >>> bare("| **you** |", 2, 9)
    (4, 7)
    """
    match = _WRAPPED.fullmatch(text, start, end)
    return match.span(2) if match else (start, end)
