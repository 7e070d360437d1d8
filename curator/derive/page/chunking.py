"""Where a document may be cut: at sections first, then blocks, sentences and words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.derive.page.source import Block

if TYPE_CHECKING:
    from semantic_text_splitter import MarkdownSplitter

Span = tuple[int, int]

_STRETCH_CHARS = 50_000
"""The splitter slows down with the square of an unbroken text: it gets stretches of this size."""
_LIMITS_IN_A_STRETCH = 20


def cut(
    text: str, blocks: Sequence[Block], limit: int, splitter: MarkdownSplitter | None = None
) -> list[Span]:
    """
    Give the spans of at most ``limit`` code points into which ``text`` falls, in order.

    Another ``splitter`` may count otherwise or let spans overlap.

    Keeps: every code point that is no white space stands in a span. No span is empty or ends in
    white space; one begins with it only where it indents a line. A fence is broken only if it is
    longer than the limit.
    """
    if splitter is None:
        from semantic_text_splitter import MarkdownSplitter

        splitter = MarkdownSplitter(limit)
    spans: list[Span] = []
    for start, end in _stretches(text, blocks, max(_STRETCH_CHARS, _LIMITS_IN_A_STRETCH * limit)):
        for offset, said in splitter.chunk_indices(text[start:end]):
            length = len(said.rstrip())
            if length:
                spans.append((start + offset, start + offset + length))
    return spans


def _stretches(text: str, blocks: Sequence[Block], size: int) -> Iterator[Span]:
    """Part the text before a heading, or another block; inside one only where it is longer."""
    headings = [block.start for block in blocks if block.kind == "heading"]
    begins = [block.start for block in blocks]
    start = 0
    while len(text) - start > size:
        limit = start + size
        stop = (
            _last(headings, start, limit) or _last(begins, start, limit) or _end(text, start, limit)
        )
        yield start, stop
        start = stop
    yield start, len(text)


def _last(places: Sequence[int], start: int, limit: int) -> int | None:
    """Give the last of ``places`` after ``start`` and up to ``limit``."""
    found = bisect_right(places, limit)
    return places[found - 1] if found and places[found - 1] > start else None


def _end(text: str, start: int, limit: int) -> int:
    """Give the end of the last paragraph, line or word before ``limit``, or ``limit`` itself."""
    for mark in ("\n\n", "\n", " "):
        place = text.rfind(mark, (start + limit) // 2, limit)
        if place >= 0:
            return place + len(mark)
    return limit
