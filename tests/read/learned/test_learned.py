"""Rows read by what was learned of others: they tell no other story than rows read one by one."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.read import jsonl, learned, shapes
from curator.read.learned import hostile
from curator.records import RECORD

ROWS = json.loads((Path(__file__).parents[1] / "rows_of_every_shape.json").read_text())
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"a": [1.50, "é"]}}}]
PAIR = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]
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
