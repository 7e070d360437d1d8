"""Rows of any format become RECORD frames: the fast way and the simple one say the same."""

from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.read import rows
from curator.read.files import SourceFile
from curator.records import RECORD

SOURCE = SourceFile(path=Path("desk.csv"), uri="desk.csv", sha256="0" * 64, size_bytes=1)


def options(**given_options) -> SimpleNamespace:
    common = dict.fromkeys(["map", "shape", "roles", "split", "group", "licence", "language"])
    return SimpleNamespace(**common | {"max_chars": 1_000_000} | given_options)


def both(raw: pl.DataFrame, **given_options) -> tuple[pl.DataFrame, pl.DataFrame]:
    reading = rows.recognise(raw.to_dicts(), options(**given_options), SOURCE.uri)
    numbers = pl.int_range(1, raw.height + 1, eager=True)
    fast = rows.from_frame(raw, reading, SOURCE, numbers)
    slow = rows.from_dicts(
        [(at, None, row) for at, row in enumerate(raw.to_dicts(), 1)], reading, SOURCE
    )
    return fast, slow


def test_rows_carry_their_origin_and_what_was_not_mapped():
    """And every other column of a record."""
    raw = pl.DataFrame(
        [("Late?", "delay", 7, "é")], schema=["text", "label", "n", "x"], orient="row"
    )
    fast, slow = both(raw, licence="MIT", split="train")
    assert dict(fast.schema) == dict(slow.schema) == dict(RECORD)
    row = fast.row(0, named=True)
    assert (row["meta"], row["licence"], row["split"]) == ('{"n":7,"x":"é"}', "MIT", "train")
    assert row["provenance"]["uri"] == "desk.csv"
    assert row["provenance"]["row"] == 1
    assert fast.equals(slow)


def test_a_mapped_split_goes_before_the_constant_one():
    """The constant fills what the row leaves open."""
    raw = pl.DataFrame(
        [("a", "b", "dev"), ("c", "d", None)], schema=["text", "label", "split"], orient="row"
    )
    fast, slow = both(raw, split="train")
    assert fast["split"].to_list() == slow["split"].to_list() == ["validation", "train"]


def test_typed_chats_with_calls_take_the_careful_way():
    """No field of a message gets lost on the way."""
    chat = [{"role": "user", "content": "x", "mood": "cross"}]
    raw = pl.DataFrame([{"messages": chat, "when": 1.5}])
    fast, slow = both(raw)
    assert fast.equals(slow)
    assert fast["meta"][0] == '{"when":1.5,"messages":{"0":{"mood":"cross"}}}'


def test_an_over_long_text_is_rejected_wherever_it_stands():
    """In a column, in meta, in a message."""
    raw = pl.DataFrame(
        [("aaaa", "b", "c"), ("a", "b", "cccc"), ("a", "b", "c")],
        schema=["text", "label", "x"],
        orient="row",
    )
    fast, slow = both(raw, max_chars=3)
    assert fast.equals(slow)
    assert fast["rejected"].to_list() == [
        "read: over-long field | $.text has 4 characters",
        "read: over-long field | $.x has 4 characters",
        None,
    ]
    chats = pl.DataFrame([{"messages": [{"role": "user", "content": "aaaa"}]}])
    assert both(chats, max_chars=3)[0]["rejected"][0].startswith("read: over-long field")


@pytest.mark.parametrize("numbers", [[1, None], [1.5, None], [True, None]])
def test_typed_numbers_are_labels_but_no_texts(numbers):
    """A column of numbers is the wrong type for a question, row by row where it says something."""
    kind = "boolean" if numbers[0] is True else "number"
    raw = pl.DataFrame({"q": ["x", "x"], "l": ["a", "b"], "n": numbers})
    fast, slow = both(raw, map={"input": "q", "label": "l", "context": "n"})
    assert fast.equals(slow)
    assert fast["rejected"].to_list() == [
        f"read: wrong type | $.n: a {kind} where text is expected",
        None,
    ]
    fast, slow = both(raw, map={"input": "q", "output": "l", "label": "n"})
    assert fast.equals(slow)
    assert fast["rejected"].to_list() == [None, "read: missing field | $.n"]


def test_typed_numbers_are_no_messages():
    """Also where every message of the column is one."""
    fast, slow = both(pl.DataFrame([{"messages": [{"role": "user", "content": 3}]}]))
    assert fast.equals(slow)
    assert fast["rejected"][0] == (
        "read: wrong type | $.messages[0].content: a number where text is expected"
    )


def test_parts_beside_a_shape_are_added_to_it():
    """A group can be named without mapping all the rest."""
    raw = pl.DataFrame(
        [("q", "a", "g1")], schema=["prompt", "completion", "customer"], orient="row"
    )
    fast, slow = both(raw, map={"group": "customer"})
    assert fast.equals(slow)
    assert (fast["group"][0], fast["meta"][0]) == ("g1", None)
    assert fast["messages"].list.len().to_list() == [2]


def test_a_shape_can_be_forced_and_must_exist():
    """The error lists them."""
    raw = pl.DataFrame(
        [("q", "a", "c")], schema=["instruction", "output", "completion"], orient="row"
    )
    with pytest.raises(
        RecipeError, match=r"'chat' is not a shape\n  hint: use one of preference, "
    ):
        both(raw, shape="chat")
    fast, _ = both(raw, shape="prompt_completion")
    assert fast["rejected"].to_list() == ["read: missing field | $.prompt"]


def test_a_map_that_names_no_field_is_refused_before_anything_is_read():
    """With the nearest field that exists."""
    raw = pl.DataFrame([("q", "a")], schema=["question", "answer"], orient="row")
    with pytest.raises(RecipeError) as error:
        both(raw, map={"input": "qestion", "output": "answer"})
    assert str(error.value) == (
        "desk.csv: the map names fields that are not there\n"
        "map.input: no row has a field 'qestion'\n  hint: did you mean question?"
    )


_text = st.none() | st.sampled_from(["", "x", "3", 'é"\\\n\t\x01/\x7f😀', "a####b", "[]"])


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [
            ["text", "label"],
            ["instruction", "output"],
            ["prompt", "completion"],
            ["question", "answer"],
        ]
    ),
    st.lists(
        st.tuples(_text, _text, _text, st.none() | st.integers(-5, 5) | st.booleans()),
        min_size=1,
        max_size=5,
    ),
)
def test_the_two_ways_agree(names, cells):
    """Whatever stands in plain columns."""
    schema = {**dict.fromkeys([*names, "x"], pl.String), "n": pl.Int64}
    fast, slow = both(pl.DataFrame(cells, schema=schema, orient="row", strict=False))
    for column in RECORD:
        assert fast[column].to_list() == slow[column].to_list(), column
