"""Plain text falls into paragraphs and lists that are exact spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.read.documents.plain_text import parse


def blocks(text: str) -> list[tuple[str, str]]:
    """Give kind and text of each block."""
    document = parse(text.encode(), "utf-8")
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_blank_lines_part_paragraphs():
    """Lines of spaces are blank; indentation stays."""
    assert blocks("\n  One,\ntwo.\n \t\n\nThree.\n") == [
        ("paragraph", "  One,\ntwo."),
        ("paragraph", "Three."),
    ]


def test_lists_are_told_by_their_marks():
    """Items may run on; a paragraph with a number in front is none."""
    assert blocks("Bring:\n\n- a\n  more\n- b\n\n1. One\n2) Two\n\n12. May was\na fine day.") == [
        ("paragraph", "Bring:"),
        ("list", "- a\n  more\n- b"),
        ("list", "1. One\n2) Two"),
        ("paragraph", "12. May was\na fine day."),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("About pets\n\nDogs may.", "About pets"),
        ("Dogs may.\n\nCats too.", ""),
        ("About pets\nDogs may.\n\nMore.", ""),
        ("About pets", ""),
    ],
)
def test_a_first_line_that_stands_alone_is_the_title(text, title):
    """Unless it is a sentence, or all there is."""
    document = parse(text.encode(), "utf-8")
    assert document.title == title
    assert document.blocks[0].kind == ("heading" if title else "paragraph")


def test_questions_and_answers_are_told():
    """As people write them."""
    assert blocks("Q: May I?\nA: Yes.") == [("faq", "Q: May I?\nA: Yes.")]


@given(st.text(alphabet="-1. \n\ta😀", max_size=40))
def test_everything_said_is_in_a_block(text):
    """Between blocks there is only space."""
    document = parse(text.encode(), "utf-8")
    end, between = 0, ""
    for block in document.blocks:
        assert end <= block.start < block.end
        between += document.text[end : block.start]
        end = block.end
    assert (between + document.text[end:]).strip() == ""


def test_a_line_of_spaces_is_read_in_time():
    """A million of them cost a moment."""
    assert blocks("a\n" + " " * 1_000_000 + "\nb") == [("heading", "a"), ("paragraph", "b")]
