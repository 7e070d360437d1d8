"""The tokens that stand in an export's files, whatever their format, in one form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from curator.errors import SourceError
from curator.write.trainer.tokens import IGNORED, Block

IN_PACKS = ("packed", "megatron_bridge", "mds")
IN_ROWS = ("unpacked", "megatron")
FORMATS = (*IN_PACKS, *IN_ROWS)
_ROWS = 512  # read at once


class Shard(NamedTuple):
    """Part of a file: what it holds, and what of it the format cannot say."""

    path: Path
    block: Block
    faults: tuple[str, ...] = ()
    is_shifted: bool = False  # whether the first token of a segment counts is not said


def shards(folder: Path, split: str) -> Iterator[Shard]:
    """
    Read the files of a split in the folder of a format, in order.

    Raises: SourceError for a file that cannot be read.
    """
    read = {"mds": _mds, "megatron": _megatron}.get(folder.name, _parquet)
    with _readable(folder, split):
        yield from read(folder, split)


def find(folder: Path, split: str, pack: int) -> tuple[Shard | None, int]:
    """
    Read one pack of a split alone, and say how many there are; None where it is none of them.

    Raises: SourceError for a file that cannot be read.
    """
    found, count = None, 0
    with _readable(folder, split):
        if folder.name in _PARQUET:
            for path in sorted(folder.glob(f"{split}-*.parquet")):
                with pq.ParquetFile(path) as file:
                    for group in range(file.num_row_groups):
                        rows = file.metadata.row_group(group).num_rows
                        if count <= pack < count + rows:
                            one = file.read_row_group(group).slice(pack - count, 1)
                            batch = one.combine_chunks().to_batches()[0]
                            found = _PARQUET[folder.name](path, batch)
                        count += rows
            return found, count
        for shard in shards(folder, split):
            rows = shard.block.pack_offsets.size - 1
            if count <= pack < count + rows:
                found = shard._replace(block=_alone(shard.block, pack - count))
            count += rows
    return found, count


def _alone(block: Block, pack: int) -> Block:
    """Take one pack."""
    first, last = block.pack_offsets[pack : pack + 2]
    low, high = block.seq_offsets[pack : pack + 2]
    return Block(
        ids=block.ids[first:last],
        labels=block.labels[first:last],
        pack_offsets=np.array([0, last - first]),
        seq_lengths=block.seq_lengths[low:high],
        seq_offsets=np.array([0, high - low]),
    )


@contextmanager
def _readable(folder: Path, split: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, IndexError, TypeError, pa.ArrowException) as error:
        raise SourceError(f"cannot be read: {error}", where=f"{folder}, {split}") from error


def splits_of(folder: Path) -> set[str]:
    """Name the splits that have files in the folder of a format."""
    return {path.name.split(".")[0].split("-")[0] for path in folder.iterdir()}


def _parquet(folder: Path, split: str) -> Iterator[Shard]:
    for path in sorted(folder.glob(f"{split}-*.parquet")):
        with pq.ParquetFile(path) as file:
            for group in range(
                file.num_row_groups
            ):  # each has so many tokens, however long rows are
                for batch in file.iter_batches(_ROWS, row_groups=[group]):
                    yield _PARQUET[folder.name](path, batch)


def _lists(batch: pa.RecordBatch, name: str) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    column = batch.column(name)
    offsets = column.offsets.to_numpy().astype(np.int64)
    return column.flatten().to_numpy(), offsets - offsets[0]


def _packed(path: Path, batch: pa.RecordBatch) -> Shard:
    ids, offsets = _lists(batch, "input_ids")
    labels, others = _lists(batch, "labels")
    lengths, seq_offsets = _lists(batch, "seq_lengths")
    _agree(offsets, others)
    return Shard(path, Block(ids, labels, offsets, lengths, seq_offsets))


def _unpacked(path: Path, batch: pa.RecordBatch) -> Shard:
    ids, offsets = _lists(batch, "input_ids")
    labels, others = _lists(batch, "labels")
    attended, more = _lists(batch, "attention_mask")
    _agree(offsets, others)
    _agree(offsets, more)
    faults = () if (attended == 1).all() else ("its attention_mask is not 1 throughout",)
    return Shard(path, _single(ids, labels, offsets), faults)


def _bridge(path: Path, batch: pa.RecordBatch) -> Shard:
    ids, offsets = _lists(batch, "input_ids")
    counts, others = _lists(batch, "loss_mask")
    starts, seq_offsets = _lists(batch, "seq_start_id")
    _agree(offsets, others)
    begins = starts + np.repeat(offsets[:-1], np.diff(seq_offsets))
    lengths = np.diff(np.append(begins, offsets[-1])).astype(np.int32)
    labels = np.full(ids.size, IGNORED, np.int32)
    labels[1:] = np.where(counts[:-1] == 1, ids[1:], IGNORED)
    ends = np.append(begins[1:], offsets[-1]) - 1
    faults = () if not counts[ends].any() else ("its loss_mask predicts across a segment",)
    return Shard(path, Block(ids, labels, offsets, lengths, seq_offsets), faults, is_shifted=True)


_PARQUET = {"packed": _packed, "unpacked": _unpacked, "megatron_bridge": _bridge}


def _agree(one: NDArray[np.int64], other: NDArray[np.int64]) -> None:
    if not np.array_equal(one, other):
        raise ValueError("its columns differ in length")


def _single(ids: NDArray[np.int32], labels: NDArray[np.int32], offsets: NDArray[np.int64]) -> Block:
    return Block(ids, labels, offsets, np.diff(offsets).astype(np.int32), np.arange(offsets.size))


def _megatron(folder: Path, split: str) -> Iterator[Shard]:
    index, data = folder / f"{split}.idx", folder / f"{split}.bin"
    if not index.is_file():
        return
    head = index.read_bytes()
    kind = np.dtype({8: "<u2", 4: "<i4"}[head[17]])
    rows = int.from_bytes(head[18:26], "little")
    lengths = np.frombuffer(head, "<i4", rows, 34)
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    if data.stat().st_size != offsets[-1] * kind.itemsize:
        raise ValueError("it has more or fewer tokens than its index says")
    held = np.memmap(data, kind, "r")
    for first in range(0, rows, _ROWS):
        bounds = offsets[first : first + _ROWS + 1]
        ids = held[bounds[0] : bounds[-1]].astype(np.int32)
        yield Shard(data, _single(ids, ids, bounds - bounds[0]))


def _mds(folder: Path, split: str) -> Iterator[Shard]:
    if not (folder / split).is_dir():
        return
    index = json.loads((folder / split / "index.json").read_bytes())
    for entry in index["shards"]:
        path = folder / split / entry["raw_data"]["basename"]
        content = path.read_bytes()
        samples = int.from_bytes(content[:4], "little")
        if samples != entry["samples"] or len(content) != entry["raw_data"]["bytes"]:
            raise ValueError(f"{path.name} is not what its index says")
        begins = np.frombuffer(content, "<u4", samples + 1, 4)
        names = entry["column_names"]
        columns: dict[str, list[NDArray[np.int32]]] = {name: [] for name in names}
        for begin in begins[:-1].tolist():
            at = begin + 4 * len(names)
            sizes = np.frombuffer(content, "<u4", len(names), begin).tolist()
            for name, size in zip(names, sizes, strict=True):
                columns[name].append(_array(content[at : at + size]))
                at += size
        ids, offsets = _joined(columns["input_ids"])
        labels, others = _joined(columns["labels"])
        lengths, seq_offsets = _joined(columns["seq_lengths"])
        _agree(offsets, others)
        yield Shard(path, Block(ids, labels, offsets, lengths, seq_offsets))


def _array(content: bytes) -> NDArray[np.int32]:
    """Read an array of one axis: a byte for the width of its length, the length, the values."""
    start = 1 + (1 << (content[0] & 3))
    values = np.frombuffer(content, "<i4", offset=start)
    if values.size != int.from_bytes(content[1:start], "little"):
        raise ValueError("an array is not as long as it says")
    return values


def _joined(parts: list[NDArray[np.int32]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    sizes = np.array([part.size for part in parts], np.int64)
    return np.concatenate(parts), np.concatenate([[0], np.cumsum(sizes)])
