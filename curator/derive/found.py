"""What a pattern finds in a document, and the example rows that it becomes."""

from __future__ import annotations

import logging
import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any

import orjson
import polars as pl

from curator.derive.english.reading import reads_as_english
from curator.derive.page.plain import plain
from curator.derive.page.source import Block, Source
from curator.records import IS_CHUNK, IS_DOCUMENT, KEPT, RECORD

TEXT = "{text}"
"""The answer is the span as it stands in the document."""
PLAIN = "{plain}"
"""The answer is the words of the span: one paragraph, item or cell without markup, on one line."""

ITEM = "{item}"
"""The answer is the span without the indent that its lines have because it stands in a list."""

_log = logging.getLogger("curator.derive")
_HOLE = re.compile(r"\{(text|plain|item)\}")
_INHERITED = ("group", "split", "language", "licence")
_NEEDED = ("id", "title", "text", "blocks", *_INHERITED, "provenance")


@dataclass(frozen=True, kw_only=True)
class Found:
    """One example: what is asked, and the span of the document that answers it."""

    question: str
    start: int
    end: int
    confidence: float  # 0 to 1: that a careful person would have written the example so
    template: str = TEXT  # words around the span, which stands where the hole is
    passage: tuple[int, int] | None = None  # span that is given with the question, as its context


def wrapped(template: str, said: str) -> str:
    """
    Put the text of a span where ``template`` has {text}, its words where it has {plain}.

    Where it has {item}, the lines after the first one lose the indent that they share.

    >>> wrapped("Next: {plain}", "Tie on a *tag*.")
    'Next: Tie on a tag.'
    """
    return _HOLE.sub(lambda hole: _SAID[hole[1]](said), template)


def _outdented(said: str) -> str:
    first, line_end, others = said.partition("\n")
    return first + line_end + textwrap.dedent(others)


_SAID: dict[str, Callable[[str], str]] = {"text": str, "plain": plain, "item": _outdented}


def derive_from(
    records: pl.LazyFrame,
    find: Callable[[Source], Iterable[Found]],
    *,
    step: str,
    english: bool = True,
) -> pl.LazyFrame:
    """
    Give a RECORD row for everything that ``find`` finds, document by document, in order.

    A pattern of English words (``english``) finds nothing in a document of another language.
    """
    documents = records.filter(KEPT & IS_DOCUMENT & ~IS_CHUNK).select(_NEEDED)
    made = partial(_made, find=find, step=step, english=english)
    return documents.map_batches(made, schema=dict(RECORD), streamable=True)


def source_of(row: dict[str, Any]) -> Source:
    """Give a document row as a Source; a title that is but the file's name is none."""
    title = row["title"] or ""
    name = PurePath(row["provenance"]["uri"]).name.split(".")[0]
    return Source(
        id=row["id"],
        title="" if title == name else title,
        text=row["text"],
        blocks=tuple(Block(**block) for block in row["blocks"] or ()),
        language=row["language"],
        row={name: row[name] for name in (*_INHERITED, "provenance")},
    )


def _made(
    documents: pl.DataFrame, *, find: Callable[[Source], Iterable[Found]], step: str, english: bool
) -> pl.DataFrame:
    rows = []
    foreign: list[str] = []
    for row in documents.iter_rows(named=True):
        source = source_of(row)
        if english and not _is_english(source):
            foreign.append(f"{row['provenance']['uri']} ({source.language or 'by its words'})")
            continue
        rows += [example(source, found, step) for found in find(source)]
    if foreign:
        more = f", and {len(foreign) - 1:,} more" if foreign[1:] else ""
        _log.warning("%s knows English only; left out: %s%s", step, foreign[0], more)
    return pl.DataFrame(rows, schema=dict(RECORD), orient="row", infer_schema_length=None)


def _is_english(source: Source) -> bool:
    """Say whether a document states that it is in English; where it states nothing, reads so."""
    if source.language:
        return source.language.lower().startswith("en")
    return reads_as_english(
        source.said(block) for block in source.blocks if block.kind not in ("code", "table")
    )


def example(source: Source, found: Found, step: str) -> dict[str, Any]:
    """Give the record of one find."""
    said = source.text[found.start : found.end]
    record = {
        **{name: source.row.get(name) for name in _INHERITED},
        "changes": [],
        "messages": [
            {"role": "user", "content": found.question},
            {"role": "assistant", "content": wrapped(found.template, said)},
        ],
        "provenance": {
            **{name: source.row["provenance"][name] for name in ("uri", "sha256", "row")},
            "document_id": source.id,
            "start": found.start,
            "end": found.end,
            "derived_by": step,
            "confidence": found.confidence,
            "template": None if found.template == TEXT else found.template,
        },
    }
    if found.passage:
        start, end = found.passage
        place = {"document_id": source.id, "start": start, "end": end}
        record["context"] = source.text[start:end]
        record["meta"] = orjson.dumps({"passages": [place]}).decode()
    return record
