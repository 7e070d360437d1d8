"""Rows read by what was learned of others: they tell no other story than rows read one by one."""

import json

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.prompt.thoughts import ASKS_FOR_ANSWER
from curator.read import jsonl, learned, shapes
from curator.read.learned import hostile
from curator.records import RECORD

TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"a": [1.50, "é"]}}}]
CALLS = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
PAIR = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]
SAID = [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]

BY_OBJECT = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": {"a": 1}}}]
DECLARED = {"functionDeclarations": [{"name": "f", "parameters": {"type": "OBJECT"}}]}
SPANS = [{"begin_offset": 0, "end_offset": 0, "train": True}]

ROWS = {
    "messages": [
        {"messages": PAIR, "n": 1.50, "topic": "ferry"},
        {"messages": [{"role": "system", "content": "S"}, *PAIR, *PAIR], "x": {"y": [1]}},
        {"messages": [{"role": "user", "content": "Q", "name": "N"}, {"role": "bot", "content": "A"}]},
        {"messages": [PAIR[0], {**PAIR[1], "weight": 0, "reasoning": "R", "other": {"a": "b"}}]},
        {"messages": [PAIR[0], {"role": "assistant", "content": None, "tool_calls": CALLS}], "tools": TOOLS},
        {"messages": [PAIR[0], {"role": "assistant", "tool_calls": BY_OBJECT}, PAIR[1]], "tools": json.dumps(TOOLS)},
        {"messages": [PAIR[0], {"role": "assistant", "tool_calls": json.dumps(CALLS)}, PAIR[1]], "tools": "[]"},
        {"messages": PAIR, "tools": [{"name": "f", "parameters": {"a": 1}}]},
        {"messages": [PAIR[0], {"role": "assistant", "tool_calls": json.dumps(BY_OBJECT)}, PAIR[1]]},
        {"messages": [PAIR[0], {"role": "assistant", "function_call": {"name": "f", "arguments": {"a": "b"}}},
                      {"role": "function", "name": "f", "content": "T"}, PAIR[1]], "tools": []},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Q"}, {"type": "text", "text": "?"}]}, PAIR[1]]},
        {"messages": [PAIR[0], {**PAIR[1], "content": "<think>\nR\n</think>\n\nA"}]},
        {"messages": [PAIR[0], {**PAIR[1], "thinking": "R", "train": True}], "system": "S"},
        {"messages": [PAIR[0], {**PAIR[1], "train_detail": SPANS}]},
        {"messages": [*PAIR, {"role": "user", "content": ASKS_FOR_ANSWER}, PAIR[1]]},
    ],
    "alpaca": [
        {"instruction": "I", "input": "i", "output": "o"},
        {"instruction": "I", "input": "", "output": "o", "system": "s", "history": [["q", "a"], ["q", "a"]]},
        {"instruction": "I", "output": 3, "history": ""},
    ],
    "instances": [{"instruction": "I", "instances": [{"input": "i", "output": "o", "z": 1}, {"input": "", "output": "o"}], "id": "7"}],
    "sharegpt": [
        {"conversations": SAID, "system": "s"},
        {"conversations": [{"from": "system", "value": "S"}, *SAID, {"from": "human", "value": "Q"}], "id": 3, "tools": TOOLS},
        {"conversations": [SAID[0], {"from": "function_call", "value": '{"name": "f", "arguments": {"a": [1.50]}, "b": "c"}'},
                           {"from": "observation", "value": "T"}, SAID[1]], "tools": json.dumps(TOOLS)},
        {"conversations": [SAID[0], {"from": "function_call", "value": '[{"name": "f", "arguments": {}}, {"name": "g"}]'},
                           {"from": "observation", "value": "T"}, {"from": "observation", "value": "U"}, SAID[1]]},
    ],
    "prompt_completion": [{"prompt": "p", "completion": "c"}, {"prompt": PAIR[:1], "completion": PAIR[1:], "tools": TOOLS}],
    "preference": [
        {"prompt": "p", "chosen": "c", "rejected": "r", "system": "s"},
        {"prompt": PAIR[:1], "chosen": PAIR[1:], "rejected": PAIR[1:]},
        {"chosen": PAIR, "rejected": PAIR},
        {"instruction": "I", "input": "i", "chosen": "c", "rejected": "r"},
        {"conversations": SAID[:1], "chosen": SAID[1], "rejected": SAID[1], "tools": json.dumps(TOOLS)},
        {"input": {"messages": PAIR[:1], "tools": TOOLS, "z": "y"}, "preferred_output": PAIR[1:], "non_preferred_output": PAIR[1:]},
    ],
    "unpaired": [
        {"prompt": "p", "completion": "c", "label": True},
        {"prompt": "p", "completion": "c", "label": False, "z": 1},
        {"conversations": SAID, "kto_tag": "true"},
        {"messages": PAIR, "kto_tag": False, "tools": TOOLS},
        {"instruction": "I", "input": "i", "output": "o", "kto_tag": True},
    ],
    "stepwise": [{"prompt": "p", "completions": ["a", "b"], "labels": [True, False]}],
    "segments": [
        {"segments": [{"label": False, "text": "Q"}, {"label": True, "text": "A"}, {"label": True, "text": "B"}]},
        {"segments": [{"label": False, "text": "Q"}, {"label": False, "text": "\n\n"}, {"label": True, "text": "A"}]},
    ],
    "vertex_gemini": [
        {"systemInstruction": {"role": "system", "parts": [{"text": "S"}]},
         "contents": [{"role": "user", "parts": [{"text": "Q"}]}, {"role": "model", "parts": [{"text": "A"}, {"text": "B"}]}]},
        {"contents": [{"role": "user", "parts": [{"text": "Q"}]},
                      {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"a": "b", "c": 1.50}}}]},
                      {"parts": [{"functionResponse": {"name": "f", "response": {"output": "T"}}}]},
                      {"role": "model", "parts": [{"text": "A"}]}], "tools": [DECLARED]},
    ],
    "bedrock_converse": [
        {"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "S"}],
         "messages": [{"role": "user", "content": [{"text": "Q"}]}, {"role": "assistant", "content": [{"text": "A"}]}]},
        {"schemaVersion": "bedrock-conversation-2024", "messages": [
            {"role": "user", "content": [{"text": "Q"}, {"text": "?"}]},
            {"role": "assistant", "content": [{"reasoningContent": {"reasoningText": {"text": "R"}}}, {"text": "A"}]}]},
    ],
    "bedrock_rft": [{"messages": PAIR[:1], "reference_answer": "A"}, {"messages": PAIR[:1], "reference_answer": {"a": ["b", 1]}}],
    "mistral": [{"messages": [PAIR[0], {"role": "assistant", "tool_calls": CALLS}, {"role": "tool", "tool_call_id": "1", "name": "f", "content": "T"}],
                 "available_tools": TOOLS, "system_prompt": "S"}],
    "text": [{"text": "T", "id": "7"}],
    "columns": [{"question": "Q", "answer": "A", "context": "C", "split": "dev", "label": "L", "z": None}],
}  # fmt: skip
KEPT = ("role", "from", "type", "weight", "split", "schemaVersion")

