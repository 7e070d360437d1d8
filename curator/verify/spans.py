"""What was derived stands in its document: answers, passages and chunks are cut out anew."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from curator import records as rows
from curator.derive.found import TEXT, wrapped
from curator.engine import Engine
from curator.errors import Violation
from curator.verify.files import named, record_files

_BATCH_ROWS = 5_000  # the documents of so many rows are held at once
_WORD = re.compile(r"\w+")


def check(folder: Path, engine: Engine, promise: str) -> list[Violation]:
    """Find derived rows whose document, answer or context is not where they say it is."""
    every = pl.concat([rows.complete(pl.scan_parquet(path)) for path in record_files(folder)])
    origin = pl.col("provenance").struct
    derived = every.filter(origin.field("derived_by").is_not_null()).select(
        "position",
        "id",
        "text",
        "context",
        "meta",
        "provenance",
        "changes",
        answer=rows.completion().struct.field("content"),
    )
    read = every.filter(rows.IS_DOCUMENT & ~rows.IS_CHUNK)
    names = [pl.col("id"), pl.coalesce(origin.field("parent_id"), "id")]
    texts = pl.concat([read.select(name.alias("id"), "text") for name in names])
    wrong = []
    for batch in derived.collect_batches(maintain_order=True, chunk_size=_BATCH_ROWS):
        asked = batch.to_dicts()
        ids = sorted({place["document_id"] or "" for row in asked for place in _places(row)})
        found = dict(engine.gather(texts.filter(pl.col("id").is_in(ids))).iter_rows())
        wrong += [
            {"position": row["position"], "id": row["id"], "what": what}
            for row in asked
            for what in _faults(row, found)
        ]
    table = pl.DataFrame(wrong, schema={"position": pl.Int64, "id": pl.String, "what": pl.String})
    return named(table, promise, "row {position} ({id}): {what}", where=str(folder))


def _places(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """List the spans that a row names: that of its answer, then those of its passages."""
    return [row["provenance"], *(_passages(row) or ())]


def _passages(row: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """List the spans that were put together to the context, where a row names them."""
    told = json.loads(row["meta"]) if row["meta"] else {}
    return told.get("passages") if isinstance(told, dict) else None


def _faults(row: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[str]:
    origin = row["provenance"]
    missing = [p["document_id"] for p in _places(row) if p["document_id"] not in texts]
    if missing:
        yield f"its document {missing[0]} is in no file"
        return
    said = texts[origin["document_id"]][origin["start"] : origin["end"]]
    expected = said if row["text"] is not None else wrapped(origin["template"] or TEXT, said)
    given = row["answer"] if row["text"] is None else row["text"]
    is_corrected = "review: answer corrected" in (row["changes"] or ())  # it says what people say
    if not said.strip() or not (is_corrected or _agree(given, expected, row)):
        yield "its text is not at the span of the document that it names"
    passages = _passages(row)
    if passages is not None:
        cut = (texts[each["document_id"]][each["start"] : each["end"]] for each in passages)
        if not _agree(row["context"], "\n\n".join(cut), row):
            yield "its context is not the passages of the documents that it names"


def _agree(given: str | None, expected: str, row: Mapping[str, Any]) -> bool:
    """Say whether two texts are equal, or have the same words if a step has touched the row."""
    if given == expected:
        return True
    return bool(row["changes"]) and given is not None and _words(given) == _words(expected)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
