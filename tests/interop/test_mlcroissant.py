"""The Croissant file in mlcroissant: it is valid, and gives the rows of the Parquet files."""

import json
import shutil

import polars as pl
import pytest

from curator.manifest import Ledger, Manifest
from curator.pipeline.run import run
from curator.recipe import load
from curator.records import RECORD, complete
from curator.task import Task
from curator.write import instruction_set

pytestmark = pytest.mark.interop

CARD = {
    "title": "Desk", "creators": ["Lantern Line"], "version": "1.0.0", "published": "2026-01-31",
    "url": "https://example.org/desk", "intended_use": "Trying out.", "collection": "By hand.",
}  # fmt: skip
TURNS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": '{é} \n"q" 漢 😀'},
    {"role": "assistant", "content": "yes", "tool_calls": '[{"name": "f"}]', "weight": 0},
]  # fmt: skip


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """A dataset of three splits, two shards of one, with every column filled in some row."""
    rows = [
        {
            "position": at, "id": f"{at:032x}", "split": split, "messages": TURNS, "label": "x" if at % 2 else None,
            "tools": "[]", "licence": "MIT", "language": "en", "group": f"g{at}", "changes": [],
            "rejected_messages": TURNS[2:] if at == 1 else None,
            "provenance": {"uri": "a.csv", "sha256": "ab", "row": at + 1, "start": 3, "confidence": 0.5},
            "review": {"status": "approved", "by": "r1", "score": 0.75} if at == 2 else None,
        }
        for at, split in enumerate(("train", "train", "train", "validation", "test"))
    ]  # fmt: skip
    frame = complete(pl.DataFrame(rows, schema={name: RECORD[name] for name in rows[0]}).lazy())
    manifest = Manifest(
        name="desk", recipe={"card": CARD}, seed=1, versions={}, ledger=Ledger(read=5, kept=5),
        inputs=({"uri": "a.csv", "sha256": "ab", "rows": 5, "kept": 5},),
    )  # fmt: skip
    out = tmp_path_factory.mktemp("dataset")
    options = instruction_set.Options(max_rows_per_shard=2)
    instruction_set.write(frame, options, out, task=Task(), manifest=manifest)
    return out


@pytest.fixture(scope="module")
def demo(tmp_path_factory, root):
    """The dataset of the demo, as its recipe makes it."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(root / "recipes" / "messages.yaml", folder)  # splits are remembered beside it
    recipe = load(folder / "messages.yaml", variables={"data": str(root / "samples")})
    run(recipe, folder / "run")
    return folder / "run" / "dataset"


LOAD = """
import json, mlcroissant as mlc
data = mlc.Dataset("croissant.json")
def plain(value):
    if isinstance(value, bytes): return value.decode()
    if isinstance(value, dict): return {k.rpartition("/")[2]: plain(v) for k, v in value.items()}
    if isinstance(value, list): return [plain(v) for v in value]
    return value
issues = data.metadata.ctx.issues
print(json.dumps({
    "errors": sorted(issues.errors), "warnings": sorted(issues.warnings),
    "rows": [plain(row) for row in data.records("rows")],
    "splits": [plain(row) for row in data.records("splits")],
    "use": data.metadata.data_use_cases, "private": data.metadata.personal_sensitive_information,
}))
"""


@pytest.fixture(scope="module")
def loaded(python, dataset):
    """What mlcroissant makes of the file."""
    return json.loads(python(LOAD, dataset))


def test_there_are_neither_errors_nor_warnings(loaded):
    """Every property that the format asks for is there."""
    assert (loaded["errors"], loaded["warnings"]) == ([], [])


def test_the_records_are_the_rows_of_the_parquet_files(loaded, dataset):
    """Every column of every row, nested ones as well; and the split that each stands in."""
    hold(loaded, dataset)


def test_the_demo_is_read_row_by_row(python, demo):
    """All 595 rows are what the Parquet files hold; only the day of publication is not known yet."""
    told = json.loads(python(LOAD, demo))
    assert told["errors"] == []
    assert [words.rpartition('"https://schema.org/')[2][:13] for words in told["warnings"]] == [
        "datePublished"
    ]
    assert len(told["rows"]) == 595
    hold(told, demo)


def hold(loaded, dataset):
    """Compare what was loaded with the files, split by split."""
    for split in ("train", "validation", "test"):
        held = pl.read_parquet(dataset / "data" / f"{split}-*.parquet").sort("id").to_dicts()
        found = sorted(
            (row for row in loaded["rows"] if row["split"] == split), key=lambda row: row["id"]
        )
        assert [without_empty(row) for row in found] == [
            {"split": split, **without_empty(row)} for row in held
        ]


def without_empty(value):
    """Drop what is null: pandas makes a struct of nulls out of a null struct or list."""
    if isinstance(value, dict):
        kept = {name: without_empty(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, {}, [])}
    if isinstance(value, list):
        return [inner for inner in map(without_empty, value) if inner not in (None, {})]
    return value


def test_splits_and_responsible_use_are_understood(loaded):
    """The vocabulary of responsible use is read as such, not as some unknown property."""
    assert [row["name"] for row in loaded["splits"]] == ["train", "validation", "test"]
    assert loaded["use"] == ["Trying out."]
    assert loaded["private"][0].startswith("Searched by patterns")
