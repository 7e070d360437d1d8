"""Examples stand beside the passages that answer them, and beside some that do not."""

from __future__ import annotations

from typing import Any

import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.derive import with_context
from curator.derive.found import wrapped
from curator.read.documents import markdown
from curator.records import RECORD

TEXT = """# Pets

## Prices

Each dog pays €4.00 for a crossing in either direction; a cat in a carrier travels free of charge.

## Leads

Dogs stay on a lead of at most 1.5 metres, from the gate to the gate, on every crossing they make.

## Cabins

A cabin for a dog has a bench, a bowl and a floor that can be washed after the crossing is over.

## Islands

Skarn wants every dog on a lead, because sheep graze up to the houses; Vessay has no such rule.

## Seats

No dog sits on a seat or sleeps on a table, and none enters the café during the crossing.
"""
SAID = "Dogs stay on a lead of at most 1.5 metres"


def document(text: str = TEXT, name: str = "d", **more: Any) -> dict[str, Any]:
    blocks, title = markdown.blocks_of(text)
    origin = {"uri": f"{name}.md", "sha256": "ab", "row": 1}
    told = [block._asdict() for block in blocks]
    return {"id": name, "title": title, "text": text, "blocks": told, "provenance": origin, **more}


def example(question: str, answer: str, **more: Any) -> dict[str, Any]:
    said = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    origin = {"uri": "faq.csv", "sha256": "cd", "row": 7}
    return {"id": "e", "messages": said, "provenance": origin, **more}


def derived(
    question: str = "How long may the lead of a dog be?", said: str = SAID
) -> dict[str, Any]:
    place = {"document_id": "d", "start": TEXT.index(said), "end": TEXT.index(said) + len(said)}
    origin = {"uri": "d.md", "sha256": "ab", "row": 1, "derived_by": "faq", "confidence": 0.6}
    return example(question, said, provenance={**origin, **place})


def rows(*records: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    plan = pl.LazyFrame(records, schema=dict(RECORD))
    step = with_context.Options(**{"max_chars": 120, "unanswered": 0.0, **options})
    made = with_context.derive(plan, step).collect()
    assert made.schema == pl.Schema(RECORD)
    return made.to_dicts()


def shown(row: dict[str, Any]) -> list[str]:
    return [TEXT[each["start"] : each["end"]] for each in orjson.loads(row["meta"])["passages"]]


def test_the_passage_around_the_span_answers_a_derived_example() -> None:
    """Question, answer and span stay; the context holds the passage and distractors without it."""
    (row,) = rows(document(), derived())
    assert [each["content"] for each in row["messages"]] == [
        derived()["messages"][0]["content"],
        SAID,
    ]
    assert row["context"] == "\n\n".join(shown(row))
    assert [SAID in each for each in shown(row)].count(True) == 1
    assert len(shown(row)) == 4
    place = row["provenance"]
    assert TEXT[place["start"] : place["end"]] == SAID
    assert (place["parent_id"], place["derived_by"], place["confidence"]) == (
        "e",
        "with_context",
        0.6,
    )


def test_a_labelled_example_is_answered_by_search() -> None:
    """The passage that holds the answer's words is found, and its document ties the row."""
    labelled = example("How long a lead for my dog?", "A lead of at most 1.5 metres, gate to gate.",
                       label="pets", group="g", split="test")  # fmt: skip
    (row,) = rows(document(), labelled)
    place = row["provenance"]
    assert SAID in TEXT[place["start"] : place["end"]]
    assert (place["document_id"], place["uri"], place["row"], place["parent_id"]) == (
        "d", "faq.csv", 7, "e",
    )  # fmt: skip
    assert (row["label"], row["group"], row["split"]) == ("pets", "g", "test")
    assert wrapped(place["template"], "") == row["messages"][1]["content"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How long a lead for my dog?", "A lead of two metres, and a muzzle for each animal."),
        ("Where can I park the car?", "At most 1.5 metres, from the gate to the gate."),
        ("How long a lead for my dog?", "1.5 metres"),
        ("How long a lead for my dog?", "No."),
    ],
)
def test_an_example_that_no_passage_answers_makes_no_row(question: str, answer: str) -> None:
    """Other answers, other questions and answers too short to be found are left out."""
    assert rows(document(), example(question, answer)) == []


def test_some_examples_are_left_unanswered() -> None:
    """Then no passage holds the answer, and the completion says so."""
    (row,) = rows(document(), derived(), unanswered=1.0, answer="Not said.")
    assert row["messages"][1]["content"] == "Not said."
    assert not any("1.5" in each or SAID in each for each in shown(row))
    place = row["provenance"]
    assert (place["template"], place["confidence"]) == ("Not said.", 0.6)
    assert TEXT[place["start"] : place["end"]] in shown(row)


