"""Every span is exact, whatever a text holds: later steps cite it, and training learns from it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.read.documents import markdown, plain_text
from curator.read.values import Unmappable

LINES = st.sampled_from([
    "# A", "## b {#c}", "- x", "  - y", "1. z", "> q", "```", "~~~", "---", "===", "    code",
    "", " ", "\t", "word", "Q: a?", "A: b", "<!-- c -->", "<!--", "<div>", "</div>", "{: .d}",
    "| a | b |", "|---|---|", "é😀", "[a]: b", "\u00a0", "e\u0301", "\x0c", "\u2028", "\ufeff",
])  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(LINES).map("\n".join), st.lists(LINES).map("\r\n".join))


@pytest.mark.parametrize("form", [markdown, plain_text])
@given(text=TEXTS)
def test_spans_are_exact_and_apart(form, text):
    """In order, inside of the text, not empty, without space around them."""
    try:
        document = form.parse(text.encode("utf-8", "ignore"), "utf-8")
    except Unmappable:
        return
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text)
        said = document.text[block.start : block.end]
        assert said == said.strip("\n").rstrip()
        assert (block.level is not None) == (block.kind == "heading")
        end = block.end


@pytest.mark.parametrize("form", [markdown, plain_text])
@given(text=TEXTS)
def test_the_text_is_in_one_form(form, text):
    """NFC, line feeds alone, no control character; reading it again changes nothing."""
    try:
        document = form.parse(text.encode("utf-8", "ignore"), "utf-8")
        again = form.parse(document.text.encode(), "utf-8")
    except Unmappable:
        return
    assert unicodedata.is_normalized("NFC", document.text)
    assert not {"Cc"} & {unicodedata.category(char) for char in document.text if char not in "\n\t"}
    if not document.meta and not again.meta:
        assert (again.text, again.blocks) == (document.text, document.blocks)


@given(text=TEXTS)
def test_plain_text_has_no_word_outside_of_its_blocks(text):
    """Between blocks there is only space."""
    try:
        document = plain_text.parse(text.encode("utf-8", "ignore"), "utf-8")
    except Unmappable:
        return
    end, between = 0, ""
    for block in document.blocks:
        between += document.text[end : block.start]
        end = block.end
    assert (between + document.text[end:]).strip() == ""
