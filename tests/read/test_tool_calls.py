"""Function calls and tools as they are read: what is sound stays, what is not rejects its row."""

import json

import pytest

from curator.read.tool_calls import AS_TEXT, NULLS, calls_text, tools_of, with_tools
from curator.read.values import Unmappable

SOUND = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def test_tools_stay_as_they_are_written():
    """None, an empty text and an empty list are no tools."""
    assert tools_of('[ {"name": "a"} ]') == '[ {"name": "a"} ]'
    assert [tools_of(each) for each in (None, "", "[]", [])] == [None] * 4


@pytest.mark.parametrize(
    ("tools", "why"),
    [({"name": "a"}, "an object where a list is expected"), (["f"], "where an object is expected")],
)
def test_what_is_no_tool_is_said(tools, why):
    """No receiver takes it, and the row says so when it is read, not when it is written."""
    with pytest.raises(Unmappable, match=why):
        with_tools({"messages": [], "tools": tools_of(tools)})


def test_sound_calls_stay_as_they_are_written():
    """Text keeps its blanks; an id may be lacking."""
    changes = []
    text = json.dumps([SOUND], indent=1)
    assert calls_text(text, "$", changes) == text
    assert json.loads(calls_text([{"function": SOUND["function"]}], "$", changes)) == [
        {"function": SOUND["function"]}
    ]
    assert changes == []


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        ({"function": {"name": "f", "arguments": {}}}, AS_TEXT),
        ({"function": {"name": "f"}}, AS_TEXT),
        ({"id": None, "type": None}, NULLS),
    ],
)
def test_calls_in_another_hand_are_written_alike_and_counted(edit, change):
    """Arguments are JSON text, and no field is null."""
    changes = []
    call = {k: v for k, v in (SOUND | edit).items() if v is not None}
    call["function"] = SOUND["function"]
    assert json.loads(calls_text([SOUND | edit], "$", changes)) == [call]
    assert changes == [change]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"id": 1}, "wrong type"),
        ({"type": "custom"}, "only functions are called"),
        ({"function": None}, "missing field"),
        ({"function": "f"}, "wrong type"),
        ({"function": {"arguments": "{}"}}, "missing field"),
        ({"function": {"name": " ", "arguments": "{}"}}, "empty field"),
        ({"function": {"name": 5, "arguments": "{}"}}, "wrong type"),
        ({"function": {"name": "f", "arguments": 5}}, "wrong type"),
    ],
)
def test_what_is_no_call_is_said(edit, why):
    """One such row must not end a run when the others are written."""
    with pytest.raises(Unmappable, match=why):
        calls_text([SOUND | edit], "$", [])
