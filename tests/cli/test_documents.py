"""Documents in the shell: their blocks, the passages of what was derived, and their lives."""

import json
import subprocess
import sys

import polars as pl
import pytest

PAGE = """# Pets

Dogs may stay on deck.

## What a lead is

A **lead** is a rope that ties a dog to its person. It is free.
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Stand a page and a recipe in a folder, and run it."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "pets.md").write_text(PAGE)
    (folder / "desk.yaml").write_text(
        "name: desk\ntask: {instruction: Answer.}\nread:\n  - documents: {path: '*.md'}\n"
        "derive: [definitions]\nselect: [split]\nwrite: [instruction_set]\n"
    )
    assert curator(folder, "run", "desk.yaml").returncode == 0
    return folder


def curator(folder, *arguments):
    """Run the command as a user does."""
    command = [sys.executable, "-m", "curator", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_preview_shows_a_document_with_its_blocks_and_an_example_under_its_passage(desk):
    """A block with its kind and span; the span of the example between marks, words around it."""
    lines = curator(desk, "preview", "desk.yaml").stdout.splitlines()
    shown = [" ".join(line.split()) for line in lines]
    assert "heading 1 0-6 # Pets" in shown
    assert "paragraph 8-30 Dogs may stay on deck." in shown
    passage = next(at for at, line in enumerate(shown) if "[A **lead** is a rope" in line)
    assert shown[passage].startswith("> ## What a lead is")
    assert shown[passage].endswith("] It is free.")
    assert "What is a lead? / A lead is a rope that ties a dog to its person." in shown[passage + 1]


def test_preview_shows_no_more_rows_of_a_step_than_it_is_asked_for(desk):
    """What was derived is many rows; blocks stand once, where the document is read."""
    lines = curator(desk, "preview", "desk.yaml", "--rows", "1").stdout.splitlines()
    split = lines[next(at for at, line in enumerate(lines) if line.startswith("select.split")) :]
    assert [line.strip()[:6] for line in split] == ["select", "0 a680", "… 1 mo"]
    assert sum("# Pets" in line and "0-6" in line for line in lines) == 1


def test_explain_tells_the_life_of_a_document_and_of_what_was_derived(desk):
    """A document has a text where an example has messages."""
    ids = [
        pl.read_parquet(desk / f"build/desk/{name}.parquet")["id"][0]
        for name in ("documents", "records")
    ]
    document, example = (curator(desk, "explain", "build/desk", name).stdout for name in ids)
    assert "read      pets.md, row 1" in document
    assert "text      # Pets" in document
    assert "in        documents.parquet" in document
    assert "derived   by definitions, confidence 0.85" in example
    start, end = PAGE.index("A **lead"), PAGE.index(" It is free.")
    assert f"from document {ids[0][:12]}, characters {start} to {end}" in example
    told = json.loads(curator(desk, "explain", "build/desk", ids[0], "--format", "json").stdout)
    assert told[0]["row"]["text"] == PAGE.strip()
