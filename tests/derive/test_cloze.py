"""Gaps stand in sentences that a reader understands alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive import cloze
from curator.derive.found import wrapped
from curator.derive.page.source import Source

Build = Callable[..., Source]


def gaps(source: Source, **options: int) -> list[tuple[str, str]]:
    every = cloze.find(source, cloze.Options(**options))
    return [
        (each.question, wrapped(each.template, source.text[each.start : each.end]))
        for each in every
    ]


@pytest.mark.parametrize(
    ("sentence", "hidden"),
    [
        ("A day return takes 20% off the passenger fares of both crossings.", "20%"),
        ("The telephone fee of €3.00 is never given back to passengers.", "€3.00"),
        ("Parcels wait in the port office of the island for 5 days.", "5 days"),
        ("The last ship to Skarn leaves the harbour at 17:30 on Fridays.", "17:30"),
        ("The summer timetable of the ferries ends on 30 September 2026.", "30 September 2026"),
        ("The library opened to the public on March 4, 1911 in Corrow.", "March 4, 1911"),
        ("Dogs stay on a lead of at most *1.5 metres* while on board.", "1.5 metres"),
        ("A **carrier** is a closed box or bag that the animal can stand up in.", "carrier"),
    ],
)
def test_a_term_or_value_is_hidden(source: Build, sentence: str, hidden: str) -> None:
    """The gap stands where the answer stood; the rest of the sentence is said without markup."""
    said = sentence.replace("*", "").replace(hidden, "____")
    is_clear = "fares" in said or said.startswith("A ____")
    place = "" if is_clear else " in this sentence from “Fares”"
    expected = f'Fill in the gap{place}: "{said}"'
    assert gaps(source(f"# Fares\n\n{sentence}\n")) == [(expected, hidden)]


@pytest.mark.parametrize(
    "sentence",
    [
        "It takes 20% off the passenger fares of both crossings.",
        "This ticket takes 20% off the passenger fares of both crossings.",
        "Both tickets take 20% off the passenger fares of all crossings.",
        "Otherwise a day return takes 20% off the passenger fares of both crossings.",
        "However, a return takes 20% off the passenger fares of both crossings.",
        "The fares above are lower by 20% for passengers of both crossings.",
        "The same return takes 20% off the passenger fares of both crossings.",
        "The remaining 10% pays for the place on board that was kept free.",
        "We take 20% off the passenger fares of both crossings.",
        "Tell the desk 24 hours ahead, so that the purser knows where it stands.",
        "A hop costs €7.00 for an adult passenger and €3.50 for a child.",
        "Does a day return take 20% off the passenger fares of both crossings?",
        "A day return takes 20% off the passenger fares of both crossings:",
        "About 3 percent may suffer a relapse of weakness many years after an attack.",
        "Four to 10 days after an infection, late signs of illness appear in passengers.",
        "Over the past 40 years, portions in ship kitchens have grown significantly.",
        "Passengers with the condition have a chance of 50% of feeling sick on board.",
        "**Free rebooking** to any sailing with space within 30 days, without a fee.",
        "The rule of 7 in clause 3.2.1 holds for passengers and for freight.",
        "Call 07700 900 562 about the passenger fares of both crossings.",
        "The shed, a hut 180 metres long that smells of fares and of tar.",
        "Pay 20%.",
        "A **carrier** is a carrier that holds small animals, luggage and parcels.",
        "A **carrier** is a box.",
        "A *carrier* is a closed box or bag that the animal can stand up in.",
        "Set `Timeout` to 30 seconds before the fares server starts workers.",
    ],
)
def test_no_gap_where_a_reader_would_be_lost(source: Build, sentence: str) -> None:
    """Sentences that lean on others, hold two values or say too little get none."""
    assert gaps(source(f"# Fares\n\n{sentence}\n")) == []


def test_a_sentence_without_its_topic_needs_a_title(source: Build) -> None:
    """Without the name of their document nobody knows which fee or which signs are meant."""
    assert gaps(source("The telephone fee of €3.00 is never given back to passengers.")) == []
    assert gaps(source("Early signs of illness begin before 4 years of age in children.")) == []


def test_a_title_does_not_give_the_gap_away(source: Build) -> None:
    """Where the title says what is hidden, there is no question."""
    said = "The **trolley** is a closed wagon that is rolled on board before a crossing."
    assert gaps(source(f"# Trolleys\n\n{said}")) == []
    assert len(gaps(source(f"# Luggage\n\n{said}"))) == 1


def test_items_under_a_lead_in_are_no_sentences(source: Build) -> None:
    """What stands under "You pay:" is only its end."""
    item = "- A day return takes 20% off the passenger fares of both crossings."
    assert gaps(source(f"# Fares\n\nYou pay less:\n\n{item}")) == []
    assert len(gaps(source(f"# Fares\n\nYou pay less.\n\n{item}"))) == 1


def test_items_of_a_bullet_list_count_as_paragraphs(source: Build) -> None:
    """Bullets are read one by one; numbered steps lean on each other."""
    text = "# Fares\n\n{} A day return takes 20% off the passenger\n  fares of both crossings.\n"
    said = "A day return takes ____ off the passenger fares of both crossings."
    assert gaps(source(text.format("-"))) == [(f'Fill in the gap: "{said}"', "20%")]
    assert gaps(source(text.format("1."))) == []


def test_a_hash_chooses_among_many(source: Build) -> None:
    """A document gives at most per_document gaps, in its order, and others for another seed."""
    names = ("North", "South", "East", "West", "Upper", "Lower")
    lines = [f"The ferry from {name} Harbour sails for {n} hours." for n, name in enumerate(names)]
    document = source("# Sailings\n\n" + "\n\n".join(lines))
    chosen = gaps(document, per_document=2)
    every = gaps(document, per_document=6)
    assert len(every) == 6
    assert chosen == [each for each in every if each in chosen]
    assert len(chosen) == 2
    assert len({tuple(gaps(document, per_document=2, seed=seed)) for seed in range(5)}) > 1


@given(
    parts=st.lists(
        st.sampled_from(
            ["A **zone** is an island as seen from Corrow harbour.", "*", "**", "_", "- ", "\n\n",
             "Parcels wait in the port office for 5 days.", "# Fares\n", "€", " 20% ", "é😀", "`"]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_every_answer_is_in_its_document(source: Build, parts: list[str]) -> None:
    """Whatever the markup, the answer is the words of its span, and the question lacks them."""
    document = source("A\n\n" + "".join(parts))
    for each in cloze.find(document, cloze.Options()):
        said = document.text[each.start : each.end]
        assert said == said.strip(" \n*_") != ""
        assert each.question.count("____") == 1
        assert wrapped(each.template, said) == said


def test_hostile_text_takes_no_time(source: Build) -> None:
    """Long runs of marks and digits are read in linear time."""
    for char in ("*", "_", "1,", "€", "**a", "A ", "the ", "two to "):
        assert gaps(source("Fares " + char * 50_000 + ".")) == []
