"""The handbook recipe derives what the truth file says it must, and nothing that it must not."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from curator.derive.page.list_items import items
from curator.derive.page.plain import plain
from curator.derive.page.table_cells import table
from curator.engine import polars as engine
from curator.pipeline.run import Run
from curator.recipe import load
from curator.verify import verify


@pytest.fixture(scope="module")
def truth(root):
    """What must and must not be derived."""
    return json.loads((root / "samples" / "truth.json").read_text("utf-8"))["handbook"]


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """Run the recipe once, in a folder without earlier splits."""
    folder = tmp_path_factory.mktemp("handbook")
    shutil.copy(root / "recipes" / "handbook.yaml", folder)
    recipe = load(folder / "handbook.yaml", variables={"data": str(root / "samples")})
    Run(recipe=recipe, out=folder / "run", engine=engine).run()
    return folder / "run"


def rows_of(folder, *names):
    """Give the rows of some files of the run."""
    return [row for name in names for row in pl.read_parquet(folder / f"{name}.parquet").to_dicts()]


@pytest.fixture(scope="module")
def derived(folder):
    """Every derived example, those that were merged into another one too."""
    rows = [row for row in rows_of(folder, "records", "rejected") if row["messages"]]
    return [
        {
            "by": row["provenance"]["derived_by"],
            "page": Path(row["provenance"]["uri"]).name,
            "question": row["messages"][0]["content"],
            "answer": row["messages"][1]["content"],
            **row["provenance"],
        }
        for row in rows
    ]


@pytest.fixture(scope="module")
def texts(folder):
    """The text of each document by its id."""
    rows = rows_of(folder, "documents", "rejected")
    return {row["id"]: row["text"] for row in rows if row["text"] and row["blocks"] is not None}


def words(text):
    """Leave out markup, line ends and capitals."""
    return " ".join(plain(part) for part in text.split("\n\n")).casefold()


def missing(truth, derived, step, is_it):
    """List the entries of the truth that no example of the step meets."""
    made = [row for row in derived if row["by"] == step]
    return [
        entry
        for entry in truth[step]
        if not any(row["page"] == entry["page"] and is_it(entry, row) for row in made)
    ]


def test_every_question_that_the_pages_ask_is_asked(truth, derived):
    """In the words of the page, with the whole answer under it."""
    assert missing(truth, derived, "faq", lambda entry, row: (
        words(row["question"]) == words(entry["question"])
        and words(row["answer"]) == words(entry["answer"])
    )) == []  # fmt: skip


def test_every_term_is_explained(truth, derived):
    """Those of the glossary, and those that a sentence defines."""

    def is_it(entry, row):
        said = words(row["answer"])
        is_right = words(entry.get("answer") or entry["holds"]).rstrip(".") in said
        return is_right and words(entry["term"]) in words(row["question"])

    assert missing(truth, derived, "definitions", is_it) == []


def test_every_list_of_steps_is_given_whole(truth, derived):
    """From the first step to the last one."""

    def is_it(entry, row):
        found = items(row["answer"], 0, len(row["answer"]))
        return len(found) == entry["steps"] and words(entry["first_step"]) in words(row["answer"])

    assert missing(truth, derived, "procedures", is_it) == []


def test_every_choice_is_asked_about(truth, derived):
    """A question names both sides, in either order."""
    assert missing(truth, derived, "contrasts", lambda entry, row: all(
        side.casefold() in words(row["question"]) for side in entry["between"]
    )) == []  # fmt: skip


def test_the_pairs_before_and_after_are_those_of_the_pages(truth, derived):
    """All of them and no others: recall and precision are 1."""
    pair = {(words(entry["before"]), words(entry["answer"])) for entry in truth["rewrites"]}
    made = [row for row in derived if row["by"] == "rewrites"]
    found = {(words(row["question"].split("\n\n", 1)[1]), words(row["answer"])) for row in made}
    assert found == pair


def test_nothing_is_derived_that_must_not_be(truth, derived):
    """Each entry says why a person would not have written it."""
    wrong = [
        (entry, row["question"], row["answer"])
        for entry in truth["must_not"]
        for row in derived
        if entry["by"] in ("*", row["by"]) and entry.get("page", row["page"]) == row["page"]
        if all(
            re.search(rf"\b{re.escape(entry.get(f'{part}_has', ''))}", row[part], re.IGNORECASE)
            for part in ("question", "answer")
        )
    ]
    assert wrong == []


def test_a_fact_of_a_table_names_the_row_and_is_the_cell(derived, texts):
    """The answer is one cell; the question has the words of that row's first cell."""
    made = [row for row in derived if row["by"] == "tables"]
    assert len(made) > 100
    for row in made:
        text = texts[row["document_id"]]
        start = text.rfind("\n\n", 0, row["start"]) + 2
        found = table(text, start, (text.find("\n\n", start) + 1 or len(text) + 1) - 1)
        (line,) = [line for line in found.rows if line[0].start <= row["start"] < line[-1].end + 1]
        assert row["answer"] in {cell.words for cell in line}
        head = line[0].words.casefold()
        assert head in row["question"].casefold() or row["answer"].casefold() == head


