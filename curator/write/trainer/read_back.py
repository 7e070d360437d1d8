"""Every file of tokens is read back, and held against the tokens that it should hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curator.errors import SourceError, WriteError
from curator.write.trainer.shards import SplitTokens, between
from curator.write.trainer.stored import IN_PACKS, Shard, shards
from curator.write.trainer.tokens import IGNORED, Block, Packs, blocks


def hold(tokens: SplitTokens, folder: Path) -> None:
    """
    Accept the files of a split in the folder of a format if they hold its packs, and no others.

    Raises: WriteError naming the file, the pack, and what differs.
    """
    packs = tokens.packs
    if folder.name not in IN_PACKS:
        packs = Packs.single(tokens.segments.lengths.size)
    count, done = packs.offsets.size - 1, 0
    try:
        for shard in shards(folder, tokens.split):
            stop = done + shard.block.pack_offsets.size - 1
            if stop > count:
                raise _wrong(shard.path, f"it holds more packs than the {count:,} there are")
            _compare(shard, tokens, between(packs, done, stop), done)
            done = stop
    except SourceError as error:
        raise _wrong(folder, f"{tokens.split} {error.message}") from error
    if done != count:
        raise _wrong(folder, f"{tokens.split} has {done:,} packs of {count:,}")


def _compare(shard: Shard, tokens: SplitTokens, packs: Packs, first: int) -> None:
    """Hold some packs, of which the first is ``first`` in its split, against what they are."""
    if shard.faults:
        raise _wrong(shard.path, shard.faults[0])
    every = int(tokens.segments.lengths[packs.segments].sum())
    for expected in blocks(tokens.segments, packs, every):
        held = shard.block
        if not (
            np.array_equal(held.seq_offsets, expected.seq_offsets)
            and np.array_equal(held.seq_lengths, expected.seq_lengths)
            and np.array_equal(held.pack_offsets, expected.pack_offsets)
        ):
            raise _wrong(shard.path, f"a segment from pack {first:,} on has another length")
        for name, differs in (
            ("token", held.ids != expected.ids),
            ("label", _labels_differ(shard, expected)),
        ):
            if differs.any():
                at = int(np.searchsorted(expected.pack_offsets, differs.argmax(), "right")) - 1
                raise _wrong(shard.path, f"a {name} of pack {first + at:,} is another")


def _labels_differ(shard: Shard, expected: Block) -> NDArray[np.bool_]:
    differs: NDArray[np.bool_] = shard.block.labels != expected.labels
    if shard.is_shifted:  # the format does not say whether the first token of a segment counts
        begins = np.cumsum(expected.seq_lengths, dtype=np.int64) - expected.seq_lengths
        differs[begins] = shard.block.labels[begins] != IGNORED
    return differs


def _wrong(path: Path, what: str) -> WriteError:
    words = f"what was written is not what was meant: {what}"
    return WriteError(words, where=str(path), hint="the disk is at fault, or report this bug")
