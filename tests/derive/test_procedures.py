"""Procedures: all the steps, the next one, and the one left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive.found import wrapped
from curator.derive.page.source import Source
from curator.derive.procedures import Options, find

Build = Callable[..., Source]
ALL = Options(per_list=99)
STEPS = "1. Write to the *desk*.\n2. Wait for an offer.\n3. Pay the rest."


def made(document: Source, options: Options = ALL) -> dict[str, str]:
    """Give the answer of each question that is found."""
    return {
        found.question: wrapped(found.template, document.text[found.start : found.end])
        for found in find(document, options)
    }


def test_a_list_of_orders_is_asked_for_as_a_whole_and_step_by_step(source: Build) -> None:
    """The heading gives the goal; each question names the goal and the steps it builds on."""
    assert made(source(f"# Groups\n\n## Booking a group\n\n{STEPS}")) == {
        "How do I book a group, step by step?": STEPS,
        "I want to book a group. I have done this so far:\n\n1. Write to the desk.\n\n"
        "What is the next step?": "Wait for an offer.",
        "I want to book a group. I have done this so far:\n\n1. Write to the desk.\n"
        "2. Wait for an offer.\n\nWhat is the next step?": "Pay the rest.",
        "One step is missing from this list of how to book a group:\n\n1. Write to the desk.\n"
        "2. Pay the rest.\n\nWhich step is missing?": "Wait for an offer.",
    }


@pytest.mark.parametrize(
    "lead",
    [
        "To report your loss, follow these steps:",
        "Nothing is hopeless. In order to report your loss, do the following:",
        "Follow these steps to report your loss:",
        "Here is how you report your loss:",
    ],
)
def test_the_sentence_before_a_list_may_give_the_goal(source: Build, lead: str) -> None:
    """A lead-in says more than the heading above it."""
    asked = made(source(f"# Things\n\n{lead}\n\n{STEPS}"), Options(per_list=1))
    assert asked == {"How do I report my loss, step by step?": STEPS}


def test_the_topic_of_a_heading_stays_in_the_question_for_all_steps(source: Build) -> None:
    """It is left out where the steps before say what it is about."""
    asked = list(made(source(f"# Delays\n\n## How to claim\n\n{STEPS}")))
    assert "When it comes to delays, how do I claim, step by step?" in asked
    assert "How do I claim, step by step?" not in asked
    assert any(each.startswith("I want to claim. I have done this so far:") for each in asked)


def test_headings_that_count_steps_are_one_procedure(source: Build) -> None:
    """What stands under the headings belongs to the whole, their words are the steps."""
    steps = "\n\n".join(
        f"### Step {n}: {words}\n\nMore." for n, words in enumerate(("Call", "Wait", "Go in"), 1)
    )
    asked = made(source(f"# Visits\n\n## How to visit us\n\n{steps}\n\n## Other\n\nText."))
    assert asked["How do I visit you, step by step?"] == steps
    question = "I want to visit you. I have done this so far:\n\n1. Call\n\nWhat is the next step?"
    assert asked[question] == "Wait"


def test_a_heading_may_call_them_steps(source: Build) -> None:
    """Steps to do something are its procedure."""
    assert "How do I make tea, step by step?" in made(source(f"## Steps to make tea\n\n{STEPS}"))


def test_steps_with_parts_are_asked_for_as_a_whole_only(source: Build) -> None:
    """A step of which only the first line would be given is not given alone."""
    steps = "1. Write to us.\n   - by letter\n2. Wait.\n3. Pay the rest."
    assert list(made(source(f"## How to book\n\n{steps}"))) == ["How do I book, step by step?"]


def test_the_options_bound_and_choose(source: Build) -> None:
    """All steps come first; the seed chooses the rest, and chooses the same again."""
    steps = "\n".join(f"{n}. Pay part {n} of the price." for n in range(1, 10))
    document = source(f"## How to pay\n\n{steps}")
    chosen = [made(document, Options(per_list=3, seed=seed)) for seed in (0, 0, 1)]
    assert [len(each) for each in chosen] == [3, 3, 3]
    assert all("How do I pay, step by step?" in each for each in chosen)
    assert chosen[0] == chosen[1] != chosen[2]


@pytest.mark.parametrize(
    "text",
    [
        f"## On the day\n\n{STEPS}",  # a heading without a goal
        "## Booking a group\n\n1. The price.\n2. The date.\n3. The names.",  # no instructions
        "## Booking a group\n\n- Write to us.\n- Wait.\n- Pay.",  # no order
        "## Booking a group\n\n1. Write to us.\n2. Wait.",  # too short
        "## Booking a group\n\n2. Write to us.\n5. Wait.\n7. Pay.",  # no count
        f"## Booking a group\n\nThe desk performs these steps:\n\n{STEPS}",
        f"## Money\n\nTo pay the crew and go home, your captain needs to follow these steps:\n\n{STEPS}",
        f"## Finding something\n\n{STEPS}",  # the reader has found it
        f"## Booking a group\n\n{STEPS}\n\nOr so:\n\n{STEPS}",  # which of them?
        "## Booking a group\n\n1. Who pays?\n2. Ask them.\n3. Pay them.",
    ],
)
def test_what_is_no_clear_procedure_makes_none(source: Build, text: str) -> None:
    """Lists without a goal, without orders or without a count are no procedures."""
    assert made(source(text)) == {}


LINES = st.sampled_from(
    ["## How to pay", "## Booking a boat", "1. Call the desk.", "2. Wait.", "3. *Go* in.", "",
     "   - by day", "### Step 1: Call", "### Step 2: Wait", "### Step 3: Go", "To go, do this:",
     "1) Pay", "```", "text", "{: .x}"]
)  # fmt: skip


@given(st.lists(LINES, max_size=25))
def test_every_answer_is_in_its_document(source: Build, lines: list[str]) -> None:
    """Whatever the lines, spans lie inside the text, without white space at their ends."""
    document = source("\n".join(lines))
    for found in find(document, ALL):
        said = document.text[found.start : found.end]
        assert said
        assert said == said.strip()
        assert wrapped(found.template, said).strip()


@pytest.mark.parametrize("piece", ["1. ", "### Step 1: x\n", "1. Go.\n", "to ", "  - a\n"])
def test_hostile_repeats_take_no_time(source: Build, piece: str) -> None:
    """No pattern looks twice at what it has seen."""
    document = source("## How to pay\n\n" + piece * (50_000 // len(piece)))
    assert made(document) == {}