def test_a_distractor_says_little_of_the_answer() -> None:
    """A section that gives the answer in other words is no distractor."""
    again = "## Reminder\n\nAt most 1.5 metres of lead, please, for all dogs that stay for a crossing.\n"
    (row,) = rows(document(TEXT + again), derived(), distractors=9)
    assert "Reminder" not in row["context"]
    assert "Seats" in row["context"]


def test_unanswered_rows_show_nothing_that_looks_like_an_answer() -> None:
    """What holds most words of the question may answer it in words of its own."""
    again = "## Reminder\n\nA long rope at the harbour is allowed when a sailor holds it, also at night.\n"
    asked = derived("Is a long rope allowed at the harbour for a dog?")
    (row,) = rows(document(TEXT + again), asked, distractors=9, unanswered=1.0)
    assert row["messages"][1]["content"] == "The passages do not say."
    assert "Reminder" not in row["context"]
    (row,) = rows(document(TEXT + again), asked, distractors=9)
    assert "Reminder" in row["context"]


def test_a_hash_of_the_id_chooses_the_unanswered() -> None:
    """About the share that was asked for, whatever else is there."""
    many = [{**derived(), "id": f"e{number}"} for number in range(300)]
    made = rows(document(), *many, unanswered=0.2)
    left = [row for row in made if row["messages"][1]["content"] == "The passages do not say."]
    assert 40 <= len(left) <= 80
    alone = rows(document(), many[5], unanswered=0.2)
    assert alone == [made[5]]


def test_distractors_are_of_the_same_document() -> None:
    """A document elsewhere never shows up: the row is tied to all that it shows."""
    other = document(TEXT.replace("1.5 metres", "two yards"), name="other")
    (row,) = rows(other, document(), derived(), distractors=9)
    assert {each["document_id"] for each in orjson.loads(row["meta"])["passages"]} == {"d"}


def test_a_document_of_one_passage_has_no_distractors() -> None:
    """Fewer are given, and the row is answered."""
    (row,) = rows(document(), derived(), max_chars=5000, unanswered=1.0)
    assert shown(row) == [TEXT.strip()]
    assert row["messages"][1]["content"] == SAID


def test_a_span_that_no_passage_covers_makes_no_row() -> None:
    """An answer that was cut through is no answer."""
    assert rows(document(), derived(), max_chars=30) == []


def test_a_cell_needs_the_head_of_its_table() -> None:
    """A cell is no answer where its column has no name."""
    lines = [f"| Animal {number} with a long name | €{number}.00 |" for number in range(9)]
    text = "# Pets\n\n| Animal | Price |\n|---|---|\n" + "\n".join(lines)
    at = text.index("€8.00")
    asked = example("What does animal 8 cost?", "€8.00")
    asked["provenance"] |= {"document_id": "d", "start": at, "end": at + 5, "derived_by": "tables"}
    assert rows(document(text), asked, max_chars=150) == []
    assert len(rows(document(text), asked, max_chars=1500)) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"context": "A passage."},
        {"tools": "[]"},
        {"label": SAID},
        {"rejected": "require: why"},
        {"messages": [{"role": "user", "content": "Hi?"}]},
        {"messages": [{"role": "system", "content": "Be."}, *derived()["messages"]]},
        {"provenance": {**derived()["provenance"], "derived_by": "cloze"}},
    ],
)
def test_what_is_no_plain_question_is_not_taken(more: dict[str, Any]) -> None:
    """Context, tools, labels as answers, rejects, other turns and gap texts are left alone."""
    assert rows(document(), {**derived(), **more}) == []


def test_chunks_are_no_documents() -> None:
    """Only whole documents are searched."""
    chunk = document()
    chunk["provenance"] |= {"derived_by": "chunks"}
    assert rows(chunk, derived()) == []


@settings(max_examples=30)
@given(
    seed=st.integers(0, 99), limit=st.integers(60, 400), distractors=st.integers(0, 5),
    at=st.integers(0, len(TEXT) - 20),
)  # fmt: skip
def test_the_context_is_its_passages(seed: int, limit: int, distractors: int, at: int) -> None:
    """Whatever is asked of whatever span: the context is the passages, each once."""
    said = TEXT[at : at + 12].strip()
    asked = derived("Which dog needs a lead on a crossing?", said)
    asked["provenance"] |= {"start": TEXT.index(said), "end": TEXT.index(said) + len(said)}
    options = {"seed": seed, "max_chars": limit, "distractors": distractors, "unanswered": 0.5}
    for row in rows(document(), asked, **options):
        assert row["context"] == "\n\n".join(shown(row))
        assert len({*shown(row)}) == len(shown(row)) <= distractors + 1
        place = row["provenance"]
        told = wrapped(place["template"] or "{text}", TEXT[place["start"] : place["end"]])
        assert told == row["messages"][1]["content"]


def test_impossible_options_are_refused() -> None:
    """A share above one cannot be meant."""
    with pytest.raises(ValueError, match="unanswered from 0 to 1"):
        with_context.Options(unanswered=2)
