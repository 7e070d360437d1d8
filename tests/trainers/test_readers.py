"""What other readers find in an export is what its Parquet files hold."""

import json
import shlex
import subprocess
import sys

import datasets
import polars as pl
import pytest
import yaml

pytestmark = pytest.mark.trainers


def packed(trainer, split="train"):
    """The packs of a split as Parquet has them."""
    return pl.read_parquet(trainer / "packed" / f"{split}-*.parquet")


def test_megatron_core_reads_every_chunk_as_a_document(ask, pages):
    """In reading order, though packs are shuffled; a part of a document is found as well."""
    trainer = pages / "trainer"
    prefix = str(trainer / "megatron" / "train")
    held = ask("read_megatron", [prefix])[prefix]
    rows = packed(trainer)
    places = pl.read_parquet(trainer / "segments.parquet").filter(split="train")
    chunks = [
        ids[sum(lengths[:at]) :][: lengths[at]]
        for ids, lengths in rows.select("input_ids", "seq_lengths").iter_rows()
        for at in range(len(lengths))
    ]
    in_order = places.sort("pack", "place").with_row_index().sort("row")["index"]
    assert held["tokens"] == [chunks[at] for at in in_order]
    assert held["lengths"] == [len(chunk) for chunk in held["tokens"]]
    assert held["documents"] == list(range(len(chunks) + 1))
    assert held["part"] == held["tokens"][0][1:3]
    assert held["dtype"] == "uint16"


def test_mosaicml_reads_every_pack(ask, desk):
    """As Parquet has them, and its loader lays them end to end with the places of documents."""
    trainer = desk / "trainer"
    asked = {"folder": trainer / "mds" / "train", "loader": trainer / "mosaicml_loader.py"}
    held = ask("read_mosaicml", asked, environment="mosaicml")
    rows = packed(trainer)
    assert held["samples"] == rows.select("input_ids", "labels", "seq_lengths").to_dicts()
    assert set(held["types"].values()) == {"int32"}
    lengths = rows["seq_lengths"][:2].explode().to_list()
    assert held["batch"]["cu_seqlens"] == [sum(lengths[:at]) for at in range(len(lengths) + 1)]
    assert held["batch"]["position_ids"] == [place for length in lengths for place in range(length)]


def test_axolotl_gets_rows_that_it_takes_as_they_are(desk):
    """Three columns and no other, one document a row, and no type: it packs by itself."""
    trainer = desk / "trainer"
    told = yaml.safe_load((trainer / "axolotl.yaml").read_text("utf-8"))
    for entry in (*told["datasets"], *told["test_datasets"]):
        rows = pl.read_parquet(trainer / entry["data_files"])
        assert rows.columns == ["input_ids", "attention_mask", "labels"]
        assert rows.select(pl.col("attention_mask").list.min().min()).item() == 1
        assert (entry["ds_type"], entry["type"]) == ("parquet", None)
    assert told["sample_packing"] is True
    assert rows["input_ids"].list.len().max() <= told["sequence_len"]


def test_llama_factory_finds_every_field(desk):
    """dataset_info.json names each column and tag that messages have; nothing is left to guess."""
    trainer = desk / "trainer"
    for name, entry in json.loads((trainer / "dataset_info.json").read_text("utf-8")).items():
        tags = entry["tags"]
        assert entry["formatting"] == "sharegpt"
        assert set(tags) == {
            f"{tag}_tag"
            for tag in ("role", "content", "user", "assistant", "observation", "function", "system")
        }
        with (trainer / entry["file_name"]).open(encoding="utf-8") as lines:
            chats = [json.loads(line)[entry["columns"]["messages"]] for line in lines]
        roles = {turn[tags["role_tag"]] for chat in chats for turn in chat}
        assert roles == {tags["user_tag"], tags["assistant_tag"], tags["system_tag"]}, name
        assert all(isinstance(turn[tags["content_tag"]], str) for chat in chats for turn in chat)


def test_llama_factory_gets_a_saved_set_by_the_line_in_its_file(desk):
    """The command in the comment makes the DatasetDict that tokenized_path names."""
    trainer = desk / "trainer"
    text = (trainer / "llama_factory.yaml").read_text("utf-8")
    (line,) = [each for each in text.splitlines() if each.startswith("#   python -c")]
    _, *arguments = shlex.split(line.removeprefix("#"))
    subprocess.run([sys.executable, *arguments], cwd=trainer, check=True, capture_output=True)
    held = datasets.load_from_disk(trainer / yaml.safe_load(text)["tokenized_path"])
    assert set(held) == {"train", "validation"}
    rows = pl.read_parquet(trainer / "unpacked" / "train-*.parquet")
    assert held["train"].to_dict() == rows.to_dict(as_series=False)
