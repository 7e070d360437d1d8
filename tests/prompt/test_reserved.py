"""Marks that vendors reserve, found where they are."""

import pytest

from curator.prompt.reserved import RESERVED, Mark, reserved

EVERY = sorted({mark for marks in RESERVED.values() for mark in marks})


def test_a_mark_is_named_with_each_vendor_that_reserves_it():
    """By position, then vendor; positions are code points."""
    assert reserved("é <|im_start|>user\n\nHuman: [/INST]") == [
        Mark("openai", "<|im_start|>", 2),
        Mark("qwen", "<|im_start|>", 2),
        Mark("anthropic", "\n\nHuman:", 18),
        Mark("meta", "[/INST]", 27),
        Mark("mistral", "[/INST]", 27),
    ]


@pytest.mark.parametrize("mark", EVERY)
def test_every_mark_of_the_table_is_found(mark):
    """None hides another: it is found at both ends, and once each."""
    vendors = sorted(vendor for vendor, marks in RESERVED.items() if mark in marks)
    assert reserved(f"{mark}a{mark}") == [
        Mark(vendor, mark, at) for at in (0, len(mark) + 1) for vendor in vendors
    ]


def test_no_mark_begins_with_another():
    """So the first one found at a place is the only one there."""
    assert not [(a, b) for a in EVERY for b in EVERY if a != b and a.startswith(b)]


@pytest.mark.parametrize(
    "text", ["", "Human: hi", "<b>", "{{ input }}", "[inst]", "<|" * 150_000, "\n" * 300_000]
)
def test_plain_text_holds_none(text):
    """Marks are exact, and a giant text is read once."""
    assert reserved(text) == []
