"""Documents end to end beside an index of where each begins: what Megatron-LM is pre-trained on."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from curator.write.trainer.shards import SplitTokens

_MAGIC = b"MMIDIDX\x00\x00"
_VERSION = 1
_CODE = {"uint16": 8, "int32": 4}
_SMALL_VOCAB = 65_500  # below it Megatron expects 16 bits
_PART_TOKENS = 1 << 22


def write(tokens: SplitTokens, folder: Path) -> list[Path]:
    """
    Write ``<split>.bin`` and ``<split>.idx``, one document an example, in reading order.

    The form has no labels: every token of it is trained on.

    Source: megatron/core/datasets/indexed_dataset.py.
    """
    segments = tokens.segments
    lengths = segments.lengths
    if not lengths.size:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    kind = np.dtype("uint16" if tokens.vocab_size < _SMALL_VOCAB else "int32")
    data, index = (folder / f"{tokens.split}.{suffix}" for suffix in ("bin", "idx"))
    with data.open("wb") as file:
        first, last = int(segments.offsets[0]), int(segments.offsets[-1])
        for start in range(first, last, _PART_TOKENS):
            part = segments.ids[start : min(start + _PART_TOKENS, last)]
            file.write(part.astype(kind).data)
    pointers = (segments.offsets[:-1] - segments.offsets[0]) * kind.itemsize
    documents = np.arange(lengths.size + 1)
    with index.open("wb") as file:
        file.write(_MAGIC)
        file.write(struct.pack("<QBQQ", _VERSION, _CODE[kind.name], lengths.size, documents.size))
        file.write(lengths.astype(np.int32).data)
        file.write(pointers.astype(np.int64).data)
        file.write(documents.astype(np.int64).data)
    return [data, index]
