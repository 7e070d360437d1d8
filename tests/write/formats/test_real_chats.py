"""Real chats with function calls keep every message through writing."""

import json

import pytest

pytestmark = pytest.mark.real


def test_all_messages_calls_and_arguments_come_through(real_data, written):
    """What is read back from the lines is what was said, in each of 5,308 messages."""
    chats = json.loads((real_data / "airline-function-chats" / "gpt-4o-airline.json").read_text())
    kept = ("role", "content", "name", "tool_calls", "tool_call_id")
    said = [
        [{k: v for k in kept if (v := turn.get(k)) is not None} for turn in chat["traj"]]
        for chat in chats
    ]
    rows = [
        {
            "messages": [
                turn | {"tool_calls": json.dumps(turn["tool_calls"])}
                if "tool_calls" in turn
                else turn
                for turn in turns
            ]
        }
        for turns in said
    ]
    files, summary = written("messages", *rows)
    back = [
        [{k: v for k, v in turn.items() if v is not None} for turn in line["messages"]]
        for line in files["train.jsonl"]
    ]
    assert sum(map(len, back)) == 5308
    assert back == said
    assert summary["rows_left_out"] == {}
