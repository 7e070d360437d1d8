"""Words without their Markdown: what a person would read out."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_HEADING = re.compile(r"\A\s{0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*\Z", re.DOTALL)
_SETEXT = re.compile(r"\n\s{0,3}(?:=+|-+)\s*\Z")
_SPACES = re.compile(r"\s+")
_ATTRIBUTES = re.compile(r"\{:?\s*[.#][\w-]+[^{}]*\}\s*\Z")


@lru_cache(maxsize=4096)
def plain(markdown: str) -> str:
    """
    Give the words of one paragraph, heading, item or cell on one line.

    Emphasis, code ticks, link addresses, heading marks, HTML tags and line ends go; pictures leave
    their description.

    >>> plain("## The **old** [pier](map.md)")
    'The old pier'
    """
    inside = _ATTRIBUTES.sub("", _SETEXT.sub("", markdown))
    if match := _HEADING.match(inside):
        inside = match[1]
    tokens = _parser().parseInline(inside.strip())
    words = "".join(_words(each) for token in tokens for each in token.children or [])
    return _SPACES.sub(" ", words).strip()


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "html_inline":
        return " " if token.content.lower().startswith("<br") else ""
    return token.content


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")
