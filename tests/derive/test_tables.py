"""Tables: questions that a row and a column ask, and which of two rows has more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive.found import wrapped
from curator.derive.page.source import Source
from curator.derive.tables import Options, find

Build = Callable[..., Source]
ALL = Options(facts_per_table=99, comparisons_per_table=99)


def made(document: Source, options: Options = ALL) -> dict[str, str]:
    """Give the answer of each question that is found."""
    return {
        found.question: wrapped(found.template, document.text[found.start : found.end])
        for found in find(document, options)
    }


def test_heads_become_the_words_of_a_question(source: Build) -> None:
    """A price, a clause about a place, and an order with "it" are each asked in their own way."""
    text = """# Pets

| Animal | Price each way | Where it may be | Use it for |
|---|---|---|---|
| Assistance dog | free | everywhere | - |
| Cat, rabbit or bird | **€4.00** | see above | company |"""
    assert made(source(text)) == {
        "What is the price each way for an assistance dog?": "free",
        "Where may an assistance dog be?": "everywhere",
        "What is the price each way for the animal “Cat, rabbit or bird”?": "€4.00",
        "What do I use the animal “Cat, rabbit or bird” for?": "company",
    }


def test_a_row_that_is_no_thing_by_itself_is_named_by_its_column(source: Build) -> None:
    """Green is a signal here: the question says so instead of putting an article before it."""
    text = "| Signal | Meaning | What you may do |\n|---|---|---|\n| Green | all runs | nothing |\n"
    assert made(source(text + "| Red | nothing runs | wait for us |")) == {
        "What is the meaning of the signal “Green”?": "all runs",
        "What may I do when the signal is “Green”?": "nothing",
        "What is the meaning of the signal “Red”?": "nothing runs",
        "What may I do when the signal is “Red”?": "wait for us",
    }


def test_a_matrix_of_prices_says_where_it_stands(source: Build) -> None:
    """Where no column says that it is a price, the heading does, and is named."""
    text = """# Fares

## Single fares

| Passenger | Zone 1 |
|---|---|
| Senior (20% off) | €7.20 |
| Child | €4.50 |"""
    opening = "In the table under “Single fares”, "
    assert made(source(text)) == {
        opening + "what is the “Zone 1” fare for the passenger “Senior (20% off)”?": "€7.20",
        opening + "what is the “Zone 1” fare for a child?": "€4.50",
        opening + "which passenger has the higher “Zone 1” fare, “Senior (20% off)” or “Child”?":
            "Senior (20% off)",
    }  # fmt: skip


def test_keys_and_values_are_asked_of_their_heading(source: Build) -> None:
    """A table without a head tells of the thing that its heading names."""
    text = """## Alias Directive

|  |  |
|---|---|
| Description: | Maps URLs to files |
| Syntax: | `Alias [url\\|path]` |
| Override: | FileInfo |
| Default: | |"""
    assert made(source(text)) == {
        "What does the `Alias` directive do?": "Maps URLs to files",
        "What is the syntax of the `Alias` directive?": "Alias [url|path]",
        "What is listed under “Override” for the `Alias` directive?": "FileInfo",
    }


def test_what_compares_has_one_unit_and_two_values(source: Build) -> None:
    """Equal values and values of two units are not compared."""
    text = """| Item | Price |
