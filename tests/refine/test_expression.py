"""What an expression on fields means, and that none can do anything but compare."""

import polars as pl
import pytest

from curator.errors import RecipeError
from curator.records import MESSAGES, complete
from curator.refine.expression import parse

META = '{"score": 4.5, "n": 3, "text": "07", "ok": true, "none": null, "tags": ["x", "y"], "in": {"a b": "é"}}'
TALK = [
    {"role": "user", "content": "Where is my refund?"},
    {"role": "assistant", "content": "On its way.", "reasoning": "They want money."},
]


def value(expression, **columns):
    """What the expression says of one row with label "refund" and no context."""
    columns = {"label": pl.lit("refund"), "meta": pl.lit(META), **columns}
    row = pl.LazyFrame([[TALK]], schema={"messages": MESSAGES}, orient="row").with_columns(
        **columns
    )
    return complete(row).select(parse(expression)).collect().item()


@pytest.mark.parametrize(
    "expression",
    [
        'label == "refund"',
        '"refund" == label',
        'label != "other"',
        'label in ["refund", "other"]',
        'label not in ("other", "none")',
        '"refund" in input',
        '"refund" not in output',
        'input == "Where is my refund?"',
        'reasoning == "They want money."',
        "len(messages) == 2",
        "len(output) < len(input)",
        "len(reasoning) >= 16",
        "meta.score > 4",
        "4 < meta.score <= 4.5",
        "meta.score > meta.n",
        "meta.n in [1, 2, 3]",
        "meta.n != 4",
        'meta.n == "3"',
        "meta.text == 7",
        'meta.text == "07"',
        "meta.score > -1",
        "meta.ok",
        "meta.ok == true",
        "meta.ok == True",
        "not meta.ok == false",
        'meta.tags[1] == "y"',
        'meta["in"]["a b"] == "é"',
        '"x" in meta.tags',
        "meta.zzz is None",
        "meta.none is null",
        "context == None",
        "label is not None",
        'label == "x" or meta.n == 3',
        'meta.zzz == 1 or label == "refund"',
        'not (label == "x" and meta.n == 3)',
        "  meta.n\n== 3 ",
    ],
)
def test_holds(expression):
    """Each of these is true of the row."""
    assert value(expression) is True


@pytest.mark.parametrize(
    "expression",
    [
        'label == "Refund"',
        'label in ["other"]',
        '"money" in input',
        "meta.score >= 5",
        "len(messages) > 2",
        "not meta.ok",
        "meta.n is None",
        'meta.zzz == 1 and label == "x"',
        "1 < meta.n < 3",
    ],
)
def test_does_not_hold(expression):
    """Each of these is false of the row."""
    assert value(expression) is False


@pytest.mark.parametrize(
    "expression",
    [
        "meta.zzz == 1",
        'meta.zzz != "a"',
        "not meta.zzz",
        'context in ["a"]',
        "meta.tags > 1",
        "len(context) > 0",
    ],
)
def test_is_undecided_where_a_field_is_missing(expression):
    """A missing field, or one that holds no number where one is asked for, decides nothing."""
    assert value(expression) is None


def test_numbers_that_are_none():
    """Not-a-number is above nothing; text from CSV counts as a number, its truth in any case."""
    assert value("meta.a > 0", meta=pl.lit('{"a": "nan"}')) is None
    assert value("meta.a > 0", meta=pl.lit('{"a": "1.5"}')) is True
    assert value("meta.a == true", meta=pl.lit('{"a": "True"}')) is True


def test_provenance_is_a_field():
    """Where a row came from can be asked for."""
    born = pl.struct(pl.lit("a.csv").alias("uri"), pl.lit(7).alias("row"))
    frame = pl.LazyFrame({"provenance": [None]}).select(provenance=born)
    asked = parse('provenance.uri == "a.csv" and provenance.row < 8')
    assert frame.select(asked).collect().item() is True


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ('lable == "x"', "'lable' is not a field of a record\n  hint: did you mean 'label'?"),
        (
            "reward > 1",
            "'reward' is not a field of a record\n  hint: meta.reward is a source's own field",
        ),
        (
            "provenance.urn == 'x'",
            "'provenance.urn' is not a field of a record\n  hint: did you mean 'provenance.uri'?",
        ),
        ("label", "'label' is not a condition\n  hint: write for example label == \"refund\""),
        ("1 < 2", "'1 < 2' names no field\n  hint: compare a field with a value"),
        ("messages == 2", "'messages == 2' compares a list\n  hint: compare len(messages)"),
        (
            "label is 'x'",
            "\"label is 'x'\" compares with is\n  hint: use == for values, is None for missing ones",
        ),
        (
            "meta.id == 12345678901234567890",
            "'12345678901234567890' is too large to compare exactly\n  hint: write it as text: \"12345678901234567890\"",
        ),
        (
            "label in []",
            '\'[]\' is not a list of constants\n  hint: write for example ["a", "b"]',
        ),
        (
            "len(3) > 1",
            "'3' has no length\n  hint: len() takes text or messages",
        ),
    ],
)
def test_mistakes_are_named(expression, message):
    """A mistake is answered with what is wrong and the nearest right word."""
    with pytest.raises(RecipeError) as caught:
        parse(expression)
    assert str(caught.value) == message


def test_what_is_no_expression_is_told_the_grammar():
    """Where nothing can be read at all, the words that can be used are listed."""
    with pytest.raises(RecipeError, match="cannot be read: invalid syntax") as caught:
        parse("label = 'x'")
    assert caught.value.hint == (
        "use and, or, not, ==, !=, <, <=, >, >=, in, not in, is None, len(), fields, text and numbers"
    )


def test_long_chains_are_no_trouble():
    """Nothing within the length limit overruns a stack."""
    assert value("not " * 490 + 'label == "refund"') is True


@pytest.mark.parametrize(
    "hostile",
    [
        "__import__('os').system('true') == 0",
        "label.__class__ == 'x'",
        "open('x') == 1",
        "(lambda: 1)() == 1",
        "[x for x in label] == 1",
        "f'{label}' == 'x'",
        "(label := 'x') == 'x'",
        "label + 'x' == 'x'",
        "2 ** 9999999 == label",
        "len(label, label) == 1",
        "len(*label) == 1",
        "meta[label] == 1",
        "meta['a\\'] == 1",
        'meta["a\'b"] == 1',
        "b'x' == label",
        "1j == label",
        "label == ...",
        "label if label else label",
        "await label",
        "x; y",
        "",
        "\0",
        "(" * 400 + "label" + ")" * 400,
        "label == '" + "x" * 3_000 + "'",
    ],
)
def test_nothing_can_be_run(hostile):
    """Whatever is not a comparison of fields and constants is refused, not run."""
    with pytest.raises(RecipeError):
        parse(hostile)
