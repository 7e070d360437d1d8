"""Rewrites: pairs of a text and its rewritten form, under the marks that documents use."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive.found import wrapped
from curator.derive.page.source import Source
from curator.derive.rewrites import Options, find

Build = Callable[..., Source]


def made(document: Source, options: Options | None = None) -> list[tuple[str, str]]:
    """Give question and answer of everything found."""
    return [
        (found.question, wrapped(found.template, document.text[found.start : found.end]))
        for found in find(document, options or Options())
    ]


def test_bold_marks_open_the_sides_of_a_pair(source: Build) -> None:
    """A text after **Before:** is rewritten as the paragraph after **After:**, and no further."""
    text = """# Plain words

**Before:** Vehicular access will be terminated 25 minutes
prior to departure.

**After:** The *car lane* closes 25 minutes before departure.

Both say the same."""
    question = (
        "Rewrite this in plain language.\n\n"
        "Vehicular access will be terminated 25 minutes prior to departure."
    )
    assert made(source(text)) == [(question, "The car lane closes 25 minutes before departure.")]


def test_list_items_hold_the_sides_with_all_their_paragraphs(source: Build) -> None:
    """Each side runs to the end of its item, without the attributes that follow the list."""
    text = """* #### Before

  Emphasis was placed on waters.

* #### After

  We emphasized:

  - waters, and
  - wetlands.
{: .example-side-by-side}"""
    question = "Rewrite this in plain language.\n\nEmphasis was placed on waters."
    assert made(source(text)) == [(question, "We emphasized:\n\n- waters, and\n- wetlands.")]


def test_headings_open_the_sides_of_a_pair(source: Build) -> None:
    """A side under a heading ends at the next heading of its level or above."""
    text = """# Rewriting a manual

## Before

Workers shall wear hearing protection.

## After

Wear ear plugs when it is noisy.

## Sources

Nobody knows."""
    question = "Rewrite this in plain language.\n\nWorkers shall wear hearing protection."
    assert made(source(text)) == [(question, "Wear ear plugs when it is noisy.")]


def test_each_row_of_a_table_is_a_pair(source: Build) -> None:
    """Sentences are put under the instruction, phrases into a question of their own."""
    text = """| Don\u2019t say | Say |
