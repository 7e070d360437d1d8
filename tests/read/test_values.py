"""Values of a source: numbers keep their digits, and what JSON forbids is no value."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.read.values import (
    Digits,
    Unmappable,
    dumps,
    kind,
    loads,
    members,
    objects,
    only_text,
    text_of,
)

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(_values)
def test_what_is_written_is_what_was_read(value):
    """With the numbers to the letter."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert dumps(loads(text)) == text
    assert dumps(value) == text


@given(st.dictionaries(st.text(), _values, max_size=4), st.sampled_from([None, 1]))
def test_members_are_the_values_and_their_very_text(value, indent):
    """The text of each is what stands in the source."""
    text = json.dumps(value, indent=indent)
    found, raw = members(text)
    assert found == loads(text)
    assert {key: json.loads(each) for key, each in raw.items()} == value
    assert all(each in text for each in raw.values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}{}",
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        "{1:2}",
        '{"a":1 "b":2}',
        "[",
        '{"a":1',
        '{"a":"',
    ],
)
def test_broken_json_is_no_value(text):
    """Both readers say so, as does Python."""
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    for read in (loads, members):
        with pytest.raises(Unmappable, match=r"^broken JSON \| "):
            read(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (None, None),
        (3, "3"),
        (True, "true"),
        (2.0, "2.0"),
        (Digits("1.50"), "1.50"),
        (dt.date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_plain_values_are_their_text(value, text):
    """Dates come from typed columns."""
    assert text_of(value, "$.x") == text
    assert type(text_of(value, "$.x")) in (str, type(None))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (3, "a number"),
        (2.0, "a number"),
        (Digits("1.50"), "a number"),
        (False, "a boolean"),
        ([], "a list"),
    ],
)
def test_where_only_text_will_do_a_number_is_the_wrong_type(value, name):
    """Text and null stay as they are."""
    with pytest.raises(Unmappable) as error:
        only_text(value, "$.x")
    assert str(error.value) == f"wrong type | $.x: {name} where text is expected"
    assert (only_text("3", "$.x"), only_text(None, "$.x")) == ("3", None)


@pytest.mark.parametrize(("value", "name"), [({}, "an object"), ([], "a list")])
def test_lists_and_objects_are_no_text(value, name):
    """The reason says which, and where."""
    with pytest.raises(Unmappable) as error:
        text_of(value, "$.x")
    assert str(error.value) == f"wrong type | $.x: {name} where text is expected"
    assert kind(value) == name


def test_lists_of_objects_may_be_json_text():
    """As they stand in the cell of a table."""
    assert objects('[{"a": "b"}]', "$.x") == [{"a": "b"}]
    with pytest.raises(Unmappable, match="missing field"):
        objects(None, "$.x")


def test_numbers_that_json_does_not_know_are_written_as_text():
    """They can only come from typed columns."""
    assert dumps({"a": float("nan"), "b": float("inf")}) == '{"a":"nan","b":"inf"}'
