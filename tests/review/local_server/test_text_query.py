"""The words of a search box, without a server."""

import json

import pytest

from curator.review.local_server.text_query import MAX_DEPTH, matches, parse

TEXT = "Tea with milk, at 5.30 p.m."


def found(query, text=TEXT, field=None):
    return matches(json.dumps({"text": text, "n": None}), query, field)


@pytest.mark.parametrize(
    "query",
    ["tea", "TEA milk", "milk tea", '"with milk"', "mil*", "-coffee", "coffee | milk", "(a | tea) at",
     "tea -(coffee | cocoa)", "tea +milk", '-"milk with"', "5.30", "p.m.", "tea OR coffee", "a OR tea",
     '"with mi*" | tea', "tea - milk"],
)  # fmt: skip
def test_a_text_fits(query):
    """Each of these holds of the text."""
    assert found(query)


@pytest.mark.parametrize(
    "query",
    ["coffee", "tea coffee", '"milk with"', "ilk", "-tea", "tea -milk", "-(tea | coffee)", "milk*x",
     '-"with milk"', "(coffee | cocoa) tea", "at 5 pm"],
)  # fmt: skip
def test_a_text_does_not_fit(query):
    """None of these holds of the text."""
    assert not found(query)


def test_a_phrase_stays_within_a_field():
    """The end of one and the begin of the next are no phrase."""
    fields = json.dumps({"a": "green tea", "b": "black coffee"})
    assert matches(fields, "tea black", None)
    assert not matches(fields, '"tea black"', None)
    assert matches(fields, "coffee", "b")
    assert not matches(fields, "coffee", "a")
    assert not matches(fields, "coffee", "c")


def test_a_chat_is_searched_by_what_was_said():
    """Not by who said it."""
    chat = json.dumps(
        {"chat": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]}
    )
    assert matches(chat, "hi yes", "chat")
    assert not matches(chat, "user", None)
    assert not matches(chat, '"hi yes"', None)


@pytest.mark.parametrize("query", ["", " ", "()", "-", "((", '"', "|", "-()", "*", "+ | -"])
def test_a_box_without_words_fits_everything(query):
    """Whatever is typed can be read."""
    assert found(query)


def test_parentheses_without_end_are_read_as_deep_as_is_sensible():
    """A hostile box costs no stack."""
    assert parse("(" * 10_000 + "tea").choices
    assert found("(" * (MAX_DEPTH + 5) + "tea" + ")" * 10_000)


def test_the_fast_way_for_plain_text_finds_the_same_words():
    """Plain and composed text go different ways to the same words."""
    assert found("cafe_1 Don't", "CAFE_1 don't É")
    assert found("cafe_1 Don't", "CAFE_1 don't")
    assert found("é", "E\u0301")
    assert found("ﬁne", "fine")
