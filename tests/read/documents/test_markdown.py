"""Markdown blocks are exact spans of the text as it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.read.documents import markdown
from curator.read.documents.markdown import parse


def blocks(text: str) -> list[tuple[str, int | None, str]]:
    """Give kind, level and text of each block."""
    document = parse(text.encode(), "utf-8")
    return [(b.kind, b.level, document.text[b.start : b.end]) for b in document.blocks]


def test_each_kind_of_block_is_found():
    """Headings have a level; lists, tables and code are one block each."""
    table, code = "| a | b |\n|---|---|\n| 1 | 2 |", "```py\n# no heading\n\nx\n```"
    text = f"# One\n\ntwo\nlines\n\n- a\n\n  more\n- b\n\n{table}\n\n{code}\n\n> said\n\nTwo\n---\n"
    assert blocks(text) == [
        ("heading", 1, "# One"),
        ("paragraph", None, "two\nlines"),
        ("list", None, "- a\n\n  more\n- b"),
        ("table", None, table),
        ("code", None, code),
        ("paragraph", None, "> said"),
        ("heading", 2, "Two\n---"),
    ]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_question_and_its_answer_are_one_block(gap):
    """In one paragraph or in two; a question alone is a paragraph."""
    said = f"**Q:** May I?{gap}**A:** Yes."
    assert blocks(f"{said}\n\nQ: Why?\n\nMore.") == [
        ("faq", None, said),
        ("paragraph", None, "Q: Why?"),
        ("paragraph", None, "More."),
    ]


@given(st.text(alphabet="#-=>`|*1. \n\té😀a", max_size=60))
def test_blocks_stand_in_order_and_hold_all_that_is_said(text):
    """No letter is outside every block, and no block is empty."""
    document = parse(text.encode(), "utf-8")
    end = 0
    for block in document.blocks:
        between = document.text[end : block.start]
        assert block.start < block.end
        assert block.start >= end
        assert not any(char.isalpha() for char in between)
        end = block.end
    assert not any(char.isalpha() for char in document.text[end:])


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# The *Dunlin* and `x`\n", "The Dunlin and x"),
        ("Intro.\n\nBig\n===\n", "Big"),
        ("---\ntitle: 'Pets: all'\n---\n# Dogs\n", "Pets: all"),
        ("## Small\n", ""),
    ],
)
def test_the_title_is_found(text, title):
    """Front matter first, then the first heading of level one, without its marks."""
    assert parse(text.encode(), "utf-8").title == title


def test_front_matter_is_meta_and_no_text():
    """The text begins after it, and spans count from there."""
    document = parse(b"---\ntitle: Pets\ntags: [a]\n---\n\nDogs.\n", "utf-8")
    assert document.meta == {"title": "Pets", "tags": ["a"]}
    assert (document.title, document.text, document.blocks[0].start) == ("Pets", "Dogs.", 0)


def test_a_rule_at_the_beginning_is_no_front_matter():
    """Only fields make it that."""
    text = "---\nDogs may.\n\n---\nCats too."
    assert parse(text.encode(), "utf-8").text == text


@pytest.mark.parametrize(
    "mark", ["<!-- note -->", "</div>", '<div class="box">', "<br>", "{: .wide}", "{::nomarkdown}"]
)
def test_marks_are_no_blocks(mark):
    """Alone, and beside what they dress."""
    assert blocks(mark) == []
    assert blocks(f"One.\n\n{mark}\n\nTwo.") == [
        ("paragraph", None, "One."),
        ("paragraph", None, "Two."),
    ]


def test_marks_of_kramdown_belong_to_no_block():
    """Nor to the title; in code they are code."""
    text = "# Pets {#pets}\n\n{: .a}\nOne.\n{: .b}\n\n- x\n{: .c}\n\n```\n{: .d}\n```"
    assert blocks(text) == [
        ("heading", 1, "# Pets"),
        ("paragraph", None, "One."),
        ("list", None, "- x"),
        ("code", None, "```\n{: .d}\n```"),
    ]
    assert parse(text.encode(), "utf-8").title == "Pets"


def test_markup_around_words_is_kept():
    """Also a comment that never ends: nobody knows how much it was meant to hide."""
    for text in ("<div>\nDogs.\n</div>", "<!-- Dogs.", "<b>Dogs</b>", "a < b"):
        assert blocks(text) == [("paragraph", None, text)]


@given(st.text(alphabet="#-=>`|*1. \n\té😀a{:}<!", max_size=60))
def test_the_outermost_tokens_are_enough(text):
    """What is inside of blocks is forgotten while they are found, and they are the same."""
    whole: list = []
    outermost = markdown._Outermost()
    markdown._parser().block.parse(text, markdown._parser(), {}, whole)
    markdown._parser().block.parse(text, markdown._parser(), {}, outermost)
    assert outermost == [token for token in whole if token.level == 0]
