"""A whole export: what stands in its files, what is left out, and that the sum closes."""

import json

import numpy as np
import polars as pl
import pytest

from curator.errors import RecipeError, WriteError
from curator.task import Task
from curator.tokenizer import Encoder, open_encoder, open_files
from curator.write import trainer
from curator.write.trainer.proof import RESTART, STORED
from curator.write.trainer.shards import packed

SYSTEM = Task(instruction="Answer.")
LONG = "the ferry " * 60


@pytest.fixture
def export(tmp_path, root, records, manifest):
    """Write rows with the samples' tokenizer; give the folder and the numbers."""

    def make(*rows, task=SYSTEM, name="trainer", **options):
        out = tmp_path / name
        out.mkdir()
        asked = trainer.Options(**{"tokenizer": str(root / "samples" / "tokenizer"), **options})
        trainer.write(records(*rows), asked, out, task=task, manifest=manifest)
        return out, json.loads((out / "trainer.json").read_text())

    return make


def texts(out, split="train"):
    """Decode every pack of a split, and what counts of it."""
    encoder = open_encoder(open_files(str(out / "tokenizer")))
    rows = pl.read_parquet(out / "packed" / f"{split}-*.parquet")
    trained = rows["labels"].list.eval(pl.element().filter(pl.element() != -100))
    whole = [encoder.decode(ids) for ids in rows["input_ids"].to_list()]
    return whole, [encoder.decode(ids) for ids in trained.to_list()]


def skipped(out):
    """List what was left out, and why."""
    lines = (out / "skipped.jsonl").read_text().splitlines()
    return [(line["reason"], line["tokens"]) for line in map(json.loads, lines)]


def test_a_row_is_its_prompt_and_what_counts_is_the_completion_and_its_end(export):
    """The text is the chat template's, the end of turn is learned, nothing else is."""
    out, numbers = export({"messages": ["When does it leave?", "At nine."]})
    whole, trained = texts(out)
    assert whole == [
        "<|im_start|>system\nAnswer.<|im_end|>\n"
        "<|im_start|>user\nWhen does it leave?<|im_end|>\n"
        "<|im_start|>assistant\nAt nine.<|im_end|>\n"
    ]
    assert trained == ["At nine.<|im_end|>"]
    assert (
        numbers["ledger"]["tokens"] == numbers["ledger"]["trained"] + numbers["ledger"]["context"]
    )


def test_all_answers_count_where_that_is_asked(export):
    """But not one that says it shall not."""
    said = ["a", "one", "b", {"role": "assistant", "content": "two", "weight": 0}, "c", "three"]
    out, _ = export({"messages": said}, train_on="assistant")
    assert texts(out)[1] == ["one<|im_end|>three<|im_end|>"]


def test_packs_hold_whole_rows_of_one_split(export):
    """The table of segments says where each row stands; its tokens are there."""
    rows = [
        {"messages": [f"q{i}", "a" * i], "split": "test" if i > 6 else "train"} for i in range(1, 9)
    ]
    out, _ = export(*rows, max_length=64)
    places = pl.read_parquet(out / "segments.parquet")
    assert places["split"].to_list() == ["train"] * 6 + ["test"] * 2
    assert sorted(places["row"].to_list()) == list(range(8))
    packs = pl.read_parquet(out / "packed" / "train-*.parquet")
    lengths = places.filter(split="train").group_by("pack", maintain_order=True).agg("tokens")
    assert packs["seq_lengths"].to_list() == lengths["tokens"].to_list()
    assert packs["input_ids"].list.len().max() <= 64


def test_a_row_that_holds_a_control_token_is_left_out_and_named(export):
    """Its own words would end a turn; its tokens are counted as dropped."""
    bad = {"messages": ["say <|im_end|>", "no"]}
    out, numbers = export({"messages": ["a", "b"]}, bad)
    [(reason, tokens)] = skipped(out)
    assert reason == "its text holds the control token <|im_end|>"
    assert numbers["ledger"]["dropped"] == tokens
    assert numbers["left_out"] == {reason: 1}


@pytest.mark.parametrize(
    "calls", ['[{"function": {"name": "f", "arguments": "{\\"a\\": \\"%s\\"}"}}]']
)
@pytest.mark.parametrize("mark", ["<|im_end|>", "\\\\u003c|im_end|>"])
def test_a_control_token_may_not_hide_in_a_tool_call(export, calls, mark):
    """Nor behind an escape that reading the call takes away."""
    said = ["a", {"role": "assistant", "content": None, "tool_calls": calls % mark}]
    out, _ = export({"messages": said}, {"messages": ["a", "b"]}, template="qwen")
    assert [reason for reason, _ in skipped(out)] == ["its text holds the control token <|im_end|>"]


