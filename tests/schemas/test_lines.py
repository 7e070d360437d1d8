"""Many lines held against a schema at once: the verdict is that on each of them."""

import json

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator import schemas
from curator.schemas import lines as line_gate
from curator.schemas.lines import LineGate

MESSAGE = {
    "type": "object",
    "required": ["role"],
    "properties": {
        "role": {"enum": ["user", "assistant"]},
        "content": {"type": ["string", "null"], "minLength": 1},
        "weight": {"enum": [0, 1]},
        "count": {"type": "integer"},
        "id": {"type": "string", "pattern": "^[a-z]{3}$"},
    },
    "if": {"properties": {"role": {"const": "user"}}},
    "then": {"required": ["content"]},
}
SCHEMAS = [
    {},
    {"type": "object", "properties": {"m": {"type": "array", "items": MESSAGE, "minItems": 1}}},
    {"$defs": {"one": MESSAGE}, "properties": {"m": {"items": {"$ref": "#/$defs/one"}}}},
    {"properties": {"m": {"items": {"anyOf": [MESSAGE, {"required": ["x"]}]}}}},
    {"additionalProperties": {"maxLength": 2}},
    {"properties": {"t": {"minLength": 3}}, "unevaluatedProperties": True},
    {"properties": {"t": {"type": "number", "multipleOf": 2}}},
]
_texts = st.sampled_from(["", " ", "x", "user", "assistant", "abc", "ab\n", "a" * 70, "é"])
_values = st.none() | st.integers(-1, 3) | st.floats(0, 2) | _texts | st.lists(_texts, max_size=2)
_messages = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("role", "content", "weight", "count", "id", "x"), _values)
)
_lines = st.fixed_dictionaries(
    {}, optional={"m": st.lists(_messages, max_size=2) | _values, "t": _values, "tools": _values}
).map(json.dumps)


def judged(schema, lines):
    """Judge lines all at once."""
    data = "\n".join(lines).encode()
    ends = np.cumsum([len(line.encode()) + 1 for line in lines]) - 1
    starts = np.concatenate([[0], ends[:-1] + 1])
    return LineGate(schema).judge(np.frombuffer(data, dtype=np.uint8), starts, ends)


def first_bad(schema, lines):
    """Judge them one by one."""
    gate = schemas.Gate(schema)
    for at, line in enumerate(lines):
        try:
            if not gate.is_valid(orjson.loads(line)):
                return at
        except orjson.JSONDecodeError:
            return at
    return None


@settings(max_examples=500, deadline=None)
@given(
    st.lists(_lines | st.just("{broken"), min_size=1, max_size=6),
    st.sampled_from(SCHEMAS),
    st.sampled_from([1, 2, line_gate.MIN_LINES]),
)
def test_the_first_bad_line_is_found(lines, schema, min_lines):
    """Whatever the schema reads of texts and numbers, or does not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_gate, "MIN_LINES", min_lines)
        assert judged(schema, lines).bad == first_bad(schema, lines)


def test_lines_of_skeletons_that_are_seldom_are_judged_one_by_one(monkeypatch):
    """What is kept of a number that the schema reads makes many skeletons."""
    learned = []
    true = LineGate._are_good
    monkeypatch.setattr(
        LineGate, "_are_good", lambda self, it: learned.append(it) or true(self, it)
    )
    lines = [json.dumps({"m": [{"role": "user", "content": "a", "count": n}]}) for n in range(9)]
    schema = {"properties": {"m": {"items": {"properties": {"count": {"maximum": 7}}}}}}
    assert judged(schema, lines).bad == 8
    assert not learned


def test_lines_that_the_schema_cannot_tell_apart_are_judged_once(monkeypatch):
    """Two of three skeletons are good; the third is looked at line by line."""
    seen = []
    true = schemas.Gate.is_valid
    monkeypatch.setattr(
        schemas.Gate, "is_valid", lambda self, it: seen.append(it) or true(self, it)
    )
    said = [
        {"role": role, "content": "a" * n} for n in range(1, 50) for role in ("user", "assistant")
    ]
    lines = [json.dumps({"m": [one]}) for one in said]
    assert judged(SCHEMAS[1], lines).bad is None
    assert len(seen) == 2
    assert judged(SCHEMAS[1], [*lines, '{"m": [{"role": "user", "content": ""}]}']).bad == len(
        lines
    )


def test_fields_are_named_with_the_line_in_which_they_come_up_first():
    """Also those of lines that are judged one by one."""
    lines = ['{"a": 1}', '{"b": "x", "a": "y"}', '{"\\u0063": 1}', '{"b": 2, "c": 3}']
    assert judged({}, lines).fields == {"a": 0, "b": 1, "c": 2}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"m": [{"role": "user", "content": "any"}]}', True),
        ('{"m": [{"role": "user", "content": "any", "id": "abc"}]}', True),
        ('{"m": [{"role": "user", "content": "any", "id": "\ue000bc"}]}', False),
        ('{"m": [{"role": "other", "content": "any"}]}', False),
        ('{"m": [{"role": "user", "content": ""}]}', False),
        ("{broken", False),
    ],
)
def test_a_line_covers_others_that_differ_in_texts_alone(line, expected):
    """If the schema reads nothing of them, and the line is good."""
    assert LineGate(SCHEMAS[1]).covers(line.encode()) is expected
