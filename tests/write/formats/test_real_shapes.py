"""Real instruction sets and chats become every shape that can hold them, and come back."""

import json

import polars as pl
import pytest

from curator.prompt.training import training_turns
from curator.read import jsonl
from curator.task import Task
from curator.write import formats

pytestmark = pytest.mark.real

SINGLE = {"train": 175}
PAIRS = ("alpaca_preference", "openai_dpo", "sharegpt_preference", "trl_preference")
PLAIN = ("nemo_sft", "prompt_completion_text", "text", "trl_stepwise")
TEXT_ONLY = ("alpaca", "axolotl_input_output", "bedrock_claude", "bedrock_converse")
CHATS = ("axolotl_chat_template", "axolotl_train_detail", "bedrock_rft", "messages", "mistral",
         "prompt_completion", "sharegpt", "sharegpt_kto", "trl_unpaired", "vertex_gemini")  # fmt: skip


@pytest.fixture(scope="module")
def turned(tmp_path_factory, real_data):
    """Write a file in every shape; give the folder, the rows, and the count of each shape."""

    def turn(path, change=lambda rows: rows, **options):
        rows = change(jsonl.read(jsonl.Options(path=str(real_data / path), **options)).collect())
        out = tmp_path_factory.mktemp("real")
        wanted = formats.Options(targets=formats.targets())
        formats.write(rows.lazy(), wanted, out, task=Task(), manifest=None)
        counts = {}
        for target in wanted.targets:
            told = json.loads((out / target / "left_out.json").read_text())
            counts[target] = (sum(told["written"].values()), told["rows_left_out"])
        return out, rows, counts

    return turn


def assert_calls_come_back(out, rows, target):
    """What is read back from a target calls, answers and says the same."""
    skipped = out / target / "skipped.jsonl"
    assert not skipped.exists()
    back = jsonl.read(jsonl.Options(path=str(out / target / "train.jsonl"))).collect()
    assert back["rejected"].null_count() == rows.height
    trained = training_turns(Task(), rows).lists()
    assert [_said(chat) for chat in back["messages"]] == [_said(chat) for chat in trained]


def _said(chat):
    return [
        (
            turn["role"],
            turn["content"] or "",
            [
                (each["function"]["name"], json.loads(each["function"]["arguments"]))
                for each in json.loads(turn["tool_calls"] or "[]")
            ],
        )
        for turn in chat
    ]


@pytest.mark.parametrize(
    ("name", "rows"), [("seed_tasks.jsonl", 175), ("user_oriented_instructions.jsonl", 252)]
)
def test_instructions_fit_every_shape_but_pairs(turned, name, rows):
    """One question, one answer: whole in eighteen shapes, named in four."""
    _, _, counts = turned(f"instruction-shapes/{name}")
    no_pair = (0, {"no dispreferred answer": rows})
    assert counts == {
        target: no_pair if target in PAIRS else (rows, {}) for target in formats.targets()
    }


def test_chats_with_functions_fit_the_shapes_that_have_them(turned):
    """300 chats: 191 declare functions, 108 of the others go on for several turns."""
    out, rows, counts = turned("instruction-shapes/glaive_toolcall_en_demo.json")
    expected = dict.fromkeys(CHATS, (300, {}))
    expected |= dict.fromkeys(TEXT_ONLY, (109, {"tools": 191}))
    expected |= dict.fromkeys(PLAIN, (1, {"more than one exchange": 108, "tools": 191}))
    expected |= dict.fromkeys(PAIRS, (0, {"no dispreferred answer": 300}))
    expected["alpaca_preference"] = (0, {"no dispreferred answer": 109, "tools": 191})
    assert counts == expected
    for target in ("messages", "sharegpt", "vertex_gemini", "mistral", "prompt_completion"):
        assert_calls_come_back(out, rows, target)


def test_service_chats_are_named_where_they_do_not_end_in_an_answer(turned):
    """They end with the passenger, or with a tool."""
    _, _, counts = turned("airline-function-chats/gpt-4o-airline.json", map={"messages": "traj"})
    assert {target for target, (written, _) in counts.items() if written} == {
        "axolotl_chat_template",
        "axolotl_train_detail",
        "messages",
    }
    assert counts["messages"] == (200, {})
    assert counts["mistral"] == (0, {"no answer at the end": 139, "text beside a tool call": 61})
    assert counts["vertex_gemini"] == (0, {"no answer at the end": 200})


def test_service_chats_up_to_their_last_answer_come_back_with_all_calls(turned):
    """Cut where the assistant spoke last, 200 chats fit whatever holds text beside a call."""

    def cut(rows):
        is_answer = pl.element().struct.field("role") == "assistant"
        last = pl.col("messages").list.eval(is_answer).list.reverse().list.arg_max()
        return rows.with_columns(messages=pl.col("messages").list.head(pl.col("messages").list.len() - last))  # fmt: skip

    path = "airline-function-chats/gpt-4o-airline.json"
    out, rows, counts = turned(path, cut, map={"messages": "traj"})
    for target in ("messages", "prompt_completion", "vertex_gemini", "axolotl_chat_template"):
        assert counts[target] == (200, {})
        assert_calls_come_back(out, rows, target)
    assert counts["mistral"] == (139, {"text beside a tool call": 61})
    assert counts["sharegpt"] == (139, {"text beside a tool call": 61})
