"""Which structure a PDF file is given: its tags', pdf-inspector's, or a guess."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from curator.errors import MissingExtra
from curator.read.documents.pdf import structure, tags, text_lines
from curator.read.documents.pdf.tree import Element

LEAST_RECALL = 0.98
"""What part of pdfium's words a structure must hold, each as often as it stands there."""

_LEAST_OF_A_PAGE = 0.9  # of its words
_LEAST_ORDER = 0.7  # of its rows of three words
_LONGEST_HEAD = 60  # words; a longer first row of a table is prose that was taken for one
_LIST = re.compile(r"\s*(?:[-*+]|\d{1,4}[.)]) ")
_BLOCK = re.compile(r"#{1,6} |\||```")


@dataclass(frozen=True)
class Chosen:
    """Markdown, block by block, and what meta says of it."""

    blocks: list[str]
    meta: dict[str, Any]


@dataclass(frozen=True)
class Pages:
    """What pdfium says of a file: lines kept and repeated by page, tags, and bookmarks."""

    data: bytes
    kept: list[list[str]]
    repeated: list[list[str]]
    trees: list[Element]
    levels: dict[str, int]
    """Levels of headings by bookmark, in lower case."""
    hyphenates: bool
    """Whether the program that made the file parts words at line ends."""


def choose(pages: Pages) -> Chosen:
    """Give the best structure whose words agree with pdfium's. Raises: MissingExtra."""
    reader = _Reader(pages)
    return reader.tagged() or reader.inspected() or reader.plain()


class _Reader:
    """Tries one structure after the other on the same pages."""

    def __init__(self, given: Pages) -> None:
        self.given = given
        texts = ["\n".join(page) for page in given.kept]
        self.join = text_lines.mender(texts, hyphenates=given.hyphenates)
        self.broken = sorted(text_lines.broken(texts))
        self.pages = [text_lines.mend(text, self.join) for text in texts]
        self.words = [text_lines.words(page) for page in self.pages]
        self.all_words = text_lines.Words()
        for page in self.words:
            self.all_words.update(page)

    def tagged(self) -> Chosen | None:
        """Take the file's own tags if they name headings and hold the words."""
        if not tags.has_headings(self.given.trees):
            return None
        read = _inspector().extract_text_with_positions_bytes
        texts = tags.texts_of(_tried(read, self.given.data) or [])
        pages = tags.pages_of(
            self.given.trees, texts, lambda text: text_lines.mend(text, self.join)
        )
        blocks, heads = tags.joined(pages)
        chosen = self._sound("tags", blocks)
        if chosen and heads:
            chosen.meta["repeated_heads"] = heads
        return chosen

    def inspected(self) -> Chosen | None:
        """Take pdf-inspector's Markdown; a page whose words it loses or shuffles is plain."""
        made = _tried(_inspector().extract_pages_markdown_bytes, self.given.data)
        if made is None or len(made.pages) != len(self.pages):
            return None
        pages: list[list[str]] = []
        plain: list[int] = []
        fonts = _Fonts(self.given.data)
        for at, page in enumerate(made.pages):
            bare = structure.without(page.markdown, self.given.repeated[at])
            blocks = structure.blocks(bare, self.given.kept[at], partial(fonts.of, at + 1))
            blocks = [self._mended(block) for block in blocks]
            if not self._agrees(at, blocks):
                plain.append(at + 1)
                blocks = self._plain_page(at)
            pages.append(blocks)
        if len(plain) * 2 > len(pages):
            return None
        chosen = self._sound("pdf-inspector", _across(pages))
        if chosen and plain:
            chosen.meta["plain_pages"] = plain
        return chosen

    def plain(self) -> Chosen:
        """Take the lines, joined by guess."""
        blocks = _across([self._plain_page(at) for at in range(len(self.pages))])
        return Chosen(blocks, {"structure": "plain", "word_recall": self._recall(blocks)})

    def _sound(self, name: str, blocks: list[str]) -> Chosen | None:
        recall = self._recall(blocks)
        meta = {"structure": name, "word_recall": recall}
        return Chosen(blocks, meta) if recall >= LEAST_RECALL else None

    def _recall(self, blocks: Sequence[str]) -> float:
        return round(text_lines.recall(self.all_words, text_lines.words("\n".join(blocks))), 4)

    def _plain_page(self, at: int) -> list[str]:
        return text_lines.paragraphs(self.pages[at].split("\n"), self.given.levels)

    def _mended(self, block: str) -> str:
        """Join words that a line's end has parted; pdf-inspector puts a space there."""
        if "- " in block:
            for first, second in self.broken:
                block = block.replace(f"{first}- {second}", self.join(first, second))
        return block

    def _agrees(self, at: int, blocks: Sequence[str]) -> bool:
        said = " ".join(blocks)
        heads = (block.split("\n", 1)[0] for block in blocks if block.startswith("|"))
        if any(text_lines.words(head).total() > _LONGEST_HEAD for head in heads):
            return False
        if text_lines.recall(self.words[at], text_lines.words(said)) < _LEAST_OF_A_PAGE:
            return False
        ours, theirs = text_lines.shingles(self.pages[at]), text_lines.shingles(said)
        return len(ours & theirs) >= _LEAST_ORDER * len(ours)


class _Fonts:
    """Positioned text by page, read as a whole when first asked: one call a page is quadratic."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.items: dict[int, list[Any]] | None = None

    def of(self, page: int) -> list[Any]:
        """Give the text of a page, from 1."""
        if self.items is None:
            self.items = defaultdict(list)
            read = _inspector().extract_text_with_positions_bytes
            for item in _tried(read, self.data) or []:
                if item.item_type == "text":
                    self.items[item.page].append(item)
        return self.items[page]


def _inspector() -> Any:
    try:
        import pdf_inspector
    except ImportError:
        raise MissingExtra("pdf-inspector", "docs") from None
    return pdf_inspector


def _tried(read: Callable[..., Any], *arguments: Any) -> Any:
    """Give what pdf-inspector reads, or None: pdfium's text is there in any case."""
    try:
        return read(*arguments)
    except (ValueError, RuntimeError, OSError):
        return None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's own, which cannot be imported
            raise
        return None


def _across(pages: Sequence[Sequence[str]]) -> list[str]:
    """Give all blocks: a paragraph goes on over the end of a page, a list over an empty line."""
    found: list[str] = []
    for blocks in pages:
        for at, block in enumerate(blocks):
            before = found[-1] if found else ""
            if before and _LIST.match(before) and _LIST.match(block):
                found[-1] += f"\n{block}"
            elif at == 0 and _is_cut(before) and block[0].islower():
                found[-1] += f" {block}"
            else:
                found.append(block)
    return found


def _is_cut(block: str) -> bool:
    """Say whether it is a paragraph that ends within a sentence."""
    is_paragraph = block and not _LIST.match(block) and not _BLOCK.match(block)
    return bool(is_paragraph) and block[-1] not in ".!?:;"
