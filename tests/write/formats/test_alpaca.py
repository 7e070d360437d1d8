"""The alpaca format."""

import pytest

from curator.task import Task


def test_the_last_exchange_is_instruction_and_output_the_rest_history(written):
    """The golden line."""
    row = {"messages": ["a", "b", "c", "d"]}
    files, summary = written("alpaca", row, task=Task(instruction="I", input="<{{ input }}>"))
    assert files == {
        "train.jsonl": [
            {
                "instruction": "<c>",
                "input": "",
                "output": "d",
                "system": "I",
                "history": [["a", "b"]],
            }
        ]
    }
    assert summary == {"written": {"train": 1}, "rows_left_out": {}, "fields_left_out": {}}


def test_system_and_history_are_absent_where_there_are_none(written):
    """Rows with and without them stand in one file."""
    own = {"role": "system", "content": "S"}
    files, _ = written(
        "alpaca",
        {"messages": ["a", "b"]},
        {
            "messages": [
                own,
                {"role": "user", "content": "c"},
                {"role": "assistant", "content": "d"},
            ]
        },
    )
    assert files["train.jsonl"] == [
        {"instruction": "a", "input": "", "output": "b"},
        {"instruction": "c", "input": "", "output": "d", "system": "S"},
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a", "b"], "tools": '[{"name": "f"}]'}, "tools"),
        ({"messages": ["a", {"role": "assistant", "tool_calls": '[{"id": "1"}]'}]}, "tools"),
        ({"messages": ["a", {"role": "tool", "content": "3"}, "c", "d"]}, "tools"),
        ({"messages": ["a", None]}, "a turn without text"),
        ({"messages": ["a", {"role": "assistant", "content": "b", "weight": 0}]}, "an answer that is not to be trained"),
        ({"messages": ["a"]}, "no answer at the end"),
        ({"messages": ["a", {"role": "user", "content": "b"}, {"role": "assistant", "content": "c"}]}, "turns that do not alternate"),
    ],
)  # fmt: skip
def test_what_the_shape_cannot_hold_is_named(written, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    files, summary = written("alpaca", row, {"messages": ["q", "a"]})
    assert [skipped["reason"] for skipped in files["skipped.jsonl"]] == [reason]
    assert summary["rows_left_out"] == {reason: 1}
    assert summary["written"] == {"train": 1}


def test_names_left_behind_are_counted(written):
    """A field without a place is said."""
    row = {"messages": [{"role": "user", "content": "a", "name": "Ann"}, "b"]}
    assert written("alpaca", row)[1]["fields_left_out"] == {"name": 1}
