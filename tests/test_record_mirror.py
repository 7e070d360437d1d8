"""The JSON Schema of a record mirrors the columns of the frame."""

import json
import re

import polars as pl
import pytest

from curator import schemas
from curator.records import BLOCK, MESSAGE, PROVENANCE, RECORD, ROLES, complete

ID = "0" * 32
MESSAGE_A = {"role": "user", "content": "a"}


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
    ("row", "found"),
    [
        ({}, [("$.messages", "None is not of type 'array'")]),
        ({"messages": [MESSAGE_A], "text": "b"}, [("$.messages", "[{...}] is not of type 'null'")]),
        (
            {"messages": [{**MESSAGE_A, "role": "bot"}]},
            [("$.messages[0].role", "'bot' is not one of ['system', 'user', 'assistant', 'tool']")],
        ),
        (
            {"messages": [{"role": "user"}]},
            [("$.messages[0].content", "None is not of type 'string'")],
        ),
        (
            {"messages": [{"role": "assistant"}]},
            [("$.messages[0].tool_calls", "None is not of type 'string'")],
        ),
        ({"messages": []}, [("$.messages", "[] should be non-empty")]),
        (
            {"text": "a", "split": "dev"},
            [("$.split", "'dev' is not one of ['train', 'validation', 'test', None]")],
        ),
        (
            {"text": "a", "exemplar_rank": -1},
            [("$.exemplar_rank", "-1 is less than the minimum of 0")],
        ),
    ],
)
def test_what_is_no_record_is_found_in_its_place(row, found):
    """A row that is neither, both, or out of range does not pass, and the error points inside."""
    gate, instance = schemas.Gate(schemas.load("record")), first(**row)
    assert not gate.is_valid(instance)
    words = [
        (place, re.sub(r"\[\{.*\}\]", "[{...}]", said)) for place, said in gate.errors(instance)
    ]
    assert words == found
