"""Parquet files with lists of integers, written from arrays: no value becomes a Python object."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from curator.write.trainer.shards import SplitTokens, ahead, files
from curator.write.trainer.tokens import Block, Packs, blocks

GROUP_TOKENS = 1 << 20
"""Tokens in a row group, unless one pack is longer: what a reader of one row unpacks."""

Lists = dict[str, pa.ListArray]


def lists(values: NDArray[np.int8] | NDArray[np.int32], offsets: NDArray[np.int64]) -> pa.ListArray:
    """Give ``values[offsets[i]:offsets[i + 1]]`` as list i, what ``datasets`` calls a List."""
    kind = pa.from_numpy_dtype(values.dtype)
    buffer = pa.py_buffer(np.ascontiguousarray(values))
    items = pa.Array.from_buffers(kind, values.size, [None, buffer])  # pa.array imports pandas
    starts = pa.py_buffer(offsets.astype(np.int32))
    nested = pa.list_(pa.field("element", kind))
    return pa.ListArray.from_buffers(nested, offsets.size - 1, [None, starts], children=[items])


def write(
    tokens: SplitTokens,
    packs: Packs,
    folder: Path,
    columns: Callable[[Block], Lists],
    *,
    suffix: str = ".parquet",
) -> list[Path]:
    """Write ``<split>-00000-of-0000N`` and so on, one row a pack, with ``columns`` of each."""
    shards = list(files(tokens, packs))
    names = (f"{tokens.split}-{i:05}-of-{len(shards):05}{suffix}" for i in range(len(shards)))
    paths = [folder / name for name in names]
    folder.mkdir(parents=True, exist_ok=True)
    for path, shard in zip(paths, shards, strict=True):
        _write_file(path, tokens, shard, columns)
    return paths


def _write_file(
    path: Path, tokens: SplitTokens, packs: Packs, columns: Callable[[Block], Lists]
) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for block in ahead(blocks(tokens.segments, packs, GROUP_TOKENS)):
            table = pa.table(columns(block), metadata={"curator": "1"})
            if writer is None:
                writer = _open(path, table.schema)
            writer.write_table(table, row_group_size=table.num_rows)
    finally:
        if writer is not None:
            writer.close()


def _open(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=1,
        # the upper bytes of ids are alike: apart from the lower ones they cost next to nothing
        use_dictionary=False,
        column_encoding={f"{name}.list.element": "BYTE_STREAM_SPLIT" for name in schema.names},
        write_statistics=False,
    )
