"""A run on a small source: the sum closes, artifacts are whole, bytes repeat, splits stick."""

import hashlib
import re

import polars as pl
import pytest

from curator.engine import polars as engine
from curator.errors import RecipeError, SourceError, ValidationFailed, WriteError
from curator.pipeline.run import Run
from curator.recipe import load

RECIPE = """\
name: desk
seed: 5
task: {instruction: Name the topic., output: {labels: from_data}}
read:
  - csv: {path: messages.csv, map: {input: text, label: topic}}
refine: [normalize_text, exact_duplicates, near_duplicates]
select:
  - split
  - random: {per_label: 1}
validate: [record_schema, split_leakage]
write: [bank, instruction_set, formats]
"""
PLACES = [
    "harbour",
    "island",
    "ferry",
    "deck",
    "cabin",
    "bridge",
    "engine",
    "anchor",
    "pier",
    "lighthouse",
    "gangway",
    "lounge",
]


def messages(n, start=0):
    """Write n different sentences of two topics, as CSV lines."""
    words = PLACES * 3
    for i in range(start, start + n):
        picked = " ".join(words[(i * 7 + j * (1 + i % 5)) % len(words)] for j in range(6))
        yield f"{picked} {i} {i * i} {i * 31 % 97},{'lost' if i % 3 else 'fare'}\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Stand in a folder with the recipe and 60 messages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desk.yaml").write_text(RECIPE)
    (tmp_path / "messages.csv").write_text("text,topic\n" + "".join(messages(60)))
    return tmp_path


def run(out="out", **sets):
    """Run the recipe of the folder."""
    return Run(recipe=load("desk.yaml", sets=sets), out=engine_path(out), engine=engine).run()


def engine_path(name):
    """Give a path below the working folder."""
    from pathlib import Path

    return Path(name)


def digests(folder):
    """Hash every file of a run."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_sum_closes_over_kept_rejected_and_merged_rows(desk):
    """A repeat, a broken line and an empty label each end somewhere."""
    with (desk / "messages.csv").open("a") as file:
        file.write("only one cell\n" + next(messages(1)))
    manifest = run()
    assert (
        manifest.ledger.sentence() == "read 62 = kept 60 + rejected 2 (exact_duplicates 1, read 1)"
    )
    assert pl.read_parquet(desk / "out/rejected.parquet").height == 2


def test_two_runs_give_the_same_bytes(desk):
    """Nothing in any file depends on when or how often it was written."""
    run("one")
    run("two")
    assert digests(desk / "one") == digests(desk / "two")


def test_growth_moves_no_row_to_another_split(desk):
    """What was learnt from stays apart from what it is tested on."""
    run()
    before = pl.read_parquet(desk / "out/records.parquet").select("id", "split")
    with (desk / "messages.csv").open("a") as file:
        file.writelines(messages(6, start=60))
    run()
    after = pl.read_parquet(desk / "out/records.parquet").select("id", now="split")
    both = before.join(after, on="id")
    assert both.height == 60
    assert (both["split"] == both["now"]).all()


def test_a_failed_check_writes_its_violations_and_no_artifact(desk):
    """What breaks a rule never looks finished."""
    (desk / "desk.yaml").write_text(
        RECIPE.replace("record_schema,", "label_balance: {min_per_label: 500},")
    )
    with pytest.raises((ValidationFailed, RecipeError)):
        run()


def test_too_many_rejections_stop_the_run(desk):
    """The limit of the recipe is a promise to its owner."""
    with (desk / "messages.csv").open("a") as file:
        file.write("only one cell\n" * 40)
    with pytest.raises(ValidationFailed, match=r"40\.0% of the rows were rejected"):
        run(**{"limits.max_rejected": "0.1"})
    assert not (desk / "out/manifest.json").exists()
    assert pl.read_parquet(desk / "out/rejected.parquet").height == 40


def test_a_folder_with_files_of_others_is_left_alone(desk):
    """--out never empties what no run has made."""
    (desk / "out").mkdir()
    (desk / "out/thesis.doc").write_text("years of work")
    with pytest.raises(RecipeError, match=r"holds files that no run has made: thesis\.doc"):
        run()
    assert (desk / "out/thesis.doc").exists()


def test_a_place_that_cannot_be_written_is_named(desk):
    """The message says where, and what to give instead."""
    (desk / "file").write_text("in the way")
    with pytest.raises(WriteError, match=r"file/out: cannot be written: Not a directory"):
        run("file/out")


def test_a_source_that_is_not_there_is_named_and_the_earlier_run_stays(desk):
    """A slip in a path costs nothing that was already made."""
    run()
    before = digests(desk / "out")
    (desk / "messages.csv").unlink()
    with pytest.raises(SourceError, match=r"messages\.csv"):
        run()
    assert digests(desk / "out") == before


def test_what_a_step_needs_is_missed_before_anything_is_read(desk):
    """A tokenizer that is not there stops the run at once, not after hours."""
    (desk / "messages.csv").unlink()
    with pytest.raises(RecipeError, match="there is no tokenizer") as caught:
        run(write="[{trainer: {tokenizer: ./none}}]")
    assert re.fullmatch(r"\S+\.yaml:\d+: \$\.write\[0\]\.trainer", caught.value.where)
