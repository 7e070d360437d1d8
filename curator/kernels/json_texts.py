"""Copy texts of JSON into one Arrow string buffer, their escapes resolved."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled
from curator.kernels.json_emit import copied, resolved
from curator.kernels.json_tokens import Bytes, Places


def gather(data: Bytes, spans: Places) -> tuple[Places, Bytes, npt.NDArray[np.bool_]]:
    """
    Lay the texts at ``spans`` end to end: sound strings as ``json_skeleton`` found them.

    Shapes: spans (N, 2) -> offsets (N + 1,), bytes (offsets[-1],), which are there (N,).
    """
    starts, ends = spans[:, 0], spans[:, 1]
    is_there = ends >= 0
    sizes = ends - np.where(starts < 0, ~starts, starts)
    texts = np.empty(int(sizes[is_there].sum()), dtype=np.uint8)  # escapes only ever get shorter
    offsets = np.zeros(len(spans) + 1, dtype=np.int64)
    _gather(data, starts, ends, offsets, texts)
    return offsets, texts[: offsets[-1]], is_there


def texts_at(data: Bytes, spans: Places) -> list[str]:
    """Give the texts at ``spans`` (N, 2), all of which are there."""
    offsets, texts, _ = gather(data, np.ascontiguousarray(spans))
    whole = texts.tobytes()
    return [whole[start:end].decode() for start, end in pairwise(offsets.tolist())]


@compiled
def _gather(data: Bytes, starts: Places, ends: Places, offsets: Places, texts: Bytes) -> None:
    out = 0
    for index in range(len(starts)):
        start, end = starts[index], ends[index]
        if end >= 0 and start >= 0:
            out = copied(data, start, end, texts, out)
        elif end >= 0:
            out = resolved(data, ~start, end, 0, texts, out)
        offsets[index + 1] = out