def test_a_file_that_does_not_hold_its_tokens_stops_the_export(export, monkeypatch):
    """No certificate is given for a file that nobody has read."""
    real = packed._columns

    def wrong(block):
        return real(block._replace(labels=np.where(block.labels == -100, block.ids, -100)))

    monkeypatch.setattr(packed, "_columns", wrong)
    with pytest.raises(WriteError, match="not what was meant: a label of pack 0 is another"):
        export({"messages": ["a", "b"]})


def test_what_was_read_back_is_certified(export):
    """Every row once, whatever the number of formats; positions restart where there are packs."""
    rows = [{"messages": ["a", "b"]}, {"messages": ["c", "d"]}]
    out, _ = export(*rows, formats=("packed", "unpacked", "mds"))
    proven = {
        one["name"]: one["rows"] for one in json.loads((out / "masks.json").read_text())["checks"]
    }
    assert (proven[STORED], proven[RESTART]) == (2, 2)
    out, _ = export(*rows, formats=("unpacked",), name="other")
    names = [one["name"] for one in json.loads((out / "masks.json").read_text())["checks"]]
    assert STORED in names
    assert RESTART not in names


@pytest.mark.parametrize(("train_on", "weight"), [("completion", 1), ("all", 1), ("assistant", 0)])
def test_an_answer_that_runs_into_its_prompt_costs_no_more_than_its_row(export, train_on, weight):
    """Its first line break is one token with the prompt's; nobody asks for one of weight 0."""
    said = ["a", "b", "c", {"role": "assistant", "content": "\nText", "weight": weight}]
    out, numbers = export({"messages": ["a", "b"]}, {"messages": said}, train_on=train_on)
    assert numbers["ledger"]["trained"] > 0
    gone = [reason for reason, _ in skipped(out)] if weight else []
    assert gone == ["a token crosses the edge of what is trained on"] * weight


def test_a_row_that_is_too_long_stops_the_export(export):
    """The first is named, with the longest and what can be done; nothing is cut in silence."""
    with pytest.raises(WriteError) as caught:
        export(
            {"messages": ["a", "b"]},
            {"messages": [LONG, "b"]},
            {"messages": [LONG * 2, "b"]},
            max_length=64,
        )
    assert "2 rows are too long" in caught.value.message
    assert "overflow: drop, truncate_end or split_turns" in caught.value.hint


def test_whoever_watches_is_told_what_is_left_out(export, caplog):
    """How many rows, why, and where they are named; nothing where all are written."""
    caplog.set_level("INFO", "curator.write")
    export({"messages": ["a", "b"]}, {"messages": ["a", LONG]}, max_length=64, overflow="drop")
    assert caplog.messages == ["trainer: left out, and listed in trainer/skipped.jsonl: too long 1"]
    caplog.clear()
    export({"messages": ["a", "b"]}, name="other")
    assert caplog.messages == []


@pytest.mark.parametrize(("overflow", "lost"), [("drop", "dropped"), ("truncate_end", "truncated")])
def test_every_token_that_is_not_written_is_counted(export, overflow, lost):
    """Left out or cut off: tokens in = trained + context + truncated + dropped."""
    _, numbers = export(
        {"messages": ["a", "b"]}, {"messages": ["a", LONG]}, max_length=64, overflow=overflow
    )
    counts = numbers["ledger"]
    assert counts[lost] > 0
    assert counts["tokens"] == sum(
        counts[name] for name in ("trained", "context", "truncated", "dropped")
    )


def test_a_long_chat_is_cut_where_a_user_speaks(export):
    """Each part is whole turns, begins with a user's, and all tokens are there once."""
    turn = ["the ferry leaves at nine " * 3, "so it does " * 3]
    out, numbers = export(
        {"messages": turn * 4}, train_on="assistant", overflow="split_turns", max_length=150
    )
    places = pl.read_parquet(out / "segments.parquet").sort("part")
    assert places.height > 1
    assert numbers["ledger"]["tokens"] == places["tokens"].sum()
    whole = sorted(texts(out)[0], key=lambda text: "system" not in text)
    assert all(text.startswith("<|im_start|>user") for text in whole[1:])
    assert all(text.endswith("<|im_end|>\n") for text in whole)


def test_reasoning_may_stand_where_the_template_puts_it(export):
    """Instead of before the answer, in its text."""
    said = ["2+2?", {"role": "assistant", "content": "4", "reasoning": "add"}]
    task = Task(reasoning=True)
    inside, _ = export({"messages": said}, task=task, template="qwen", name="content")
    apart, _ = export(
        {"messages": said}, task=task, template="qwen", reasoning="field", name="field"
    )
    assert "add\n\nAnswer: 4" in texts(inside)[1][0]
    assert "<think>\nadd\n</think>\n\n4<|im_end|>" in texts(apart)[1][0]


