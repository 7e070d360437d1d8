"""A run's files are checked against each other: whatever is tampered with is noticed, row by row."""

import shutil

import orjson
import polars as pl
import pytest

from curator.engine import polars as engine
from curator.errors import SourceError
from curator.pipeline.run import Run
from curator.recipe import load
from curator.verify import verify

RECIPE = """\
name: desk
task: {instruction: Name the topic., output: {labels: from_data}}
read:
  - csv: {path: messages.csv, map: {input: text, label: topic, group: case}}
refine: [exact_duplicates]
select: [split, random: {per_label: 1}]
validate: [split_leakage]
write: [bank, instruction_set, formats]
"""
RECIPE = RECIPE.replace("[split, random: {per_label: 1}]", "[split, {random: {per_label: 1}}]")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Make a run of 80 rows once."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "desk.yaml").write_text(RECIPE)
        lines = [
            f"{i} {i * i} {i**3} ferry {i % 7} {i * 13},{'fare' if i % 2 else 'lost'},c{i}"
            for i in range(80)
        ]
        (folder / "messages.csv").write_text("\n".join(["text,topic,case", *lines, lines[0]]))
        Run(recipe=load("desk.yaml"), out=folder / "run", engine=engine).run()
    return folder / "run"


@pytest.fixture
def copy(finished, tmp_path):
    """Give each test files of its own to tamper with."""
    return shutil.copytree(finished, tmp_path / "run")


def broken(folder):
    """Name the promises that do not hold, with what was said."""
    return {
        p.name: "\n".join(map(str, p.violations)) for p in verify(folder, engine) if not p.holds
    }


def rewrite(path, change):
    """Read a Parquet file, change it, write it back."""
    change(pl.read_parquet(path)).write_parquet(path)


def test_a_run_that_nobody_touched_holds_every_promise(copy):
    """There are no false alarms."""
    assert broken(copy) == {}


def test_a_dropped_row_is_named(copy):
    """A hole among the positions is a row that was lost."""
    gone = pl.read_parquet(copy / "records.parquet")["id"][10]
    rewrite(copy / "records.parquet", lambda rows: rows.filter(pl.col("id") != gone))
    found = broken(copy)
    assert "stands in no file" in found["nothing is lost"]
    assert (
        f"{gone} stands 0 times in records.parquet and 1 times in dataset/"
        in found["nothing is lost"]
    )


def test_a_line_missing_from_a_format_is_counted(copy):
    """What trainers read holds every example of its split, or names those it cannot hold."""
    path = copy / "formats/alpaca/train.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[1:]))
    said = f"{len(lines)} rows are train, in {len(lines)} lines; {len(lines) - 1} are there"
    assert said in broken(copy)["nothing is lost"]


def test_a_skipped_row_that_is_no_record_is_counted(copy):
    """Who names a row that there is not, hides one that there is."""
    (copy / "formats/alpaca/skipped.jsonl").write_text('{"id": "f", "split": "train"}\n')
    said = "1 rows are skipped by name, 0 of them are kept"
    assert said in broken(copy)["nothing is lost"]


PAIRS = """\
name: pairs
read: [{jsonl: {path: pairs.jsonl}}]
select: [split]
write: [{formats: {targets: [trl_unpaired, sharegpt_kto, openai_dpo]}}]
"""


def test_a_line_missing_of_a_pair_is_counted(tmp_path, monkeypatch):
    """Where each answer is a line, the second one may be the one that is gone."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pairs.yaml").write_text(PAIRS)
    rows = [{"prompt": f"{i}", "chosen": f"a{i}", "rejected": f"b{i}"} for i in range(20)]
    (tmp_path / "pairs.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    Run(recipe=load("pairs.yaml"), out=tmp_path / "run", engine=engine).run()
    assert broken(tmp_path / "run") == {}
    path = tmp_path / "run/formats/trl_unpaired/train.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    said = f"{len(lines) // 2} rows are train, in {len(lines)} lines; {len(lines) - 1} are there"
    assert said in broken(tmp_path / "run")["nothing is lost"]


def test_a_row_moved_to_another_split_is_named(copy):
    """The dataset on disk is held against the records."""
    shard = next((copy / "dataset/data").glob("test-*.parquet"))
    rewrite(shard, lambda rows: rows.slice(1))
    assert (
        "1 times in records.parquet and 0 times in dataset/ (test)"
        in broken(copy)["nothing is lost"]
    )


def test_a_planted_leak_is_found(copy):
    """The same words in train and test break the second promise, whatever the certificate says."""

    def plant(rows):
        train = rows.filter(pl.col("split") == "train").head(1)
        is_test = pl.col("split") == "test"
        first = rows.filter(is_test)["position"][0]
        twin = (
            pl.when(pl.col("position") == first)
            .then(pl.lit(train["messages"]))
            .otherwise("messages")
        )
        return rows.with_columns(messages=twin)

    rewrite(copy / "records.parquet", plant)
    found = broken(copy)
    assert "nothing leaks" in found
    assert "is not that of its content" in found["same bytes"]


def test_an_exemplar_that_is_no_train_row_is_found(copy):
    """The bank is looked up row by row."""
    test = pl.read_parquet(copy / "records.parquet").filter(pl.col("split") == "test")["id"][0]
    path = copy / "bank/exemplars.jsonl"
    lines = path.read_bytes().splitlines()
    path.write_bytes(
        b"\n".join([orjson.dumps({**orjson.loads(lines[0]), "id": test}), *lines[1:]]) + b"\n"
    )
    assert f"exemplar 0 ({test}) is a test row" in broken(copy)["nothing leaks"]


@pytest.mark.parametrize(
    "name", ["leakage.json", "bank/bank.json", "formats/alpaca/train.jsonl", "dataset/README.md"]
)
def test_one_edited_byte_is_noticed_in_any_file(copy, name):
    """No artifact can change behind the manifest's back."""
    path = copy / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert f"{name}: its bytes are not those that the run wrote" in broken(copy)["same bytes"]


def test_an_edited_answer_is_no_longer_its_record(copy):
    """A training row is rendered anew and compared word for word."""
    shard = next((copy / "dataset/data").glob("train-*.parquet"))
    table = pl.read_parquet(shard)
    edited = table.to_dicts()
    edited[0]["messages"][-1]["content"] = "something else"
    pl.DataFrame(edited, schema=table.schema).write_parquet(shard)
    assert f"{edited[0]['id']}: the training row is not" in broken(copy)["masks are proven"]


def test_a_merge_into_nothing_is_found(copy):
    """Whoever stands for a merged row must be there."""
    rewrite(copy / "rejected.parquet", lambda rows: rows.with_columns(merged_into=pl.lit("f" * 32)))
    assert f"merged into {'f' * 32}, which no file holds" in broken(copy)["rows tell their life"]


def test_a_row_without_a_source_is_found(copy):
    """Every row says which row of which file it was."""
    rewrite(
        copy / "records.parquet",
        lambda rows: rows.with_columns(provenance=None).cast(
            {"provenance": rows["provenance"].dtype}
        ),
    )
    assert "does not say which row of which file it was" in broken(copy)["rows tell their life"]


def test_a_folder_without_a_manifest_is_no_run(copy):
    """A run that did not finish cannot be verified."""
    (copy / "manifest.json").unlink()
    with pytest.raises(SourceError, match="there is no manifest: no run has finished here"):
        verify(copy, engine)
