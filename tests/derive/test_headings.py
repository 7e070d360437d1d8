"""Headings and the sections that answer them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive.found import wrapped
from curator.derive.headings import Options, find
from curator.derive.page.source import Source

Build = Callable[..., Source]


def pairs(source: Source, **options: int) -> list[tuple[str, str]]:
    return [
        (found.question, wrapped(found.template, source.text[found.start : found.end]))
        for found in find(source, Options(**options))
    ]


def test_a_section_answers_its_heading(source: Build) -> None:
    """One paragraph loses its markup; several blocks stand as they are written."""
    text = "# Groups\n\n## Booking a group\n\nWrite to *us*,\nplease, by mail."
    assert pairs(source(text)) == [("How do I book a group?", "Write to us, please, by mail.")]
    more = "## How to book\n\n1. Write to us.\n2. Wait for us.\n\nThat is all.\n"
    assert pairs(source(more)) == [("How do I book?", more[more.index("1.") :].strip())]


def test_a_title_without_headings_is_answered_by_the_whole_text(source: Build) -> None:
    """The title of the front matter stands for the heading that is not there."""
    text = "---\ntitle: Avoid double negatives\n---\n\nSay what is, not what is not."
    assert pairs(source(text)) == [
        ("How do I avoid double negatives?", "Say what is, not what is not.")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "See the pets page.",
        "Too short.",
        "```\nls -l and so on and on\n```",
        "![A picture of four big dogs](dog.png)",
        "There are many ways to do so:",
        "Again, this seems easy. Write to the desk.",
        "### In summer\n\nWrite to the desk in the hall.",
        "- [One page](a.md) of it\n- [Another page](b.md) of it",
        "Who may book? When may we book? Where do we book?",
        "**Before:** It shall be booked.\n\n**After:** Book it.",
        "Use {{ site.name }} to book a group today.",
        "",
    ],
)
def test_a_section_that_is_no_answer_makes_none(source: Build, body: str) -> None:
    """Pointers, lone code, pictures, lead-ins, shelves of links, rewritings."""
    assert pairs(source(f"## Booking a group\n\n{body}\n")) == []


def test_questions_and_what_people_ask_are_left_to_the_other_step(source: Build) -> None:
    """The faq step takes them."""
    text = (
        "# FAQ\n\n## Booking a group\n\nWrite to the desk by mail.\n\n# May I?\n\nYes, you all may."
    )
    assert pairs(source(text)) == []


def test_a_long_section_and_a_repeated_question_make_none(source: Build) -> None:
    """An answer has its longest length, and two sections must not answer one question."""
    text = "## Booking a group\n\nWrite to the desk by mail."
    assert pairs(source(text), max_chars=27)
    assert not pairs(source(text), max_chars=10)
    assert pairs(source(f"{text}\n\n{text}\n")) == []


def test_a_mere_topic_needs_some_lines(source: Build) -> None:
    """Where the question is only what there is to know, four words are no answer."""
    text = "# Goods\n\n## Dangerous goods\n\nThey go by ship{}."
    assert pairs(source(text.format(""))) == []
    assert pairs(source(text.format(", and by no other way" * 5)))[0][0] == (
        "What should I know about dangerous goods?"
    )


def test_a_column_of_words_tells_nothing_of_a_topic(source: Build) -> None:
    """However long it is; code, tables and sentences do."""
    text = "# Boats\n\n## Hidden rocks\n\n"
    assert pairs(source(text + "- Come to a view of it\n" + "- Take a look\n" * 10)) == []
    for said in (
        "- They lie under the water.\n" * 5,
        "| a | b |\n|---|---|\n" + "| c | under water, off a pier |\n" * 3,
    ):
        assert len(pairs(source(text + said))) == 1
    assert len(pairs(source(text + "They lie there:\n\n```\nrock one\nrock two" + " x" * 20))) == 1


@pytest.mark.parametrize(
    ("heading", "said", "count"),
    [
        ("Avoid hidden rocks", "Hidden rocks are rocks under water. The tide hides them.", 0),
        ("Avoid hidden rocks", "The tide hides them. Keep off the coast.", 1),
        ("Avoid hidden rocks", "The way to avoid them is:\n\n```\nlook --at map\n```", 1),
        ("Leave the boat at the pier", "The place at the pier costs two euros a day.", 1),
        ("Don't paint rocks", "Once the crew of a boat painted rocks. No rock changed.", 0),
        ("Don't paint rocks", "Once a crew painted rocks. You only lose paint.", 1),
        ("Use short ropes", "- Limit a rope to one boat\n- Avoid knots and turns in ropes", 1),
    ],
)
def test_what_to_do_is_answered_by_what_can_be_done(
    source: Build, heading: str, said: str, count: int
) -> None:
    """By an order, by what somebody may, must or needs, or by showing it."""
    assert len(pairs(source(f"# Boats\n\n## {heading}\n\n{said}\n"))) == count


@pytest.mark.parametrize(
    "text",
    [
        "## How to use plain words\n\n- attempt\n- in the event that\n\n- try\n- if",
        "## When adding a point\n\nalso, and, in addition, besides, what is more, further",
    ],
)
def test_rows_of_words_tell_nobody_how(source: Build, text: str) -> None:
    """What to do is told by an order, or by what somebody may and must."""
    assert pairs(source(text)) == []


def test_the_titles_in_links_are_no_names(source: Build) -> None:
    """A word that has its capital only in links loses it in a question."""
    text = "## Getting a Basic Checkout\n\nYou may get it. See [Basic Checkout](#a) for more."
    assert pairs(source(text))[0][0] == "How do I get a basic checkout?"


def test_words_that_stand_as_code_are_written_so(source: Build) -> None:
    """They keep their letters, and do not decide whether a heading is in title case."""
    text = "## Implementing the `Lock` Feature\n\nYou may implement it. Then you lock, and lock."
    assert pairs(source(text))[0][0] == "How do I implement the Lock feature?"
    text = "## Making a New Rope with `knot`\n\nYou may make it. Knot it."
    assert pairs(source(text))[0][0] == "How do I make a new rope with knot?"
    text = "## Installing `knot` on Windows\n\nOpen two windows. You may install it."
    assert pairs(source(text))[0][0] == "How do I install knot on Windows?"


def test_things_of_which_the_text_speaks_in_small_letters_are_no_names(source: Build) -> None:
    """A capital that they have somewhere is an accident."""
    text = "## Using Release Profiles\n\nYou may use Release Profiles, Profiles, or some profiles."
    assert pairs(source(text))[0][0] == "How do I use release profiles?"
    text = f"## Installing on Windows\n\nOpen two windows. {'You may install it on Windows. ' * 5}"
    assert pairs(source(text)) == []
    text = f"## Running on Windows\n\nOpen two windows. {'You may run it on Windows. ' * 5}"
    assert pairs(source(text))[0][0] == "How do I run on Windows?"
    text = "## Avoiding Misplaced Whitespace\n\nYou may avoid whitespace and Whitespace, too."
    assert pairs(source(text))[0][0] == "How do I avoid misplaced whitespace?"


@given(
    st.lists(
        st.sampled_from(
            ["# Pets", "## Booking a dog", "### How to feed cats", "Words of a **kind**.", "- one\n- two",
             "1. Ring.\n2. Wait for us.", "| a | b |\n|---|---|\n| c | d |", "> q", "<div>\n</div>"]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_every_answer_is_in_its_document(source: Build, parts: list[str]) -> None:
    """Spans lie in the text and hold no space at their ends."""
    document = source("\n\n".join([*parts, "End."]))
    for found in find(document, Options()):
        said = document.text[found.start : found.end]
        assert 0 <= found.start < found.end <= len(document.text)
        assert said == said.strip()
        assert wrapped(found.template, said)
