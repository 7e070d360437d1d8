"""Segments for Axolotl."""

import json

import pytest

from curator.task import Task
from curator.write import formats


def test_turns_are_segments_with_a_blank_line_between(written):
    """The golden line: only answers are trained, and not those of weight 0."""
    untrained = {"role": "assistant", "content": "b", "weight": 0}
    row = {"messages": ["a", untrained, "c", "d"]}
    files, _ = written("axolotl_input_output", row, task=Task(instruction="I"))
    segments = files["train.jsonl"][0]["segments"]
    assert [(one["label"], one["text"]) for one in segments[::2]] == [
        (False, "I"), (False, "a"), (False, "b"), (False, "c"), (True, "d"),
    ]  # fmt: skip
    assert segments[1::2] == [{"label": False, "text": "\n\n"}] * 4


def test_an_answer_ends_in_the_token_that_was_asked_for(tmp_path, records, manifest):
    """Nobody else would write it."""
    end = "</s>"
    options = formats.Options(targets=("axolotl_input_output",), eos_token=end)
    rows = records({"messages": ["a", "b"]})
    formats.write(rows, options, tmp_path, task=Task(), manifest=manifest)
    (line,) = (tmp_path / "axolotl_input_output" / "train.jsonl").read_text().splitlines()
    assert [one["text"] for one in json.loads(line)["segments"]] == ["a", "\n\n", "b</s>"]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (["a", {"role": "assistant", "content": "b", "weight": 0}], "an answer that is not to be trained"),
        (["a", "b", {"role": "assistant", "content": "c"}], "turns that do not alternate"),
        (["a", {"role": "assistant", "tool_calls": "[{}]"}], "tools"),
    ],
)  # fmt: skip
def test_what_the_shape_cannot_hold_is_named(written, messages, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written("axolotl_input_output", {"messages": messages})[1]["rows_left_out"] == {
        reason: 1
    }
