"""Step over the strings and numbers of JSON, if every reader takes them alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]  # the same bytes, eight at a time

_ONES, _HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_QUOTES, _SLASHES = np.uint64(0x2222222222222222), np.uint64(0x5C5C5C5C5C5C5C5C)
_SPACES = np.uint64(0x2020202020202020)


@compiled
def text_end(data: Bytes, words: Words, at: int, end: int) -> int:
    """Give the place of the closing quote of a sound string, or -1."""
    while at < end:
        if at & 7 == 0:
            while at + 8 <= end:
                word = words[at >> 3]
                quote, slash = word ^ _QUOTES, word ^ _SLASHES
                if ((word - _SPACES) | (quote - _ONES) | (slash - _ONES) | word) & _HIGH:
                    break
                at += 8
            if at >= end:
                return -1
        byte = data[at]
        if byte == 34:
            return at
        if byte == 92:
            at = _escape_end(data, at, end)
            if at < 0:
                return -1
        elif byte < 32:
            return -1
        elif byte < 128:
            at += 1
        else:
            at = _character_end(data, at, end)
            if at < 0:
                return -1
    return -1


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
def number_end(data: Bytes, at: int, end: int) -> tuple[int, bool]:
    """Give the end of a number that no reader refuses, or -1; and if it is its own text."""
    is_negative = data[at] == 45
    at += is_negative
    first = at
    while at < end and 48 <= data[at] <= 57:
        at += 1
    size = at - first
    if size == 0 or size > 15 or (size > 1 and data[first] == 48):
        return -1, False
    is_plain = not (is_negative and data[first] == 48)
    if at < end and data[at] == 46:
        is_plain = False
        at += 1
        first = at
        while at < end and 48 <= data[at] <= 57:
            at += 1
        if at == first or at - first > 24:
            return -1, False
    if at < end and data[at] | 32 == 101:
        is_plain = False
        at += 1
        if at < end and (data[at] == 43 or data[at] == 45):
            at += 1
        first = at
        while at < end and 48 <= data[at] <= 57:
            at += 1
        if at == first or at - first > 2:
            return -1, False
    return at, is_plain


@compiled
def is_word(data: Bytes, at: int, end: int, word: Bytes) -> bool:
    """Say whether ``word`` stands at ``at``."""
    if at + len(word) > end:
        return False
    for here in range(len(word)):  # noqa: SIM110 - compiled
        if data[at + here] != word[here]:
            return False
    return True
