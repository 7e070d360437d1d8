"""Datasets are read from where the ``datasets`` library keeps them; their splits can be taken over."""

from pathlib import Path

import datasets
import polars as pl
import pytest

from curator.errors import SourceError
from curator.read.hf_dataset import Options, read

MAP = {"input": "text", "label": "label"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a fresh folder, with a cache of its own and without a network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)


def dataset(*texts: str) -> datasets.Dataset:
    """Make a dataset with numbered labels."""
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])}
    )
    rows = {"text": texts, "label": [at % 2 for at in range(len(texts))]}
    return datasets.Dataset.from_dict(rows, features=features)


def records(path: str = "d", **options) -> pl.DataFrame:
    """Read and show text, label, split and origin."""
    origin = pl.col("provenance").struct
    text = pl.col("messages").list.first().struct.field("content").alias("text")
    found = read(Options(path=path, map=MAP, **options)).collect()
    return found.select(text, "label", "split", origin["uri"], origin["row"], "rejected")


def test_a_saved_dataset_is_read():
    """One split without a name: no split is filled, and labels come by name."""
    dataset("a", "b").save_to_disk("d")
    assert records().rows() == [("a", "no", None, "d", 1, None), ("b", "yes", None, "d", 2, None)]


def test_splits_of_a_saved_dict_are_taken_over():
    """Named splits fill the column, each counts its own rows."""
    parts = {"train": dataset("a", "b"), "test": dataset("c"), "extra": dataset("d")}
    datasets.DatasetDict(parts).save_to_disk("d")
    found = records()
    assert found["split"].to_list() == ["train", "train", "test", None]
    assert found["uri"].to_list() == ["d#train", "d#train", "d#test", "d#extra"]
    assert found["row"].to_list() == [1, 2, 1, 1]


def test_splits_can_be_left_behind_or_overruled():
    """A recipe may split anew, or know better."""
    datasets.DatasetDict({"train": dataset("a"), "test": dataset("b")}).save_to_disk("d")
    assert records(keep_splits=False)["split"].to_list() == [None, None]
    assert records(split="train")["split"].to_list() == ["train", "train"]
    assert records(source_split="test").rows() == [("b", "no", "test", "d#test", 1, None)]


def test_a_lone_train_split_counts_as_not_split():
    """The library calls everything train when nobody has split."""
    datasets.DatasetDict({"train": dataset("a")}).save_to_disk("d")
    assert records()["split"].to_list() == [None]


def test_rows_chosen_or_shuffled_keep_that_order():
    """What was saved is a selection: no other row comes back."""
    dataset("a", "b", "c").select([2, 0]).save_to_disk("d")
    assert records()["text"].to_list() == ["c", "a"]


def test_a_folder_of_data_files_is_read():
    """Whatever ``load_dataset`` understands."""
    Path("d").mkdir()
    Path("d/train.csv").write_text("text,label\na,x\n")
    Path("d/test.csv").write_text("text,label\nb,y\n")
    assert records().select("text", "label", "split").rows() == [
        ("a", "x", "train"),
        ("b", "y", "test"),
    ]


def test_what_only_the_hub_has_is_left_aside_for_a_folder():
    """One recipe serves both the Hub's dataset and a folder of its files."""
    Path("d").mkdir()
    Path("d/train.csv").write_text("text,label\na,x\n")
    found = records(name="main", revision="refs/convert/parquet")
    assert found.select("text", "uri").rows() == [("a", "d#train")]


def test_a_folder_with_configurations_must_have_the_one_that_is_asked_for():
    """None is taken in another's place."""
    Path("d").mkdir()
    Path("d/a.csv").write_text("text,label\na,x\n")
    Path("d/README.md").write_text(
        "---\nconfigs:\n- config_name: one\n  data_files: a.csv\n"
        "- config_name: two\n  data_files: a.csv\n---\n"
    )
    assert records(name="one")["text"].to_list() == ["a"]
    with pytest.raises(SourceError, match="'three' not found"):
        records(name="three")


def test_the_same_data_has_the_same_hash():
    """And other data another."""
    hashes = []
    for name, texts in (("d", "ab"), ("e", "ab"), ("f", "ba")):
        dataset(*texts).save_to_disk(name)
        found = read(Options(path=name, map=MAP)).collect()
        hashes.append(found["provenance"].struct["sha256"][0])
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_split_that_is_not_there_is_an_error():
    """The error names those that are."""
    datasets.DatasetDict({"train": dataset("a"), "test": dataset("b")}).save_to_disk("d")
    with pytest.raises(SourceError) as caught:
        records(source_split="dev")
    assert str(caught.value) == "d: has no split 'dev'\n  hint: its splits are train, test"


@pytest.mark.parametrize("path", ["./nowhere", "a/b/c", "~/nowhere"])
def test_a_folder_that_is_not_there_is_an_error(path):
    """A path that can be no id is not looked up on the Hub."""
    with pytest.raises(SourceError) as caught:
        records(path)
    assert str(caught.value) == (
        f"{path}: is not a folder, and cannot be the id of a dataset\n"
        "  hint: a file is read by csv, jsonl or parquet; an id looks like organisation/name"
    )


def test_a_hub_that_cannot_be_reached_is_an_error():
    """The hint names what may be wrong."""
    with pytest.raises(SourceError) as caught:
        records("nobody/nothing-at-all")
    assert str(caught.value).startswith("nobody/nothing-at-all: cannot be loaded: ")
    assert caught.value.hint == (
        "there is no such folder here; to read from the Hub, check the id, the configuration (name),"
        " the network, and for a private dataset the login"
    )


def test_an_empty_folder_is_an_error():
    """There is nothing in it that could be read."""
    Path("d").mkdir()
    with pytest.raises(SourceError, match=r"^d: cannot be loaded: ") as caught:
        records()
    assert caught.value.hint == "it must hold a saved dataset, or data files of one kind"
