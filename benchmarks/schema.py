"""Hold every record against the record schema, beside a validator of parsed rows."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from benchmarks import records
from benchmarks.timing import Comparison, main
from curator import schemas
from curator.records import KEPT
from curator.validate import record_schema


def compare(rows: int) -> list[Comparison]:
    """The peer gets Python objects for nothing; making them is the greater part of its work."""
    frame = records.clean(rows).filter(KEPT)
    objects = frame.to_dicts()
    validator = jsonschema_rs.validator_for(schemas.load("record"))

    def ours() -> Any:
        return record_schema.validate(frame.lazy(), record_schema.Options())

    def theirs() -> int:
        return sum(not validator.is_valid(row) for row in objects)

    def convert() -> int:
        return sum(not validator.is_valid(row) for row in frame.to_dicts())

    def agreed(report: Any, broken: int) -> str:
        return f"{report.facts['broken']} rows broken, {broken} by the peer"

    same = {"path": "schema", "ours": ours, "notes": agreed}
    return [
        Comparison(peer="jsonschema-rs, parsed rows", theirs=theirs, at_least=0.8, **same),
        Comparison(peer="jsonschema-rs, from a frame", theirs=convert, at_least=4, **same),
    ]


if __name__ == "__main__":
    main(compare)
