"""The files beside an export name what is there, and can be read by what they are for."""

import ast
import json
import subprocess
import sys
from importlib.resources import files

import pytest
import yaml

from curator.write.trainer import shards, snippets

FACTS = {"max_length": "4096", "train_on": "completion"}
ALL = ("packed", "unpacked", "mds", "messages", "megatron", "megatron_bridge")


@pytest.fixture
def export(laid, tmp_path):
    """An export of one split, packed, unpacked and as MDS."""
    for name in ("packed", "unpacked", "mds"):
        shards.write(name, laid.tokens([[5, 3], [12]]), tmp_path / name)
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages/train.jsonl").touch()
    return tmp_path


def validated(export):
    """Add a validation split to an export."""
    for path in [*export.glob("*packed/train-*"), *export.glob("messages/train*")]:
        path.with_name(path.name.replace("train", "validation")).write_bytes(path.read_bytes())
    return export


@pytest.mark.parametrize(
    ("formats", "names"),
    [
        (("packed",), {"sft_trl.py", "hf_trainer.py", "torch_loader.py", "check.py"}),
        (("unpacked",), {"sft_trl.py", "check.py", "axolotl.yaml", "llama_factory.yaml"}),
        (("mds",), {"mosaicml_loader.py"}),
        (
            ("messages",),
            {"axolotl_messages.yaml", "dataset_info.json", "llama_factory_messages.yaml"},
        ),
        (("megatron", "megatron_bridge"), set()),
        (ALL, set(snippets.SNIPPETS)),
    ],
)
def test_only_what_belongs_to_a_format_is_written(export, formats, names):
    """A trainer that cannot read what was asked for gets no file."""
    assert {path.name for path in snippets.write(export, formats, FACTS)} == names


def test_every_template_is_written_and_carried():
    """A file that nobody writes, or a name without a file, would be a mistake."""
    held = {path.name for path in files(snippets).iterdir() if path.name.endswith(".in")}
    assert held == {f"{name}.in" for name in snippets.SNIPPETS} | {"dataset_info.entry.in"}


def test_scripts_are_python_in_our_style(export):
    """They compile, and look as the formatter would have it."""
    paths = [path for path in snippets.write(export, ALL, FACTS) if path.suffix == ".py"]
    for path in paths:
        ast.parse(path.read_text())
        assert "$" not in path.read_text()
        assert max(map(len, path.read_text().splitlines())) <= 100


def test_the_check_finds_what_is_wrong(export):
    """It passes on what was written, and fails where rows are longer than they may be."""
    snippets.write(export, ("packed",), FACTS)
    command = [sys.executable, export / "check.py"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.stdout == "train-00000-of-00001.parquet: 20 tokens, 7 of them trained on\n"
    snippets.write(export, ("packed",), FACTS | {"max_length": "11"})
    assert subprocess.run(command, capture_output=True, check=False).returncode


def test_axolotl_takes_unpacked_rows_without_a_type(export):
    """Paths, length and the options that make it use tokens as they are."""
    snippets.write(validated(export), ("unpacked",), FACTS)
    config = yaml.safe_load((export / "axolotl.yaml").read_text())
    (rows,), (held_out,) = config["datasets"], config["test_datasets"]
    assert rows["type"] is None
    assert rows["ds_type"] == "parquet"
    assert [path.parent.name for path in export.glob(rows["data_files"])] == ["unpacked"]
    assert [path.parent.name for path in export.glob(held_out["data_files"])] == ["unpacked"]
    assert (config["sequence_len"], config["sample_packing"]) == (4096, True)


def test_axolotl_reads_messages_by_their_template(export):
    """Weights are heeded, and the end of a turn is learnt."""
    snippets.write(export, ("messages",), FACTS)
    config = yaml.safe_load((export / "axolotl_messages.yaml").read_text())
    (rows,) = config["datasets"]
    assert (export / rows["path"]).is_file()
    assert (rows["type"], rows["message_field_training"]) == ("chat_template", "weight")
    assert "test_datasets" not in config


@pytest.mark.parametrize(
    ("train_on", "key", "value"),
    [
        ("completion", "mask_history", True),
        ("assistant", "mask_history", False),
        ("all", "train_on_prompt", True),
    ],
)
def test_llama_factory_masks_what_we_would(export, train_on, key, value):
    """What counts is said in its own words."""
    snippets.write(validated(export), ("messages",), FACTS | {"train_on": train_on})
    config = yaml.safe_load((export / "llama_factory_messages.yaml").read_text())
    assert config[key] is value
    info = json.loads((export / "dataset_info.json").read_text())
    assert [info[config[name]]["file_name"] for name in ("dataset", "eval_dataset")] == [
        "messages/train.jsonl",
        "messages/validation.jsonl",
    ]
    assert all(len(entry["tags"]) == 7 for entry in info.values())


def test_llama_factory_reads_tokens_that_were_saved(export):
    """The command that it names makes what it reads."""
    snippets.write(export, ("unpacked",), FACTS)
    text = (export / "llama_factory.yaml").read_text()
    command = next(line for line in text.splitlines() if "python -c" in line)
    code = command.split("'")[1]
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(export / "cache")}
    subprocess.run([sys.executable, "-c", code], cwd=export, env=environment, check=True)
    import datasets

    held = datasets.load_from_disk(export / yaml.safe_load(text)["tokenized_path"])
    assert held["train"].column_names == ["input_ids", "attention_mask", "labels"]


@pytest.mark.parametrize("name", ["llama_factory.yaml", "llama_factory_messages.yaml"])
def test_llama_factory_starts(export, name):
    """It refuses to train or to evaluate on what has no name, even where tokens are saved."""
    snippets.write(validated(export), ("unpacked", "messages"), FACTS)
    config = yaml.safe_load((export / name).read_text())
    assert config["do_train"]
    assert config["eval_strategy"] == "epoch"
    assert (config["dataset"], config["eval_dataset"]) == ("train", "validation")


@pytest.mark.parametrize(
    ("with_validation", "named"), [(True, 'rows["validation"]'), (False, "None")]
)
def test_a_trainer_evaluates_where_there_is_something_to_evaluate(export, with_validation, named):
    """Splits that are not there are not looked for."""
    snippets.write(validated(export) if with_validation else export, ("packed",), FACTS)
    splits = '("train", "validation")' if with_validation else '("train",)'
    for name in ("sft_trl.py", "hf_trainer.py"):
        text = (export / name).read_text()
        assert f"eval_dataset={named}," in text
        assert f"SPLITS = {splits}\n" in text


def test_trl_reads_unpacked_rows_where_there_are_no_packed_ones(export):
    """The first of the formats that a file can read is the one it reads."""
    snippets.write(export, ("unpacked",), FACTS)
    assert 'HERE / "unpacked" /' in (export / "sft_trl.py").read_text()
    snippets.write(export, ("unpacked", "packed"), FACTS)
    assert 'HERE / "packed" /' in (export / "sft_trl.py").read_text()
