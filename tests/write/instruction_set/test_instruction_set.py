"""The dataset folder."""

import hashlib

import polars as pl
import pyarrow.parquet as pq
import pytest

from curator.errors import WriteError
from curator.prompt.training import training_messages
from curator.task import Output, Task
from curator.write import instruction_set
from curator.write.instruction_set.columns import COLUMNS, SCHEMA
from curator.write.instruction_set.shards import Shards

TASK = Task(instruction="Classify.", input="M: {{ input }}")


def write(frame, out, manifest, task=TASK, **options):
    return instruction_set.write(
        frame, instruction_set.Options(**options), out, task=task, manifest=manifest
    )


def pairs(n, **fields):
    return [{"messages": [f"q{i}", f"a{i}"], "label": f"a{i % 2}", **fields} for i in range(n)]


def test_datasets_reads_the_folder_with_plain_types(tmp_path, records, manifest, monkeypatch):
    """The Features are those that the card documents, List and string, and the rows are those written."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets
    from huggingface_hub import DatasetCard

    frame = records(*pairs(3), *pairs(2, split="test"))
    write(frame, tmp_path / "d", manifest)
    loaded = datasets.load_dataset(str(tmp_path / "d"), cache_dir=str(tmp_path / "cache"))
    card = DatasetCard.load(tmp_path / "d" / "README.md")
    assert {split: rows.num_rows for split, rows in loaded.items()} == {"train": 3, "test": 2}
    assert loaded["train"].features == datasets.Features._from_yaml_list(
        card.data.dataset_info["features"]
    )
    assert str(loaded["train"].features["messages"]).startswith("List({'role': Value('string')")
    kept = frame.filter(pl.col("split") == "train").collect()
    assert loaded["train"][:]["messages"] == training_messages(TASK, kept).to_list()


def test_only_splits_with_rows_have_files(tmp_path, records, manifest):
    """No empty shards, and a row without a split counts as train."""
    paths = write(records(*pairs(1, split=None), *pairs(1, split="test")), tmp_path, manifest)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "data/train-00000-of-00001.parquet", "data/test-00000-of-00001.parquet", "README.md",
        "croissant.json",
    ]  # fmt: skip


def test_shards_are_cut_at_the_limit(tmp_path, records, manifest):
    """Each row stands in one shard, in order."""
    paths = write(records(*pairs(5)), tmp_path, manifest, max_rows_per_shard=2)
    ids = [name for path in paths[:-2] for name in pq.read_table(path)["id"].to_pylist()]
    assert [path.name for path in paths[:-2]] == [
        f"train-0000{i}-of-00003.parquet" for i in range(3)
    ]
    assert ids == records(*pairs(5)).collect()["id"].to_list()


def test_the_arrow_schema_has_plain_lists_and_strings(tmp_path, records, manifest):
    """Datasets written by others can be concatenated with ours."""
    path, *_ = write(records(*pairs(1)), tmp_path, manifest)
    schema = pq.read_schema(path)
    assert schema.equals(SCHEMA)
    assert "large" not in str(schema)


@pytest.mark.parametrize("cut", [1, 3, 7, 20])
def test_bytes_do_not_depend_on_how_rows_came_in(tmp_path, cut):
    """Batches of any size give the same file."""
    rows = pl.DataFrame({"id": [str(i) for i in range(20)]}).select(
        pl.lit(None, dtype=dtype).alias(name) if name != "id" else pl.col("id")
        for name, dtype in COLUMNS.items()
    )

    def digest(size):
        shards = Shards(tmp_path / str(size), "train", 8)
        for start in range(0, 20, size):
            shards.add(rows.slice(start, size))
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in shards.close()]

    assert digest(cut) == digest(20 + cut)


def test_reasoning_has_its_own_column_beside_the_message(tmp_path, records, manifest):
    """The answer alone, the reasoning alone, and both together where they are trained."""
    said = {"role": "assistant", "content": "4", "reasoning": "r"}
    path, *_ = write(
        records({"messages": ["2+2", said]}), tmp_path, manifest, task=Task(reasoning=True)
    )
    (row,) = pq.read_table(path).to_pylist()
    assert (row["reasoning"], row["messages"][-1]["content"]) == ("r", "r\n\nAnswer: 4")


def test_a_row_s_life_and_tools_come_along(tmp_path, records, manifest):
    """Provenance is a struct, tools are JSON text."""
    path, *_ = write(
        records({"messages": ["a", "b"], "tools": "[]", "group": "g", "licence": "MIT"}),
        tmp_path,
        manifest,
    )
    (row,) = pq.read_table(path).to_pylist()
    assert (row["tools"], row["group"], row["licence"]) == ("[]", "g", "MIT")
    assert (row["provenance"]["uri"], row["provenance"]["row"]) == ("data.csv", 1)


def test_a_split_that_is_no_split_is_refused(tmp_path, records, manifest):
    """No row vanishes because its split has a strange name."""
    with pytest.raises(WriteError) as caught:
        write(records(*pairs(1, split="dev")), tmp_path, manifest)
    assert str(caught.value) == "a dataset has the splits train, validation, test, not dev"


def test_the_card_says_what_and_how(tmp_path, records, manifest):
    """Counts, labels, inputs and what was rejected stand on the card."""
    task = Task(instruction="Classify.", output=Output(labels=("a0", "a1")))
    write(records(*pairs(3, licence="Apache-2.0", language="en")), tmp_path, manifest, task=task)
    card = (tmp_path / "README.md").read_text()
    for line in (
        "license: apache-2.0", "language:\n- en", "- text-classification", "size_categories:\n- n<1K",
        "| train | 3 |", "| a0 | 2 |", "read 5 = kept 3 + rejected 2 (text_length 2).",
        "| text\\_length | too \\| short | 2 |", "| data.csv | 0 | 0 | Apache-2.0 | ab |", "Seed 17.",
    ):  # fmt: skip
        assert line in card


def test_text_of_the_data_cannot_leave_its_fence(tmp_path, records, manifest):
    """A row with Markdown in it is shown, not obeyed."""
    nasty = "```\n# A heading\n<script>alert(1)</script>\n````"
    row = {"messages": [nasty, "a"], "label": "|x|\n# y <b>"}
    write(records(row), tmp_path, manifest, task=Task(instruction=nasty))
    card = (tmp_path / "README.md").read_text()
    assert "`````text\n```\n# A heading" in card
    assert "`````json" in card
    assert "| \\|x\\| \\# y \\<b\\> | 1 |" in card


def test_all_licences_are_named_and_unknown_ones_are_other(tmp_path, records, manifest):
    """The card promises no licence that some row does not have."""
    rows = [*pairs(1, licence="MIT"), *pairs(1, licence="CC BY"), *pairs(1, licence="MIT License")]
    write(records(*rows), tmp_path, manifest)
    front = (tmp_path / "README.md").read_text()
    assert "license:\n- mit\n- other\nlicense_name: cc-by\n" in front
    assert "| CC BY | 1 |" in front
