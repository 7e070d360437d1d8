"""Reasoning stands where a receiver looks for it."""

import json

import pytest

from curator.task import Task
from curator.write import formats

THOUGHT = {"role": "assistant", "content": "2", "reasoning": "r"}


@pytest.fixture
def shown(tmp_path, records, manifest):
    """Write a row in one format and give its line, or the reason why there is none, and counts."""

    def show(target, how, *said, task=None):
        options = formats.Options(targets=(target,), reasoning=how)
        rows = records({"messages": list(said)})
        formats.write(rows, options, tmp_path, task=task or Task(), manifest=manifest)
        lines = [path.read_text() for path in (tmp_path / target).glob("*.jsonl")]
        return json.loads(lines[0]), json.loads((tmp_path / target / "left_out.json").read_text())

    return show


def test_between_tags_before_every_answer_that_has_some(shown):
    """Earlier turns too, and calls."""
    call = {"role": "assistant", "reasoning": "q", "tool_calls": '[{"function": {"name": "f", "arguments": "{}"}}]'}  # fmt: skip
    line, summary = shown(
        "messages", "think", "1+1", call, {"role": "tool", "content": "2"}, THOUGHT
    )
    assert line["messages"][1]["content"] == "<think>\nq\n</think>\n\n"
    assert line["messages"][3]["content"] == "<think>\nr\n</think>\n\n2"
    assert summary["fields_left_out"] == {}


@pytest.mark.parametrize("name", ["reasoning_content", "thinking"])
def test_in_a_field_of_its_message(shown, name):
    """Under the name that was asked for."""
    line, _ = shown("messages", name, "1+1", THOUGHT)
    assert line["messages"][1] == {"role": "assistant", "content": "2", name: "r"}


def test_in_a_turn_of_its_own(shown):
    """The assistant thinks, a user asks for the answer."""
    line, _ = shown("messages", "two_messages", "1+1", THOUGHT | {"weight": 0}, "Sure?", THOUGHT)
    said = [(turn["role"], turn["content"], turn.get("weight")) for turn in line["messages"]]
    asked = ("user", "Considering the above, give your final answer.", None)
    assert said[:4] == [("user", "1+1", None), ("assistant", "r", 0), asked, ("assistant", "2", 0)]
    assert said[4:] == [("user", "Sure?", None), ("assistant", "r", None), asked, ("assistant", "2", None)]  # fmt: skip


def test_in_the_answer_as_the_task_writes_it_even_where_it_would_not(shown):
    """What is asked for goes before what the task says."""
    line, summary = shown("messages", "in_answer", "0", THOUGHT, "1+1", THOUGHT)
    assert [turn["content"] for turn in line["messages"][1::2]] == ["2", "r\n\nAnswer: 2"]
    assert summary["fields_left_out"] == {"reasoning": 1}


def test_reasoning_of_the_last_answer_alone_is_not_left_out(shown):
    """It stands in the answer."""
    assert shown("messages", "in_answer", "1+1", THOUGHT)[1]["fields_left_out"] == {}


def test_a_shape_without_such_a_place_leaves_it_out_and_counts_it(shown):
    """Instructions have no fields of their own."""
    line, summary = shown("alpaca", "reasoning_content", "1+1", THOUGHT)
    assert line["output"] == "2"
    assert summary["fields_left_out"] == {"reasoning": 1}


def test_by_shape_where_each_has_its_own(tmp_path, records, manifest):
    """A shape that is not named does as the task says."""
    how = {"messages": "reasoning_content", "alpaca": "think"}
    options = formats.Options(targets=("messages", "alpaca", "sharegpt"), reasoning=how)
    rows = records({"messages": ["1+1", THOUGHT]})
    formats.write(rows, options, tmp_path, task=Task(), manifest=manifest)
    said = {name: (tmp_path / name / "train.jsonl").read_text() for name in options.targets}
    assert '"reasoning_content":"r"' in said["messages"]
    assert "<think>" in said["alpaca"]
    assert "r" not in json.loads(said["sharegpt"])["conversations"][1]["value"]


def test_reasoning_that_would_end_too_early_is_left_out_by_name(shown):
    """It could not be told apart from its answer again."""
    line, _ = shown("alpaca", "think", "1+1", THOUGHT | {"reasoning": "a</think>b"})
    assert line["reason"] == "reasoning that holds </think>"
