"""Titles and leads answer for the text under them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive import summaries
from curator.derive.found import wrapped
from curator.derive.page.source import Source

Build = Callable[..., Source]
BODY = (
    "An **assistance dog** is a dog trained to help a person with a disability. It needs no ticket "
    "and no muzzle, and it may lie anywhere that does not block a door. Any dog in training counts "
    "when the trainer carries a card.\n"
)


def told(source: Source, **options: int) -> list[tuple[str, str, str]]:
    found = summaries.find(source, summaries.Options(**options))
    return [
        (each.question, wrapped(each.template, source.text[each.start : each.end]),
         source.text[slice(*(each.passage or (0, 0)))])
        for each in found
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "## Assistance dogs",
        "## 3.2 Assistance dogs",
        "## **Assistance dogs** ##",
        "## IV. Assistance dogs",
    ],
)
def test_a_heading_is_the_title_of_its_text(source: Build, line: str) -> None:
    """The title comes without marks and number; the text under it is the passage."""
    ((question, answer, passage),) = told(source(f"{line}\n\n{BODY}"))
    assert question in ("Give this text a title.", "What is this text about, in a few words?")
    assert (answer, passage) == ("Assistance dogs", BODY.strip())


@pytest.mark.parametrize(
    "heading",
    [
        "As an assistance dog", "Assistance", "Notes and examples", "May an assistance dog travel?", "Assistance dog",
        "Assistance dogs below", "Step 2 assistance dogs", "Steamer timetables", "Dogs: assistance",
        "Things dogs do", "Day 2 dog assistance training card", "Assistance timetables of winter dogs",
    ],
)  # fmt: skip
def test_a_heading_that_names_nothing_is_no_title(source: Build, heading: str) -> None:
    """Generic, asking, counted, strange and verbatim headings make none."""
    assert told(source(f"## {heading}\n\n{BODY}")) == []


def test_a_title_is_told_by_how_its_text_begins(source: Build) -> None:
    """A heading whose words come up only at the end names something else."""
    other = "The ships sail at seven and at nine, from the long quay beside the fish hall. " * 5
    assert told(source(f"## Dog assistance\n\n{other}Any assistance or dog is welcome.")) == []
    assert len(told(source(f"## Dog assistance\n\nAny assistance or dog is welcome. {other}"))) == 1


def test_an_order_is_a_title_but_no_topic(source: Build) -> None:
    """What a text is about is a name, never "Train assistance dogs"."""
    for seed in range(8):
        document = source(f"## Train assistance dogs\n\n{BODY}")
        (title,) = summaries.find(document, summaries.Options(seed=seed))
        assert title.question == "Give this text a title."


def test_length_is_an_option(source: Build) -> None:
    """Texts outside the range get no title."""
    document = source(f"## Assistance dogs\n\n{BODY}")
    assert told(document, min_chars=len(BODY)) == []
    assert told(document, max_chars=len(BODY) - 2) == []


SECTIONS = (
    "\n\n## Refunds\n\nA refund returns money to the card that paid. Passengers get refunds when "
    "the Line cancels a sailing, or when passengers cancel in time.\n\n## Vouchers\n\nA voucher "
    "replaces the refund: passengers get 70% of the price, and the Line keeps no fee. Vouchers "
    "last a year, and passengers may give them away to anybody they like.\n"
)


def test_a_lead_that_covers_its_sections_is_their_summary(source: Build) -> None:
    """The passage is what stands after the lead."""
    lead = "Passengers get a refund or a voucher when the Line cancels a sailing and returns money."
    rows = told(source(f"# Money back\n\n{lead}{SECTIONS}"))
    summary = next(row for row in rows if row[0].startswith("Summarise"))
    assert summary == (
        "Summarise this text in one or two sentences.", lead, SECTIONS.strip(),
    )  # fmt: skip


def test_a_lead_that_announces_says_what_is_explained(source: Build) -> None:
    """A lead of question clauses answers what the text explains."""
    lead = "How passengers get their money back, and what a voucher is worth in the end."
    rows = told(source(f"# Money back\n\n{lead}{SECTIONS}"))
    assert ("What does this text explain?", lead, SECTIONS.strip()) in rows


@pytest.mark.parametrize(
    "lead",
    [
        "This page says how passengers get a refund or a voucher when the Line cancels a sailing.",
        "See below how passengers get a refund or voucher when the Line cancels a sailing.",
        "They get a refund or a voucher when the Line cancels a sailing and returns money.",
        "The harbour café serves breakfast, lunch and dinner to sailors, dogs and their owners.",
        "Passengers get a refund or a voucher when the Line cancels sailings: money returns below.",
        "They get a refund or voucher when the Line cancels a sailing, and passengers keep money.",
        "Passengers get a voucher or refund after storms, strikes, floods, fires and long quarrels.",
        "Do passengers get a refund or a voucher when the Line cancels a sailing in time?",
        "Refunds return money to passengers. Vouchers get 70%. The Line keeps no fee.",
    ],
)
def test_a_lead_that_points_or_strays_is_no_summary(source: Build, lead: str) -> None:
    """Leads that refer, ask, run long or cover little make none."""
    questions = [row[0] for row in told(source(f"# Money back\n\n{lead}{SECTIONS}"))]
    assert not {"Summarise this text in one or two sentences.", "What does this text explain?"} & {
        *questions
    }


@given(
    parts=st.lists(
        st.sampled_from(
            ["# Assistance dogs\n\n", "## 1. Dog *training*\n\n", BODY, "\n\n", "- a dog\n", "é😀",
             "Dogs get training and assistance from any person who carries a card.\n\n"]
        ),
        max_size=10,
    )
)  # fmt: skip
def test_every_answer_is_in_its_document(source: Build, parts: list[str]) -> None:
    """Answers are words of their span, and no passage gives its answer away."""
    document = source("".join(parts) or "A")
    for each in summaries.find(document, summaries.Options(min_chars=50)):
        said = document.text[each.start : each.end]
        assert said == said.strip(" \n#") != ""
        start, end = each.passage or (0, 0)
        assert not start < each.end <= end
        assert wrapped(each.template, said) not in document.text[start:end]
