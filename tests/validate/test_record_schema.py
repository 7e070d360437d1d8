"""Every record against a schema, in words a person can act on."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.records import PROVENANCE, complete, identify, message
from curator.schemas import Gate, load
from curator.schemas.blind import is_blind
from curator.validate.record_schema import Options, validate
from curator.validate.shapes import conjuncts, is_valid


def records(contents: list[str], **columns) -> pl.LazyFrame:
    """Build one-turn examples from file ``a.csv``."""
    said = message(pl.lit("user"), pl.col("input")), message(pl.lit("assistant"), pl.lit("yes"))
    frame = pl.LazyFrame({"input": contents}).with_row_index("position")
    origin = [{"uri": "a.csv", "line": line} for line in range(1, len(contents) + 1)]
    frame = frame.with_columns(provenance=pl.Series(origin, dtype=PROVENANCE), **columns)
    return identify(complete(frame.with_columns(messages=pl.concat_list(*said)).drop("input")))


def test_good_records_pass() -> None:
    """Records as readers make them keep the record schema."""
    report = validate(records(["a", "b"]), Options())
    assert report.violations == ()
    assert report.facts == {"schema": load("record")["$id"], "checked": 2, "broken": 0}


def test_a_broken_record_is_named() -> None:
    """The violation names file, line, path and record."""
    frame = records(["a", "b"]).with_columns(split=pl.Series([None, "dev"]))
    (violation,) = validate(frame, Options()).violations
    assert (
        str(violation)
        == "a.csv:2: $.split: 'dev' is not one of ['train', 'validation', 'test', None]"
    )
    assert violation.record_id == frame.collect()["id"][1]


def test_all_rules_of_a_row_are_reported() -> None:
    """One row may break several rules; each has its own path."""
    frame = records(["a"]).with_columns(split=pl.lit("dev"), id=pl.lit("x"))
    paths = [violation.where for violation in validate(frame, Options()).violations]
    assert paths == ["a.csv:1: $.id", "a.csv:1: $.split"]


def test_rows_past_the_limit_are_counted() -> None:
    """Ten broken rows, three in words, seven in one number."""
    frame = records(["a"] * 10).with_columns(split=pl.lit("dev"))
    report = validate(frame, Options(max_reported=3))
    assert [v.where for v in report.violations[:3]] == [f"a.csv:{i}: $.split" for i in (1, 2, 3)]
    assert [v.message for v in report.violations[3:]] == ["7 more records break the schema"]
    assert report.facts["broken"] == 10


def test_rejected_rows_are_not_checked() -> None:
    """What is out already cannot break the set."""
    frame = records(["a"]).with_columns(split=pl.lit("dev"), rejected=pl.lit("x: gone"))
    assert validate(frame, Options()).facts["checked"] == 0


def test_a_recipe_may_bring_its_own_schema(tmp_path: Path) -> None:
    """A file and an inline schema say the same."""
    schema = {"properties": {"label": {"type": "string", "maxLength": 2}}}
    file = tmp_path / "own.json"
    file.write_text(json.dumps(schema))
    frame = records(["a", "b"], label=pl.Series(["ok", "too long"]))
    for given_schema in (schema, str(file)):
        (violation,) = validate(frame, Options(schema=given_schema)).violations
        assert str(violation) == "a.csv:2: $.label: 'too long' is too long"


def test_long_values_are_cut_in_the_middle() -> None:
    """Documents may be private: the value is cut, the rule stays readable."""
    schema = {"properties": {"label": {"maxLength": 2}}}
    (violation,) = validate(
        records(["a"], label=pl.lit("x" * 999)), Options(schema=schema)
    ).violations
    assert violation.message.startswith("'xxx")
    assert violation.message.endswith("x' is too long")
    assert len(violation.message) < 165


def test_a_schema_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file and a schema that is none are mistakes of the recipe."""
    with pytest.raises(RecipeError, match="the schema cannot be read: "):
        validate(records(["a"]), Options(schema=str(tmp_path / "none.json")))
    with pytest.raises(RecipeError, match="record_schema: this is no JSON Schema: "):
        validate(records(["a"]), Options(schema={"type": "strnig"}))


SCHEMAS = [
    load("record"),
    {"properties": {"label": {"pattern": "^a"}, "position": {"maximum": 3}}},
    {"properties": {"messages": {"items": {"properties": {"content": {"minLength": 2}}}}}},
    {"$ref": "#/$defs/r", "$defs": {"r": {"properties": {"label": {"enum": ["a", None]}}}}},
    {
        "anyOf": [
            {"properties": {"label": {"const": "a"}}},
            {"properties": {"meta": {"type": "null"}}},
        ]
    },
    {
        "if": {"properties": {"split": {"const": "test"}}},
        "then": {"properties": {"label": {"type": "string"}}},
    },
    {"properties": {"changes": {"uniqueItems": True}}, "additionalProperties": True},
    {"properties": {"meta": {"type": "string"}}, "unevaluatedProperties": False},
    {"additionalProperties": {"type": ["string", "null", "array"]}},
    {
        "properties": {"provenance": {"properties": {"line": {"type": "integer"}}}},
        "patternProperties": {"^l": {"maxLength": 1}},
    },
]
TEXT = st.sampled_from([None, "", "a", "ab", "b"])


@pytest.mark.parametrize("schema", SCHEMAS)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_verdicts_equal_those_on_whole_rows(schema: dict, data: st.DataObject) -> None:
    """Taking schema and rows apart changes no verdict."""
    size = data.draw(st.integers(1, 6))
    column = st.lists(TEXT, min_size=size, max_size=size)
    lists = st.lists(
        st.lists(st.sampled_from(["a", "x: y"]), max_size=2), min_size=size, max_size=size
    )
    frame = records(
        [text or "" for text in data.draw(column)],
        label=pl.Series(data.draw(column), dtype=pl.String),
        meta=pl.Series(data.draw(column), dtype=pl.String),
        split=pl.Series(
            data.draw(
                st.lists(st.sampled_from([None, "test", "dev"]), min_size=size, max_size=size)
            ),
            dtype=pl.String,
        ),
        changes=pl.Series(data.draw(lists), dtype=pl.List(pl.String)),
    )
    gone = pl.when(pl.col("position") % 2 == 0).then("messages")
    rows = frame.with_columns(
        messages=gone, provenance=pl.when(pl.col("position") < 2).then("provenance")
    ).collect()
    gate = Gate(schema)
    parts = conjuncts(schema, rows.columns)
    assert is_valid(rows, parts).to_list() == [
        gate.is_valid(row) for row in rows.iter_rows(named=True)
    ]


def test_circles_and_unknown_words_are_not_blind() -> None:
    """Where the reading of a schema would not end, or a keyword is unknown, values stay as they are."""
    circle = {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}}
    assert not is_blind(circle, ("x",), circle)
    assert not is_blind({"newWord": 1}, ("x",), {})
    assert is_blind({"type": "object"}, ("x",), {})
