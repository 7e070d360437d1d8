"""Packs as MosaicML's streaming reads them: an index, and shards of a size to be fetched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curator.kernels.scatter import scatter
from curator.write.trainer.shards import SplitTokens, ahead, between, runs
from curator.write.trainer.tokens import Block, Packs, blocks

SIZE_LIMIT = 1 << 26
"""Bytes of a shard, at most, unless one pack is larger: what the library's own writer keeps to."""

_COLUMNS = ("input_ids", "labels", "seq_lengths")  # sorted, as the library does
_KEY_BYTES = 4  # place of a sample in its shard, or size of a column of it: uint32
_ID_BYTES = 4
_TOKEN_BYTES = 2 * _ID_BYTES  # an id and a label
_PREFIX_BYTES = 5  # the longest: one axis, and its length as uint32


def write(tokens: SplitTokens, folder: Path) -> list[Path]:
    """
    Write ``<split>/index.json`` and ``<split>/shard.00000.mds`` and so on, one sample a pack.

    Columns: input_ids, labels (not shifted) and seq_lengths, each ``ndarray:int32``.
    Source:  streaming 0.13, base/format/mds: a shard is the number of samples, where each begins
             and the last ends, the index entry as JSON, then the samples: sizes of the columns,
             then for each a byte (axes << 2 | width of a length), the length, the values.
    """
    packs, limit = tokens.packs, min(SIZE_LIMIT, tokens.shard_tokens * _TOKEN_BYTES)
    config = _config(limit)
    header = json.dumps(config, sort_keys=True).encode()
    sizes = _sizes(tokens, packs) + _KEY_BYTES
    room = limit - 2 * _KEY_BYTES - len(header)
    cuts = runs(np.concatenate([[0], np.cumsum(sizes)]), room)
    if not cuts:
        return []
    home = folder / tokens.split
    home.mkdir(parents=True, exist_ok=True)
    paths, entries = [home / "index.json"], []
    shards = (_whole(tokens, between(packs, first, last)) for first, last in cuts)
    for number, block in enumerate(ahead(shards)):
        paths.append(home / f"shard.{number:05}.mds")
        content = _shard(block, header)
        paths[-1].write_bytes(content.data)
        raw = {"basename": paths[-1].name, "bytes": content.size, "hashes": {}}
        samples = block.pack_offsets.size - 1
        entries.append({**config, "samples": samples, "raw_data": raw, "zip_data": None})
    index = json.dumps({"version": 2, "shards": entries}, sort_keys=True)
    paths[0].write_text(index, encoding="utf-8")
    return paths


def _config(size_limit: int) -> dict[str, Any]:
    return {
        "version": 2,
        "format": "mds",
        "compression": None,
        "hashes": [],
        "size_limit": size_limit,
        "column_names": _COLUMNS,
        "column_encodings": ["ndarray:int32"] * len(_COLUMNS),
        "column_sizes": [None] * len(_COLUMNS),
    }


def _sizes(tokens: SplitTokens, packs: Packs) -> NDArray[np.int64]:
    """Give the bytes of each pack as a sample."""
    before = np.concatenate([[0], np.cumsum(tokens.segments.lengths[packs.segments])])
    lengths, counts = np.diff(before[packs.offsets]), np.diff(packs.offsets)
    keys = _KEY_BYTES * len(_COLUMNS)
    return keys + 2 * _column_bytes(lengths) + _column_bytes(counts)


def _column_bytes(items: NDArray[np.int64]) -> NDArray[np.int64]:
    return 1 + _width(items) + items * _ID_BYTES


def _width(items: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the bytes of the smallest unsigned integer that holds each number of items."""
    return np.where(items < 1 << 8, 1, np.where(items < 1 << 16, 2, 4))


def _whole(tokens: SplitTokens, packs: Packs) -> Block:
    """Give all packs of a shard at once: it is small."""
    every = tokens.segments.lengths[packs.segments].sum()
    return next(blocks(tokens.segments, packs, int(every)))


def _shard(block: Block, header: bytes) -> NDArray[np.uint8]:
    """Lay out the samples of one shard behind its head."""
    values = (block.ids, block.labels, block.seq_lengths)
    offsets = (block.pack_offsets, block.pack_offsets, block.seq_offsets)
    items = [np.diff(each) for each in offsets]
    sizes = np.stack([_column_bytes(each) for each in items], axis=1)  # (p, 3)
    samples = sizes.shape[0]
    head = (samples + 2) * _KEY_BYTES + len(header)
    sample_bytes = sizes.sum(axis=1) + _KEY_BYTES * len(values)
    begins = head + np.concatenate([[0], np.cumsum(sample_bytes)])

    out = np.empty(begins[-1], np.uint8)
    places = np.concatenate([[samples], begins]).astype(np.uint32).view(np.uint8)
    out[: places.size] = places
    out[places.size : head] = np.frombuffer(header, np.uint8)
    keys = sizes.astype(np.uint32).view(np.uint8).reshape(samples, -1)
    _lay(out, begins[:-1], keys, np.full(samples, keys.shape[1]))
    at = begins[:-1] + keys.shape[1]
    for column, starts, lengths, size in zip(values, offsets, items, sizes.T, strict=True):
        width = _width(lengths)
        prefix = np.empty((samples, _PREFIX_BYTES), np.uint8)
        prefix[:, 0] = 1 << 2 | width >> 1  # one axis; 0, 1 or 2 for 1, 2 or 4 bytes
        prefix[:, 1:] = lengths.astype(np.uint32).view(np.uint8).reshape(samples, -1)
        _lay(out, at, prefix, 1 + width)
        data = np.ascontiguousarray(column).view(np.uint8)
        scatter(out, at + 1 + width, data, starts[:-1] * _ID_BYTES, starts[1:] * _ID_BYTES)
        at = at + size
    return out


def _lay(
    out: NDArray[np.uint8],
    places: NDArray[np.int64],
    rows: NDArray[np.uint8],
    lengths: NDArray[np.int64],
) -> None:
    """Copy the first ``lengths[i]`` bytes of row i to its place."""
    starts = np.arange(rows.shape[0]) * rows.shape[1]
    scatter(out, places, rows.reshape(-1), starts, starts + lengths)
