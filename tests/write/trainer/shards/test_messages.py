"""Rows as messages, one file a split, fed batch by batch."""

import json

import polars as pl
import pytest

from curator.errors import WriteError
from curator.prompt.training import TRAINED
from curator.prompt.turns import Turns
from curator.write.trainer.shards.messages import Lines

CALL = '[{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]'


def turns(*rows):
    """Lay out rows of (role, content) or whole messages."""
    blank = dict.fromkeys(field.name for field in TRAINED.fields)
    whole = [
        [
            blank | (one if isinstance(one, dict) else {"role": one[0], "content": one[1]})
            for one in row
        ]
        for row in rows
    ]
    return Turns.of(pl.Series(whole, dtype=pl.List(TRAINED)))


def texts(*values):
    return pl.Series(values, dtype=pl.String)


def read(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_rows_go_to_the_file_of_their_split_over_all_batches(tmp_path):
    """Order within a split is that in which rows came."""
    with Lines(folder=tmp_path / "messages") as lines:
        for n in range(3):
            chat = turns([("user", f"a{n}")], [("user", f"b{n}\n☃")])
            lines.add(texts("train", "test"), chat, texts(None, None))
    assert [path.name for path in lines.paths] == ["test.jsonl", "train.jsonl"]
    said = [[row["messages"][0]["content"] for row in read(path)] for path in lines.paths]
    assert said == [["b0\n☃", "b1\n☃", "b2\n☃"], ["a0", "a1", "a2"]]
    assert lines.written == {"train": 3, "test": 3}


def test_tools_calls_and_weights_stand_where_a_template_looks(tmp_path):
    """Tools are an array beside the messages, and only there where there are some."""
    asked = {"role": "assistant", "content": None, "tool_calls": CALL, "weight": 0}
    answer = {"role": "tool", "content": "7", "tool_call_id": "1", "name": "f"}
    chat = turns([("user", "go"), asked, answer, ("assistant", "7")], [("user", "hi")])
    with Lines(folder=tmp_path) as lines:
        lines.add(texts("train", "train"), chat, texts('[{"type":\n"function"}]', "[]"))
    first, second = read(lines.paths[0])
    assert first["tools"] == [{"type": "function"}]
    assert first["messages"][1] == asked | {"tool_calls": json.loads(CALL)}
    assert first["messages"][2] == answer
    assert second == {"messages": [{"role": "user", "content": "hi"}]}


def test_a_row_that_breaks_the_schema_is_named(tmp_path):
    """The error has the file and the line, counted over batches."""
    good, bad = turns([("user", "hi")]), turns([("robot", "hi")])
    where = r"^trainer/messages/train\.jsonl:2: \$\.messages\[0\]\.role"
    with Lines(folder=tmp_path) as lines:
        lines.add(texts("train"), good, texts(None))
        with pytest.raises(WriteError, match=where):
            lines.add(texts("train"), bad, texts(None))


def test_nothing_is_written_where_no_rows_came(tmp_path):
    """A split without rows has no file."""
    with Lines(folder=tmp_path / "messages") as lines:
        lines.add(texts(), turns(), texts())
    assert lines.paths == []
    assert not (tmp_path / "messages").exists()
