"""Instance lists: one ``instruction`` with many ``instances`` of input and output."""

from __future__ import annotations

import polars as pl

from curator.read.shapes import Record, Roles, Row
from curator.read.shapes.alpaca import question_of
from curator.read.values import Unmappable, needed, objects, only_text

FIELDS = ("instruction", "instances")
LAYOUT: dict[str, pl.DataType] = {}
ONLY_TEXT = ("instruction",)


def matches(row: Row) -> bool:
    """Say whether there is an instruction and a list of instances."""
    return "instruction" in row and isinstance(row.get("instances"), list)


def to_records(row: Row, roles: Roles) -> list[Record]:  # noqa: ARG001
    """Turn one row into a record for each instance; an instance's other fields go to meta."""
    instruction = needed(row.get("instruction"), "$.instruction", only_text)
    listed = objects(row.get("instances"), "$.instances")
    if not listed:
        raise Unmappable("no instances", "$.instances is an empty list")
    records: list[Record] = []
    for at, instance in enumerate(listed):
        path = f"$.instances[{at}]"
        extra = only_text(instance.get("input"), f"{path}.input")
        answer = needed(instance.get("output"), f"{path}.output")
        said = [
            {"role": "user", "content": question_of(instruction, extra)},
            {"role": "assistant", "content": answer},
        ]
        rest = {key: v for key, v in instance.items() if key not in ("input", "output")}
        records.append({"messages": said, "meta": {"instances": {str(at): rest}} if rest else {}})
    return records


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Leave every row to ``to_records``: one row may be many records."""
    return raw.select(is_odd=pl.lit(value=True))
