"""
Prepare chats for training with transformers and TRL, in the environment that has them.

peer_trl.py TOKENIZER MESSAGES.parquet

A line of JSON in says what to do; a line of JSON out says how long it took and what it gave.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM
from trl import SFTConfig, SFTTrainer, pack_dataset

MAX_LENGTH = 2048


def template(tokenizer: Any, chats: datasets.Dataset) -> dict[str, int]:
    """Render, tokenise and mask chat by chat."""
    tokens = trained = 0
    for messages in chats["messages"]:
        made = tokenizer.apply_chat_template(
            messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=True
        )
        tokens += len(made["input_ids"])
        trained += sum(made["assistant_masks"])
    return {"tokens": tokens, "trained": trained}


def trainer(tokenizer: Any, chats: datasets.Dataset, folder: str, processes: int) -> SFTTrainer:
    """Give a trainer that has prepared a few rows."""
    small = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=8, intermediate_size=8, num_hidden_layers=1,
        num_attention_heads=1,
    )  # fmt: skip
    return SFTTrainer(
        model=LlamaForCausalLM(small),
        args=SFTConfig(
            output_dir=folder,
            assistant_only_loss=True,
            packing=True,
            packing_strategy="bfd",
            max_length=MAX_LENGTH,
            dataset_num_proc=processes if processes > 1 else None,
            use_cpu=True,
            bf16=False,
            report_to=[],
        ),
        train_dataset=chats.select(range(10)),
        processing_class=tokenizer,
    )


def prepared(chats: datasets.Dataset) -> dict[str, int]:
    """Count what TRL's preparation gave."""
    tokens = trained = 0
    for batch in chats.with_format("numpy").iter(1_000):
        tokens += sum(len(ids) for ids in batch["input_ids"])
        trained += sum(int((labels != -100).sum()) for labels in batch["labels"])
    return {"tokens": tokens, "trained": trained, "packs": len(chats)}


def lengths(path: str) -> datasets.Dataset:
    """Give rows of so many tokens, of one byte each: what costs is the plan."""
    counts = pq.read_table(path).column(0).to_numpy()
    offsets = pa.array([0, *counts.cumsum().tolist()], pa.int32())
    values = pa.array(bytearray(int(counts.sum())), pa.int8())
    return datasets.Dataset(pa.table({"input_ids": pa.ListArray.from_arrays(offsets, values)}))


def main() -> None:
    """Answer one line at a time."""
    datasets.disable_caching()
    datasets.disable_progress_bars()
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    chats = datasets.Dataset(pq.read_table(sys.argv[2]))
    known: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            asked = json.loads(line)
            rows = chats.select(range(asked.get("rows", 0)))
            if asked["do"] == "prepare" and "trainer" not in known:
                known["trainer"] = trainer(tokenizer, chats, folder, asked.get("processes", 1))
            if asked["do"] == "pack" and asked["lengths"] not in known:
                known[asked["lengths"]] = lengths(asked["lengths"])
            start = time.perf_counter()
            if asked["do"] == "template":
                told = template(tokenizer, rows)
            elif asked["do"] == "prepare":
                sft = known["trainer"]
                made = sft._prepare_dataset(rows, tokenizer, sft.args, True, None, "train")  # noqa: FBT003, SLF001
            else:
                batch = {"batch_size": asked["batch_rows"]}
                made = pack_dataset(known[asked["lengths"]], MAX_LENGTH, "bfd", batch)
                told = {"packs": len(made)}
            seconds = time.perf_counter() - start
            if asked["do"] == "prepare":
                told = prepared(made)
            print(json.dumps({"seconds": seconds, **told}), flush=True)


if __name__ == "__main__":
    main()
