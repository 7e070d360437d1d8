"""Front matter becomes fields whose values are text as it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.read.documents.front_matter import taken_apart, title_of


def fields(front: str) -> dict:
    """Give the fields of a page that says nothing else."""
    return taken_apart(f"---\n{front}\n---\nDogs.\n")[0]


def test_plain_fields_are_told_apart():
    """Comments are left out."""
    assert fields("title: Pets\n# note\nurl: http://a/b") == {"title": "Pets", "url": "http://a/b"}


def test_nested_fields_are_lists_and_objects():
    """As sources and redirects are written."""
    told = "title: 'It''s'\nold:\n  - /a\n  - /b\nby:\n  name: Ann # her\n  year: 1950\nx: {}"
    assert fields(told) == {
        "title": "It's", "old": ["/a", "/b"], "by": {"name": "Ann", "year": "1950"}, "x": {},
    }  # fmt: skip


def test_no_value_is_made_into_something_else():
    """A version is no number, and Norway no falsehood."""
    told = "a: 1.10\nb: no\nc: 2020-01-01\nd: [0x10, ~]"
    assert fields(told) == {"a": "1.10", "b": "no", "c": "2020-01-01", "d": ["0x10", "~"]}


@pytest.mark.parametrize(
    "front",
    [
        "a: &x [1, 2]\nb: *x",
        "a: [1\nb: 2",
        "a: [1]\na: [2]",
        "a: {[1]: 2}",
        "a: 1\n\nnot a field",
        "a: " + "[" * 21 + "]" * 21,
        "a: [" + "1, " * 30_000 + "]",
    ],
)
def test_what_is_not_sound_data_is_kept_whole(front):
    """Aliases could stand for millions of values; the rest would have to be guessed."""
    assert fields(front) == {"front_matter": front}


def test_a_title_is_found_beside_what_is_not_sound():
    """A colon too many does not hide it."""
    assert title_of(fields("title: Pets: all\nb: [")) == "Pets: all"
    assert title_of(fields("title: [Pets]")) == ""


@given(st.text(alphabet="ab:#'\"- \n\\[]{}|>&*é", max_size=40))
def test_nothing_is_lost(text):
    """Whatever stands there, the page after it is the same."""
    meta, rest = taken_apart(f"---\na: {text}\n---\nDogs.\n")
    assert rest.endswith("Dogs.\n")
    assert isinstance(title_of(meta), str)


def test_deep_nesting_is_refused_in_time():
    """Before anything is built of it."""
    assert "front_matter" in fields("a: " + "[" * 60_000)
