"""Questions that a document asks itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive.faq import Options, find
from curator.derive.found import wrapped
from curator.derive.page.source import Source

Build = Callable[..., Source]


def pairs(source: Source) -> list[tuple[str, str]]:
    return [
        (found.question, wrapped(found.template, source.text[found.start : found.end]))
        for found in find(source, Options())
    ]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Q: May dogs travel?\n\nA: Yes, on a *lead*.", ("May dogs travel?", "Yes, on a lead.")),
        ("**Q1.** May dogs travel?\n**A1.** Yes.", ("May dogs travel?", "Yes.")),
        (
            "## 3. May my dog travel?\n\nYes.\n\nOn a lead only.",
            ("May my dog travel?", "Yes.\n\nOn a lead only."),
        ),
        ("**May dogs travel?**\n\nYes, on a lead only.", ("May dogs travel?", "Yes, on a lead only.")),
        (
            "## What Would be the Basis for the Talks?\n\nThe fares of last year.",
            ("What would be the basis for the talks?", "The fares of last year."),
        ),
        ("## How to feed a ferret?\n\nWith an egg a day.", ("How do I feed a ferret?", "With an egg a day.")),
        ("*May dogs travel?* Yes, they may.", ("May dogs travel?", "Yes, they may.")),
        ("## May dogs travel ?\n\nYes, on any lead.", ("May dogs travel?", "Yes, on any lead.")),
        ("- Q: May dogs go?\n  A: Yes.\n\n  On a lead.\n", ("May dogs go?", "Yes.\n\nOn a lead.")),
        ("- **May dogs travel?** Yes.\n- Other", ("May dogs travel?", "Yes.")),
        ("- Q: May dogs travel? A: No.\n", None),
        ("- Q: May dogs travel?\n  A: Yes.\n", ("May dogs travel?", "Yes.")),
        (
            "## Questions people ask\n\n### I lost my red hat.\n\nAsk the desk in the hall.",
            ("I lost my red hat.", "Ask the desk in the hall."),
        ),
    ],
)  # fmt: skip
def test_every_layout_of_question_and_answer_is_found(
    source: Build, text: str, pair: tuple[str, str] | None
) -> None:
    """Marks, headings, bold lines, list items, and statements under an FAQ heading."""
    assert pairs(source(text)) == ([pair] if pair else [])


@pytest.mark.parametrize(
    "text",
    [
        "## What about this?\n\nIt is fine to do that here.",
        "## Questions? Comments?\n\nWrite to the desk in the hall.",
        "## I lost my red hat.\n\nAsk the desk in the hall.",
        "## May dogs travel?\n\nSee the pets page.",
        "## May dogs travel?\n\n### In summer\n\nYes, on every ship.",
        "## May dogs travel?\n\nThere are two cases:",
        "## Did you get the right ticket?\n\nBoth look much the same to us.",
        "## Why?\n\nBecause the tide is against us.",
    ],
)
def test_what_dangles_or_is_not_answered_makes_none(source: Build, text: str) -> None:
    """No question without its subject, no pointer, no lead-in, no statement elsewhere."""
    assert pairs(source(text)) == []


def test_what_stands_between_two_pairs_belongs_to_the_first(source: Build) -> None:
    """An answer of two paragraphs is whole; the last one ends with its own."""
    text = "Q: May dogs travel?\n\nA: Yes.\n\nOn a lead.\n\nQ: May cats travel?\n\nA: No.\n\nBye."
    assert pairs(source(text)) == [
        ("May dogs travel?", "Yes.\n\nOn a lead."),
        ("May cats travel?", "No."),
    ]


def test_one_question_is_taken_once(source: Build) -> None:
    """The first answer stands when a document repeats its question, in other capitals too."""
    text = (
        "## May dogs travel?\n\nYes, they may travel.\n\n## May Dogs Travel?\n\nNo, they may not."
    )
    assert pairs(source(text)) == [("May dogs travel?", "Yes, they may travel.")]


@given(
    st.lists(
        st.sampled_from(
            ["## May dogs travel?", "Q: Is it?", "A: **Yes**, all.", "**Can a cat?**", "- *Who is Al?* He.",
             "> quoted", "Plain words are here.", "# FAQ", "### I lost a hat.", "![p](q)", "```\nx\n```"]
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
