"""Definition sentences, glossaries and abbreviations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive.definitions import Options, find
from curator.derive.found import wrapped
from curator.derive.page.source import Source

Build = Callable[..., Source]


def pairs(source: Source) -> list[tuple[str, str]]:
    return [
        (found.question, wrapped(found.template, source.text[found.start : found.end]))
        for found in find(source, Options())
    ]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("A **zone** is an island as seen from Corrow.", "What is a zone?"),
        ("An **hour\nglass** is a clock of sand.", "What is an hour glass?"),
        ("**Check-in** is the moment when we scan a ticket.", "What is check-in?"),
        ("A **day return** is out and back on one date.", "What is a day return?"),
        ("The **duty manager** is the person who signs.", "Who is the duty manager?"),
        ("**Assistance** means that the crew meets you.", 'What does "assistance" mean?'),
        ('The term "hold" refers to the space below deck.', 'What does "hold" mean?'),
        ("Moving money between accounts is called a **transfer**.", "What is a transfer?"),
        ("A **ferry**, also called a packet, is a ship.", "What is a ferry?"),
        ("The **panel** is five people who meet.", "What is the panel?"),
        ("**Docks** is a word for places.", 'What does "docks" mean?'),
        ("**Freight** is anything that goes by weight.", "What is freight?"),
        ("**Knots** are a measure of speed at sea.", "What are knots?"),
        ("Rules for all ships are called the *sea rules*.", "What are the sea rules?"),
        ("A tuple of n fields is called an *n-ary tuple*.", "What is an n-ary tuple?"),
    ],
)  # fmt: skip
def test_a_sentence_that_defines_a_marked_term(source: Build, sentence: str, question: str) -> None:
    """The sentence without its markup is the answer."""
    expected = sentence.replace("*", "").replace("\n", " ")
    assert pairs(source(f"Some words first.\n\n{sentence}")) == [(question, expected)]


@pytest.mark.parametrize(
    "sentence",
    [
        "It is a **zone** of its own.",
        "A **delay** is counted at arrival.",
        "A **zone** is also a fare.",
        "Going down the pier is called **going off board**.",
        "The **deposit** is two euros.",
        "The **late** is the best choice here.",
        "A **zone** is one of the following:",
        "*Pattern* is a regular expression.",
        "`Port` is a number.",
        "A zone is an island as seen from Corrow.",
        "Is a **zone** an island?",
        "> A **zone** is an island.",
        "**Note** is not a zone.",
        "“Stability” is the theme of the year.",
        "**Chapter 2** is a tour of the harbour.",
        "**Skarn** is an interesting case of an island.",
        "**Poll** means something quite different from wait.",
        "A **type** is the name of a folder, as in the example.",
        "The **pier** is the pier of the boat.",
        "Earlier, the sheds beside the water are called *boat houses*.",
        "The house is known as the *lamp house*.",
    ],
)
def test_what_defines_nothing_makes_none(source: Build, sentence: str) -> None:
    """States, opinions, code, unmarked terms, and sentences that need the one before."""
    assert pairs(source(f"Some words first.\n\n{sentence}")) == []


def test_a_sentence_that_opens_the_section_of_its_term(source: Build) -> None:
    """The heading marks the term."""
    text = "## Zones\n\nA zone is an island. The zone decides the fare.\n\n## Ports\n\nPorts are the best."
    assert pairs(source(text)) == [("What is a zone?", "A zone is an island.")]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("**Flex ticket**: a ticket that can change.",
         ("What is a flex ticket?", "A flex ticket is a ticket that can change.")),
        ("**Access Card:** an open card.", ("What is an Access Card?", "An Access Card is an open card.")),
        ("**Day return** - out and back.", ('What does "day return" mean?', '"Day return" means out and back.')),
        ("**Hull**: a body, however many decks", ("What is a hull?", "A hull is a body, however many decks.")),
        ("**Fast boat**: MV Dunlin", ('What does "fast boat" mean?', '"Fast boat" means MV Dunlin.')),
        ("- Purser: the one with the keys", ('What does "purser" mean?', '"Purser" means the one with the keys.')),
        ("- Purser: Has the keys.", ('What does "purser" mean?', "Has the keys.")),
        ("| Term | Meaning |\n|---|---|\n| Zone | *an* island |", ("What is a zone?", "A zone is an island.")),
    ],
)  # fmt: skip
def test_an_entry_of_a_glossary(source: Build, text: str, pair: tuple[str, str]) -> None:
    """A meaning that is no sentence becomes one; one that has its capital stays bare."""
    assert pairs(source(f"## Glossary\n\n{text}")) == [pair]


def test_a_definition_list_is_one_anywhere(source: Build) -> None:
    """Two definitions of one term are a choice that nobody asked for."""
    text = (
        "## Ropes\n\nBow line\n: A rope at the bow,\n  and a strong one.\n\nSheet\n:   a rope\n\n"
    )
    assert pairs(source(text + "Line\n: A rope.\n: A row of people.\n")) == [
        ("What is a bow line?", "A rope at the bow, and a strong one."),
        ("What is a sheet?", "A sheet is a rope."),
    ]


@pytest.mark.parametrize("heading", ["Glossary", "Hull definitions", "In hull definitions"])
def test_captions_are_no_entries_of_a_glossary(source: Build, heading: str) -> None:
    """Neither a numbered part nor the name of a file; a glossary is not "in" definitions."""
    text = "Filename: src/hull.rs\n\nListing 10-6: A hull with two decks\n\nKeel: a beam"
    asked = [question for question, _ in pairs(source(f"## {heading}\n\n{text}"))]
    assert asked == ([] if heading.startswith("In ") else ["What is a keel?"])


def test_bold_labels_elsewhere_are_no_glossary(source: Build) -> None:
    """Before, After and settings are left alone; a row of three definitions is one."""
    labels = "**Before:** a long text.\n\n**After:** a short text.\n\n**Price:** nine euros."
    assert pairs(source(f"## Notices\n\n{labels}")) == []
    row = "**Bow:** the front.\n\n**Stern:** the rear end.\n\n**Hull:** the body of a ship."
    assert len(pairs(source(f"## Ships\n\n{row}"))) == 3


def test_an_abbreviation_stands_for_words_with_its_letters(source: Build) -> None:
    """Small words may or may not count; letters that do not fit make none."""
    text = "Use the Automated Teller Machine (ATM) of the Code of Federal Rules (CFR), or go (NOW).\n\nTwo Automated Pay Desks (APDs)."
    assert pairs(source(text)) == [
        ("What does ATM stand for?", "Automated Teller Machine"),
        ("What does CFR stand for?", "Code of Federal Rules"),
        ('What does "APDs" stand for?', "Automated Pay Desks"),
    ]


@given(
    st.lists(
        st.sampled_from(
            ["# Glossary", "## Zones", "A **zone** is an island.", "**Hull**: a body", "- Bow: front",
             "| Term | Meaning |\n|---|---|\n| a | b |", "The World Health Body (WHB) met.", "**a**: b\nc"]
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


def test_hostile_text_takes_no_time(source: Build) -> None:
    """A hundred thousand of one character end at once."""
    for char in ("*", "A ", '"', "(", "a ", "**a", "is ", "`", "**a** "):
        list(find(source("A **" + char * 100_000), Options()))
