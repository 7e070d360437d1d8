"""Which rows meet an expression or a schema, and what is said of the others."""

import polars as pl
import pytest

from curator.errors import RecipeError
from curator.records import MESSAGES, complete
from curator.refine.require import Options, refine


def examples(*metas, **columns):
    talk = [{"role": "user", "content": "hi", "tool_calls": '[{"name": "f"}]'}]
    rows = [[talk, meta] for meta in metas]
    schema = {"messages": MESSAGES, "meta": pl.String}
    return complete(pl.LazyFrame(rows, schema=schema, orient="row").with_columns(**columns))


def reasons(rows, **options):
    return refine(rows, Options(**options)).collect()["rejected"].to_list()


def test_an_expression_decides():
    """A row for which it is false is out, and so is one that lacks the field."""
    rows = examples('{"score": 2}', '{"score": 0}', "{}", None)
    assert reasons(rows, expression="meta.score >= 1") == [
        None,
        "require: does not hold | meta.score >= 1",
        "require: a field is missing | meta.score >= 1",
        "require: a field is missing | meta.score >= 1",
    ]


def test_a_schema_decides():
    """The first broken rule is named with its path; meta is looked into."""
    score = {"properties": {"score": {"type": "number"}}, "required": ["score"]}
    schema = {"properties": {"meta": score}, "required": ["meta"]}
    assert reasons(examples('{"score": 2}', '{"score": "2"}', "{}", None), schema=schema) == [
        None,
        "require: breaks the schema | $.meta.score: '2' is not of type 'number'",
        "require: breaks the schema | $.meta: 'score' is a required property",
        "require: breaks the schema | $: 'meta' is a required property",
    ]


def test_a_schema_sees_values_not_json_text():
    """Tool calls and tools are values, and nulls are left out."""
    call = {"type": "object", "required": ["name"]}
    calls = {"type": "array", "items": call}
    message = {"properties": {"tool_calls": calls, "reasoning": False}}
    tools = {"type": "array", "maxItems": 1}
    schema = {"properties": {"messages": {"items": message}, "tools": tools, "label": False}}
    assert reasons(examples("{}", tools=pl.lit("[]")), schema=schema) == [None]
    assert reasons(examples("{}", tools=pl.lit("[1, 2]")), schema=schema) == [
        "require: breaks the schema | $.tools: [1, 2] is too long"
    ]


def test_both_must_be_met():
    """An expression and a schema together let pass what meets both."""
    rows = examples('{"a": 1, "b": 1}', '{"a": 1}', '{"b": 1}')
    schema = {"properties": {"meta": {"required": ["b"]}}}
    kept = [reason is None for reason in reasons(rows, expression="meta.a == 1", schema=schema)]
    assert kept == [True, False, False]


def test_the_first_reason_stays():
    """A row rejected before keeps its reason and is not looked at."""
    rows = examples("{}", rejected=pl.lit("x: y"))
    assert reasons(rows, expression="meta.a == 1", schema={"not": {}}) == ["x: y"]


def test_columns_are_those_of_before():
    """Nothing but ``rejected`` is written."""
    rows = examples('{"a": 1}')
    assert (
        refine(rows, Options(expression="meta.a == 1", schema={})).collect().equals(rows.collect())
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "nothing is required\n  hint: give an expression or a schema"),
        (
            {"expression": "lable == 1"},
            "'lable' is not a field of a record\n  hint: did you mean 'label'?",
        ),
        (
            {"schema": {"type": "strin"}},
            "schema is no JSON Schema: $.type: 'strin' is not valid under any of the given schemas",
        ),
        (
            {"schema": {"properties": {"a": {"$ref": "https://example.org/x.json"}}}},
            "schema refers to 'https://example.org/x.json', which lies outside it\n  hint: nothing is fetched: put it under $defs and refer to #/$defs/...",
        ),
    ],
)
def test_mistakes_are_found_with_the_recipe(options, message):
    """What cannot be read is refused before any row is read."""
    with pytest.raises(RecipeError) as caught:
        Options(**options)
    assert str(caught.value) == message
