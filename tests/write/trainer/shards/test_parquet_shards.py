"""The Parquet formats hold what was packed, in files of the size asked for."""

import os
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.write.trainer import shards

PACKS = [[5, 3], [1], [260, 7, 2], [4, 4, 4]]
LENGTHS = st.lists(st.lists(st.integers(1, 300), min_size=1, max_size=5), min_size=1, max_size=12)
PARQUET = ("packed", "unpacked", "megatron_bridge")


def read(paths):
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


@settings(max_examples=25, deadline=None)
@given(packs=LENGTHS, shard_tokens=st.integers(1, 2_000))
def test_packed_rows_are_read_as_they_were_packed(laid, packs, shard_tokens):
    """What pyarrow reads from all shards in order is every pack, with its labels and lengths."""
    held = laid.tokens(packs, shard_tokens=shard_tokens)
    with tempfile.TemporaryDirectory() as folder:
        found = read(shards.write("packed", held, Path(folder)))
    assert [tuple(row.values()) for row in found] == laid.rows(held)


@settings(max_examples=25, deadline=None)
@given(packs=LENGTHS)
def test_unpacked_rows_are_the_examples_in_reading_order(laid, packs):
    """Each row is one example, wherever it was packed, with exactly the columns Axolotl takes."""
    held = laid.tokens(packs)
    with tempfile.TemporaryDirectory() as folder:
        found = read(shards.write("unpacked", held, Path(folder)))
    assert next(list(row) for row in found) == ["input_ids", "attention_mask", "labels"]
    examples = [laid.example(held, index) for index in range(len(found))]
    assert [(row["input_ids"], row["labels"]) for row in found] == [one[:2] for one in examples]
    assert all(row["attention_mask"] == [1] * len(row["input_ids"]) for row in found)
    assert len(found) == sum(map(len, packs))


@settings(max_examples=25, deadline=None)
@given(packs=LENGTHS)
def test_megatron_bridge_says_which_next_token_counts(laid, packs):
    """The mask of a token is that of the token behind it in its example; the last has none."""
    held = laid.tokens(packs)
    with tempfile.TemporaryDirectory() as folder:
        found = read(shards.write("megatron_bridge", held, Path(folder)))
    for row, packed in zip(found, laid.rows(held), strict=True):
        assert row["input_ids"] == packed.ids
        ends = np.cumsum(packed.lengths).tolist()
        assert row["seq_start_id"] == [0, *ends[:-1]]
        parts = [packed.labels[a:b] for a, b in zip([0, *ends], ends, strict=False)]
        expected = [[*(one != -100 for one in part[1:]), 0] for part in parts]
        assert row["loss_mask"] == [one for part in expected for one in part]


def test_megatron_bridge_files_have_the_name_and_types_it_looks_for(laid, tmp_path):
    """The dataset is recognised by its suffix, and its mask is eight bits wide."""
    (path,) = shards.write("megatron_bridge", laid.tokens(PACKS), tmp_path)
    assert path.name == "train-00000-of-00001.idx.parquet"
    types = {field.name: str(field.type) for field in pq.read_schema(path)}
    assert types == {
        "input_ids": "list<element: int32>",
        "seq_start_id": "list<element: int32>",
        "loss_mask": "list<element: int8>",
    }


def test_a_file_holds_at_most_so_many_tokens_unless_one_pack_is_longer(laid, tmp_path):
    """Packs go into as few files in order as the limit allows; none is cut."""
    paths = shards.write("packed", laid.tokens(PACKS, shard_tokens=10), tmp_path)
    assert [path.name for path in paths] == [f"train-{i:05}-of-00003.parquet" for i in range(3)]
    held = [[len(row["input_ids"]) for row in read([path])] for path in paths]
    assert held == [[8, 1], [269], [12]]


def test_datasets_reads_lists_of_int32(laid, tmp_path, monkeypatch):
    """The library that trainers read with finds List(int32), and the rows as they are."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    held = laid.tokens(PACKS, shard_tokens=10)
    shards.write("packed", held, tmp_path)
    files = os.fspath(tmp_path / "train-*.parquet")
    found = datasets.load_dataset(
        "parquet", data_files=files, split="train", cache_dir=os.fspath(tmp_path / "cache")
    )
    of_int32 = datasets.List(datasets.Value("int32"))
    assert found.features == dict.fromkeys(("input_ids", "labels", "seq_lengths"), of_int32)
    assert [tuple(row.values()) for row in found] == laid.rows(held)


def test_polars_reads_a_shard(laid, tmp_path):
    """A second reader, which shares no code with the first, finds the same."""
    held = laid.tokens(PACKS)
    (path,) = shards.write("packed", held, tmp_path)
    assert pl.read_parquet(path).rows() == [tuple(row) for row in laid.rows(held)]


@pytest.mark.parametrize("name", PARQUET)
def test_a_row_group_is_bounded(laid, tmp_path, monkeypatch, name):
    """A reader of one row unpacks at most so many tokens, and a writer holds no more."""
    monkeypatch.setattr("curator.write.trainer.shards.parquet.GROUP_TOKENS", 50)
    (path,) = shards.write(name, laid.tokens([[20, 20]] * 10), tmp_path)
    metadata = pq.ParquetFile(path).metadata
    groups = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    assert groups == ([2] * 10 if name == "unpacked" else [1] * 10)


@pytest.mark.parametrize("name", PARQUET)
def test_the_same_tokens_give_the_same_bytes(laid, tmp_path, name):
    """Nothing of time, threads or memory is in a file; each says that we wrote it."""
    held = laid.tokens(PACKS * 50, shard_tokens=1_000)
    first = shards.write(name, held, tmp_path / "first")
    second = shards.write(name, held, tmp_path / "second")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert pq.read_schema(first[0]).metadata[b"curator"] == b"1"
