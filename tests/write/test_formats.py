"""What all formats share."""

import json

import polars as pl
import pytest

from curator.errors import RecipeError, WriteError
from curator.records import IS_DOCUMENT
from curator.task import Task
from curator.write import formats


def write(frame, out, manifest, **options):
    return formats.write(frame, formats.Options(**options), out, task=Task(), manifest=manifest)


def test_each_target_has_a_file_for_each_split_with_rows(tmp_path, records, manifest):
    """No empty files, and a row without a split counts as train."""
    rows = [{"messages": ["a", "b"], "split": split} for split in ("test", None, "test")]
    paths = write(records(*rows), tmp_path, manifest, targets=("alpaca", "messages"))
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "alpaca/left_out.json", "alpaca/test.jsonl", "alpaca/train.jsonl",
        "messages/left_out.json", "messages/test.jsonl", "messages/train.jsonl",
        "dataset_info.json",
    ]  # fmt: skip
    assert len((tmp_path / "alpaca" / "test.jsonl").read_text().splitlines()) == 2


def test_documents_are_not_training_rows(tmp_path, records, manifest):
    """Only examples are written."""
    frame = records({"messages": ["a", "b"]}, {"messages": [], "text": "A handbook."})
    is_document = frame.with_columns(messages=pl.when(~IS_DOCUMENT).then(pl.col("messages")))
    write(is_document, tmp_path, manifest, targets=("messages",))
    assert json.loads((tmp_path / "messages" / "left_out.json").read_text())["written"] == {
        "train": 1
    }


def test_rows_keep_their_order(tmp_path, records, manifest):
    """The order of records is the order of lines."""
    rows = [{"messages": [str(i), "a"]} for i in range(50)]
    write(records(*rows), tmp_path, manifest, targets=("alpaca",))
    lines = (tmp_path / "alpaca" / "train.jsonl").read_text().splitlines()
    assert [json.loads(line)["instruction"] for line in lines] == [str(i) for i in range(50)]


def test_an_unknown_target_is_named_with_those_that_exist(tmp_path, records, manifest):
    """A typing mistake is answered with the words that exist."""
    with pytest.raises(RecipeError) as caught:
        write(records({"messages": ["a", "b"]}), tmp_path, manifest, targets=("alpacca",))
    assert str(caught.value).startswith(
        "unknown format 'alpacca'\n  hint: known are alpaca, alpaca_preference, axolotl_chat_template,"
    )


def test_a_row_that_breaks_its_schema_stops_the_artifact(tmp_path, records, manifest):
    """No file gets its name with a row that its readers would refuse."""
    call = {"role": "assistant", "tool_calls": '[{"function": {"arguments": "{}"}}]'}
    with pytest.raises(WriteError) as caught:
        write(
            records({"messages": ["a", "b"]}, {"messages": ["a", call]}),
            tmp_path,
            manifest,
            targets=("messages",),
        )
    assert str(caught.value) == (
        "formats/messages/train.jsonl:2: $.messages[1].tool_calls[0].function: 'name' is a required property"
    )


def test_a_tool_call_that_is_no_json_stops_the_artifact(tmp_path, records, manifest):
    """The line is named, whatever is in it."""
    call = {"role": "assistant", "tool_calls": "[{]"}
    with pytest.raises(
        WriteError, match="a tool call or tool list of this row is not JSON"
    ) as caught:
        write(records({"messages": ["a", call]}), tmp_path, manifest, targets=("messages",))
    assert caught.value.where == "formats/messages/train.jsonl:1"


@pytest.mark.parametrize(
    "text", ["{{ 7*7 }}", "<|im_start|>", "a\r\n\u2028b\x85c", "é" * 300_000, '"},{']
)
def test_hostile_text_stays_on_its_line(tmp_path, records, manifest, text):
    """A text never breaks out of its string."""
    write(records({"messages": [text, text]}), tmp_path, manifest)
    for target in formats.Options().targets:
        (line,) = (tmp_path / target / "train.jsonl").read_bytes().split(b"\n")[:-1]
        assert str(list(json.loads(line).values())).count(repr(text)[1:-1]) == 2
