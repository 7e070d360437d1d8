"""The few-shot bank."""

import hashlib
import json

import pytest

from curator.errors import WriteError
from curator.task import Output, Task
from curator.write import bank

TASK = Task(instruction="Classify.", input="M: {{ input }}", output=Output(labels=("a", "b", "c")))


def write(frame, out, manifest, task=TASK):
    bank.write(frame, bank.Options(), out, task=task, manifest=manifest)
    return json.loads((out / "bank.json").read_text())


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def row(label, rank=None, **fields):
    return {"messages": [f"q {label}", label], "label": label, "exemplar_rank": rank, **fields}


def test_exemplars_stand_by_rank(tmp_path, records, manifest):
    """The order of choice is the order of the bank."""
    about = write(records(row("a", 1), row("b"), row("b", 0)), tmp_path, manifest)
    exemplars = lines(tmp_path / "exemplars.jsonl")
    assert [(one["label"], one["rank"]) for one in exemplars] == [("b", 0), ("a", 1)]
    assert exemplars[0] == {
        "id": about["exemplar_ids"][0], "rank": 0, "tokens": 4, "label": "b",
        "messages": [{"role": "user", "content": "q b"}, {"role": "assistant", "content": "b"}],
        "provenance": {"uri": "data.csv", "row": 3},
    }  # fmt: skip


def test_the_bank_says_what_it_covers(tmp_path, records, manifest):
    """Labels of the data and of the task without an exemplar are missing."""
    about = write(records(row("a", 0), row("b"), row("z", split="test")), tmp_path, manifest)
    assert about["labels"] == {"covered": ["a"], "missing": ["b", "c"]}
    assert about["counts"] == {"exemplars": 1, "with_reasoning": 0, "train_examples": 2}
    assert about["notes"] == [
        "no exemplar has reasoning: chain_of_thought asks for it and shows none",
        "the task has no persona: persona says what zero_shot says",
    ]


def test_prompts_hold_the_placeholder_in_the_input_template(tmp_path, records, manifest):
    """A ready prompt lacks nothing but the query."""
    write(records(row("a", 0)), tmp_path, manifest)
    (prompt,) = lines(tmp_path / "prompts" / "few_shot.jsonl")
    assert [message["content"] for message in prompt["messages"]] == [
        "Classify.",
        "M: q a",
        "a",
        "M: {{input}}",
    ]


def test_an_exemplar_that_says_what_the_placeholder_says_is_told_of(tmp_path, records, manifest):
    """Whoever fills every placeholder in would put the query into its words."""
    frame = records(row("a", 0, messages=["say {{input}}", "a"]), row("b", 1))
    told = "1 exemplar holds the text {{input}}: put the query into the last message alone"
    assert write(frame, tmp_path, manifest)["notes"][-1] == told


def test_every_technique_has_its_prompts(tmp_path, records, manifest):
    """Shots double up to all of the bank."""
    write(records(*(row("a", rank) for rank in range(5))), tmp_path, manifest)
    shots = {
        path.stem: [p["shots"] for p in lines(path)] for path in (tmp_path / "prompts").iterdir()
    }
    assert shots == {
        "zero_shot": [0],
        "few_shot": [1, 2, 4, 5],
        "chain_of_thought": [0],
        "persona": [0],
        "output_format": [0],
    }


def test_reasoning_is_shown_in_chain_of_thought_alone(tmp_path, records, manifest):
    """Plain few-shot shows answers, chain-of-thought the way to them."""
    said = {"role": "assistant", "content": "4", "reasoning": "two and two"}
    about = write(
        records(row("a", 0), {"messages": ["2+2", said], "exemplar_rank": 1}), tmp_path, manifest
    )
    (worked,) = lines(tmp_path / "prompts" / "chain_of_thought.jsonl")
    assert worked["messages"][2]["content"] == "two and two\n\nAnswer: 4"
    assert worked["exemplar_ids"] == about["exemplar_ids"][1:]
    assert "two and two" not in (tmp_path / "prompts" / "few_shot.jsonl").read_text()


def test_a_context_has_a_placeholder_where_exemplars_have_one(tmp_path, records, manifest):
    """The query of a reading task brings its passage."""
    about = write(records(row("a", 0, context="A passage.")), tmp_path, manifest)
    (prompt,) = lines(tmp_path / "prompts" / "zero_shot.jsonl")
    assert prompt["messages"][-1]["content"] == "{{context}}\n\nM: {{input}}"
    assert about["placeholder"] == {"input": "{{input}}", "context": "{{context}}"}


@pytest.mark.parametrize("split", ["validation", "test", None])
def test_an_exemplar_from_outside_train_is_refused(tmp_path, records, manifest, split):
    """No prompt shows what a test asks."""
    frame = records(row("a", 0, split=split))
    with pytest.raises(WriteError) as caught:
        write(frame, tmp_path, manifest)
    name = frame.collect()["id"][0]
    assert str(caught.value) == (
        f"exemplar {name} comes from {split or 'no split'}: what a prompt shows must come from train\n"
        "  hint: put split before the exemplar strategy in select"
    )


def test_an_exemplar_without_an_answer_is_refused(tmp_path, records, manifest):
    """A question alone shows nothing."""
    with pytest.raises(WriteError, match="has no answer: its last message is not an assistant's"):
        write(records({"messages": ["a"], "exemplar_rank": 0}), tmp_path, manifest)


def test_files_are_listed_with_their_hashes(tmp_path, records, manifest):
    """A changed byte is found."""
    about = write(records(row("a", 0)), tmp_path, manifest)
    there = {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert set(about["files"]) == there - {"bank.json"}
    for name, digest in about["files"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest


def test_an_empty_bank_is_whole_and_says_so(tmp_path, records, manifest):
    """Zero-shot prompts need no exemplars."""
    about = write(records(row("a")), tmp_path, manifest)
    assert about["exemplar_ids"] == []
    assert about["notes"][0] == "no example was chosen as an exemplar: few_shot shows none"
    assert lines(tmp_path / "prompts" / "few_shot.jsonl")[0]["shots"] == 0


def test_calls_of_an_exemplar_are_objects_in_prompts(tmp_path, records, manifest):
    """Prompts are ready to send."""
    call = {
        "role": "assistant",
        "tool_calls": '[{"id": "1", "function": {"name": "f", "arguments": "{}"}}]',
    }
    write(
        records({"messages": ["a", call], "tools": '[{"name": "f"}]', "exemplar_rank": 0}),
        tmp_path,
        manifest,
    )
    (prompt,) = lines(tmp_path / "prompts" / "few_shot.jsonl")
    assert prompt["messages"][2]["tool_calls"] == [
        {"id": "1", "function": {"name": "f", "arguments": "{}"}}
    ]
    assert lines(tmp_path / "exemplars.jsonl")[0]["tools"] == [{"name": "f"}]
