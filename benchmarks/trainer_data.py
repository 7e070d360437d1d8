"""The generated chats as an export has them: kept rows on disk, a tokenizer of 32,000 tokens."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import polars as pl

from benchmarks.generate import DATA, ensure
from benchmarks.records import MAP
from curator.engine.polars import settle
from curator.prompt.training import training_messages
from curator.read import jsonl
from curator.records import IS_EXAMPLE, KEPT, identify
from curator.refine import normalize_text
from curator.task import Task

TASK = Task(instruction="Help the customer.")
TRAINED_ROWS = 10_000
VOCABULARY = 32_000
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def kept(rows: int) -> Path:
    """Give the chats that can be read, their texts in order, as a run has them on disk."""
    source, _ = ensure(rows)
    path = source.with_suffix(".kept.parquet")
    if not path.exists() or path.stat().st_mtime < source.stat().st_mtime:
        plan = jsonl.read(jsonl.Options(path=str(source), map=MAP))
        numbered = plan.drop("position").with_row_index("position")
        clean = normalize_text.refine(
            identify(numbered.cast({"position": pl.Int64})), normalize_text.Options()
        )
        settle(identify(clean).filter(KEPT & IS_EXAMPLE), path, lambda _: None)
    return path


def messages(rows: int, count: int) -> Path:
    """Give the first ``count`` of the kept chats as they are trained, for peers."""
    source = kept(rows)
    path = source.with_suffix(f".{count}.parquet")
    if not path.exists() or path.stat().st_mtime < source.stat().st_mtime:
        chats = training_messages(TASK, pl.read_parquet(source, n_rows=count))
        said = pl.element().struct
        plain = pl.struct(said.field("role"), said.field("content"))
        chats.list.eval(plain).alias("messages").to_frame().write_parquet(path)
    return path


def tokenizer() -> Path:
    """Give the folder of a byte-level BPE, trained on the first rows, with our ChatML template."""
    folder = DATA / "tokenizer-32k"
    if not (folder / "tokenizer.json").exists():
        from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

        frame = pl.read_parquet(kept(100_000), columns=["messages"], n_rows=TRAINED_ROWS)
        texts = frame["messages"].explode().struct.field("content").drop_nulls()
        made = Tokenizer(models.BPE())
        made.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(_SPLIT), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        made.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=VOCABULARY,
            show_progress=False,
            special_tokens=list(SPECIAL),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        )
        made.train_from_iterator(texts.to_list(), trainer)
        folder.mkdir(parents=True, exist_ok=True)
        config = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
        }
        (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n")
        made.save(str(folder / "tokenizer.json"))
    ours = files("curator") / "write" / "trainer" / "template" / "chatml.jinja"
    (folder / "chat_template.jinja").write_bytes(ours.read_bytes())
    return folder
