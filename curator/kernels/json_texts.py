"""Copy texts of JSON into one Arrow string buffer, their escapes resolved."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled
from curator.kernels.json_tokens import Bytes, Places


def gather(data: Bytes, spans: Places) -> tuple[Places, Bytes, npt.NDArray[np.bool_]]:
    """
    Lay the texts at ``spans`` end to end: sound strings as ``json_scan.scan`` found them.

    Shapes: spans (N, 2) -> offsets (N + 1,), bytes (offsets[-1],), which are there (N,).
    """
    starts, ends = spans[:, 0], spans[:, 1]
    is_there = ends >= 0
    sizes = ends - np.where(starts < 0, ~starts, starts)
    texts = np.empty(int(sizes[is_there].sum()), dtype=np.uint8)  # escapes only ever get shorter
    offsets = np.zeros(len(spans) + 1, dtype=np.int64)
    _gather(data, starts, ends, offsets, texts)
    return offsets, texts[: offsets[-1]], is_there


@compiled
def _gather(data: Bytes, starts: Places, ends: Places, offsets: Places, texts: Bytes) -> None:
    out = 0
    for index in range(len(starts)):
        start, end = starts[index], ends[index]
        if end >= 0 and start >= 0:
            size = end - start
            texts[out : out + size] = data[start:end]
            out += size
        elif end >= 0:
            out = _resolve(data, ~start, end, texts, out)
        offsets[index + 1] = out


@compiled
def _resolve(data: Bytes, at: int, end: int, texts: Bytes, out: int) -> int:
    """Copy a text with escapes; give where it ends."""
    while at < end:
        byte = data[at]
        if byte != 92:
            texts[out] = byte
            at, out = at + 1, out + 1
            continue
        byte = data[at + 1]
        at += 2
        if byte != 117:
            if byte == 98:
                byte = np.uint8(8)
            elif byte == 102:
                byte = np.uint8(12)
            elif byte == 110:
                byte = np.uint8(10)
            elif byte == 114:
                byte = np.uint8(13)
            elif byte == 116:
                byte = np.uint8(9)
            texts[out] = byte
            out += 1
            continue
        code = _code(data, at)
        at += 4
        if 0xD800 <= code < 0xDC00:
            code = 0x10000 + ((code - 0xD800) << 10) + _code(data, at + 2) - 0xDC00
            at += 6
        if code < 0x80:
            texts[out] = code
            out += 1
            continue
        size = 2 if code < 0x800 else 3 if code < 0x10000 else 4
        lead = 0xC0 if size == 2 else 0xE0 if size == 3 else 0xF0
        texts[out] = lead | code >> 6 * (size - 1)
        for here in range(1, size):
            texts[out + here] = 0x80 | code >> 6 * (size - 1 - here) & 0x3F
        out += size
    return out


@compiled
def _code(data: Bytes, at: int) -> int:
    code = 0
    for here in range(at, at + 4):
        digit = int(data[here])
        code = code * 16 + (digit - 48 if digit < 58 else (digit | 32) - 87)
    return code
