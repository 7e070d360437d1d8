"""The marks that set a text beside its rewritten form, and the text under each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from curator.derive.page.bare_span import bare
from curator.derive.page.source import Block, Section, Source

_PAIRS = {
    "before": frozenset({"after"}),
    "original": frozenset({"revised", "rewritten", "rewrite", "revision", "plain language"}),
    "don't say": frozenset({"say"}),
    "do not say": frozenset({"say"}),
    "don't write": frozenset({"write"}),
    "do not write": frozenset({"write"}),
    "instead of": frozenset({"say", "write", "use", "try"}),
    "wordy": frozenset({"concise", "plain"}),
}
_AFTER = frozenset().union(*_PAIRS.values()) - {"use", "try", "plain", "concise"}
_BEFORE = frozenset(_PAIRS) - {"instead of", "wordy"}
_WORDS = "|".join(
    word.replace("'", "['\u2019]") for word in sorted(_BEFORE | _AFTER, key=len, reverse=True)
)
_MARK = re.compile(
    r"(?P<indent>[ \t]*)(?:>[ \t]?)?(?P<bullet>[-*+•][ \t]+)?(?P<hashes>#{1,6}[ \t]+)?"
    r"(?P<strong>\*\*|__|\*|_)?"
    rf"(?P<word>{_WORDS})(?:[ ](?:text|version|wording))?"
    r"(?P<colon>:)?(?(strong)(?P=strong))(?P<colon_behind>:)?[ \t]*(?P<rest>\S?)",
    re.IGNORECASE,
)
_EDGE = re.compile(
    r"[ \t]*(?:\{:.*\}|</?(?:div|section|blockquote|aside)\b[^>\n]*>|[-*_]{3,}|>)?[ \t]*"
)
_BULLET = re.compile(r"([ \t]*)(?:[-*+•]|\d{1,3}[.)])[ \t]+(?=\S)")
_ATTRIBUTES = re.compile(r"^[ \t]*\{:.*\}[ \t]*$\n?", re.MULTILINE)


class Mark(NamedTuple):
    """A line, or the begin of one, that says which side follows."""

    word: str  # in lower case: before, after, ...
    opens: bool  # the first side of a pair
    start: int
    end: int  # where its side begins
    block: int  # number of the block it stands in
    indent: int | None  # of the list item it opens or stands in
    level: int | None  # of the heading it is, if it stands outside lists
    is_alone: bool  # on its line
    section: int  # number of the section
    headings: tuple[str, ...]  # that it stands under


def pairs_in(word: str) -> frozenset[str]:
    """Give the marks that may answer ``word``, in lower case."""
    return _PAIRS.get(word, frozenset())


def clean(text: str) -> str:
    """Drop the lines of attributes that some Markdown has below its blocks."""
    return _ATTRIBUTES.sub("", text).strip()


def marks(source: Source) -> Iterator[Mark]:
    """Yield the marks of a document in order; those in tables and code are none."""
    sections = iter(enumerate(source.sections))
    number, section = next(sections, (0, None))
    for place, block in enumerate(source.blocks):
        while section is not None and _is_behind(block, section):
            number, section = next(sections, (number, None))
        if section is None or block.kind not in ("heading", "paragraph", "list"):
            continue
        under = (*section.above, section.heading)
        yield from _marks_in(source, place, number, under)


def _is_behind(block: Block, section: Section) -> bool:
    last = section.blocks[-1] if section.blocks else section.opening
    return last is not None and block.start > last.start


def _marks_in(
    source: Source, place: int, section: int, headings: tuple[str, ...]
) -> Iterator[Mark]:
    block = source.blocks[place]
    at, indent = block.start, None
    for line in source.said(block).splitlines(keepends=True):
        if block.kind == "list" and (bullet := _BULLET.match(line)):
            indent = len(bullet[1].expandtabs(4))
        match = _MARK.match(line)
        if match and _is_mark(match):
            word = match["word"].lower().replace("\u2019", "'")
            is_heading = block.kind == "heading"
            yield Mark(
                word=word,
                opens=word in _BEFORE,
                start=at,
                end=at + (match.start("rest") if match["rest"] else len(line)),
                block=place,
                indent=indent if block.kind == "list" else None,
                level=block.level if is_heading else None,
                is_alone=not match["rest"],
                section=section,
                headings=headings,
            )
        at += len(line)


def _is_mark(match: re.Match[str]) -> bool:
    has_colon = bool(match["colon"] or match["colon_behind"])
    if not match["word"][0].isupper():
        return False
    if match["rest"]:
        return has_colon and not match["hashes"]
    return has_colon or bool(match["hashes"] or match["strong"])


def side_of(source: Source, mark: Mark, until: int) -> tuple[int, int] | None:
    """
    Give the span of the text under ``mark``, which ends before ``until``; None if there is none.

    It ends with its list item, and before the next heading of its level or above.
    """
    end = _end_of(source, mark, until)
    return _trimmed(source.text, mark.end, end)


def _closes(block: Block, mark: Mark) -> bool:
    return block.kind == "heading" and (block.level or 1) <= (mark.level or 6)


def _end_of(source: Source, mark: Mark, until: int) -> int:
    block = source.blocks[mark.block]
    if mark.indent is not None:
        return min(until, _end_of_item(source, mark, block))
    end = block.end
    for place in range(mark.block + 1, len(source.blocks)):
        follower = source.blocks[place]
        if follower.start >= until:
            break
        if _closes(follower, mark):
            break
        is_led_in = follower.kind in ("list", "table") and source.text[end - 1] == ":"
        if not mark.opens and not mark.is_alone and not is_led_in:
            break
        end = follower.end
    return min(until, end)


def _end_of_item(source: Source, mark: Mark, block: Block) -> int:
    at = mark.end
    while at < block.end:
        bullet = _BULLET.match(source.text, at, block.end)
        if bullet and len(bullet[1].expandtabs(4)) <= (mark.indent or 0):
            return at
        at = source.text.find("\n", at, block.end) + 1 or block.end
    follower = source.blocks[mark.block + 1 : mark.block + 2]
    return follower[0].end if follower and follower[0].kind == "table" else block.end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Leave out space, rules, attributes and bare HTML tags at both ends."""
    lines = text[start:end].splitlines(keepends=True)
    while lines and _EDGE.fullmatch(lines[0].rstrip("\n")):
        start += len(lines.pop(0))
    while lines and _EDGE.fullmatch(lines[-1].rstrip("\n")):
        end -= len(lines.pop())
    said = text[start:end]
    start += len(said) - len(said.lstrip())
    end -= len(said) - len(said.rstrip())
    if start >= end:
        return None
    bullets = [line for line in text[start:end].splitlines() if _BULLET.match(line)]
    if len(bullets) == 1 and (bullet := _BULLET.match(text, start, end)):
        start = bullet.end()
    return bare(text, start, end)
