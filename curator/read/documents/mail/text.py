"""What a mail says in plain text: paragraphs, lists and quotations, each a block of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.read.documents.document import Block

_QUOTE = re.compile(r"(?:>[ ]?)+|>")
_ITEM = re.compile(r"[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+\S")
_ORIGINAL = re.compile(
    r"[-_]{2,} ?(?:Original Message|Forwarded message|Forwarded by .*?) ?[-_]{2,}"
)
_WROTE = re.compile(r"(?:On|Am|Le|El|Il|Op|Em)\b[^\n]{3,200}(?:\n[^\n]{1,200}){0,2}:")
_SIGNATURE = "--"


def unflowed(text: str, *, is_delsp: bool) -> str:
    """Join the lines that ``format=flowed`` broke. Source: RFC 3676."""
    found: list[str] = []
    depth_before, is_open = 0, False
    for line in text.split("\n"):
        inner = line.lstrip(">")
        depth = len(line) - len(inner)
        inner = inner.removeprefix(" ")
        if is_open and depth == depth_before and inner != "-- ":
            found[-1] += inner
        else:
            found.append(f"{'>' * depth} {inner}" if depth else inner)
        is_open = inner.endswith(" ") and inner != "-- "
        if is_open and is_delsp:
            found[-1] = found[-1][:-1]
        depth_before = depth
    return "\n".join(found)


def blocks_of(text: str) -> Iterator[tuple[str, str]]:
    """
    Yield (kind, text) of each block.

    A line stays a line. Blank lines part blocks; so do the beginning and the end of a quotation,
    the line that says who wrote it, the head of a forwarded mail, and the mark of a signature.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    some: list[str] = []
    for at, line in enumerate(lines):
        is_break = not line.strip("> ") or (
            some
            and (
                bool(_QUOTE.match(line)) != bool(_QUOTE.match(some[-1]))
                or _ORIGINAL.fullmatch(line) is not None
                or line == _SIGNATURE
                or _is_attribution(lines, at)
            )
        )
        if is_break and some:
            yield _kind(some), "\n".join(some)
            some = []
        if line.strip("> "):
            some.append(line)
    if some:
        yield _kind(some), "\n".join(some)


def joined(parts: list[tuple[str, int | None, str]]) -> tuple[str, tuple[Block, ...]]:
    """Give one text, a blank line between parts, and the block of each (kind, level, text)."""
    blocks = []
    at = 0
    for kind, level, text in parts:
        blocks.append(Block(kind, level, at, at + len(text)))
        at += len(text) + 2
    return "\n\n".join(text for *_, text in parts), tuple(blocks)


def _is_attribution(lines: list[str], at: int) -> bool:
    """Say whether ``On ... wrote:`` begins here, and what it announces follows."""
    if not lines[at][:1].isalpha():
        return False
    head = next((n for n in range(at, min(at + 3, len(lines))) if lines[n].endswith(":")), None)
    if head is None or not _WROTE.fullmatch("\n".join(lines[at : head + 1])):
        return False
    after = next((line for line in lines[head + 1 : head + 3] if line), "")
    return after.startswith(">")


def _kind(lines: list[str]) -> str:
    is_list = _ITEM.match(lines[0]) is not None and (
        len(lines) == 1 or sum(_ITEM.match(line) is not None for line in lines) > 1
    )
    return "list" if is_list else "paragraph"