|---|---|
| in order to | **to** |
| Tickets must be provided. | Please show your ticket. |
| be advised | (omit) |"""
    assert made(source(text)) == [
        ("What is a plainer way to say “in order to”?", "to"),
        (
            "Rewrite this in plain language.\n\nTickets must be provided.",
            "Please show your ticket.",
        ),
    ]


def test_the_instruction_is_an_option(source: Build) -> None:
    """What stands before the text to rewrite is what the recipe says."""
    text = "**Original:** It is late, subject to delay.\n\n**Revised:** It is late."
    ((question, _),) = made(source(text), Options(instruction="Say it more simply."))
    assert question == "Say it more simply.\n\nIt is late, subject to delay."


@pytest.mark.parametrize(
    "text",
    [
        "## Before\n\n```\nx = 1\n```\n\n## After\n\n```\ny = 1\n```",
        "## Before\n\nLong words.\n\n## After\n\n![a picture](label.jpg)",
        "## Before\n\nPack your bag.\n\n## After\n\nRest.",
        "**Before:** Only one side.",
        "| Before | After |\n|---|---|\n| 12 | 14 |\n| caterpillar | butterfly |",
        "Before departure: wait.\n\nAfter arrival: leave.",
        "**After:** The answer.\n\n**Before:** The question.",
        "| Wordy | Plain |\n|---|---|\n| due and payable cease and desist begin and commence | due stop start |",
    ],
)
def test_what_is_no_rewrite_makes_none(source: Build, text: str) -> None:
    """Code, pictures, single sides, values and mere points of time are no pairs."""
    assert made(source(text)) == []


LINES = st.sampled_from(
    ["**Before:** Old text.", "**After:** New text.", "* #### Before", "* #### After", "  said so",
     "## Before", "### After", "Before | After", "--- | ---", "Old one. | New one.", "", "text",
     "{: .x}", "- an item", "**Original**", "**Revised:**", "```"]
)  # fmt: skip


@given(st.lists(LINES, max_size=25))
def test_every_answer_is_in_its_document(source: Build, lines: list[str]) -> None:
    """Whatever the marks, spans lie inside the text, without white space at their ends."""
    document = source("\n".join(lines))
    for found in find(document, Options()):
        said = document.text[found.start : found.end]
        assert said
        assert said == said.strip()
        assert wrapped(found.template, said).strip()


@pytest.mark.parametrize("piece", ["*", "#### Before\n", "| a ", "**Before:** x\n\n", "> ", "* "])
def test_hostile_repeats_take_no_time(source: Build, piece: str) -> None:
    """No pattern looks twice at what it has seen: 100,000 characters of one kind are nothing."""
    document = source(piece * (20_000 // len(piece)))
    assert len(made(document)) == 0


BULLETS = re.compile(
    r"^[ ]*(?:\* )?#{2,4} Before\n(.*?)^[ ]*(?:\* )?(?:### Divided.*\n +|### Material.*\n +)?"
    r"#{2,4} After\n(.*?)(?=^[ ]*\{:|^#{1,3} |\Z)",
    re.MULTILINE | re.DOTALL,
)
ROWS = re.compile(
    r"^\W*(?:Before|Don['\u2019]t say)\W*\|\W*(?:After|Say)\W*\n[-| :]+\n((?:.*\|.*\n)+)",
    re.MULTILINE,
)


def expected(page: str) -> list[tuple[str, str]]:
    """Count the pairs of a page by its marks alone; a side of no words is not counted."""
    pairs = BULLETS.findall(page)
    for rows in ROWS.findall(page):
        pairs += [tuple(row.split("|")[:2]) for row in rows.splitlines() if "{:" not in row[:3]]
    texts = [(squeezed(old), squeezed(new)) for old, new in pairs if not is_remark(new)]
    return [(old, new) for old, new in texts if old and new]


def is_remark(new: str) -> bool:
    """Find what is said about a text, or a picture of one."""
    bare = re.sub(r"<.*?>", "", new).strip()
    return bare.startswith(("(", "!["))


def squeezed(text: str) -> str:
    """Leave the letters and digits, so that marks and line ends do not matter."""
    text = re.sub(r"\{:.*?\}|<[^>]*>|\]\([^)]*\)", "", text)
    return "".join(char for char in text.lower() if char.isalnum())


@pytest.mark.real
def test_pairs_of_a_plain_language_site(
    source: Build, real_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At least 95 % of what the pages mark is found, and 95 % of what is found is marked."""
    wanted = found = right = 0
    for path in sorted((real_data / "plain-language" / "docs").rglob("*.md")):
        page = path.read_text(encoding="utf-8")
        if page.endswith("---\n"):
            continue  # front matter alone
        document = source(page)
        pairs = {(old[-60:], new[-60:]) for old, new in expected(document.text + "\n")}
        answers = [
            (squeezed(re.sub(r"\A.*?\n\n|\A.*?“|”\?\Z", "", question, count=2))[-60:],
             squeezed(answer)[-60:])
            for question, answer in made(document)
        ]  # fmt: skip
        wanted += len(pairs)
        found += len(answers)
        right += len(pairs & set(answers))
        if pairs ^ set(answers):
            with capsys.disabled():
                print(path.name, *sorted(pairs ^ set(answers)), sep="\n   ")  # noqa: T201
    with capsys.disabled():
        print(  # noqa: T201
            f"\nrewrites: {wanted} pairs marked, {found} found, {right} of them the same:"
            f" precision {right / found:.3f}, recall {right / wanted:.3f}"
        )
    assert right / found >= 0.95
    assert right / wanted >= 0.95
