"""One example a row, in reading order, for trainers that pack or pad by themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from curator.write.trainer.shards import SplitTokens, parquet
from curator.write.trainer.tokens import Block, Packs


def write(tokens: SplitTokens, folder: Path) -> list[Path]:
    """
    Write the examples as Parquet, with the three columns that Axolotl takes and no other.

    Columns: input_ids and labels (not shifted), lists of int32; attention_mask, a list of int8,
             all of it 1.
    """
    every = Packs.single(tokens.segments.lengths.size)
    return parquet.write(tokens, every, folder, _columns)


def _columns(block: Block) -> parquet.Lists:
    return {
        "input_ids": parquet.lists(block.ids, block.pack_offsets),
        "attention_mask": parquet.lists(np.ones(block.ids.size, np.int8), block.pack_offsets),
        "labels": parquet.lists(block.labels, block.pack_offsets),
    }
