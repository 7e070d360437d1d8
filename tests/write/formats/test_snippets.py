"""What lies beside formats names their files, splits and columns as they are."""

import json

import pytest
import yaml

from curator.task import Task
from curator.write import formats
from curator.write.formats import snippets

WORSE = [{"role": "assistant", "content": "w"}]
GUIDE = {"role": "system", "content": "S"}
CALL = {"role": "assistant", "tool_calls": '[{"id": "1", "function": {"name": "f", "arguments": "{}"}}]'}  # fmt: skip


@pytest.fixture
def laid(tmp_path, records, manifest):
    """Write rows in some formats and give the folder."""

    def lay(targets, *rows):
        options = formats.Options(targets=targets)
        formats.write(records(*rows), options, tmp_path, task=Task(), manifest=manifest)
        return tmp_path

    return lay


def registry(folder):
    return json.loads((folder / "dataset_info.json").read_text())


def asked(text):
    return {"role": "user", "content": text}


def test_the_registry_names_every_split_and_only_columns_that_are_there(laid):
    """LLaMA-Factory asks each row for each column that is named."""
    guided = {"messages": [GUIDE, asked("a"), WORSE[0], asked("c"), WORSE[0]], "split": "test"}
    info = registry(laid(("alpaca",), {"messages": ["a", "b"]}, guided))
    assert info["alpaca_train"] == {
        "file_name": "alpaca/train.jsonl",
        "formatting": "alpaca",
        "columns": {"prompt": "instruction", "query": "input", "response": "output"},
    }
    more = {"system": "system", "history": "history"}
    assert info["alpaca_test"]["columns"] == info["alpaca_train"]["columns"] | more


def test_every_shape_that_llama_factory_reads_is_registered(laid):
    """With ranking, tags and the tag of KTO."""
    targets = (
        "alpaca", "alpaca_preference", "sharegpt", "sharegpt_preference", "sharegpt_kto",
        "messages", "prompt_completion_text", "nemo_sft", "text", "trl_preference", "mistral",
    )  # fmt: skip
    info = registry(laid(targets, {"messages": ["a", "b"], "rejected_messages": WORSE}))
    assert set(info) == {f"{name}_train" for name in targets[:9]}
    assert {name for name, entry in info.items() if entry.get("ranking")} == {
        "alpaca_preference_train",
        "sharegpt_preference_train",
    }
    assert info["sharegpt_kto_train"]["columns"] == {"messages": "conversations", "kto_tag": "kto_tag"}  # fmt: skip
    assert info["messages_train"]["tags"]["role_tag"] == "role"
    assert info["sharegpt_train"]["tags"]["function_tag"] == "function_call"
    assert info["text_train"]["columns"] == {"prompt": "text"}


def test_chats_with_calls_are_registered_as_sharegpt_alone(laid):
    """Of messages LLaMA-Factory would take a call for an answer of no text."""
    row = {"messages": ["a", CALL], "tools": '[{"name": "f"}]'}
    assert list(registry(laid(("messages", "sharegpt"), row))) == ["sharegpt_train"]


def test_chats_with_weights_are_not_registered(laid):
    """LLaMA-Factory would train on what is not to be trained on."""
    untrained = {"role": "assistant", "content": "b", "weight": 0}
    folder = laid(("messages",), {"messages": ["a", untrained, "c", "d"]})
    assert not (folder / "dataset_info.json").exists()


@pytest.mark.parametrize(
    ("target", "row"),
    [
        ("axolotl_chat_template", {"messages": ["a", "b"]}),
        ("axolotl_train_detail", {"messages": ["a", "b"]}),
        ("axolotl_input_output", {"messages": ["a", "b"]}),
        ("text", {"messages": ["a", "b"]}),
        ("trl_preference", {"messages": ["a", "b"], "rejected_messages": WORSE}),
        ("trl_stepwise", {"messages": ["a", "b"]}),
    ],
)
@pytest.mark.parametrize("has_validation", [False, True])
def test_axolotl_finds_its_files_and_fields(laid, target, row, has_validation):
    """Every field that the settings name is in the rows; there is a file for each data set."""
    rows = [row, row | {"split": "validation"}] if has_validation else [row]
    folder = laid((target,), *rows) / target
    said = yaml.safe_load((folder / "axolotl.yaml").read_text())
    datasets = [*said["datasets"], *said.get("test_datasets", [])]
    assert [one["path"] for one in datasets] == ["train.jsonl", "validation.jsonl"][: len(rows)]
    line = json.loads((folder / "train.jsonl").read_text().splitlines()[0])
    fields = {value for key, value in datasets[0].items() if key.startswith("field_")}
    assert fields <= set(line)


def test_scripts_for_trl_name_their_splits_and_compile(laid):
    """Each by the method that its rows are for."""
    targets = ("prompt_completion", "prompt_completion_text", "text", "trl_preference", "trl_unpaired")  # fmt: skip
    pair = {"messages": ["a", "b"], "rejected_messages": WORSE}
    folder = laid(targets, pair, pair | {"split": "validation"})
    scripts = sorted(folder.rglob("*_trl.py"))
    assert [path.name for path in scripts] == ["sft_trl.py", "sft_trl.py", "sft_trl.py", "dpo_trl.py", "kto_trl.py"]  # fmt: skip
    for path in scripts:
        compile(path.read_text(), path, "exec")
        assert 'SPLITS = ("train", "validation")\n' in path.read_text()
        assert max(map(len, path.read_text().splitlines())) <= 100


def test_nothing_is_laid_where_there_is_nothing_to_train_on(laid):
    """A target without rows, or without a train split, has no script."""
    folder = laid(("trl_preference", "text"), {"messages": ["a", "b"], "split": "test"})
    assert not list(folder.rglob("*_trl.py"))
    assert list(registry(folder)) == ["text_test"]


def test_a_column_that_comes_up_late_is_warned_of(laid, monkeypatch, caplog):
    """Who guesses columns from the beginning of a file would stop at it."""
    monkeypatch.setattr(snippets, "GUESSED_BYTES", 40)
    rows = [{"messages": ["a", "b"]}, {"messages": [GUIDE, asked("a"), WORSE[0]]}]
    laid(("alpaca", "mistral"), *rows)
    (warning,) = caplog.messages
    assert warning.startswith("formats/alpaca/train.jsonl: system comes up first after 0 MB")