def test_questions_are_clean(derived):
    """They begin with a capital, end as a question or a request does, and hold no markup."""
    for row in derived:
        first = row["question"].split("\n", 1)[0]
        assert first[0].isupper() or first[0] in "\"“'", row["question"]
        assert first[-1] in '?.:!"”', row["question"]
        assert not re.search(r"\*\*|\]\(|^#|\b(a|an|the) (a|an|the)\b|\?\?|  ", first), first


def test_every_answer_is_in_its_document(derived, texts):
    """The span is not empty, and has no space at its ends."""
    for row in derived:
        said = texts[row["document_id"]][row["start"] : row["end"]]
        assert said == said.strip() != ""
        assert 0 < row["confidence"] <= 1


def test_all_kinds_are_derived_and_every_promise_holds(folder, derived):
    """Eleven steps make examples, and one makes chunks."""
    book = json.loads((folder / "manifest.json").read_text())["ledger"]
    assert len(book["derived"]) == 12
    assert min(book["derived"].values()) >= 10
    assert Counter(row["by"] for row in derived) == {
        step: count for step, count in book["derived"].items() if step != "chunks"
    }
    assert [promise.name for promise in verify(folder, engine) if not promise.holds] == []


def test_the_paper_that_is_there_as_pdf_and_as_docx_is_recognised(folder):
    """One stands for the other, and what was derived from both is in one split."""
    merged = [row for row in rows_of(folder, "rejected") if row["merged_into"] and row["text"]]
    twin = next(row for row in merged if row["provenance"]["derived_by"] is None)
    assert Path(twin["provenance"]["uri"]).name == "winter-timetable.pdf"
    papers = [
        row["split"]
        for row in rows_of(folder, "records", "documents")
        if Path(row["provenance"]["uri"]).stem == "winter-timetable"
    ]
    assert len(papers) > 10
    assert len(set(papers)) == 1


def test_the_scan_is_a_reject_that_says_what_to_do(folder):
    """It is the only file that gives no document."""
    (lost,) = [row for row in rows_of(folder, "rejected") if row["step"] == "read"]
    assert Path(lost["provenance"]["uri"]).name == "pier-notice-scanned.pdf"
    assert (lost["reason"], lost["detail"]) == ("scan without a text layer", "page 1 needs OCR")


def test_the_pages_are_read_with_exact_spans(folder):
    """Blocks, in order, are the very text of the page; between them is only space."""
    pages = [row for row in rows_of(folder, "documents") if row["provenance"]["derived_by"] is None]
    pages = [row for row in pages if row["provenance"]["uri"].endswith(".md")]
    assert len(pages) == 13
    for page in pages:
        text, end = page["text"], 0
        whole = Path(page["provenance"]["uri"]).read_text("utf-8").rstrip("\n")
        assert whole.endswith(text)
        assert whole == text or whole.startswith("---\n")
        for block in page["blocks"]:
            said = text[block["start"] : block["end"]]
            assert said == said.strip() != ""
            assert text[end : block["start"]].strip() == ""
            assert said.startswith("#" * (block["level"] or 0))
            end = block["end"]
        assert text[end:].strip() == ""
        assert page["blocks"][0]["kind"] == "heading"
