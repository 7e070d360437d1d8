"""Tokenise chats as transformers and TRL do: runs in the trainers' environment, JSON in, files out."""

import contextlib
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2.exceptions import TemplateError
from transformers import AutoTokenizer

ROWS_AT_ONCE = 512


def main():
    """Do what standard input asks: a list of jobs, each with a tokenizer, chats and a file to write."""
    for job in json.load(sys.stdin):
        with Path(job["rows"]).open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        rows = [
            {**row, "messages": [_with_objects(each) for each in row["messages"]]} for row in rows
        ]
        tokenizer = AutoTokenizer.from_pretrained(job["tokenizer"])
        if job.get("template"):
            tokenizer.chat_template = Path(job["template"]).read_text("utf-8")
        rows = rows[: job.get("limit")]
        ids, masks = HOW[job["how"]](tokenizer, rows)
        kind = pa.list_(pa.int32())
        pq.write_table(
            pa.table({"input_ids": pa.array(ids, kind), "mask": pa.array(masks, kind)}), job["out"]
        )


def marked(tokenizer, rows):
    """Give ids and masks by apply_chat_template; a chat that the template refuses has neither."""
    ids, masks = [], []
    for first in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[first : first + ROWS_AT_ONCE]
        try:
            made = [_marked(tokenizer, part)]
        except (TemplateError, TypeError, ValueError):
            made = [_marked_alone(tokenizer, row) for row in part]
        for some_ids, some_masks in made:
            ids += some_ids
            masks += some_masks
    return ids, masks


def _marked(tokenizer, rows):
    if any("tools" in row for row in rows):  # tools are one argument for a whole batch
        made = [_marked_alone(tokenizer, row) for row in rows]
        return [ids for [ids], _ in made], [mask for _, [mask] in made]
    made = tokenizer.apply_chat_template(
        [row["messages"] for row in rows],
        tokenize=True, return_dict=True, return_assistant_tokens_mask=True,
    )  # fmt: skip
    return made["input_ids"], made["assistant_masks"]


def _marked_alone(tokenizer, row):
    try:
        made = tokenizer.apply_chat_template(
            row["messages"], tools=row.get("tools"),
            tokenize=True, return_dict=True, return_assistant_tokens_mask=True,
        )  # fmt: skip
    except (TemplateError, TypeError, ValueError):
        return [None], [None]
    return [made["input_ids"]], [made["assistant_masks"]]


def prepared(tokenizer, rows):
    """Give ids and masks as SFTTrainer prepares `messages` with assistant_only_loss."""
    return _sft(rows, tokenizer, assistant_only_loss=True)


def completed(tokenizer, rows):
    """Give ids and masks as SFTTrainer prepares a prompt and its completion."""
    pairs = [
        {**row, "prompt": row["messages"][:-1], "completion": row["messages"][-1:]} for row in rows
    ]
    for pair in pairs:
        del pair["messages"]
    return _sft(pairs, tokenizer, completion_only_loss=True)


def _sft(rows, tokenizer, **arguments):
    """Let SFTTrainer prepare rows; streamed, since Arrow would give every call all arguments."""
    import tempfile

    from datasets import IterableDataset
    from transformers import LlamaConfig, LlamaForCausalLM
    from trl import SFTConfig, SFTTrainer

    sizes = {
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
    }
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), **sizes))
    with tempfile.TemporaryDirectory() as folder:
        trainer = SFTTrainer(
            model=model,
            args=SFTConfig(
                output_dir=folder, max_length=None, max_steps=1, report_to="none", use_cpu=True,
                **arguments,
            ),
            train_dataset=IterableDataset.from_generator(lambda: iter(rows)),
            processing_class=tokenizer,
        )  # fmt: skip
        made = list(trainer.train_dataset)
    masks = [[int(label != -100) for label in row["labels"]] for row in made]
    return [list(row["input_ids"]) for row in made], masks


def _with_objects(message):
    """Give a message whose calls have arguments as objects, which is what templates write."""
    calls = message.get("tool_calls")
    if not calls:
        return message
    made = []
    for call in calls:
        function = dict(call["function"])
        if isinstance(function["arguments"], str):
            function["arguments"] = json.loads(function["arguments"])
        made.append({**call, "function": function})
    return {**message, "tool_calls": made}


HOW = {"marked": marked, "prepared": prepared, "completed": completed}

if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        main()
    json.dump(None, sys.stdout)
