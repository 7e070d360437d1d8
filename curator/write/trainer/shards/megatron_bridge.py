"""One pack a row as Megatron-Bridge reads it: the mask says which token is predicted, not shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from curator.write.trainer.shards import SplitTokens, parquet
from curator.write.trainer.tokens import IGNORED, Block


def write(tokens: SplitTokens, folder: Path) -> list[Path]:
    """
    Write the packs as ``*.idx.parquet``.

    Columns: input_ids, a list of int32; seq_start_id, where each example begins, a list of int32;
             loss_mask, a list of int8: that of the next token, and 0 for the last of an example.
    Source:  megatron/bridge/data/datasets/packed_parquet.py and packed_sequence.py, which leaves
             out the last token of each example and compares the others with those behind them.
    """
    return parquet.write(tokens, tokens.packs, folder, _columns, suffix=".idx.parquet")


def _columns(block: Block) -> parquet.Lists:
    ends = np.cumsum(block.seq_lengths, dtype=np.int64)
    starts = ends - block.seq_lengths
    first = np.repeat(block.pack_offsets[:-1], np.diff(block.seq_offsets))
    counts = np.zeros(block.labels.size, np.int8)
    counts[:-1] = block.labels[1:] != IGNORED
    counts[ends - 1] = 0
    return {
        "input_ids": parquet.lists(block.ids, block.pack_offsets),
        "seq_start_id": parquet.lists((starts - first).astype(np.int32), block.seq_offsets),
        "loss_mask": parquet.lists(counts, block.pack_offsets),
    }
