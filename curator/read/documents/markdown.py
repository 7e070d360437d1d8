"""Markdown: blocks as CommonMark sees them, with tables; front matter goes to meta."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from curator.read.documents.document import (
    Block,
    Document,
    language_code,
    line_starts,
    spanned,
    text_of,
    with_faq,
)
from curator.read.documents.front_matter import taken_apart, title_of
from curator.read.values import Unmappable

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

ENDINGS = (".md", ".markdown", ".mdown", ".mkd")

_LOOKS = re.compile(rb"^(#{1,6} \S|```|~~~|\|[-: |]{3,}\||.*\]\([^)\s]+\))", re.MULTILINE)
_MARKUP = re.compile(r"<!--.*?-->|</?[a-z!?][^<>]*>", re.DOTALL | re.IGNORECASE)
_KINDS = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "blockquote_open": "paragraph",
    "html_block": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
}
_MARK_LINE = re.compile(r"[ \t]*\{:[^{}\n]*\}[ \t]*")
"""A line of Kramdown that dresses what stands beside it: {: .class}, {::comment}, {:/comment}."""
_HEADING_MARK = re.compile(r"(?<![ \t])[ \t]+\{[:#][^{}\n]*\}[ \t#]*\Z")
_LONGEST_TITLE = 1_000  # characters


def recognises(data: bytes) -> bool:
    """Look for headings, fences, tables and links."""
    return _LOOKS.search(data[: 1 << 16]) is not None


def parse(data: bytes, encoding: str) -> Document:
    """Give the text as written; the title is the front matter's, or else the first heading."""
    meta, text = taken_apart(text_of(data, encoding))
    text = text.strip("\n")
    if meta and not text.strip():
        raise Unmappable("empty document", "it holds front matter and nothing else")
    blocks, heading = blocks_of(text)
    language = language_code(meta.get("lang"))  # the key "language" may be one of programs
    return Document(text, title_of(meta) or heading, blocks, meta, language=language)


def blocks_of(text: str) -> tuple[tuple[Block, ...], str]:
    """
    Give the blocks of Markdown, and its first heading of level one without marks, or "".

    Comments, tags around nothing, and lines of Kramdown marks belong to no block.
    """
    starts = line_starts(text)
    blocks: list[Block] = []
    title = ""
    outermost = _Outermost()
    _parser().block.parse(text, _parser(), {}, outermost)
    for token in outermost:
        if token.map is None or token.type not in _KINDS:
            continue
        first, last = token.map
        level = int(token.tag[1]) if token.type == "heading_open" else None
        start, end = starts[first], starts[min(last, len(starts) - 1)]
        block = spanned(text, _KINDS[token.type], level, start, end)
        if block.kind != "code":
            block = _without_marks(text, block)
        if block.start == block.end or (
            block.kind == "paragraph" and _is_only_markup(text[block.start : block.end])
        ):
            continue
        blocks.append(block)
        if not title and level == 1 and block.end - block.start <= _LONGEST_TITLE:
            title = _without_markup(text[block.start : block.end])
    return with_faq(text, blocks), title


class _Outermost(list["Token"]):
    """Forgets what is inside of a block: the cells of a large table would fill the memory."""

    def append(self, token: Token) -> None:
        if token.level == 0:
            super().append(token)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def _without_markup(heading: str) -> str:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(heading)
    inside = next((token.children or [] for token in tokens if token.type == "inline"), [])
    return "".join(" " if "break" in each.type else each.content for each in inside).strip()


def _without_marks(text: str, block: Block) -> Block:
    """Leave out Kramdown's marks before and after what they dress."""
    _, _, start, end = block
    if block.kind == "heading":
        mark = _HEADING_MARK.search(text[start:end])
        return block._replace(end=start + mark.start()) if mark else block
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if _MARK_LINE.fullmatch(text, start, stop) is None:
            break
        start = min(stop + 1, end)
    while start < end:
        begin = text.rfind("\n", start, end) + 1 or start
        if _MARK_LINE.fullmatch(text, begin, end) is None:
            break
        end = begin
        while start < end and text[end - 1].isspace():
            end -= 1
    return block._replace(start=start, end=end)


def _is_only_markup(said: str) -> bool:
    """Say whether tags, comments, scripts and space are all there is."""
    if re.match(r"\s*<(script|style)\b", said, re.IGNORECASE):
        return True
    at = 0
    while at < len(said):
        if said[at].isspace():
            at += 1
        elif markup := _MARKUP.match(said, at):
            at = markup.end()
        else:
            return False
    return True
