"""One pack a row with its labels and the lengths of its examples: what TRL derives places from."""

from __future__ import annotations

from pathlib import Path

from curator.write.trainer.shards import SplitTokens, parquet
from curator.write.trainer.tokens import Block


def write(tokens: SplitTokens, folder: Path) -> list[Path]:
    """
    Write the packs as Parquet.

    Columns: input_ids, labels (not shifted), seq_lengths (tokens of each example), each a list of
             int32.
    """
    return parquet.write(tokens, tokens.packs, folder, _columns)


def _columns(block: Block) -> parquet.Lists:
    return {
        "input_ids": parquet.lists(block.ids, block.pack_offsets),
        "labels": parquet.lists(block.labels, block.pack_offsets),
        "seq_lengths": parquet.lists(block.seq_lengths, block.seq_offsets),
    }
