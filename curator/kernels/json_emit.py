"""Copy texts of JSON: their escapes resolved, or written anew as few as there can be."""

from __future__ import annotations

import numpy as np

from curator.kernels.compiled import compiled
from curator.kernels.json_tokens import Bytes

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_SHORT = np.frombuffer(b"btn.fr", dtype=np.uint8)  # of 8 to 13; 11 has no letter


@compiled
def copied(data: Bytes, start: int, end: int, texts: Bytes, out: int) -> int:
    """Copy bytes as they are; give where they end."""
    size = end - start
    texts[out : out + size] = data[start:end]
    return out + size


@compiled
def escaped(data: Bytes, start: int, end: int, level: int, texts: Bytes, out: int) -> int:  # noqa: PLR0917
    """Copy a plain text into ``level`` JSON strings, one in the other."""
    for at in range(start, end):
        out = _written(data[at], level, texts, out)
    return out


@compiled
def resolved(data: Bytes, at: int, end: int, level: int, texts: Bytes, out: int) -> int:  # noqa: PLR0917
    """Copy a sound text of JSON into ``level`` JSON strings; into none, its escapes are gone."""
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
            out = _written(byte, level, texts, out)
            continue
        code = _code(data, at)
        at += 4
        if 0xD800 <= code < 0xDC00:
            code = 0x10000 + ((code - 0xD800) << 10) + _code(data, at + 2) - 0xDC00
            at += 6
        if code < 0x80:
            out = _written(code, level, texts, out)
            continue
        size = 2 if code < 0x800 else 3 if code < 0x10000 else 4
        lead = 0xC0 if size == 2 else 0xE0 if size == 3 else 0xF0
        texts[out] = lead | code >> 6 * (size - 1)
        for here in range(1, size):
            texts[out + here] = 0x80 | code >> 6 * (size - 1 - here) & 0x3F
        out += size
    return out


@compiled
def compacted(data: Bytes, at: int, end: int, texts: Bytes, out: int) -> int:
    """Copy sound JSON without blanks between its values, and its texts with few escapes."""
    while at < end:
        byte = data[at]
        if byte in (32, 9, 10, 13):
            at += 1
            continue
        texts[out] = byte
        at, out = at + 1, out + 1
        if byte != 34:
            continue
        start = at
        while data[at] != 34:
            at += 2 if data[at] == 92 else 1
        out = resolved(data, start, at, 1, texts, out)
        texts[out] = 34
        at, out = at + 1, out + 1
    return out


@compiled
def _written(byte: int, level: int, texts: Bytes, out: int) -> int:
    """Write one byte of a text that stands in ``level`` JSON strings."""
    if level == 0 or (byte >= 32 and byte not in (34, 92)):
        texts[out] = byte
        return out + 1
    slashes = 1 << level - 1  # before a letter that stands for the byte, in the outermost string
    if byte in (34, 92):
        slashes = (1 << level) - (byte == 34)
    for here in range(slashes):
        texts[out + here] = 92
    out += slashes
    if byte == 92:
        return out
    if byte == 34:
        texts[out] = 34
        return out + 1
    if 8 <= byte <= 13 and byte != 11:
        texts[out] = _SHORT[byte - 8]
        return out + 1
    texts[out], texts[out + 1], texts[out + 2] = 117, 48, 48
    texts[out + 3], texts[out + 4] = _HEX[byte >> 4], _HEX[byte & 15]
    return out + 5


@compiled
def _code(data: Bytes, at: int) -> int:
    code = 0
    for here in range(at, at + 4):
        digit = int(data[here])
        code = code * 16 + (digit - 48 if digit < 58 else (digit | 32) - 87)
    return code
