"""Many texts at once."""

import time
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator import schemas
from curator.personal_data import _BY_TYPE, FOUND, TYPES, found

TEXTS = [
    "nothing here", None, "jane@ferry.org, ring 212-736-5000", "", "é😀 jane@ferry.org",
    "https://a:b2@ferry.org jane@ferry.org", "536-22-8726 and 536-22-8727",
]  # fmt: skip


def test_finds_are_told_by_row_and_place():
    """In order, in code points, with what the columns say."""
    rows = found(pl.Series(TEXTS))
    assert dict(rows.schema) == FOUND
    assert rows.select("row", "type", "start", "end").rows() == [
        (2, "email", 0, 14), (2, "phone", 21, 33), (4, "email", 3, 17), (5, "url_password", 8, 12),
        (5, "email", 23, 37), (6, "us_ssn", 0, 11), (6, "us_ssn", 16, 27),
    ]  # fmt: skip


def test_only_the_wanted_types_are_looked_for():
    """What overlaps a type that is not wanted is free for the next one."""
    assert set(found(pl.Series(TEXTS), ["email"])["type"]) == {"email"}
    assert found(pl.Series(["https://a:b2@ferry.org"]), ["email"])["start"].to_list() == [10]
    assert found(pl.Series(TEXTS), []).is_empty()


def test_of_overlapping_finds_the_stronger_type_stands():
    """A card's check digit tells more than the look of a telephone number, wherever each begins."""
    rows = found(pl.Series(["+1 4539 5787 6362 1486"]))
    assert rows.select("type", "start").rows() == [("payment_card", 3)]
    assert set(found(pl.Series(["+1 4539 5787 6362 1486"]), ["phone"])["type"]) == {"phone"}


def test_nothing_in_no_texts():
    """An empty column, and one of nulls."""
    assert found(pl.Series([], dtype=pl.String)).is_empty()
    assert found(pl.Series([None], dtype=pl.String)).is_empty()


def test_the_recipe_knows_the_types():
    """What may stay is named by a type; an editor knows them all."""
    rule = schemas.load("recipe")["$defs"]["publish.hub"]["properties"]["personal_data"]
    assert tuple(rule["items"]["enum"]) == TYPES


def test_there_are_the_types_that_the_files_hold():
    """A file is a type: the names are theirs."""
    assert len(TYPES) == 14
    assert set(TYPES) == set(_BY_TYPE)


@given(st.lists(st.sampled_from([
    "jane@ferry.org", "212-736-5000", "4539578763621486", "DE75512108001245126199", "81.2.69.142", "536-22-8726",
    "AB123456C", "https://a:b2@ferry.org", "+44 20 7123 4567", "NHS", " ", ",", "\n", ":", "call ", "12", "x", "é", "-",
]), max_size=12))  # fmt: skip
def test_gates_never_keep_a_find_back(parts):
    """What looking at every text finds, looking behind the gates finds as well; and no finds overlap."""
    text = "".join(parts)
    rows = found(pl.Series([text]))
    told = {(kind, start, end) for _, kind, start, end, _ in rows.iter_rows()}
    alone = {(kind, span.start, span.end) for kind in TYPES for span in _BY_TYPE[kind].spans(text)}
    assert told <= alone
    for kind, start, end in alone - told:  # only an overlap may hide one
        assert any(s < end and start < e for _, s, e in told), (kind, text[start:end])
    spans = sorted((start, end) for _, start, end in told)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "1 ", "a@", "@", ":", "1.", "1-", "::", "ab:", "eyJ", "(1", "+1 ", "DE89 ", "://a:", "-----BEGIN PRIVATE KEY-----",
     "call ", "1.1.1.1.", "f:", "P<<<<", "0x", "bc1q", "4111 ", "NHS ", "call 1 ",
        "a@b.co "],
)  # fmt: skip
def test_no_text_takes_long(unit):
    """Half a million characters of anything take no more than moments: nobody can stop a run with one row."""
    text = (unit * (500_000 // len(unit) + 1))[:500_000]
    start = time.perf_counter()
    found(pl.Series([text]))
    assert time.perf_counter() - start < 10
