"""Markdown: blocks as CommonMark sees them, with tables; front matter goes to meta."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from curator.read.documents.document import Block, Document, line_starts, spanned, text_of, with_faq

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

ENDINGS = (".md", ".markdown", ".mdown", ".mkd")

_FRONT = re.compile(
    r"\A(?:---\n(?P<yaml>[\w\"'-]+[ ]?:.*?)\n(?:---|\.\.\.)|\+\+\+\n(?P<toml>.*?)\n\+\+\+)"
    r"[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
_FIELD = re.compile(r"([\w-]+)[ ]?:[ \t]+(\S.*)")
_NOT_PLAIN = "[{|>&*!"  # in YAML, what begins so is more than a text
_LOOKS = re.compile(rb"^(#{1,6} \S|```|~~~|\|[-: |]{3,}\||.*\]\([^)\s]+\))", re.MULTILINE)
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


def recognises(data: bytes) -> bool:
    """Look for headings, fences, tables and links."""
    return _LOOKS.search(data[: 1 << 16]) is not None


def parse(data: bytes, encoding: str) -> Document:
    """Give the text as written; the title is the front matter's, or else the first heading."""
    text = text_of(data, encoding)
    front = _FRONT.match(text)
    meta, title = _told(front) if front else ({}, "")
    text = (text[front.end() :] if front else text).strip("\n")
    blocks, heading = blocks_of(text)
    return Document(text, title or heading, blocks, meta)


def blocks_of(text: str) -> tuple[tuple[Block, ...], str]:
    """Give the blocks of Markdown, and its first heading of level one without marks, or ""."""
    starts = line_starts(text)
    blocks: list[Block] = []
    title = ""
    for token in _parser().parse(text):
        if token.level or token.map is None or token.type not in _KINDS:
            continue
        first, last = token.map
        level = int(token.tag[1]) if token.type == "heading_open" else None
        start, end = starts[first], starts[min(last, len(starts) - 1)]
        blocks.append(spanned(text, _KINDS[token.type], level, start, end))
        if not title and level == 1:
            title = _without_markup(text[blocks[-1].start : blocks[-1].end])
    return with_faq(text, blocks), title


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["block"])  # what is inside a line does not matter here
    return parser


def _without_markup(heading: str) -> str:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(heading)
    inside = next((token.children or [] for token in tokens if token.type == "inline"), [])
    return "".join(" " if "break" in each.type else each.content for each in inside).strip()


def _told(front: re.Match[str]) -> tuple[dict[str, Any], str]:
    """Read plain ``key: value`` lines and the title; front matter that says more is kept whole."""
    raw = front["yaml"] if front["yaml"] is not None else front["toml"]
    lines = [line.rstrip() for line in raw.split("\n") if line.strip() and line[:1] != "#"]
    found = [match for line in lines if (match := _FIELD.fullmatch(line))]
    plain = {match[1]: _unquoted(match[2]) for match in found if match[2][0] not in _NOT_PLAIN}
    is_plain = len(plain) == len(lines)
    return (plain if is_plain else {"front_matter": raw}), plain.get("title", "")


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if is_quoted else value
