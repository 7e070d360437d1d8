"""What every format makes of a file: a title, a text, and blocks that are spans of the text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from curator.read.decoding import known, shown
from curator.read.values import Unmappable

NO_TEXT = "pages without text"
"""What a document with scans among its pages leaves out."""

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark begins it
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_LINE_END = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_QUESTION = re.compile(r"\W{0,2}Q(uestion)?( ?\d+)?\W{0,2}[:.]", re.IGNORECASE)
_ANSWER = re.compile(r"^\W{0,2}A(nswer)?( ?\d+)?\W{0,2}[:.]", re.IGNORECASE | re.MULTILINE)


class Block(NamedTuple):
    """A part of a document: half-open span in code points of its text."""

    kind: str  # heading, paragraph, list, table, code or faq
    level: int | None  # of a heading, 1 to 6
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """One document, its blocks in order and apart from one another."""

    text: str
    title: str = ""
    blocks: tuple[Block, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    """What of the file is not in the text, each as ``what | detail``."""
    language: str = ""
    """The code of the language that the file states: en where it says en-GB; none without one."""


class Format(Protocol):
    """What the file of a format holds."""

    ENDINGS: tuple[str, ...]
    """The ends of names that say this format, in lower case."""

    def recognises(self, data: bytes) -> bool:
        """Say whether data whose name says nothing looks like this format."""

    def parse(self, data: bytes, encoding: str) -> Document:
        """Read one file. Raises Unmappable when it is not what it seems."""


def text_of(data: bytes, encoding: str) -> str:
    """
    Decode ``data``: NFC, line feeds alone, no byte order marks, no control characters but tabs.

    Raises: Unmappable for bytes the encoding does not know, and for data that is no text.
    """
    for mark, real in _MARKS.items():
        if data.startswith(mark) and known(encoding) == "utf-8":
            raise Unmappable("bad encoding", f"it is written in {real.upper()}: encoding: {real}")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in data[:8192]:
            raise Unmappable("not text", "it holds bytes that no text has") from error
        around = shown(data[max(0, error.start - 10) : error.end + 10])
        line = data[: error.start].count(b"\n") + 1
        detail = f"byte {error.start + 1:,}, on line {line:,}, is not {encoding}: {around!r}"
        raise Unmappable("bad encoding", detail) from error
    if len(_BINARY.findall(text[:8192])) > len(text[:8192]) // 100:
        raise Unmappable("not text", "it holds characters that no text has")
    return unicodedata.normalize("NFC", _CONTROL.sub("", _LINE_END.sub("\n", text)))


def language_code(stated: object) -> str:
    """
    Give the code that the tag of a language begins with; nothing for what is no such tag.

    >>> language_code("en-GB"), language_code("English")
    ('en', '')
    """
    found = _TAG.fullmatch(stated) if isinstance(stated, str) else None
    return found[1].lower() if found else ""


def line_starts(text: str) -> list[int]:
    """Give where each line begins, and where the text ends."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    return starts if starts[-1] == len(text) else [*starts, len(text)]


def spanned(text: str, kind: str, level: int | None, start: int, end: int) -> Block:
    """Give the block without the line ends around it; indentation belongs to it."""
    while start < end and text[start] == "\n":
        start += 1
    return Block(kind, level, start, start + len(text[start:end].rstrip()))


def with_faq(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Join each paragraph that opens with ``Q:`` to its answer, which opens with ``A:``."""
    found: list[Block] = []
    for block in blocks:
        said = text[block.start : block.end]
        if block.kind == "paragraph" and _QUESTION.match(said):
            has_answer = _ANSWER.search(said) is not None
            block = block._replace(kind="faq" if has_answer else "question")  # noqa: PLW2901
        elif found and found[-1].kind == "question":
            if block.kind == "paragraph" and _ANSWER.match(said):
                found[-1] = Block("faq", None, found[-1].start, block.end)
                continue
            found[-1] = found[-1]._replace(kind="paragraph")
        found.append(block)
    if found and found[-1].kind == "question":
        found[-1] = found[-1]._replace(kind="paragraph")
    return tuple(found)