|---|---|
| Bag | €6.00 |
| Tent | €6.00 |
| Lock | $9.00 |
| Kayak | €1,200.00 |"""
    asked = made(source("# Things to hire\n\n" + text), Options(facts_per_table=0))
    assert asked == {
        "In the table under “Things to hire”, which item has the higher price, “Bag” or “Kayak”?":
            "Kayak",
        "In the table under “Things to hire”, which item has the higher price, “Tent” or “Kayak”?":
            "Kayak",
    }  # fmt: skip


def test_a_large_table_does_not_flood_the_set(source: Build) -> None:
    """The options bound what one table gives; the seed chooses, and chooses the same again."""
    rows = "".join(f"| Boat {chr(65 + n)} | €{n + 1}.00 |\n" for n in range(26))
    document = source("# Boats\n\n| Boat | Price |\n|---|---|\n" + rows)
    one, other = (Options(facts_per_table=3, seed=seed) for seed in (0, 1))
    assert len(made(document, one)) == 5
    assert made(document, one) == made(document, one) != made(document, other)


def test_what_says_little_alone_is_asked_in_its_place(source: Build) -> None:
    """What comes of a rule depends on where it stands."""
    text = "# Rules for paths\n\n| Given rule | Resulting substitution |\n|---|---|\n| `xa` | /a |\n| `xb` | /b |"
    assert set(made(source(text))) == {
        f"In the table under “Rules for paths”, what is the resulting substitution of the given rule “{name}”?"
        for name in ("xa", "xb")
    }


def test_what_a_person_would_ask_comes_first(source: Build) -> None:
    """A question that only names row and column stands in where nothing better can be asked."""
    rows = "".join(f"| Boat {chr(65 + n)} | €{n + 1}.00 | grey |\n" for n in range(6))
    document = source("# Boats\n\n| Boat | Price | Paint |\n|---|---|---|\n" + rows)
    few, more = (
        list(find(document, Options(facts_per_table=count, comparisons_per_table=0)))
        for count in (6, 7)
    )
    assert all("what is the price" in each.question.lower() for each in few)
    assert [each.question[:58] for each in more if each.confidence < 0.7] == [
        "In the table under “Boats”, what is listed under “Paint” f"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "| Ticket | Price |\n|---|---|\n| Flex | 1 |\n| Flex | 2 |",  # two rows of one name
        "| Hours | Noise |\n|---|---|\n| 16 | 80 |\n| 8 | 85 |",  # numbers name no row
        "| Dish | Price |\n|---|---|\n| Soup | |\n| Stew | n/a |",  # no values
        "| Before | After |\n|---|---|\n| Said so. | Say so. |\n| Old one. | New one. |",
        "| If you | Then |\n|---|---|\n| ring | wait |\n| wait | ring |",
        "| Dish | Price | Price |\n|---|---|---|\n| Soup | 1 | 2 |\n| Stew | 3 | 4 |",
        "# Menu\n\n| Dish | 735 |\n|---|---|\n| Soup | [x][] |\n| Stew | [y][] |",
        "# Boxes\n\n| `lid` | `rope` |\n|---|---|\n| `key` | `lock` |\n| `nail` | `hook` |",  # a list
        "# Overview\n\n| Dish | Served |\n|---|---|\n| Soup | hot |\n| Stew | cold |",
    ],
)
def test_what_cannot_be_asked_cleanly_makes_none(source: Build, text: str) -> None:
    """Rows that share a name, numbers as names, clauses and vague headings are left out."""
    assert made(source(text)) == {}


def test_a_question_with_two_answers_is_not_asked(source: Build) -> None:
    """Two tables that would answer one question differently both keep silent on it."""
    one = "| Animal | Price |\n|---|---|\n| Dog | €1 |\n| Cat | €2 |\n\n"
    assert made(source("# Prices\n\n" + one + one.replace("€1", "€3").replace("Cat", "Cow")))
    assert "What is the price for a dog?" not in made(source(one + one.replace("€1", "€3")))


CELLS = st.sampled_from(
    ["Dog", "a", "", "€4.00", "**x**", "`a\\|b`", "Price", "Where it goes", "1", "see below", "n "]
)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=6))
def test_every_answer_is_a_cell_of_its_document(source: Build, rows: list[list[str]]) -> None:
    """Whatever the cells, the answer is the text of one of them."""
    head, *body = ("| " + " | ".join(row) + " |\n" for row in rows)
    document = source("# Prices of boats\n\n" + head + "|---|---|---|\n" + "".join(body))
    cells = {cell.strip().strip("*`") for row in rows for cell in row}
    for found in find(document, ALL):
        assert document.text[found.start : found.end] in cells - {""}


def test_hostile_cells_take_no_time(source: Build) -> None:
    """A table of 5,000 rows, and a cell of 50,000 marks, take no more time than they are long."""
    rows = "".join(f"| Boat {n} | {n} |\n" for n in range(5_000))
    document = source("# Boats for hire\n\n| Boat | Price |\n|---|---|\n" + rows)
    assert len(made(document, Options())) == 10
    hostile = f"| Boat | Price |\n|---|---|\n| Ann | {'*`' * 25_000} |\n| Bee | {'1' * 50_000} |"
    assert len(made(source(hostile))) <= 2


def test_a_verb_of_a_column_asks_when_and_where(source: Build) -> None:
    """Only of what can leave and call: a day does neither."""
    head = "# Sailings\n\n| {} | Leaves Corrow | Calls at |\n|---|---|---|\n"
    ships = made(
        source(head.format("Ship") + "| Gull, late | 07:40 | Skarn |\n| Tern | 8:10 | - |")
    )
    place = "In the table under “Sailings”, "
    assert ships[place + "when does the ship “Gull, late” leave Corrow?"] == "07:40"
    assert ships[place + "where does the ship “Gull, late” call?"] == "Skarn"
    days = made(source(head.format("Day") + "| Monday | 07:40 | Skarn |\n| Friday | 8:10 | - |"))
    asked = "In the table under “Sailings”, what is listed under “Leaves Corrow” for “Monday”?"
    assert days[asked] == "07:40"
    assert not any("does Monday" in each for each in days)


def test_many_things_are_asked_for_in_the_plural(source: Build) -> None:
    """Hours of opening, and what is kept."""
    text = """# Desk

| Thing | Opening hours | Kept for |
|---|---|---|
| Food and flowers | 7 to 9 | 48 hours |
| Question Heading | 8 to 9 | 2 days |

| Boat | Captain's age |
|---|---|
| Gull | 60 |
| Tern | 61 |"""
    asked = made(source(text))
    place = "n the table under “Desk”, "
    assert asked[f"I{place}how long are food and flowers kept?"] == "48 hours"
    assert asked[f"I{place}what are the opening hours for “Question Heading”?"] == "8 to 9"
    assert asked[f"I{place}what is listed under “Captain's age” for “Gull”?"] == "60"


def test_a_description_that_opens_with_a_verb_says_what_something_does(source: Build) -> None:
    """Others describe; a version is no row to ask about, and "name" no kind of thing."""
    text = """# Tools

| Name | Description | Default level |
|---|---|---|
| `run` | Shows the help | low |
| `box/` | Contains ropes | low |
| `strict` | lints that are on | high |
| v8.0.0 | Shows all | low |"""
    asked = made(source(text))
    place = "In the table under “Tools”, "
    assert asked[place + "what does “run” do?"] == "Shows the help"
    assert asked[place + "what does “box/” contain?"] == "Contains ropes"
    assert asked[place + "what is the description of “strict”?"] == "lints that are on"
    assert asked[place + "what is the default level of “strict”?"] == "high"
    assert not any("v8" in each or "the name" in each for each in asked)
