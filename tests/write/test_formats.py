"""What all formats share."""

import io
import json

import polars as pl
import pytest

from curator.errors import RecipeError, WriteError
from curator.records import IS_DOCUMENT
from curator.schemas.lines import LineGate
from curator.task import Task
from curator.write import formats, write_lines


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


def test_every_target_has_a_test_file(root):
    """A shape is a file, a schema and a test file."""
    folder = root / "tests" / "write" / "formats"
    tested = {path.stem.removeprefix("test_") for path in folder.glob("test_*.py")}
    assert set(formats.targets()) <= tested


def test_documents_are_not_training_rows(tmp_path, records, manifest):
    """Only examples are written."""
    frame = records({"messages": ["a", "b"]}, {"messages": [], "text": "A handbook."})
    is_document = frame.with_columns(messages=pl.when(~IS_DOCUMENT).then(pl.col("messages")))
    write(is_document, tmp_path, manifest, targets=("messages",))
    assert json.loads((tmp_path / "messages" / "left_out.json").read_text())["written"] == {
        "train": 1
    }


def test_passages_are_rows_of_the_target_that_has_a_place_for_them(tmp_path, records, manifest):
    """Without the task's words: nobody asked for them. Whole documents stay out."""
    place = {"uri": "page.md", "row": 1}
    frame = records(
        {"messages": ["a", "b"]},
        {"messages": [], "text": "A page."},
        {"messages": [], "text": "A passage.", "provenance": place | {"derived_by": "chunks"}},
    )
    is_document = frame.with_columns(messages=pl.when(~IS_DOCUMENT).then(pl.col("messages")))
    options = formats.Options(targets=("text", "messages"))
    formats.write(is_document, options, tmp_path, task=Task(instruction="I"), manifest=manifest)
    texts = [json.loads(line)["text"] for line in (tmp_path / "text/train.jsonl").open()]
    assert texts == ["I\n\na\n\nb", "A passage."]
    assert json.loads((tmp_path / "messages/left_out.json").read_text())["written"] == {"train": 1}


def test_the_first_byte_of_each_field_is_counted_from_the_beginning_of_the_file():
    """Whatever came before, in the same lot or an earlier one."""
    file, fields = io.BytesIO(), {}
    gate = LineGate({})
    for number, lot in enumerate([['{"a":1}'], ['{"a":"é"}', '{"b":2}']]):
        write_lines(file, lot, gate, name="x", first=number, fields=fields)
    assert fields == {"a": 0, "b": file.getvalue().index(b'{"b"')}


def test_rows_keep_their_order(tmp_path, records, manifest):
    """The order of records is the order of lines."""
    rows = [{"messages": [str(i), "a"]} for i in range(50)]
    write(records(*rows), tmp_path, manifest, targets=("alpaca",))
    lines = (tmp_path / "alpaca" / "train.jsonl").read_text().splitlines()
    assert [json.loads(line)["instruction"] for line in lines] == [str(i) for i in range(50)]


@pytest.mark.parametrize(
    ("target", "hint"),
    [("alpacca", "did you mean 'alpaca'?"), ("x", "known are alpaca, alpaca_preference, axolotl")],
)
def test_an_unknown_target_gets_the_nearest_or_all(tmp_path, records, manifest, target, hint):
    """A typing mistake is answered with the words that exist."""
    with pytest.raises(RecipeError) as caught:
        write(records({"messages": ["a", "b"]}), tmp_path, manifest, targets=(target,))
    assert str(caught.value).startswith(f"unknown format {target!r}\n  hint: {hint}")


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
