"""Questions meet sections that do not answer them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.derive import unanswerable
from curator.derive.found import Found, wrapped
from curator.derive.page.source import Source

Build = Callable[..., Source]
PIECES = [
    "### Can I hire a car on the islands?\n\nThere are two hire firms on Great Ommer and one on "
    "Vessay. They are not ours, and the desk only keeps their leaflets for visitors.",
    "### Does my puppy need a passport?\n\nNo. You do not cross a border. Skarn asks for a worming "
    "certificate, because of the sheep that graze there on every hill.",
    "### Do you record telephone calls?\n\nNo. Notes are made by hand and deleted after twelve "
    "months, together with the complaint that they belong to.",
]
HEAD = "# Pets\n\nAnimals are welcome.\n\n## Questions people ask\n\n"


def found(source: Source, **options: object) -> list[Found]:
    return list(unanswerable.find(source, unanswerable.Options(**options)))  # type: ignore[arg-type]


def test_a_question_is_put_to_a_sibling(source: Build) -> None:
    """The other section is passage and span, heading included; the completion is a constant."""
    document = source(HEAD + "\n\n".join(PIECES))
    made = found(document, min_chars=50)
    assert len(made) == 3
    for each in made:
        said = document.text[each.start : each.end]
        assert said in PIECES
        assert each.question not in said
        assert each.passage == (each.start, each.end)
        assert wrapped(each.template, said) == "The text does not say."


def test_the_answer_and_the_number_are_options(source: Build) -> None:
    """What is said and how often is up to the recipe; another seed chooses others."""
    document = source(HEAD + "\n\n".join(PIECES))
    made = found(document, min_chars=50, answer="No answer here.", per_document=1)
    assert [each.template for each in made] == ["No answer here."]
    seeds = {found(document, min_chars=50, per_document=1, seed=seed)[0] for seed in range(9)}
    assert len(seeds) > 1


SAILS = (
    "### When do ships sail?\n\nOn {} from the long quay of the harbour, beside the old fish hall."
)


def test_a_section_about_something_else_will_do(source: Build) -> None:
    """The measure for the cases below, which differ by a few words."""
    document = source(
        f"# Rides\n\n## Questions people ask\n\n{PIECES[0]}\n\n{SAILS.format('Monday')}"
    )
    assert "Can I hire a car on the islands?" in [
        each.question for each in found(document, min_chars=70)
    ]


@pytest.mark.parametrize(
    "day",
    [
        "the way to Ommer",
        "Monday, as firms and the leaflets at the desk tell visitors,",
        "Monday, from every one of the islands,",
    ],
)
def test_no_section_that_may_answer(source: Build, day: str) -> None:
    """A name of the answer, a part of its words or one of the question's few words is too much."""
    document = source(f"# Rides\n\n## Questions people ask\n\n{PIECES[0]}\n\n{SAILS.format(day)}")
    asked = [each.question for each in found(document, min_chars=70)]
    assert "Can I hire a car on the islands?" not in asked


def test_no_section_that_says_a_rare_word(source: Build) -> None:
    """What tells what is asked must not stand in the section that is searched."""
    ask = "### Can a passenger bring a ferret to a fast boat in winter?\n\nNever: storms frighten animals, and we cannot calm them all the way."
    fill = "\n\n".join(f"### Note {at}\n\nA passenger may board a boat." for at in range(9))
    text = f"# Animals\n\n## Questions people ask\n\n{ask}\n\n{fill}\n\n{{}}\n"
    for animal, count in (("ferret", 0), ("rabbit", 1)):
        document = source(
            text.format(f"### On food\n\nEvery {animal} eats hay and carrots all day long.")
        )
        asked = [each for each in found(document, min_chars=40) if "ferret to" in each.question]
        assert len(asked) == count


def test_what_asks_nothing_is_left_alone(source: Build) -> None:
    """People also state what troubles them; that is no question to leave open."""
    loss = "### I lost something in the car park.\n\nThe car park belongs to the town of Corrow, not to us."
    made = found(source(HEAD + "\n\n".join([*PIECES, loss])), min_chars=50, per_document=9)
    assert len(made) >= 3
    assert all(each.question.endswith("?") for each in made)


def test_what_there_is_to_know_of_a_topic_is_never_said_to_be_missing(source: Build) -> None:
    """A little of it may stand anywhere; what asks for more may be missing."""
    cabins = "## {}\n\nThey are small and warm, and nobody plays music there in the evening, for those who want to sleep on the way home.\n\n"
    others = "## Lockers in the ticket hall\n\nEach costs five euros and is emptied after a week.\n"
    assert found(source("# Rooms\n\n" + cabins.format("Quiet cabins") + others), min_chars=50) == []
    asked = found(
        source("# Rooms\n\n" + cabins.format("What quiet cabins offer") + others), min_chars=50
    )
    assert [each.question for each in asked] == ["What do quiet cabins offer?"]


def test_a_single_section_makes_none(source: Build) -> None:
    """Where no other section is, no question stays open."""
    assert found(source(HEAD + PIECES[0]), min_chars=50) == []


def test_siblings_come_first(source: Build) -> None:
    """A section under the same heading is taken before one elsewhere."""
    far = "## Weather\n\nStorms come from the west and last for days; the harbour closes at dusk."
    document = source(HEAD + "\n\n".join(PIECES[:2]) + "\n\n" + far)
    for seed in range(6):
        every = found(document, min_chars=50, seed=seed)
        car = next(each for each in every if "hire a car" in each.question)
        assert document.text[car.start :].startswith("### Does my puppy")


def test_an_answer_with_a_hole_is_refused() -> None:
    """A constant answer must not be filled from the text."""
    with pytest.raises(ValueError, match=r"it may not hold \{text\}, \{plain\} or \{item\}"):
        unanswerable.Options(answer="Only {text}.")


@settings(max_examples=40)
@given(order=st.permutations([*PIECES, "- a\n- b", "# New\n", "text é😀"]), seed=st.integers(0, 9))
def test_every_span_is_a_section_without_the_answer(
    source: Build, order: list[str], seed: int
) -> None:
    """Whatever stands around: a span inside the document that does not ask the question itself."""
    document = source("## Questions\n\n" + "\n\n".join(order))
    for each in found(document, min_chars=1, seed=seed):
        assert 0 <= each.start < each.end <= len(document.text)
        assert each.question not in document.text[each.start : each.end]
