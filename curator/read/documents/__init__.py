"""Read documents, one a file: Markdown and plain text, with title and blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from curator.errors import RecipeError
from curator.read import rows
from curator.read.decoding import known, shown
from curator.read.documents.document import Document, Format
from curator.read.files import SourceFile, find, open_bytes
from curator.read.pieces import lazily
from curator.read.values import Unmappable, dumps
from curator.records import SPLITS

FORMATS = ("markdown", "plain_text")
"""The files of this folder that read a format, the most telling first."""

_DOCUMENTS_A_PIECE = 64
_FOREIGN = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a ZIP archive, as office files are",
    b"\xd0\xcf\x11\xe0": "an old office file",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF87a": "a picture",
    b"GIF89a": "a picture",
    b"\x7fELF": "a program",
}
_PAGE = (b"<!doctype html", b"<html", b"<?xml")


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to read, and what holds for all of it."""

    path: str | tuple[str, ...]
    split: str | None = None
    group: str | None = None
    licence: str | None = None
    language: str | None = None
    max_chars: int = 10_000_000  # of one document
    encoding: str = "utf-8"


def read(options: Options) -> pl.LazyFrame:
    """
    Give a document for each file, in order; a file that is none, or empty, as a reject.

    A name that says nothing leaves it to the content to tell the format. Text is in NFC, with line
    feeds, and without byte order mark or front matter, before any span is measured.
    Raises: SourceError, RecipeError.
    """
    known(options.encoding)
    if options.split is not None and options.split not in SPLITS:
        raise RecipeError(f"split {options.split!r} is not one of {', '.join(SPLITS)}")
    files = find(options.path)
    return lazily(lambda: _pieces(files, options))


def _pieces(files: list[SourceFile], options: Options) -> Iterator[pl.DataFrame]:
    coming = iter(files)
    while some := list(islice(coming, _DOCUMENTS_A_PIECE)):
        yield rows.frame([_record(source, options) for source in some])


def _record(source: SourceFile, options: Options) -> dict[str, Any]:
    with open_bytes(source) as stream:
        data = stream.read()
    try:
        document = _document(source, data, options)
    except Unmappable as why:
        return rows.placed(
            rows.rejected(why, shown(data[: 4 * rows.MAX_RAW_CHARS])), 1, None, source
        )
    record = {
        "title": document.title or Path(source.uri).name.split(".")[0],
        "text": document.text,
        "blocks": [block._asdict() for block in document.blocks],
        "meta": dumps(document.meta) if document.meta else None,
        "split": options.split,
        "group": options.group,
        "licence": options.licence,
        "language": options.language,
    }
    return rows.placed(record, 1, None, source)


def _document(source: SourceFile, data: bytes, options: Options) -> Document:
    for magic, kind in _FOREIGN.items():
        if data.startswith(magic):
            raise Unmappable("not a format that is read", f"{kind}: save it as Markdown or text")
    document = _format(source, data).parse(data, options.encoding)
    if not document.text.strip():
        raise Unmappable("empty document")
    if len(document.text) > options.max_chars:
        raise Unmappable("over-long document", f"{len(document.text):,} characters")
    return document


def _format(source: SourceFile, data: bytes) -> Format:
    formats: list[Format] = [import_module(f"{__name__}.{name}") for name in FORMATS]
    endings = [ending.lower() for ending in Path(source.uri).suffixes[-2:]]  # also a.md.gz
    for one in formats:
        if any(ending in one.ENDINGS for ending in endings):
            return one
    if data.lstrip()[:20].lower().startswith(_PAGE):
        raise Unmappable("not a format that is read", "a web page: save it as Markdown or text")
    return next(one for one in formats if one.recognises(data))