_texts = (
    st.text(max_size=8)
    | st.sampled_from(hostile.TEXTS)
    | st.sampled_from(["", " ", "\u3000", "dev", "train", "[", "\\", '"', "\x00\u2028", "😀"])
)


def varied(value, name=""):
    """Give rows of the same fields, with whatever texts and numbers; JSON stays JSON mostly."""
    if isinstance(value, dict):
        return st.fixed_dictionaries({key: varied(inner, key) for key, inner in value.items()})
    if isinstance(value, list):
        return st.tuples(*map(varied, value)).map(list)
    if isinstance(value, str):
        if value[:2] in ('{"', "[{", "[]"):
            return varied(json.loads(value)).map(json.dumps) | _texts
        return st.just(value) if name in KEPT else st.just(value) | _texts
    return (
        st.just(value) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
        if value
        else st.just(value)
    )


@pytest.fixture
def eager(monkeypatch):
    """Learn from every row, and use what was learned without proof."""
    monkeypatch.setattr(learned, "MIN_PIECE_ROWS", 1)
    monkeypatch.setattr(learned, "MIN_ROWS", 1)
    monkeypatch.setattr(learned, "PROVEN_ROWS", 0)


def both(path, rows, **options):
    """Read rows in both ways; give the records read by plans, and those read one by one."""
    path = path / "rows.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8", errors="surrogatepass")
    options = jsonl.Options(path=str(path), **options)
    (plan,) = jsonl.plans(options)
    fast = pl.concat(jsonl.frames([plan], options))
    slow = pl.concat(jsonl.frames([plan.carefully()], options))
    return fast, slow, plan


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), st.sampled_from(sorted(ROWS)))
def test_plans_read_as_the_reader_reads(tmp_path, eager, data, shape):
    """Every shape, with any texts, escaped in any way."""
    kinds = data.draw(st.lists(st.sampled_from(ROWS[shape]), min_size=1, max_size=3))
    rows = [ROWS[shape][0], *(data.draw(varied(kind)) for kind in kinds for _ in range(3))]
    is_ascii, gaps = (
        data.draw(st.booleans()),
        data.draw(st.sampled_from([(",", ":"), (" , ", ": ")])),
    )
    lines = [json.dumps(row, ensure_ascii=is_ascii, separators=gaps) for row in rows]
    fast, slow, _ = both(tmp_path, lines, shape=None if shape == "columns" else shape)
    for column in RECORD:
        assert fast[column].to_list() == slow[column].to_list(), column


@pytest.mark.parametrize("shape", sorted(ROWS))
def test_every_kind_of_row_is_learned(tmp_path, eager, shape):
    """None is left to be read one by one, whatever shape it has."""
    assert set(ROWS) == set(shapes.SHAPES)
    for row in ROWS[shape]:
        lines = [json.dumps(row)] * 3
        fast, slow, plan = both(tmp_path, lines)
        assert plan.learned._plans, row
        assert fast.equals(slow)


def test_what_a_plan_did_not_look_into_is_not_taken_for_the_same(tmp_path, eager):
    """Functions that stand by themselves are wrapped, though other rows have them wrapped already."""
    bare = [{"name": "f", "parameters": {"a": 1}}]
    given = [TOOLS, bare, [*TOOLS, *bare], json.dumps(TOOLS), json.dumps(bare), TOOLS]
    lines = [json.dumps({"messages": PAIR, "tools": tools}) for tools in given]
    fast, slow, plan = both(tmp_path, lines)
    assert plan.learned._plans
    assert fast.equals(slow)
    assert fast["changes"].list.len().to_list() == [0, 1, 1, 0, 1, 0]
