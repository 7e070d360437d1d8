"""What a format writes, our own reader reads back as it was, without being told how."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.manifest import Ledger, Manifest
from curator.prompt.training import training_messages
from curator.read import jsonl
from curator.records import RECORD, complete, identify
from curator.task import Task
from curator.write import formats

MANIFEST = Manifest(
    name="ferry",
    recipe={},
    seed=17,
    versions={},
    inputs=(),
    ledger=Ledger(read=1, kept=1, rejected={}),
)
TARGETS = ("messages", "prompt_completion", "alpaca", "sharegpt")
TOOLS = '[{"type":"function","function":{"name":"sailings","parameters":{"type":"object"}}}]'


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **fields):
    return {"role": "assistant", "content": text, **fields}


def calls(*arguments, first=0):
    """Make one message of calls, each with its id."""
    made = [
        {"id": f"call_{n}", "type": "function", "function": {"name": "sailings", "arguments": each}}
        for n, each in enumerate(arguments, first)
    ]
    return assistant(None, tool_calls=json.dumps(made))


def observed(text, call=0):
    return {"role": "tool", "content": text, "tool_call_id": f"call_{call}"}


def records(*chats, tools=None):
    """Make records of chats."""
    rows = [{"position": n, "messages": chat, "tools": tools} for n, chat in enumerate(chats)]
    schema = {name: RECORD[name] for name in ("position", "messages", "tools")}
    return identify(complete(pl.LazyFrame(rows, schema=schema, orient="row")))


def round_trip(target, frame, task):
    """Write the records in one format, and give what was to be trained, and what was read back."""
    with TemporaryDirectory() as folder:
        options = formats.Options(targets=(target,))
        formats.write(frame, options, Path(folder), task=task, manifest=MANIFEST)
        skipped = Path(folder, target, "skipped.jsonl")
        reasons = skipped.read_text().splitlines() if skipped.exists() else []
        left_out = {json.loads(line)["id"] for line in reasons}
        path = Path(folder, target, "train.jsonl")
        options = jsonl.Options(path=str(path))
        back = jsonl.read(options).collect() if path.exists() else complete(frame.clear()).collect()
    batch = frame.collect()
    turns = batch.with_columns(messages=training_messages(task, batch))
    return turns.filter(~pl.col("id").is_in(list(left_out))), back


def said(chat, *, with_ids):
    """Give what a shape can hold of a chat: calls by what they call, ids where there are any."""
    found = []
    for turn in chat:
        called = [(each["id"], each["function"]) for each in json.loads(turn["tool_calls"] or "[]")]
        linked = turn["tool_call_id"] if with_ids else None
        named = [
            (call_id if with_ids else None, f["name"], f["arguments"]) for call_id, f in called
        ]
        found.append((turn["role"], turn["content"] or "", named, linked))
    return found


def assert_comes_back(target, frame, task=None):
    """Nothing is rejected or changed, and every message is what it was; give how many rows."""
    trained, back = round_trip(target, frame, task or Task())
    with_ids = target in ("messages", "prompt_completion")
    assert back["rejected"].to_list() == [None] * trained.height
    assert [said(chat, with_ids=with_ids) for chat in back["messages"].to_list()] == [
        said(chat, with_ids=with_ids) for chat in trained["messages"].to_list()
    ]
    there = [json.loads(each) if each else None for each in back["tools"].to_list()]
    assert there == [json.loads(each) if each else None for each in trained["tools"].to_list()]
    return back.height


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "chat",
    [
        [user("Is the ferry late?"), assistant("No.")],
        [
            user("Late?"),
            assistant("No."),
            user("Sure?\n\nReally?"),
            assistant('"Yes", [truly] {so}.'),
        ],
        [{"role": "system", "content": "Be brief."}, user("Late?"), assistant("No.")],
        [user(""), assistant("😀 \u2028 \\ \x00")],
        [user("[]"), assistant("3")],
    ],
    ids=["single turn", "many turns", "system text", "odd characters", "JSON for text"],
)
def test_plain_chats_come_back_from_every_format(target, chat):
    """With the task's instruction in front, or without one."""
    assert assert_comes_back(target, records(chat)) == 1
    assert assert_comes_back(target, records(chat), Task(instruction="Help the passenger.")) == 1


@pytest.mark.parametrize("target", ["messages", "prompt_completion", "sharegpt"])
@pytest.mark.parametrize(
    "arguments", ['{"day": "Sunday", "n": 1.50}', "{}", '{"a":{"b":[1e30, 1.50]}}']
)
def test_calls_come_back_with_their_arguments_to_the_letter(target, arguments):
    """Answers of tools stay with their calls, tools beside them."""
    chat = [user("When?"), calls(arguments), observed("08:15"), assistant("At 08:15.")]
    assert assert_comes_back(target, records(chat, tools=TOOLS)) == 1


@pytest.mark.parametrize("target", ["messages", "prompt_completion"])
def test_several_calls_text_beside_them_and_names_come_back(target):
    """Where the shape has a place for all of it."""
    beside = calls("{}", '{"to": "Vessay"}') | {"content": "Let me look."}
    named = user("When?") | {"name": "Ann"}
    chat = [
        named,
        beside,
        observed("08:15"),
        observed("09:30", call=1),
        assistant("08:15 or 09:30."),
    ]
    frame = records(chat, tools=TOOLS)
    assert assert_comes_back(target, frame) == 1
    _, back = round_trip(target, frame, Task())
    assert back["messages"][0][0]["name"] == "Ann"


def test_what_is_not_trained_comes_back_with_its_weight():
    """A weight of nought stays nought."""
    chat = [user("a"), assistant("b", weight=0), user("c"), assistant("d", weight=1)]
    _, back = round_trip("messages", records(chat), Task())
    assert [turn["weight"] for turn in back["messages"][0]] == [None, 0, None, 1]


def test_what_a_shape_cannot_hold_is_left_out_and_not_bent():
    """Alpaca has no calls: the chat is skipped, the others are read back."""
    chat = [user("When?"), calls("{}"), observed("08:15"), assistant("At 08:15.")]
    assert assert_comes_back("alpaca", records(chat, [user("a"), assistant("b")])) == 1


_text = st.text(max_size=6) | st.sampled_from(
    ["", " ", "{{ input }}", "####", '[["a", "b"]]', "null", "\r\n"]
)
_asked = st.builds(user, _text)
_answered = st.builds(assistant, _text)
_called = st.builds(
    lambda arguments, result: [calls(json.dumps(arguments)), observed(result)],
    st.dictionaries(st.text(max_size=3), st.none() | st.integers() | _text, max_size=2),
    _text,
)
_round = st.builds(
    lambda asked, called, answered: [asked, *called, answered],
    _asked,
    st.just([]) | _called,
    _answered,
)
_chat = st.builds(
    lambda system, rounds: [*system, *(turn for each in rounds for turn in each)],
    st.just([]) | st.builds(lambda text: [{"role": "system", "content": text}], _text),
    st.lists(_round, min_size=1, max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(TARGETS),
    st.lists(_chat, min_size=1, max_size=4),
    st.sampled_from(["", "Help."]),
)
def test_whatever_a_format_holds_comes_back(target, chats, instruction):
    """Any text, any number of turns, with and without calls; the first row decides the shape."""
    assert_comes_back(target, records(*chats), Task(instruction=instruction))