def test_a_passage_is_text_and_its_end(export, records):
    """For continued training everything counts."""
    chunk = {"messages": [], "text": "The ferry.", "provenance": {"derived_by": "chunks"}}
    out, _ = export({**chunk}, {"messages": [], "text": "A whole page."}, rows="chunks")
    assert texts(out) == (["The ferry.<|im_end|>"], ["The ferry.<|im_end|>"])


def test_a_template_that_cannot_be_trained_with_names_the_row(export, tmp_path):
    """End of turn outside of what is generated is the classic."""
    template = tmp_path / "bad.jinja"
    template.write_text(
        "{% for m in messages %}{{ m.role }}: "
        "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}"
        "{% else %}{{ m.content }}{% endif %}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    with pytest.raises(WriteError) as caught:
        export({"messages": ["a", "b"]}, template=str(template))
    assert caught.value.where.startswith(f"template {template}, row ")


def test_a_call_without_text_trains_no_word_for_nothing(export, tmp_path):
    """A template that prints content beside a call prints nothing where there is none."""
    template = tmp_path / "naive.jinja"
    template.write_text(
        "{% for m in messages %}<|im_start|>{{ m.role }}\n"
        "{% if m.role == 'assistant' %}{% generation %}"
        "{{ m['content'] }}{{ m.tool_calls | tojson if m.tool_calls }}<|im_end|>"
        "{% endgeneration %}{% else %}{{ m['content'] }}<|im_end|>{% endif %}\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    calls = '[{"function": {"name": "f", "arguments": "{}"}}]'
    said = ["a", {"role": "assistant", "content": None, "tool_calls": calls}]
    out, _ = export({"messages": said}, template=str(template))
    assert texts(out)[1] == ['[{"function": {"name": "f", "arguments": {}}}]<|im_end|>']


def test_the_same_rows_give_the_same_bytes(export):
    """However often, and whatever is held against the reference."""
    rows = [{"messages": [f"question {i % 7}", "yes " * (i % 5 + 1)]} for i in range(200)]
    forms = ("packed", "unpacked", "megatron_bridge", "mds", "messages")
    one, _ = export(*rows, formats=forms, max_length=128, name="one")
    two, _ = export(*rows, formats=forms, max_length=128, name="two")
    files = [path.relative_to(one) for path in sorted(one.rglob("*")) if path.is_file()]
    assert len(files) > 10
    assert [file for file in files if (one / file).read_bytes() != (two / file).read_bytes()] == []


def test_an_engine_that_differs_is_replaced_by_the_reference(export, monkeypatch, caplog):
    """One wrong id in a sample is enough: everything is encoded again, and the log says so."""
    encode = Encoder.encode

    def wrong(self, given):
        ids, offsets = encode(self, given)
        if self.engine.startswith("fastokens"):
            ids = ids.copy()
            ids[0] += 1
        return ids, offsets

    monkeypatch.setattr(Encoder, "encode", wrong)
    out, _ = export({"messages": ["a", "b"]})
    assert texts(out)[1] == ["b<|im_end|>"]
    assert json.loads((out / "masks.json").read_text())["tokenizer"]["engine"].startswith(
        "tokenizers"
    )
    assert "the fast tokenizer differs from the reference" in caplog.text


def test_an_export_without_a_row_says_why(export):
    """Every row left out is no export."""
    with pytest.raises(WriteError, match="no row can be written: its text holds the control token"):
        export({"messages": ["<|im_end|>", "b"]})


def test_megatron_takes_passages_only(export):
    """Its form has no labels."""
    with pytest.raises(RecipeError, match="megatron"):
        export({"messages": ["a", "b"]}, formats=("megatron",))


def test_an_unknown_split_is_refused(export):
    """A trainer's files are named after the three splits there are."""
    with pytest.raises(WriteError, match="not dev"):
        export({"messages": ["a", "b"], "split": "dev"})


@pytest.mark.parametrize(
    ("shows", "options", "hidden"),
    [(False, {}, 2), (True, {}, 1), (True, {"reasoning": "field", "template": "qwen"}, 0)],
)
def test_reasoning_that_is_in_no_token_is_told_and_counted(export, caplog, shows, options, hidden):
    """It stands in the records; whoever wants to train it is told how."""
    said = {"role": "assistant", "content": "4", "reasoning": "2+2"}
    task = Task(instruction="Answer.", reasoning=shows)
    row = {"messages": ["2+2?", said, "Again?", said]}
    _, numbers = export(row, task=task, train_on="completion", **options)
    assert numbers["hidden_reasoning"] == hidden
    assert (f"the reasoning of {hidden} turns is not trained on" in caplog.text) is (hidden > 0)
