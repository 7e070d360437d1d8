"""Answers, passages and chunks are cut out of their documents anew: none may differ."""

import shutil

import polars as pl
import pytest

from curator.engine import polars as engine
from curator.pipeline.run import Run
from curator.recipe import load
from curator.verify import verify

RECIPE = """\
name: desk
task: {instruction: Answer the question.}
read: [{documents: {path: "*.md"}}]
derive: [faq, {with_context: {unanswered: 0}}, {chunks: {max_chars: 120}}]
refine: [normalize_text]
"""
PAGE = """\
# Fares

## Questions people ask

### Do I pay for a baby on board?

No. A small child travels free of charge, but the ship counts every soul, so it needs a ticket.

### Can my neighbour borrow the islander card?

No. The card is personal and holds the photograph of its owner, and the purser compares both.

### Does the price rise in August?

It does not. Vehicle space runs out early, though, and whoever comes late waits on the quay.
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Derive examples from one page once."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "desk.yaml").write_text(RECIPE)
        (folder / "fares.md").write_text(PAGE)
        Run(recipe=load("desk.yaml"), out=folder / "run", engine=engine).run()
    return folder / "run"


@pytest.fixture
def copy(finished, tmp_path):
    """Give each test files of its own to tamper with."""
    return shutil.copytree(finished, tmp_path / "run")


def found(folder):
    """List what is said against the fifth promise."""
    (promise,) = [p for p in verify(folder, engine) if p.name == "rows tell their life"]
    return [violation.message for violation in promise.violations]


def rewrite(path, **columns):
    """Change the first row of a file."""
    rows = pl.read_parquet(path).with_row_index("_at")
    first = pl.col("_at") == 0
    changes = {name: pl.when(first).then(new).otherwise(name) for name, new in columns.items()}
    rows.with_columns(**changes).drop("_at").write_parquet(path)


def test_what_nobody_touched_holds(finished):
    """Three answers, the same with passages to find them in, and the chunks."""
    assert found(finished) == []
    assert pl.read_parquet(finished / "records.parquet")["context"].drop_nulls().len() > 0


def test_an_answer_that_is_not_at_its_span_is_named(copy):
    """Even if it is elsewhere in the document."""
    place = pl.col("provenance").struct
    moved = place.with_fields(start=place.field("start") + 4)
    rewrite(copy / "records.parquet", provenance=moved)
    (said,) = found(copy)
    assert said.endswith("its text is not at the span of the document that it names")


def test_a_context_that_is_not_its_passages_is_named(copy):
    """A word more is too much."""
    rows = pl.read_parquet(copy / "records.parquet").sort(pl.col("context").is_null())
    rows.write_parquet(copy / "records.parquet")
    rewrite(copy / "records.parquet", context=pl.col("context") + " Yes.")
    (said,) = found(copy)
    assert said.endswith("its context is not the passages of the documents that it names")


def test_a_chunk_that_was_edited_is_named(copy):
    """Its text is held against the document's."""
    rows = pl.read_parquet(copy / "documents.parquet")
    by = pl.col("provenance").struct.field("derived_by")
    rows.sort(by, nulls_last=True).write_parquet(copy / "documents.parquet")
    rewrite(copy / "documents.parquet", text=pl.col("text") + "!")
    (said,) = found(copy)
    assert said.endswith("its text is not at the span of the document that it names")


def test_a_document_that_is_gone_is_missed(copy):
    """Nothing that was derived from it can be proven."""
    rows = pl.read_parquet(copy / "documents.parquet")
    by = pl.col("provenance").struct.field("derived_by")
    rows.filter(by.is_not_null()).write_parquet(copy / "documents.parquet")
    assert "is in no file" in found(copy)[0]
