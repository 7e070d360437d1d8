"""Contrasts: when to do the one and when the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive.contrasts import Options, find
from curator.derive.found import wrapped
from curator.derive.page.source import Source

Build = Callable[..., Source]


def made(document: Source, options: Options | None = None) -> dict[str, str]:
    """Give the answer of each question that is found."""
    return {
        found.question: wrapped(found.template, document.text[found.start : found.end])
        for found in find(document, options or Options())
    }


def test_two_orders_of_one_verb_are_set_apart(source: Build) -> None:
    """Each sentence answers when to choose its way, and each case what to choose in it."""
    text = """Use a *day return* when the whole party comes back on
the same date. Use a period return when you know that you will come back later."""
    assert made(source(text)) == {
        "When should I use a day return rather than a period return?":
            "Use a day return when the whole party comes back on the same date.",
        "The whole party comes back on the same date. "
        "Should I use a day return or a period return?": "a day return",
        "When should I use a period return rather than a day return?":
            "Use a period return when you know that you will come back later.",
        "I know that I will come back later. Should I use a day return or a period return?":
            "a period return",
    }  # fmt: skip


def test_items_of_a_list_are_set_apart(source: Build) -> None:
    """Names in code keep their capitals."""
    text = "- Use `Alias` when it is a file.\n- Use `Redirect` if the client must see it."
    assert made(source(text)) == {
        "When should I use Alias rather than Redirect?": "Use Alias when it is a file.",
        "When should I use Redirect rather than Alias?": "Use Redirect if the client must see it.",
    }


def test_orders_of_two_verbs_need_a_case_that_denies_the_other(source: Build) -> None:
    """What says less than all by itself is no answer."""
    text = "Change the booking when you know the new date. Cancel it when you do not."
    assert made(source(text)) == {
        "When should I change the booking rather than cancel it?":
            "Change the booking when you know the new date."
    }  # fmt: skip


def test_first_says_when_and_not_what(source: Build) -> None:
    """The words that order two ways belong to neither question."""
    text = "Write to the desk first when the bag is lost. Write to the panel when it stays lost."
    assert "When should I write to the desk rather than to the panel?" in made(source(text))
    assert "When should I write to the panel rather than to the desk?" in made(source(text))


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "Take the Saturday 15:10 instead of the 11:10 when you want to save money.",
            "When should I take the Saturday 15:10 instead of the 11:10?",
        ),
        (
            "Unlike a voucher, a refund is paid to your card.",
            "How does a refund differ from a voucher?",
        ),
        (
            "If you hold a Flex ticket, change it online. Otherwise, write to the desk.",
            "What should I do if I hold a Flex ticket, and what otherwise?",
        ),
    ],
)
def test_one_statement_may_hold_the_contrast(source: Build, text: str, question: str) -> None:
    """Instead of, unlike and otherwise set two things apart in one breath."""
    assert made(source("Tickets are sold here. " + text)) == {question: text}


def test_situations_can_be_left_out(source: Build) -> None:
    """The option leaves the questions whose words are those of the document."""
    text = "Use a pen when the form is on paper. Use a mouse when the form is on a screen."
    assert len(made(source(text), Options(situations=False))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Wear gloves when you handle acid. Wash your hands when you finish.",
        "Have it brought by ship when you are here. Have it posted when you have gone.",
        "Use this when you are tired. Drive on.",
        "Unlike print media, people has eyes.",
        "Unlike most others, this one swims. Unlike `x`, any thread can wait.",
        "If key is a text, format is assumed; otherwise, key must be an object.",
        "Look up orders if it is new. Add a message if the source is not there.",
        "Use the first when you can",
        "| Use a when b. Use c when d. |\n|---|\n| Use a when b. Use c when d. |",
    ],
)
def test_what_is_no_choice_makes_none(source: Build, text: str) -> None:
    """Orders that follow one another, and words that point at nothing, are left out."""
    assert made(source(text)) == {}


PIECES = st.sampled_from(
    ["Use *a pen* when you can write. ", "Use a cab if it rains now. ", "- ", "\n", "\n\n",
     "Unlike **cats**, dogs are loud. ", "If you can swim, dive in; otherwise go home. ", "Otherwise, ",
     "Take x instead of y when you must. ", "> ", "`", "*", "Cancel it when you do not. "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=20))
def test_every_answer_is_in_its_document(source: Build, pieces: list[str]) -> None:
    """Whatever the pieces, spans lie inside the text, without white space at their ends."""
    document = source("".join(pieces))
    for found in find(document, Options()):
        said = document.text[found.start : found.end]
        assert said
        assert said == said.strip()


@pytest.mark.parametrize(
    "piece", ["Use ", "Use a when b ", "Unlike ", "If a, b ", "- Use x when\n"]
)
def test_hostile_repeats_take_no_time(source: Build, piece: str) -> None:
    """No pattern looks twice at what it has seen."""
    assert made(source(piece * (100_000 // len(piece)))) == {}
    assert made(source(piece * (15_000 // len(piece)))) == {}
