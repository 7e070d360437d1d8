"""The JSON Schema of a record mirrors the columns of the frame."""

import json

import polars as pl
import pytest

from curator import schemas
from curator.records import BLOCK, MESSAGE, PROVENANCE, RECORD, ROLES, complete

ID = "0" * 32


def first(**columns):
    row = pl.DataFrame(
        [{"id": ID, **columns}],
        schema={name: RECORD[name] for name in ("id", *columns)},
        orient="row",
    )
    return json.loads(complete(row.lazy()).collect().write_ndjson())


def test_schema_and_frame_have_the_same_columns_in_the_same_order():
    """A column is declared once and mirrored once."""
    schema = schemas.load("record")
    message, provenance = schema["$defs"]["message"], schema["$defs"]["provenance"]
    assert list(schema["properties"]) == list(RECORD)
    assert list(message["properties"]) == [field.name for field in MESSAGE.fields]
    assert list(provenance["properties"]) == [field.name for field in PROVENANCE.fields]
    assert list(schema["properties"]["blocks"]["items"]["properties"]) == [
        field.name for field in BLOCK.fields
    ]
    assert message["properties"]["role"]["enum"] == list(ROLES)


@pytest.mark.parametrize(
    "row",
    [{"messages": [{"role": "user", "content": "a"}]}, {"text": "A handbook.", "title": "Fares"},
     {"messages": [{"role": "assistant", "tool_calls": "[]"}], "split": "train", "exemplar_rank": 0}],
)  # fmt: skip
def test_examples_and_documents_pass(row):
    """Both kinds of record are records."""
    assert list(schemas.Gate(schemas.load("record")).errors(first(**row))) == []


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({}, "$"),
        ({"messages": [{"role": "user", "content": "a"}], "text": "both"}, "$"),
        ({"messages": [{"role": "bot", "content": "a"}]}, "$.messages"),
        ({"messages": [{"role": "user"}]}, "$.messages"),
        ({"messages": []}, "$.messages"),
        ({"text": "a", "split": "dev"}, "$.split"),
        ({"text": "a", "exemplar_rank": -1}, "$.exemplar_rank"),
    ],
)
def test_what_is_no_record_is_found(row, place):
    """A row that is neither, both, or out of range does not pass."""
    gate, instance = schemas.Gate(schemas.load("record")), first(**row)
    assert not gate.is_valid(instance)
    assert place in [where for where, _ in gate.errors(instance)]
