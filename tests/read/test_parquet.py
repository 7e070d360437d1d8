"""Parquet rows are read in order, whatever their types; what cannot be text is refused in words."""

import datetime as dt
import gzip
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curator.errors import SourceError
from curator.read.parquet import Options, read
from curator.records import RECORD

MAP = {"input": "text", "label": "label"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a fresh folder, as a recipe's user does."""
    monkeypatch.chdir(tmp_path)


def records(table: pa.Table, **options) -> pl.DataFrame:
    """Write one file and read it."""
    pq.write_table(table, "a.parquet", row_group_size=2 if table.num_rows < 9 else 1000)
    return read(Options(path="a.parquet", **options)).collect()


def test_plain_columns_are_read_in_order():
    """Row groups follow one another, and rows are counted through them."""
    table = pa.table({"text": list("abcde"), "label": list("xyxyx")})
    found = records(table, map=MAP, split="test")
    assert dict(found.schema) == dict(RECORD)
    assert found["messages"].list.first().struct["content"].to_list() == list("abcde")
    assert found["provenance"].struct["row"].to_list() == [1, 2, 3, 4, 5]
    assert found["provenance"].struct["line"].null_count() == 5
    assert found["split"].unique().to_list() == ["test"]


def test_rows_are_counted_through_batches():
    """A row of a large file keeps its number."""
    table = pa.table({"text": [str(at) for at in range(12_345)], "label": ["x"] * 12_345})
    found = records(table, map=MAP)
    assert found["provenance"].struct["row"].to_list() == list(range(1, 12_346))
    assert found["messages"][-1][0]["content"] == "12344"


@pytest.mark.parametrize("as_text", [True, False])
def test_messages_keep_their_tool_calls(as_text):
    """Calls written as structs or as JSON text become the same JSON text."""
    calls = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}]
    answer = {"role": "assistant", "content": "", "tool_calls": calls}
    if as_text:
        answer["tool_calls"] = json.dumps(calls)
    chat = [{"role": "user", "content": "hi", "tool_calls": None}, answer]
    found = records(pa.Table.from_pylist([{"messages": chat}]))
    assert found["rejected"].to_list() == [None]
    asked, answered = found["messages"][0]
    assert asked["tool_calls"] is None
    assert json.loads(answered["tool_calls"]) == calls


def test_types_that_json_lacks_become_text():
    """Dates, decimals and categories can be read in meta, numbers stay numbers."""
    columns = {
        "text": ["a"],
        "label": pa.array(["x"]).dictionary_encode(),
        "day": [dt.date(2024, 2, 29)],
        "price": [Decimal("1.50")],
        "at": [{"when": [dt.datetime(2024, 1, 2, 3, 4, tzinfo=dt.UTC)], "n": 7, "share": 0.5}],
        "raw": [b"caf\xc3\xa9"],
    }
    found = records(pa.table(columns), map=MAP)
    assert found["label"].to_list() == ["x"]
    assert json.loads(found["meta"][0]) == {
        "day": "2024-02-29",
        "price": "1.50",
        "at": {"when": ["2024-01-02 03:04:00.000000+00:00"], "n": 7, "share": 0.5},
        "raw": "café",
    }


def test_numbered_labels_get_their_names():
    """The library that wrote the file left the names in it; a missing label is a reject."""
    feature = {"info": {"features": {"label": {"names": ["no", "yes"], "_type": "ClassLabel"}}}}
    table = pa.table({"text": ["a", "b", "c"], "label": [1, 0, -1]})
    table = table.replace_schema_metadata({"huggingface": json.dumps(feature)})
    found = records(table, map=MAP)
    assert found["label"].to_list() == ["yes", "no", None]
    assert found["rejected"][2] == "read: missing field | $.label"


def test_a_text_that_is_missing_is_a_reject():
    """Null is not an empty text."""
    found = records(pa.table({"text": ["a", None], "label": ["x", "y"]}), map=MAP)
    assert found["rejected"].to_list() == [None, "read: missing field | $.text"]


def test_a_list_where_text_is_expected_is_a_reject():
    """The column's type is wrong for every row, and each row says so."""
    found = records(pa.table({"text": [["a"], ["b"]], "label": ["x", "y"]}), map=MAP)
    assert (
        found["rejected"].to_list()
        == ["read: wrong type | $.text: a list where text is expected"] * 2
    )


def test_bytes_that_are_not_text_are_refused():
    """A picture is no text."""
    with pytest.raises(SourceError) as caught:
        records(pa.table({"text": ["a"], "label": ["x"], "picture": [b"\xff\xd8"]}), map=MAP)
    assert str(caught.value) == (
        "a.parquet: column 'picture' (Binary) cannot be read as text\n"
        "  hint: write the data without it"
    )


def test_a_packed_file_is_read():
    """Even though Parquet packs by itself."""
    pq.write_table(pa.table({"text": ["a"], "label": ["x"]}), "b.parquet")
    Path("b.parquet.gz").write_bytes(gzip.compress(Path("b.parquet").read_bytes()))
    assert read(Options(path="b.parquet.gz", map=MAP)).collect().height == 1


@pytest.mark.parametrize("cut", [slice(0, 0), slice(0, 100), slice(4, None)])
def test_a_file_that_is_cut_is_an_error(cut):
    """Nothing is read from half a file."""
    pq.write_table(pa.table({"text": ["a"], "label": ["x"]}), "a.parquet")
    Path("a.parquet").write_bytes(Path("a.parquet").read_bytes()[cut])
    with pytest.raises(SourceError, match=r"^a.parquet: is (not a whole Parquet file|damaged): "):
        read(Options(path="a.parquet", map=MAP)).collect()


def test_text_that_is_not_utf8_is_an_error():
    """Whoever wrote the file broke Parquet's own rule."""
    bad = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff"))
    with pytest.raises(SourceError, match=r"^a.parquet: is damaged: .*[Uu][Tt][Ff]-?8"):
        records(pa.table({"text": bad, "label": ["x"]}), map=MAP)
