"""The messages format."""

import json

import orjson
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from curator.prompt import from_record
from curator.prompt.training import TRAINED
from curator.task import Task
from curator.write.json_columns import json_messages, json_text

CALL = '[{"id": "c1", "type": "function",\n "function": {"name": "fare", "arguments": "{\\"to\\": 3}"}}]'


def test_a_row_is_the_prompt_and_its_completion(written):
    """The golden line."""
    files, _ = written(
        "messages", {"messages": ["Hi", "hello"]}, task=Task(instruction="I", input="<{{ input }}>")
    )
    assert files["train.jsonl"] == [
        {
            "messages": [
                {"role": "system", "content": "I"},
                {"role": "user", "content": "<Hi>"},
                {"role": "assistant", "content": "hello"},
            ]
        }
    ]


def test_calls_and_tools_are_objects_on_one_line(written):
    """JSON text of the record becomes JSON, its arguments stay text."""
    call = {"role": "assistant", "tool_calls": CALL, "weight": 0}
    reply = {"role": "tool", "content": "3", "tool_call_id": "c1", "name": "fare"}
    files, _ = written(
        "messages",
        {
            "messages": ["Fare?", call, reply, {"role": "assistant", "content": "3"}],
            "tools": '[{"name":\n"fare"}]',
        },
    )
    (line,) = files["train.jsonl"]
    assert line["tools"] == [{"name": "fare"}]
    assert line["messages"][1] == {
        "role": "assistant",
        "content": None,
        "tool_calls": json.loads(CALL),
        "weight": 0,
    }
    assert line["messages"][2] == {
        "role": "tool",
        "content": "3",
        "name": "fare",
        "tool_call_id": "c1",
    }


def test_rows_with_nothing_to_train_on_are_named(written):
    """What is left out has a reason and a count."""
    files, summary = written(
        "messages", {"messages": ["Hi"]}, {"messages": ["Hi", None]},
        {"messages": ["Hi", {"role": "assistant", "content": "a", "weight": 0}]}, {"messages": ["Hi", "a", "bye"]},
    )  # fmt: skip
    assert [row["reason"] for row in files["skipped.jsonl"]] == [
        "no turn to train on",
        "a turn without text",
        "no turn to train on",
    ]
    assert summary == {
        "written": {"train": 1},
        "rows_left_out": {"a turn without text": 1, "no turn to train on": 2},
        "fields_left_out": {},
    }


def test_reasoning_that_is_not_trained_is_counted(written):
    """A field left behind is said."""
    row = {"messages": ["1+1", {"role": "assistant", "content": "2", "reasoning": "r"}]}
    assert written("messages", row)[1]["fields_left_out"] == {"reasoning": 1}


def test_reasoning_that_is_trained_is_in_the_content(written):
    """Where the task wants reasoning, nothing is left behind."""
    row = {"messages": ["1+1", {"role": "assistant", "content": "2", "reasoning": "r"}]}
    files, summary = written("messages", row, task=Task(reasoning=True))
    assert files["train.jsonl"][0]["messages"][1]["content"] == "r\n\nAnswer: 2"
    assert summary["fields_left_out"] == {}


field = st.one_of(
    st.none(), st.text(max_size=5), st.sampled_from(['"}', '{"t":', "\u2028\x00\x1f\x7f\\/"])
)
message = st.fixed_dictionaries({"role": st.just("tool"), "content": field, "name": field, "tool_calls": st.none(),
                                 "tool_call_id": field, "weight": st.sampled_from([None, 0, 1])})  # fmt: skip


@given(st.lists(message, min_size=1, max_size=5))
def test_messages_made_by_column_have_the_bytes_of_orjson(messages):
    """The fast way and the plain way write the same."""
    flat = pl.DataFrame(messages, schema=dict(TRAINED), orient="row")
    plain = [from_record(row) for row in flat.iter_rows(named=True)]
    assert json_messages(flat).to_list() == [orjson.dumps(one).decode() for one in plain]
    assert json_text(flat["name"]).to_list() == [orjson.dumps(t).decode() for t in flat["name"]]


def test_rows_with_fields_beside_the_shapes_own_are_counted(written):
    """What the source had there stays behind in every shape, and is not dropped in silence."""
    rows = [{"messages": ["a", "b"], "meta": '{"motivation": "c"}'}, {"messages": ["d", "e"]}]
    for target in ("messages", "alpaca", "vertex_gemini"):
        assert written(target, *rows)[1]["fields_left_out"] == {"meta": 1}
