"""
One pass over the bytes of JSON rows: which are regular, and what of them nobody asked for.

A row is regular when it is sound JSON that every reader understands alike, its asked fields are of
the asked kind, and no text in it is over-long. An irregular row need not be wrong: it needs a
careful reader.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled
from curator.kernels.json_fields import CHAT, TEXT, UNWANTED, Asked
from curator.kernels.json_tokens import (
    Bytes,
    Places,
    Words,
    index_of,
    is_word,
    number_end,
    text_end,
)

Mask = npt.NDArray[np.bool_]
Kinds = npt.NDArray[np.uint8]

MAX_DEPTH = 64
MAX_KEYS = 512  # of all objects that are open at one place

_ANY = 255
_OBJECT_END_OR_KEY, _KEY, _VALUE, _LIST_END_OR_VALUE, _AFTER = 0, 1, 2, 3, 4


class Scan(NamedTuple):
    """
    What one pass found.

    Shapes: N rows, R of them regular, with C chat messages; F asked fields, I of a message.
    A span is the start and end of a text between its quotes; an inverted start (~) says that it
    has escapes, an end of -1 that it is null or missing.
    """

    is_regular: Mask  # (N,)
    rest: Bytes  # what is left over, as the text of an object for each regular row
    rest_offsets: Places  # (R + 1,)
    texts: Places  # (F, R, 2)
    chat_offsets: Places  # (R + 1,)
    said: Places  # (I, C, 2)


def scan(data: Bytes, starts: Places, ends: Places, asked: Asked, max_bytes: int) -> Scan:
    """
    Tell which rows are regular, where their asked texts stand, and what is left over of each.

    Shapes: data (B,), starts and ends (N,).
    Keeps:  left-over values are the very bytes of ``data``.
    """
    words = data[: len(data) // 8 * 8].view(np.uint64)
    rows = len(starts)
    chats = int(np.count_nonzero(data == 123)) if CHAT in asked.kinds else 0
    is_regular = np.zeros(rows, dtype=np.bool_)
    rest = np.empty(int((ends - starts).sum()) + 2 * rows, dtype=np.uint8)
    rest_offsets, chat_offsets = (np.zeros(rows + 1, dtype=np.int64) for _ in range(2))
    texts = np.empty((len(asked.kinds), rows + 1, 2), dtype=np.int64)
    said = np.empty((len(asked.inner_ends), chats + 1, 2), dtype=np.int64)
    good = _scan(
        data, words, starts, ends, asked.names, asked.name_ends, asked.kinds,
        asked.is_left_over_too, asked.inner, asked.inner_ends, max_bytes, is_regular, rest,
        rest_offsets, texts, chat_offsets, said,
    )  # fmt: skip
    return Scan(
        is_regular,
        rest[: rest_offsets[good]],
        rest_offsets[: good + 1],
        texts[:, :good],
        chat_offsets[: good + 1],
        said[:, : chat_offsets[good]],
    )


_TRUE = np.frombuffer(b"true", dtype=np.uint8)
_FALSE = np.frombuffer(b"false", dtype=np.uint8)
_NULL = np.frombuffer(b"null", dtype=np.uint8)


@compiled
def _scan(  # noqa: PLR0917 - compiled functions take no keywords
    data: Bytes,
    words: Words,
    starts: Places,
    ends: Places,
    names: Bytes,
    name_ends: Places,
    kinds: Kinds,
    is_left_over_too: Mask,
    inner: Bytes,
    inner_ends: Places,
    max_bytes: int,
    is_regular: Mask,
    rest: Bytes,
    rest_offsets: Places,
    texts: Places,
    chat_offsets: Places,
    said: Places,
) -> int:
    is_object = np.zeros(MAX_DEPTH + 1, dtype=np.bool_)
    base = np.zeros(MAX_DEPTH + 1, dtype=np.int64)
    key_starts = np.zeros(MAX_KEYS, dtype=np.int64)
    key_ends = np.zeros(MAX_KEYS, dtype=np.int64)
    good = out = messages = 0
    for row in range(len(starts)):
        texts[:, good, 1] = -1
        wrote, spoken = _row(
            data, words, starts[row], ends[row], names, name_ends, kinds, is_left_over_too, inner,
            inner_ends, max_bytes, rest, out, texts[:, good], said, messages, is_object, base,
            key_starts, key_ends,
        )  # fmt: skip
        if wrote >= 0:
            is_regular[row] = True
            out, messages = wrote, spoken
            good += 1
            rest_offsets[good], chat_offsets[good] = out, messages
    return good


@compiled
def _row(  # noqa: PLR0911, PLR0917 - every doubt ends the walk
    data: Bytes,
    words: Words,
    at: int,
    end: int,
    names: Bytes,
    name_ends: Places,
    kinds: Kinds,
    is_left_over_too: Mask,
    inner: Bytes,
    inner_ends: Places,
    max_bytes: int,
    rest: Bytes,
    out: int,
    text: Places,
    said: Places,
    messages: int,
    is_object: Mask,
    base: Places,
    key_starts: Places,
    key_ends: Places,
) -> tuple[int, int]:
    """Walk over one row: where its left-over text ends (-1: it is irregular), and its messages."""
    begin = out
    while at < end and data[at] in (32, 9, 10, 13):
        at += 1
    if at >= end or data[at] != 123:
        return -1, 0
    at += 1
    depth, keys, state = 1, 0, _OBJECT_END_OR_KEY
    is_object[1], base[1] = True, 0
    field, kind, is_left_over = 0, _ANY, True
    name_at = name_stop = value_at = at
    while True:
        while at < end and data[at] in (32, 9, 10, 13):
            at += 1
        if at >= end:
            return -1, 0
        byte = data[at]
        closes = False
        if state == _AFTER:
            if byte == 44:
                state = _KEY if is_object[depth] else _VALUE
                at += 1
                continue
            if byte != (125 if is_object[depth] else 93):
                return -1, 0
            closes = True
        elif state in (_KEY, _OBJECT_END_OR_KEY):
            if byte == 125 and state == _OBJECT_END_OR_KEY:
                closes = True
            elif byte != 34:
                return -1, 0
            else:
                stop, is_escaped = text_end(data, words, at + 1, end)
                if stop < 0 or keys == MAX_KEYS or is_escaped:
                    return -1, 0  # with escapes, a key could be written in two ways
                size = stop - at - 1
                for other in range(base[depth], keys):
                    if key_ends[other] - key_starts[other] == size:
                        same = 0
                        while same < size and data[key_starts[other] + same] == data[at + 1 + same]:
                            same += 1
                        if same == size:
                            return -1, 0
                key_starts[keys], key_ends[keys] = at + 1, stop
                keys += 1
                if depth == 1:
                    field = index_of(data, at + 1, stop, names, name_ends)
                    kind, is_left_over = _ANY, True
                    if field >= 0:
                        kind, is_left_over = kinds[field], is_left_over_too[field]
                        if kind == UNWANTED:
                            return -1, 0
                    name_at, name_stop = at, stop + 1
                elif kind == CHAT:
                    field = index_of(data, at + 1, stop, inner, inner_ends)
                    if field < 0:
                        return -1, 0
                at = stop + 1
                while at < end and data[at] in (32, 9, 10, 13):
                    at += 1
                if at >= end or data[at] != 58:
                    return -1, 0
                at += 1
                state = _VALUE
                continue
        elif byte == 93 and state == _LIST_END_OR_VALUE:
            closes = True
        else:
            start = at
            if depth == 1:
                value_at = at
            is_text = (kind == TEXT and depth == 1) or (kind == CHAT and depth == 3)
            if byte == 34:
                stop, is_escaped = text_end(data, words, at + 1, end)
                if stop < 0 or stop - at - 1 > max_bytes or (kind == CHAT and depth < 3):
                    return -1, 0
                at = stop + 1
                if is_text:
                    begins = ~(start + 1) if is_escaped else start + 1
                    if depth == 1:
                        text[field, 0], text[field, 1] = begins, stop
                    else:
                        said[field, messages - 1, 0], said[field, messages - 1, 1] = begins, stop
            elif byte in (123, 91):
                if is_text or depth == MAX_DEPTH:
                    return -1, 0
                if kind == CHAT and byte != (91 if depth == 1 else 123):
                    return -1, 0
                if kind == CHAT and depth == 2:
                    said[:, messages, 1] = -1
                    messages += 1
                depth += 1
                is_object[depth], base[depth] = byte == 123, keys
                state = _OBJECT_END_OR_KEY if byte == 123 else _LIST_END_OR_VALUE
                at += 1
                continue
            elif byte == 110:
                if not is_word(data, at, end, _NULL) or (kind == CHAT and depth == 2):
                    return -1, 0
                at += 4
            elif kind == CHAT and depth < 3:
                return -1, 0
            elif byte == 116:
                if not is_word(data, at, end, _TRUE):
                    return -1, 0
                at += 4
            elif byte == 102:
                if not is_word(data, at, end, _FALSE):
                    return -1, 0
                at += 5
            else:
                at = number_end(data, at, end)
                if at < 0:
                    return -1, 0
            if is_text and byte not in (34, 110):  # a number or boolean is its own text
                if depth == 1:
                    text[field, 0], text[field, 1] = start, at
                else:
                    said[field, messages - 1, 0], said[field, messages - 1, 1] = start, at
        if closes:
            keys = base[depth]
            depth -= 1
            at += 1
            if depth == 0:
                break
        state = _AFTER
        if depth == 1 and is_left_over:
            rest[out] = 123 if out == begin else 44
            out += 1
            for here in range(name_at, name_stop):
                rest[out] = data[here]
                out += 1
            rest[out] = 58
            out += 1
            for here in range(value_at, at):
                rest[out] = data[here]
                out += 1
    while at < end and data[at] in (32, 9, 10, 13):
        at += 1
    if at < end:
        return -1, 0
    if out > begin:
        rest[out] = 125
        out += 1
    return out, messages
