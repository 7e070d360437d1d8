"""Rows of every shape, sound and unsound, and the plain way of judging them."""

import copy
import json
from datetime import date

import pytest
from hypothesis import strategies as st

from curator.preflight.json_rows import read
from curator.preflight.judge import judge
from curator.preflight.report import worded

TODAY = date(2026, 12, 1)

CALL = {"id": "call00001", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "f", "description": "d", "parameters": {}}}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}
S3 = {"format": "png", "source": {"s3Location": {"uri": "s3://b/a.png"}}}
SHAPES = (
    {"messages": [{"role": "user", "content": "ask"}, {"role": "assistant", "content": "say"}]},
    {
        "messages": [
            {"role": "system", "content": "be"},
            {"role": "user", "content": "User: ask"},
            {"role": "assistant", "content": "\nHuman: say", "weight": 0},
            {"role": "user", "content": "more"},
            {"role": "assistant", "content": "done", "weight": 1},
        ]
    },
    {
        "messages": [
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "call00001", "content": "1"},
            {"role": "assistant", "content": "one"},
        ],
        "tools": [TOOL],
    },
    {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "what?"}, PICTURE]},
            {"role": "assistant", "content": [{"type": "text", "text": "a dog"}]},
        ]
    },
    {"prompt": "ask", "completion": "say"},
    {"text": "a page"},
    {
        "input": {"messages": [{"role": "user", "content": "ask"}], "tools": []},
        "preferred_output": [{"role": "assistant", "content": "good"}],
        "non_preferred_output": [{"role": "assistant", "content": "bad"}],
    },
    {
        "systemInstruction": {"parts": [{"text": "be"}]},
        "contents": [
            {"role": "user", "parts": [{"text": "ask"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]},
            {"parts": [{"functionResponse": {"name": "f", "response": {"a": 1}}}]},
            {"role": "model", "parts": [{"text": "say"}]},
        ],
        "tools": [{"functionDeclarations": []}],
    },
    {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "be"}],
        "messages": [
            {"role": "user", "content": [{"text": "see <image>"}, {"image": S3}]},
            {"role": "assistant", "content": [{"text": "a dog"}]},
        ],
    },
    {"messages": [{"role": "user", "content": "ask"}], "reference_answer": "42"},
)  # fmt: skip

ODD = st.sampled_from(
    [
        None, True, 0, 1, 2, 0.5, "", " ", "x", "user", "User: hi", "a\nHuman: b", "<image>", "é漢😀",
        "assistant", "system", "tool", "call00001", "{}", [], {}, ["x"], [{}], {"role": "user"},
        [{"type": "text", "text": "t"}], "\u2028", "n" * 70, "\u00a0",
    ]
)  # fmt: skip


def _paths(value, at=()):
    yield at
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, each in inner:
        yield from _paths(each, (*at, key))


@st.composite
def _rows(draw):
    """Give a row of some shape with a few things wrong in it."""
    row = copy.deepcopy(draw(st.sampled_from(SHAPES)))
    for _ in range(draw(st.integers(0, 3))):
        if not row:
            break
        *above, last = draw(st.sampled_from([path for path in _paths(row) if path]))
        box = row
        for key in above:
            box = box[key]
        deed = draw(st.sampled_from(["set", "drop", "add", "twice"]))
        if deed == "set":
            box[last] = copy.deepcopy(draw(ODD))
        elif deed == "drop":
            del box[last]
        elif deed == "add" and isinstance(box, dict):
            box[
                draw(
                    st.sampled_from(
                        ["id", "weight", "role", "content", "text", "schemaVersion", "a b"]
                    )
                )
            ] = copy.deepcopy(draw(ODD))
        elif isinstance(box, list):
            box.insert(last, copy.deepcopy(box[last]))
    return row


@st.composite
def _lines(draw):
    """Give the bytes of one line: of a row, mostly; sometimes broken."""
    text = json.dumps(draw(_rows()), ensure_ascii=draw(st.booleans()))
    deed = draw(
        st.sampled_from(["keep"] * 6 + ["cut", "twice", "escape", "space", "bytes", "other"])
    )
    if deed == "cut":
        text = text[: draw(st.integers(0, len(text)))]
    elif deed == "twice":
        text = text.replace('"role"', '"role": "user", "role"', 1)
    elif deed == "escape":
        char = draw(st.sampled_from("U<Hse:"))
        text = text.replace(char, f"\\u{ord(char):04x}", draw(st.sampled_from([1, -1])))
    elif deed == "space":
        text = " \t" + text.replace(",", " ,\t ").replace(":", " : ") + " \r"
    elif deed == "other":
        text = draw(
            st.sampled_from(
                ["[1]", "3", "null", "NaN", '"x"', '{"a": NaN}', '{"a": "\\ud800"}', "[" * 300]
            )
        )
    made = text.encode()
    return made.replace(b"a", b"\xff", 1) if deed == "bytes" else made


def _plainly(given, pack, split="train"):
    """Judge every line by itself: what is said of each, by row."""
    said = []
    for number, line in enumerate((line for line in given if line.strip(b" \t\r")), start=1):
        for hit in judge(read(line), pack, split):
            rule = pack.rules[hit.rule]
            said.append((number, rule.name, hit.path, worded(rule, hit.found)))
    return sorted(said)


@pytest.fixture(scope="session")
def today():
    """Give a day on which all rules are fresh."""
    return TODAY


@pytest.fixture(scope="session")
def lines():
    """Give what makes lines: of rows of every shape, sound, unsound and broken."""
    return _lines()


@pytest.fixture(scope="session")
def plainly():
    """Give what judges lines one by one."""
    return _plainly
