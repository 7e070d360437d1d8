"""Cut documents into passages for continued training."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from curator.derive.page.chunking import Span, cut
from curator.derive.page.source import Block
from curator.errors import SourceError
from curator.records import IS_CHUNK, IS_DOCUMENT, KEPT, RECORD

if TYPE_CHECKING:
    from semantic_text_splitter import MarkdownSplitter

_INHERITED = ("group", "split", "language", "licence")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The limit counts code points, or with ``max_tokens`` the tokens of a ``tokenizer.json``."""

    max_chars: int = 2000
    overlap: int = 0  # at most so much of a chunk's end is said again by the next, in the same unit
    max_tokens: int | None = None
    tokenizer: str | None = None  # path of a tokenizer.json

    def __post_init__(self) -> None:
        """Refuse limits that do not fit together."""
        if (self.max_tokens is None) != (self.tokenizer is None):
            raise ValueError("max_tokens and tokenizer belong together: give both or neither")
        if self.limit < 1 or not 0 <= self.overlap < self.limit:
            raise ValueError("overlap must be at least 0 and below the limit")

    @property
    def limit(self) -> int:
        """In code points, or in tokens."""
        return self.max_chars if self.max_tokens is None else self.max_tokens


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Give a document row for every chunk of every document, in order.

    Keeps:  ``text`` is the span of the document; white space between chunks is in none, all else
            is in one at least. Blocks that a cut goes through are left out. A fence is broken only
            if it is longer than the limit.
    Raises: SourceError if the tokenizer cannot be read.
    """
    columns = ("id", "title", "text", "blocks", *_INHERITED, "provenance")
    documents = records.filter(KEPT & IS_DOCUMENT & ~IS_CHUNK).select(columns)
    made = partial(_made, options=options)
    return documents.map_batches(made, schema=dict(RECORD), streamable=True)


def _made(documents: pl.DataFrame, *, options: Options) -> pl.DataFrame:
    splitter = _splitter(options)
    rows = []
    for row in documents.iter_rows(named=True):
        blocks = [Block(**block) for block in row["blocks"] or ()]
        begins = [block.start for block in blocks]
        for span in cut(row["text"], blocks, options.limit, splitter):
            first, last = bisect_left(begins, span[0]), bisect_left(begins, span[1])
            rows.append(_chunk(row, span, blocks[first:last]))
    return pl.DataFrame(rows, schema=dict(RECORD), orient="row", infer_schema_length=None)


def _chunk(row: dict[str, Any], span: Span, blocks: Sequence[Block]) -> dict[str, Any]:
    start, end = span
    own = (block for block in blocks if block.end <= end)
    return {
        **{name: row[name] for name in (*_INHERITED, "title")},
        "changes": [],
        "text": row["text"][start:end],
        "blocks": [
            block._replace(start=block.start - start, end=block.end - start)._asdict()
            for block in own
        ],
        "provenance": {
            **{name: row["provenance"][name] for name in ("uri", "sha256", "row")},
            "document_id": row["id"],
            "start": start,
            "end": end,
            "derived_by": "chunks",
        },
    }


def _splitter(options: Options) -> MarkdownSplitter:
    from semantic_text_splitter import MarkdownSplitter

    if options.tokenizer is None:
        return MarkdownSplitter(options.limit, overlap=options.overlap)
    counted = {**_told(Path(options.tokenizer)), "truncation": None, "padding": None}
    return MarkdownSplitter.from_huggingface_tokenizer_str(
        orjson.dumps(counted).decode(), options.limit, overlap=options.overlap
    )


def _told(path: Path) -> dict[str, Any]:
    """Read a tokenizer.json."""
    hint = "give the path of a tokenizer.json"
    try:
        told = orjson.loads(path.read_bytes())
    except OSError as error:
        message = f"the tokenizer cannot be read: {error.strerror}"
        raise SourceError(message, where=str(path), hint=hint) from error
    except orjson.JSONDecodeError as error:
        raise SourceError("this is no tokenizer: no JSON", where=str(path), hint=hint) from error
    if not isinstance(told, dict) or not isinstance(told.get("model"), dict):
        message = "this is no tokenizer: it holds no 'model'"
        raise SourceError(message, where=str(path), hint=hint)
    return told
