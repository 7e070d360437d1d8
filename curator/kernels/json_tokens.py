"""Step over the strings and numbers of JSON, if every reader takes them alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]  # the same bytes, eight at a time

_ONES, _HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_QUOTES, _SLASHES = np.uint64(0x2222222222222222), np.uint64(0x5C5C5C5C5C5C5C5C)
_SPACES = np.uint64(0x2020202020202020)
MAX_NUMBER_BYTES = 1000
"""Longer ones are left to a reader that knows its own limits."""


@compiled
def text_end(data: Bytes, words: Words, at: int, end: int) -> tuple[int, bool]:
    """Give the place of the closing quote of a sound string, or -1; and if it has escapes."""
    is_escaped = False
    while at < end:
        if at & 7 == 0:
            while at + 8 <= end:
                word = words[at >> 3]
                quote, slash = word ^ _QUOTES, word ^ _SLASHES
                if ((word - _SPACES) | (quote - _ONES) | (slash - _ONES) | word) & _HIGH:
                    break
                at += 8
            if at >= end:
                return -1, False
        byte = data[at]
        if byte == 34:
            return at, is_escaped
        if byte == 92:
            is_escaped = True
            at = _escape_end(data, at, end)
            if at < 0:
                return -1, False
        elif byte < 32:
            return -1, False
        elif byte < 128:
            at += 1
        else:
            at = _character_end(data, at, end)
            if at < 0:
                return -1, False
    return -1, False


@compiled
def _escape_end(data: Bytes, at: int, end: int) -> int:  # noqa: PLR0911
    if at + 1 >= end:
        return -1
    byte = data[at + 1]
    if byte in (34, 92, 47, 98, 102, 110, 114, 116):
        return at + 2
    if byte != 117:
        return -1
    code = _hex4(data, at + 2, end)
    if code < 0 or 0xDC00 <= code < 0xE000:
        return -1
    if code < 0xD800 or code >= 0xE000:
        return at + 6
    if at + 7 >= end or data[at + 6] != 92 or data[at + 7] != 117:
        return -1
    low = _hex4(data, at + 8, end)
    return at + 12 if 0xDC00 <= low < 0xE000 else -1


@compiled
def _hex4(data: Bytes, at: int, end: int) -> int:
    if at + 4 > end:
        return -1
    code = 0
    for here in range(at, at + 4):
        byte = int(data[here])
        if 48 <= byte <= 57:
            digit = byte - 48
        elif 97 <= byte | 32 <= 102:
            digit = (byte | 32) - 87
        else:
            return -1
        code = code * 16 + digit
    return code


@compiled
def _character_end(data: Bytes, at: int, end: int) -> int:
    """Step over one character of sound UTF-8 beyond ASCII, or give -1."""
    lead = data[at]
    low, high = 0x80, 0xBF
    if 0xC2 <= lead <= 0xDF:
        size = 2
    elif 0xE0 <= lead <= 0xEF:
        size = 3
        if lead == 0xE0:
            low = 0xA0
        elif lead == 0xED:
            high = 0x9F
    elif 0xF0 <= lead <= 0xF4:
        size = 4
        if lead == 0xF0:
            low = 0x90
        elif lead == 0xF4:
            high = 0x8F
    else:
        return -1
    if at + size > end or not low <= data[at + 1] <= high:
        return -1
    for here in range(at + 2, at + size):
        if not 0x80 <= data[here] <= 0xBF:
            return -1
    return at + size


@compiled
def number_end(data: Bytes, at: int, end: int) -> int:
    """Give the end of a number as JSON writes them, or -1; also for one that is very long."""
    start = at
    at += data[at] == 45
    first = at
    while at < end and 48 <= data[at] <= 57:
        at += 1
    if at == first or (at - first > 1 and data[first] == 48):
        return -1
    if at < end and data[at] == 46:
        at += 1
        first = at
        while at < end and 48 <= data[at] <= 57:
            at += 1
        if at == first:
            return -1
    if at < end and data[at] | 32 == 101:
        at += 1
        if at < end and (data[at] == 43 or data[at] == 45):
            at += 1
        first = at
        while at < end and 48 <= data[at] <= 57:
            at += 1
        if at == first:
            return -1
    return at if at - start <= MAX_NUMBER_BYTES else -1


@compiled
def is_word(data: Bytes, at: int, end: int, word: Bytes) -> bool:
    """Say whether ``word`` stands at ``at``."""
    if at + len(word) > end:
        return False
    for here in range(len(word)):  # noqa: SIM110 - compiled
        if data[at + here] != word[here]:
            return False
    return True


@compiled
def index_of(data: Bytes, start: int, end: int, names: Bytes, name_ends: Places) -> int:
    """Give which of ``names`` stands from ``start`` to ``end``, or -1."""
    begin = 0
    for index in range(len(name_ends)):
        size = name_ends[index] - begin
        if size == end - start:
            same = 0
            while same < size and names[begin + same] == data[start + same]:
                same += 1
            if same == size:
                return index
        begin = name_ends[index]
    return -1


@compiled
def opening_of(data: Bytes, at: int, end: int) -> int:
    """Give the first byte of a sound text that is no blank for ``str.isspace``, or 0."""
    while at < end:
        byte = int(data[at])
        if byte == 32:
            at += 1
        elif byte == 92:
            size = _blank_escape(data, at)
            if not size:
                return 92
            at += size
        elif byte < 128:
            return byte
        else:
            size = _blank_character(data, at)
            if not size:
                return byte
            at += size
    return 0


@compiled
def _blank_escape(data: Bytes, at: int) -> int:
    """Give the size of an escape that stands for a blank, else 0."""
    byte = data[at + 1]
    if byte in (110, 114, 116, 102):
        return 2
    if byte != 117:
        return 0
    code = _hex4(data, at + 2, at + 6)
    return 6 if _is_blank(code) else 0


@compiled
def _blank_character(data: Bytes, at: int) -> int:
    """Give the size of a character beyond ASCII that is a blank, else 0."""
    lead = data[at]
    if lead == 0xC2:
        return 2 if _is_blank(int(data[at + 1])) else 0
    if 0xE1 <= lead <= 0xE3:
        code = (int(lead) & 15) << 12 | (int(data[at + 1]) & 63) << 6 | int(data[at + 2]) & 63
        return 3 if _is_blank(code) else 0
    return 0


@compiled
def _is_blank(code: int) -> bool:
    if code < 0x1680:
        return 9 <= code <= 13 or 28 <= code <= 32 or code in (0x85, 0xA0)
    return code in (0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000) or 0x2000 <= code <= 0x200A
