"""
Train the tokenizer of this folder on the other samples: `python samples/tokenizer/train.py [OUT]`.

A byte-level BPE of 2,000 tokens, as chat models have them at 50 times the size. The same samples
give the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = Path(__file__).resolve().parent
VOCAB_SIZE = 2_000
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def texts(samples: Path) -> Iterator[str]:
    """Give the pages of the handbook, the messages, the chats and the fares, in order."""
    for page in sorted((samples / "handbook").rglob("*.md")):
        yield page.read_text("utf-8")
    yield (samples / "messages.csv").read_bytes().decode("utf-8", "replace")
    for name in ("chats.jsonl", "fares.jsonl"):
        for line in (samples / name).read_bytes().splitlines():
            try:
                yield from strings(json.loads(line))
            except ValueError:  # a line that is broken on purpose
                continue


def strings(value: object) -> Iterator[str]:
    """Give every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def train(samples: Path) -> Tokenizer:
    """Learn the merges of ``samples``."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE,
        special_tokens=CONTROL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(samples), trainer)
    return tokenizer


if __name__ == "__main__":
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "tokenizer.json"
    train(HERE.parent).save(str(out), pretty=False)
