"""Rows that are made out of documents: numbered on, counted in the sum, the same every time."""

import hashlib

import orjson
import polars as pl
import pytest

from curator.engine import polars as engine
from curator.pipeline.preview import preview
from curator.pipeline.run import Run
from curator.recipe import load

RECIPE = """\
name: desk
seed: 3
task: {instruction: Answer the question.}
read: [{documents: {path: "pages/*.md", licence: mit, group: pages}}]
derive: [faq, definitions, {chunks: {max_chars: 80}}]
refine: [exact_duplicates]
select: [split]
write: [instruction_set]
"""
PAGE = """\
# Fares

A **zone** is an island as seen from Corrow. The zone decides the fare.

## Questions people ask

### Do I pay for a baby?

No. A baby travels free, but it needs a ticket.
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Stand in a folder with a recipe and two pages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desk.yaml").write_text(RECIPE)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "fares.md").write_text(PAGE)
    (tmp_path / "pages" / "pets.md").write_text("# Pets\n\nQ: Is my dog welcome?\nA: It is.\n")
    return tmp_path


def run(folder, name="out", **sets):
    return Run(recipe=load("desk.yaml", sets=sets), out=folder / name, engine=engine).run()


def test_the_sum_counts_what_was_read_and_what_was_derived(desk):
    """Both sides of it are in the manifest, step by step."""
    book = run(desk).ledger
    assert book.sentence() == (
        "read 2 + derived 7 (chunks 4, faq 2, definitions 1) = kept 9 + rejected 0"
    )
    assert book.is_closed
    told = orjson.loads((desk / "out" / "manifest.json").read_bytes())
    assert told["ledger"]["derived"] == {"faq": 2, "definitions": 1, "chunks": 4}
    assert [(each["rows"], each["kept"]) for each in told["inputs"]] == [(1, 1), (1, 1)]


def test_derived_rows_are_numbered_after_those_that_were_read(desk):
    """In the order of the steps, and within a step in that of the documents."""
    run(desk)
    rows = pl.concat(
        pl.read_parquet(desk / "out" / name).select("position", "provenance", "group", "licence")
        for name in ("records.parquet", "documents.parquet")
    ).sort("position")
    made = rows["provenance"].struct.field("derived_by").to_list()
    assert made == [None, None, "faq", "faq", "definitions", *["chunks"] * 4]
    assert rows["position"].to_list() == list(range(9))
    assert set(rows["group"]) == {"pages"}
    assert set(rows["licence"]) == {"mit"}


def test_an_example_names_its_document_and_its_span(desk):
    """Whoever reads the row can open the page at the very place."""
    run(desk)
    row = pl.read_parquet(desk / "out" / "records.parquet").filter(
        pl.col("provenance").struct.field("derived_by") == "definitions"
    )
    place = row["provenance"][0]
    page = pl.read_parquet(desk / "out" / "documents.parquet").row(
        by_predicate=pl.col("id") == place["document_id"], named=True
    )
    said = page["text"][place["start"] : place["end"]]
    assert said == "A **zone** is an island as seen from Corrow."
    assert place["template"] == "{plain}"
    assert row["messages"][0][1]["content"] == "A zone is an island as seen from Corrow."


def test_a_step_that_comes_twice_makes_its_rows_twice(desk):
    """Neither overwrites the other; their repeats are merged by the step that does so."""
    (desk / "desk.yaml").write_text(RECIPE.replace("derive: [faq,", "derive: [faq, faq,"))
    assert run(desk).ledger.sentence() == (
        "read 2 + derived 9 (chunks 4, faq 4, definitions 1) = kept 9 + rejected 2"
        " (exact_duplicates 2)"
    )


def test_the_only_chunk_of_a_document_is_no_repeat_of_it(desk):
    """Both say the same, but one is a document and the other is to be trained on."""
    run(desk)
    rows = pl.read_parquet(desk / "out" / "documents.parquet")
    short = rows.filter(pl.col("text").str.starts_with("# Pets"))
    assert short["provenance"].struct.field("derived_by").to_list() == [None, "chunks"]


def test_two_runs_give_the_same_bytes(desk):
    """Derived rows too."""

    def digest():
        run(desk)
        files = sorted(path for path in (desk / "out").rglob("*") if path.is_file())
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]

    assert digest() == digest()


def test_all_that_comes_from_one_document_is_in_one_split(desk):
    """Its chunks and its examples go where it goes."""
    (desk / "desk.yaml").write_text(RECIPE.replace(", group: pages", ""))
    run(desk, **{"select.split.near_duplicates": "null"})
    rows = pl.concat(
        pl.read_parquet(desk / "out" / name).select("id", "split", "provenance")
        for name in ("records.parquet", "documents.parquet")
    )
    of = pl.coalesce(pl.col("provenance").struct.field("document_id"), "id")
    assert rows.group_by(of).agg(pl.col("split").n_unique())["split"].to_list() == [1, 1]


def test_a_preview_shows_what_each_step_makes(desk):
    """And marks it as new."""
    stops = list(preview(load("desk.yaml"), engine, limit=1))
    assert [(stop.step, stop.made, len(stop.changed)) for stop in stops[:3]] == [
        ("read", False, 1),
        ("derive.faq", True, 1),
        ("derive.definitions", True, 1),
    ]
