"""Read documents, one a file: office files, PDF, pages, mail and text, with title and blocks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.read.documents.document import NO_TEXT, Document
from curator.read.values import Unmappable, dumps

if TYPE_CHECKING:  # workers import this file too, and have no use for a data frame
    import polars as pl

    from curator.read.documents.pool import Limits
    from curator.read.files import SourceFile

_log = logging.getLogger("curator.read")
_DOCUMENTS_A_PIECE = 64
_BYTES_A_PIECE = 1 << 18
"""A piece ends after so much of the sources: a long PDF takes a second, and progress is to move."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to read, and what holds for all of it."""

    path: str | tuple[str, ...]
    split: str | None = None
    group: str | None = None
    licence: str | None = None
    language: str | None = None
    max_chars: int = 10_000_000  # of one document
    max_bytes: int = 100_000_000  # of one file, unpacked
    max_seconds: float = 60  # for one file
    encoding: str = "utf-8"


def read(options: Options) -> pl.LazyFrame:
    """
    Give a document for each file, in order; a file that is none, or empty, as a reject.

    The content tells the format; where it does not, the name does. Text is in NFC, with line feeds,
    and without byte order mark or front matter, before any span is measured.
    Raises: SourceError, RecipeError.
    """
    from curator.errors import RecipeError
    from curator.read.decoding import known
    from curator.read.documents.pool import Limits
    from curator.read.files import find
    from curator.read.pieces import lazily
    from curator.records import SPLITS

    known(options.encoding)
    if options.split is not None and options.split not in SPLITS:
        raise RecipeError(f"split {options.split!r} is not one of {', '.join(SPLITS)}")
    files = find(options.path)
    limits = Limits(
        encoding=options.encoding,
        max_bytes=options.max_bytes,
        max_chars=options.max_chars,
        max_seconds=options.max_seconds,
    )
    return lazily(lambda: _pieces(files, limits, options))


def _pieces(files: list[SourceFile], limits: Limits, options: Options) -> Iterator[pl.DataFrame]:
    from curator.read import rows
    from curator.read.documents.pool import parsed

    piece: list[dict[str, Any]] = []
    size_bytes = 0
    lacking: list[str] = []  # documents some pages of which are scans
    with closing(parsed(files, limits)) as outcomes:
        for source, outcome in zip(files, outcomes, strict=True):
            piece.append(_record(source, outcome, options))
            lacking += _scans(source, outcome)
            size_bytes += source.size_bytes
            if len(piece) == _DOCUMENTS_A_PIECE or size_bytes >= _BYTES_A_PIECE:
                yield rows.frame(piece)
                piece, size_bytes = [], 0
    if piece:
        yield rows.frame(piece)
    if lacking:
        more = f", and pages of {len(lacking) - 1:,} more" if lacking[1:] else ""
        _log.warning("documents: pages are left out, for they are scans: %s%s", lacking[0], more)


def _scans(source: SourceFile, outcome: Document | Unmappable) -> list[str]:
    if isinstance(outcome, Unmappable):
        return []
    found = (each.partition(" | ") for each in outcome.left_out)
    return [f"{source.uri} ({detail})" for what, _, detail in found if what == NO_TEXT]


def _record(source: SourceFile, outcome: Document | Unmappable, options: Options) -> dict[str, Any]:
    from curator.read import rows

    if isinstance(outcome, Unmappable):
        return rows.placed(rows.rejected(outcome, _beginning(source)), 1, None, source)
    record = {
        "title": outcome.title or Path(source.uri).name.split(".")[0],
        "text": outcome.text,
        "blocks": [block._asdict() for block in outcome.blocks],
        "changes": [f"read: left out {each}" for each in outcome.left_out],
        "meta": dumps(outcome.meta) if outcome.meta else None,
        "split": options.split,
        "group": options.group,
        "licence": options.licence,
        "language": outcome.language or options.language,
    }
    return rows.placed(record, 1, None, source)


def _beginning(source: SourceFile) -> str:
    from curator.errors import SourceError
    from curator.read import rows
    from curator.read.decoding import shown
    from curator.read.files import open_bytes

    with open_bytes(source) as stream:
        try:
            return shown(stream.read(4 * rows.MAX_RAW_CHARS))
        except SourceError:  # badly packed: that is why it was rejected
            return ""
