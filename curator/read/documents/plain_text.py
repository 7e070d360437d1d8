"""Plain text: paragraphs are parted by blank lines; lists are told by their marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from curator.read.documents.document import Block, Document, line_starts, spanned, text_of, with_faq

ENDINGS = (".txt", ".text")

_ITEM = re.compile(r"[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+\S")
_LONGEST_TITLE = 120  # characters


def recognises(data: bytes) -> bool:  # noqa: ARG001 - what nothing else recognises is text, or is not
    """Take whatever no other format takes."""
    return True


def parse(data: bytes, encoding: str) -> Document:
    """Give paragraphs and lists; a first line alone, short and without a stop, is the title."""
    text = text_of(data, encoding).strip("\n")
    blocks: list[Block] = []
    for start, end in _parts(text):
        kind = "list" if _is_list(text[start:end]) else "paragraph"
        blocks.append(spanned(text, kind, None, start, end))
    title = ""
    if len(blocks) > 1:
        first = text[blocks[0].start : blocks[0].end]
        if "\n" not in first and len(first) <= _LONGEST_TITLE and first[-1] not in ".,;:!":
            title = first.strip()
            blocks[0] = blocks[0]._replace(kind="heading", level=1)
    return Document(text, title, with_faq(text, blocks))


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans between blank lines."""
    starts = line_starts(text)
    first: int | None = None
    for start, end in pairwise(starts):
        if text[start:end].isspace():
            if first is not None:
                yield first, start
            first = None
        elif first is None:
            first = start
    if first is not None:
        yield first, len(text)


def _is_list(part: str) -> bool:
    """Say whether it opens with an item, and is no lone line that happens to."""
    lines = part.rstrip("\n").split("\n")
    return _ITEM.match(lines[0]) is not None and (
        len(lines) == 1 or sum(_ITEM.match(line) is not None for line in lines) > 1
    )
