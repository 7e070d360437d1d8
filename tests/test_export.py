"""Any file of one shape becomes any other, whole or not at all, and every row ends somewhere."""

import gzip
import json

import polars as pl
import pytest

from curator.engine import polars as engine
from curator.errors import RecipeError, SourceError
from curator.export import export
from curator.pipeline.run import Run
from curator.recipe import load
from curator.verify import verify

CHAT = {"messages": [{"role": "user", "content": "Late?"}, {"role": "assistant", "content": "No."}]}
PLAIN = {"question": "Late?", "answer": "No."}
TOOLS = {"tools": [{"type": "function", "function": {"name": "f"}}]}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder to work in, and a way to put lines into a file."""
    monkeypatch.chdir(tmp_path)

    def put(name, *rows):
        text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return put


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_row_is_written_left_out_or_rejected(desk, tmp_path):
    """The sum closes, and each row that is not written is named with its place and reason."""
    source = desk("chats.jsonl", CHAT, CHAT | TOOLS, "{broken", {"messages": []})
    done = export(source, "alpaca", tmp_path / "out")
    assert done.sentence() == (
        "read 4 = written 1 + left out 1 (tools 1) + rejected 2 (broken JSON 1, no messages 1)"
    )
    assert lines(tmp_path / "out/train.jsonl") == [
        {"instruction": "Late?", "input": "", "output": "No."}
    ]
    (skipped,) = lines(tmp_path / "out/skipped.jsonl")
    assert skipped == {"file": str(source), "row": 2, "line": 2, "reason": "tools"}
    broken, empty = lines(tmp_path / "out/rejected.jsonl")
    assert (broken["file"], broken["line"], broken["raw"]) == (str(source), 3, "{broken")
    assert (empty["reason"], empty["detail"]) == ("no messages", "$.messages is an empty list")
    assert done.files == (
        "dataset_info.json", "left_out.json", "rejected.jsonl", "skipped.jsonl", "train.jsonl",
    )  # fmt: skip


def test_the_kind_of_a_file_is_seen_in_it_whatever_its_name(desk, tmp_path):
    """JSON lines, a JSON list, CSV and Parquet, packed or not."""
    pl.DataFrame([PLAIN]).write_parquet(tmp_path / "a.json")
    pl.DataFrame([PLAIN]).write_csv(tmp_path / "b.parquet")
    desk("c.csv", [PLAIN])
    desk("d.txt", PLAIN)
    (tmp_path / "e.csv").write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(PLAIN).encode()))
    for name in ("a.json", "b.parquet", "c.csv", "d.txt", "e.csv"):
        done = export(tmp_path / name, "sharegpt", tmp_path / name[0])
        assert done.written == {"train": 1}, name
        (line,) = lines(tmp_path / name[0] / "train.jsonl")
        assert [turn["value"] for turn in line["conversations"]] == ["Late?", "No."]


def test_reasoning_is_carried_where_the_shape_has_a_place_for_it(desk, tmp_path):
    """In a field, or else between tags; or where it was asked for."""
    thought = {"role": "assistant", "content": "2", "reasoning": "r"}
    source = desk("chats.jsonl", {"messages": [CHAT["messages"][0], thought]})
    for target, how, shown in (
        ("messages", None, '"reasoning_content":"r"'),
        ("alpaca", None, "<think>\\nr\\n</think>"),
        ("messages", "in_answer", "r\\n\\nAnswer: 2"),
    ):
        export(source, target, tmp_path / "out", reasoning=how, force=True)
        assert shown in (tmp_path / "out/train.jsonl").read_text()


def test_the_shape_may_be_named_as_it_is_read_or_written(desk, tmp_path):
    """Where the first row would be taken for something else."""
    source = desk("pairs.jsonl", {"prompt": "a", "completion": "b", "label": "false"})
    done = export(source, "trl_unpaired", tmp_path / "out", shape="trl_unpaired")
    assert done.written == {"train": 1}
    assert lines(tmp_path / "out/train.jsonl")[0]["label"] is False
    with pytest.raises(RecipeError, match="'alpacca' is not a shape"):
        export(source, "text", tmp_path / "other", shape="alpacca")


RECIPE = """\
name: desk
task: {instruction: Name the topic., output: {labels: from_data}}
read: [{csv: {path: rows.csv, map: {input: text, label: topic}}}]
select: [split]
write: [{formats: {targets: [alpaca]}}]
"""


def test_a_run_exports_its_records_with_its_task(desk, tmp_path):
    """The same bytes as its recipe would have written; one split if that is all one wants."""
    desk("rows.csv", "text,topic", *(f"{i} {i * i} ferry,{'ab'[i % 2]}" for i in range(40)))
    desk("desk.yaml", RECIPE)
    Run(recipe=load("desk.yaml"), out=tmp_path / "run", engine=engine).run()
    done = export(tmp_path / "run", "alpaca", tmp_path / "out")
    for split in ("train", "validation", "test"):
        path = tmp_path / f"run/formats/alpaca/{split}.jsonl"
        assert (tmp_path / f"out/{split}.jsonl").read_bytes() == path.read_bytes()
    one = export(tmp_path / "run", "alpaca", tmp_path / "one", splits=("test",))
    assert one.written == {"test": done.written["test"]}
    assert one.other_splits == {k: n for k, n in done.written.items() if k != "test"}
    assert one.is_closed


PAGES = """\
name: pages
read: [{documents: {path: page.md}}]
derive: [headings, chunks]
select: [split]
write: [{formats: {targets: [text, messages]}}]
"""


def test_a_run_exports_its_passages_where_they_have_a_place(desk, tmp_path):
    """As its recipe writes them; verify counts them too."""
    desk("page.md", "# Parcels", "", "## Sending a parcel", "", "Bring it to the desk by noon.")
    desk("pages.yaml", PAGES)
    Run(recipe=load("pages.yaml"), out=tmp_path / "run", engine=engine).run()
    assert all(promise.holds for promise in verify(tmp_path / "run"))
    texts = [line["text"] for line in lines(tmp_path / "run/formats/text/train.jsonl")]
    assert any(text.startswith("How do I send a parcel?\n\nBring it") for text in texts)
    assert any("# Sending a parcel" in text for text in texts)
    export(tmp_path / "run", "text", tmp_path / "out")
    written = tmp_path / "run/formats/text/train.jsonl"
    assert (tmp_path / "out/train.jsonl").read_bytes() == written.read_bytes()


def test_a_pair_may_be_two_lines_and_is_one_row(desk, tmp_path):
    """The sum is of rows."""
    pair = {"prompt": "a", "chosen": "b", "rejected": "c"}
    done = export(desk("pairs.jsonl", pair), "sharegpt_kto", tmp_path / "out")
    assert (done.read, done.written, done.lines) == (1, {"train": 1}, {"train": 2})


def test_nothing_is_written_over_but_by_force_and_only_an_export(desk, tmp_path):
    """And what is refused is left as it was."""
    source = desk("chats.jsonl", CHAT)
    export(source, "alpaca", tmp_path / "out")
    with pytest.raises(RecipeError, match="there is something already"):
        export(source, "sharegpt", tmp_path / "out")
    export(source, "sharegpt", tmp_path / "out", force=True)
    assert "conversations" in lines(tmp_path / "out/train.jsonl")[0]
    with pytest.raises(RecipeError, match="holds what no export has made"):
        export(source, "alpaca", tmp_path, force=True)
    assert source.exists()


def test_a_conversion_that_fails_leaves_nothing_behind(desk, tmp_path):
    """Neither half a folder, nor a change to the one that was there."""
    export(desk("good.jsonl", CHAT), "messages", tmp_path / "out")
    bad = tmp_path / "bad.jsonl.gz"
    many = "".join(f"{json.dumps(CHAT | {'n': number})}\n" for number in range(10_000))
    bad.write_bytes(gzip.compress(many.encode())[:-2000])
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(SourceError):
        export(bad, "messages", tmp_path / "out", force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert len(lines(tmp_path / "out/train.jsonl")) == 1


def test_a_file_without_a_known_shape_is_told_what_helps(desk, tmp_path):
    """There is no recipe whose map could be changed."""
    with pytest.raises(RecipeError) as caught:
        export(desk("a.jsonl", {"a": "b", "c": "d"}), "messages", tmp_path / "out")
    assert "no known shape has the fields a, c" in str(caught.value)
    assert caught.value.hint.startswith("--from names its shape; a recipe")


def test_calls_that_are_none_are_rejected_rows(desk, tmp_path):
    """They are known when they are read, and end nothing."""
    call = {"role": "assistant", "tool_calls": [{"function": {"arguments": "{}"}}]}
    bad = desk("bad.jsonl", CHAT, {"messages": [CHAT["messages"][0], call]})
    made = export(bad, "messages", tmp_path / "out")
    assert (made.written, made.rejected) == ({"train": 1}, {"missing field": 1})


def test_the_same_file_gives_the_same_bytes(desk, tmp_path):
    """Of every file in the folder."""
    source = desk("chats.jsonl", *[CHAT, CHAT | TOOLS] * 30, "{broken")
    for name in ("one", "two"):
        export(source, "mistral", tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert [(tmp_path / "one" / name).read_bytes() for name in files] == [
        (tmp_path / "two" / name).read_bytes() for name in files
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone.jsonl", "no such file"),
        ("empty.jsonl", "is empty"),
        ("folder", "there is no manifest"),
    ],
)
def test_a_source_that_is_none_is_named(desk, tmp_path, name, words):
    """What is not there, holds nothing, or is no run."""
    desk("empty.jsonl", "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError, match=words):
        export(tmp_path / name, "alpaca", tmp_path / "out")
    assert not (tmp_path / "out").exists()
