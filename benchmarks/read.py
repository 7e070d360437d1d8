"""JSON lines to records, every broken line kept, beside readers that stop at one or lose it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.generate import ensure
from benchmarks.records import MAP, valid_lines
from benchmarks.timing import Comparison, main
from curator.read import jsonl

RECORDS = {
    "messages": pl.List(pl.Struct({"role": pl.String, "content": pl.String})),
    "label": pl.String,
    "meta": pl.String,
    "line": pl.Int64,
}
SCHEMA = {
    "messages": pl.List(pl.Struct({"role": pl.String, "content": pl.String})),
    "topic": pl.String,
    "source": pl.String,
    "ticket": pl.Int64,
}


def compare(rows: int) -> list[Comparison]:
    """Against the fastest reader, which has no quarantine, and the plain loop that people write."""
    dirty, truth = ensure(rows)
    valid = valid_lines(rows)

    def ours(path: Path) -> pl.DataFrame:
        return jsonl.read(jsonl.Options(path=str(path), map=MAP)).collect()

    def found(records: pl.DataFrame, _: Any) -> str:
        lines = set(records.filter(pl.col("rejected").is_not_null())["provenance"].struct["line"])
        planted = {line for line, _ in truth["invalid"]}
        wrong = len(lines - planted)
        return f"{len(planted & lines)} of {len(planted)} broken lines found, {wrong} wrongly"

    return [
        Comparison(
            path="read, all lines whole",
            peer="polars.scan_ndjson",
            ours=lambda: ours(valid),
            theirs=lambda: pl.scan_ndjson(valid, schema=SCHEMA).collect(),
            at_least=0.5,
        ),
        Comparison(
            path="read, 0.5 % broken",
            peer="json.loads, to a frame",
            ours=lambda: ours(dirty),
            theirs=lambda: plain(dirty),
            at_least=4,
            notes=found,
        ),
    ]


def plain(path: Path) -> pl.DataFrame:
    """Read line by line with the standard library, leaving out what fails."""
    records = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
                record = {
                    "messages": [
                        {"role": message["role"], "content": message["content"]}
                        for message in row.pop("messages")
                    ],
                    "label": row.pop("topic"),
                    "meta": json.dumps(row),
                    "line": number,
                }
            except (ValueError, TypeError, KeyError):
                continue
            records.append(record)
    return pl.DataFrame(records, schema=RECORDS, orient="row")


if __name__ == "__main__":
    main(compare)
