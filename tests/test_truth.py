"""The sample recipes find every planted flaw, and nothing that is sound is lost."""

import json
import shutil

import polars as pl
import pytest

from curator.engine import polars as engine
from curator.pipeline.run import Run
from curator.recipe import load
from curator.verify import verify

FILES = {
    "messages": "messages.csv",
    "desk_chats": "chats.jsonl",
    "fares": "fares.jsonl",
}
BROKEN = {
    "too many cells": "too many cells",
    "too few cells": "too few cells",
    "bad encoding": "bad encoding",
    "broken": "broken JSON",
    "wrong type": "wrong type",
    "duplicate key": "duplicate key",
}
"""What truth.json calls a flaw, and what a reader says of it."""


@pytest.fixture(scope="module")
def truth(root):
    """What was planted where."""
    return json.loads((root / "samples" / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """Run every sample recipe once, in a folder without earlier splits."""
    folder = tmp_path_factory.mktemp("samples")
    for name in FILES:
        shutil.copy(root / "recipes" / f"{name}.yaml", folder)
        run(folder, name, root)
    return folder


@pytest.fixture(scope="module")
def rows(folder):
    """Every row of a run by its number in the file: kept and rejected."""
    return {name: numbered(folder / name) for name in FILES}


def run(folder, name, root):
    """Run one recipe of the folder on the samples."""
    recipe = load(folder / f"{name}.yaml", variables={"data": str(root / "samples")})
    return Run(recipe=recipe, out=folder / name, engine=engine).run()


def numbered(folder):
    """Give all rows of a run by row number; a row of the file that is there twice would be seen."""
    columns = ["id", "split", "label", "group", "rejected", "merged_into", "provenance"]
    parts = [pl.read_parquet(folder / f"{name}.parquet") for name in ("records", "rejected")]
    found = pl.concat([part.select(columns) for part in parts]).to_dicts()
    by_row = {row["provenance"]["row"]: row for row in found}
    assert len(by_row) == len(found)
    return by_row


def step(row):
    """Name the step that rejected a row."""
    return row["rejected"] and row["rejected"].split(": ")[0]


@pytest.mark.parametrize("name", FILES)
def test_every_broken_row_is_a_reject_at_its_place(rows, truth, name):
    """All of them and no others, each with its line and the reason that was planted."""
    found = {
        row["provenance"]["line"]: row["rejected"].removeprefix("read: ").split(" | ")[0]
        for row in rows[name].values()
        if step(row) == "read"
    }
    broken = truth[FILES[name]]["broken"]
    assert found == {flaw["line"]: BROKEN[flaw["flaw"].split(":")[0]] for flaw in broken}
    for flaw in broken:
        row = flaw.get("row", flaw["line"])
        assert rows[name][row]["provenance"]["line"] == flaw["line"]


@pytest.mark.parametrize("name", FILES)
def test_the_sum_closes_over_every_row_of_the_file(folder, truth, name):
    """What was read is what the truth counts, and each row is kept or rejected once."""
    book = json.loads((folder / name / "manifest.json").read_text())["ledger"]
    told = truth[FILES[name]]
    assert book["read"] == told.get("records", told.get("lines"))
    rejected = sum(count for reasons in book["rejected"].values() for count in reasons.values())
    assert book["read"] == book["kept"] + rejected


@pytest.mark.parametrize("name", FILES)
def test_every_promise_holds(folder, name):
    """On the files as they lie there."""
    assert [p.name for p in verify(folder / name, engine) if not p.holds] == []


@pytest.mark.parametrize("name", ["desk_chats", "fares"])
def test_nothing_but_the_broken_lines_is_rejected(rows, truth, name):
    """Sound lines are kept, unfinished chats among them."""
    kept = sum(step(row) is None for row in rows[name].values())
    assert kept == truth[FILES[name]]["sound"]


@pytest.mark.parametrize(
    ("kind", "by"), [("exact_repeats", "exact_duplicates"), ("near_repeats", "near_duplicates")]
)
def test_every_repeat_is_merged_into_its_row_and_nothing_else_is(rows, truth, kind, by):
    """Recall and precision are both 1.0, and the row that stands for it is the earlier one."""
    planted = {pair["row"]: pair["of"] for pair in truth["messages.csv"][kind]}
    if kind == "near_repeats":  # capitals and punctuation make no other words
        baits = truth["messages.csv"]["leak_bait"]["case_and_punctuation"]
        planted |= {pair["row"]: pair["of"] for pair in baits}
    kept = {row["id"]: n for n, row in rows["messages"].items() if step(row) is None}
    merged = {n: row for n, row in rows["messages"].items() if step(row) == by}
    assert {n: kept[row["merged_into"]] for n, row in merged.items()} == planted


def test_label_conflicts_are_found_on_both_sides(rows, truth):
    """Neither of two contradicting rows is taught, and no other row is suspected."""
    found = {n for n, row in rows["messages"].items() if step(row) == "label_conflicts"}
    assert found == {n for pair in truth["messages.csv"]["label_conflicts"] for n in pair["rows"]}


def test_nothing_sound_is_lost_from_the_messages(rows, truth):
    """All that is missing was planted; the originals of the conflicts are the only price."""
    planted = truth["messages.csv"]
    kept = {n for n, row in rows["messages"].items() if step(row) is None}
    flawed = {
        flaw["row"]
        for kind in ("exact_repeats", "near_repeats", "broken")
        for flaw in planted[kind]
    }
    flawed |= {pair["row"] for pair in planted["leak_bait"]["case_and_punctuation"]}
    flawed |= {n for pair in planted["label_conflicts"] for n in pair["rows"]}
    assert kept == set(range(1, planted["records"] + 1)) - flawed
    assert len(kept) == planted["sound"] - len(planted["label_conflicts"])


def test_no_case_stands_in_two_splits(rows, truth):
    """A passenger who writes again does not appear on both sides."""
    for case in truth["messages.csv"]["leak_bait"]["shared_case"]:
        found = [rows["messages"][n] for n in case["rows"]]
        assert {row["group"] for row in found} == {case["case_id"]}
        assert len({row["split"] for row in found} - {None}) <= 1, case


def test_repeats_that_stay_stand_in_one_split(root, folder, truth):
    """Without the steps that merge them, the split itself keeps baits and repeats together."""
    text = (root / "recipes" / "messages.yaml").read_text()
    merging = [line for line in text.splitlines(keepends=True) if "_duplicates:" in line]
    for line in merging:
        text = text.replace(line, "")
    (folder / "baited.yaml").write_text(text)
    run(folder, "baited", root)
    baited, planted = numbered(folder / "baited"), truth["messages.csv"]
    pairs = (
        planted["leak_bait"]["case_and_punctuation"]
        + planted["exact_repeats"]
        + planted["near_repeats"]
    )
    assert len(merging) == 2
    assert [baited[p["row"]]["split"] for p in pairs] == [baited[p["of"]]["split"] for p in pairs]
    assert {baited[p["row"]]["split"] for p in pairs} >= {"train"}
    assert all(promise.holds for promise in verify(folder / "baited", engine))


def test_every_topic_is_in_the_bank(folder, truth):
    """Two exemplars of each, the rarest one included."""
    lines = (folder / "messages" / "bank" / "exemplars.jsonl").read_text().splitlines()
    labels = sorted(json.loads(line)["label"] for line in lines)
    assert labels == sorted([*truth["messages.csv"]["topics"]] * 2)
