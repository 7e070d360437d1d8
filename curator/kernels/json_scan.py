"""
One pass over the bytes of JSON rows: which are regular, and what of them nobody asked for.

A row is regular when it is sound JSON that every reader understands alike, its asked fields are of
the asked kind, and no text in it is over-long. An irregular row need not be wrong: it needs a
careful reader.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled
from curator.kernels.json_tokens import Bytes, Words, is_word, number_end, text_end

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Kinds = npt.NDArray[np.uint8]

MAX_DEPTH = 64
MAX_KEYS = 512  # of all objects that are open at one place

TEXT, CHAT, UNWANTED = 0, 1, 2
"""Kinds of asked fields: a text, a list of objects with texts, a field that must not be there."""

_ANY = 255
_OBJECT_END_OR_KEY, _KEY, _VALUE, _LIST_END_OR_VALUE, _AFTER = 0, 1, 2, 3, 4


@dataclass(frozen=True)
class Asked:
    """The fields a caller wants, packed for the kernel; every other field is left over."""

    names: Bytes  # one after the other
    name_ends: Places
    kinds: npt.NDArray[np.uint8]
    is_left_over_too: Mask
    inner: Bytes  # names of the fields within a CHAT's objects
    inner_ends: Places


def ask(fields: dict[str, int], left_over_too: set[str], inner: tuple[str, ...]) -> Asked:
    """Pack ``fields`` (name -> kind), which of them are also left over, and a CHAT's fields."""
    names, name_ends = _packed(tuple(fields))
    within, inner_ends = _packed(inner)
    return Asked(
        names,
        name_ends,
        np.array(list(fields.values()), dtype=np.uint8),
        np.array([name in left_over_too for name in fields], dtype=np.bool_),
        within,
        inner_ends,
    )


def _packed(names: tuple[str, ...]) -> tuple[Bytes, Places]:
    raw = [name.encode() for name in names]
    ends = np.cumsum([len(each) for each in raw], dtype=np.int64)
    return np.frombuffer(b"".join(raw), dtype=np.uint8), ends


def scan(
    data: Bytes, starts: Places, ends: Places, asked: Asked, max_bytes: int
) -> tuple[npt.NDArray[np.bool_], Bytes, Places]:
    """
    Tell which rows are regular, and give what is left over of each as the text of a JSON object.

    Shapes: data (B,), starts and ends (N,) -> is_regular (N,), left over (C,), offsets (N + 1,).
    Keeps:  left-over values are the very bytes of ``data``; none for rows that are not regular.
    """
    words = data[: len(data) // 8 * 8].view(np.uint64)
    is_regular = np.zeros(len(starts), dtype=np.bool_)
    offsets = np.zeros(len(starts) + 1, dtype=np.int64)
    rest = np.empty(int((ends - starts).sum()) + 2 * len(starts), dtype=np.uint8)
    _scan(
        data, words, starts, ends, asked.names, asked.name_ends, asked.kinds,
        asked.is_left_over_too, asked.inner, asked.inner_ends, max_bytes, is_regular, rest, offsets,
    )  # fmt: skip
    return is_regular, rest[: offsets[-1]], offsets


@compiled
def _index_of(data: Bytes, start: int, end: int, names: Bytes, name_ends: Places) -> int:
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
    offsets: Places,
) -> None:
    is_object = np.zeros(MAX_DEPTH + 1, dtype=np.bool_)
    base = np.zeros(MAX_DEPTH + 1, dtype=np.int64)
    key_starts = np.zeros(MAX_KEYS, dtype=np.int64)
    key_ends = np.zeros(MAX_KEYS, dtype=np.int64)
    out = 0
    for row in range(len(starts)):
        wrote = _row(
            data, words, starts[row], ends[row], names, name_ends, kinds, is_left_over_too, inner,
            inner_ends, max_bytes, rest, out, is_object, base, key_starts, key_ends,
        )  # fmt: skip
        if wrote >= 0:
            is_regular[row] = True
            out = wrote
        offsets[row + 1] = out


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
    is_object: Mask,
    base: Places,
    key_starts: Places,
    key_ends: Places,
) -> int:
    """Walk over one row: where its left-over text ends in ``rest``, or -1 if irregular."""
    begin = out
    while at < end and data[at] in (32, 9, 10, 13):
        at += 1
    if at >= end or data[at] != 123:
        return -1
    at += 1
    depth, keys, state = 1, 0, _OBJECT_END_OR_KEY
    is_object[1], base[1] = True, 0
    kind, is_left_over = _ANY, True
    name_at = name_stop = value_at = at
    while True:
        while at < end and data[at] in (32, 9, 10, 13):
            at += 1
        if at >= end:
            return -1
        byte = data[at]
        closes = False
        if state == _AFTER:
            if byte == 44:
                state = _KEY if is_object[depth] else _VALUE
                at += 1
                continue
            if byte != (125 if is_object[depth] else 93):
                return -1
            closes = True
        elif state in (_KEY, _OBJECT_END_OR_KEY):
            if byte == 125 and state == _OBJECT_END_OR_KEY:
                closes = True
            elif byte != 34:
                return -1
            else:
                stop = text_end(data, words, at + 1, end)
                if stop < 0 or keys == MAX_KEYS:
                    return -1
                for here in range(at + 1, stop):
                    if data[here] == 92:  # two ways to write one key would have to be compared
                        return -1
                size = stop - at - 1
                for other in range(base[depth], keys):
                    if key_ends[other] - key_starts[other] == size:
                        same = 0
                        while same < size and data[key_starts[other] + same] == data[at + 1 + same]:
                            same += 1
                        if same == size:
                            return -1
                key_starts[keys], key_ends[keys] = at + 1, stop
                keys += 1
                if depth == 1:
                    index = _index_of(data, at + 1, stop, names, name_ends)
                    kind, is_left_over = _ANY, True
                    if index >= 0:
                        kind, is_left_over = kinds[index], is_left_over_too[index]
                        if kind == UNWANTED:
                            return -1
                    name_at, name_stop = at, stop + 1
                elif kind == CHAT and _index_of(data, at + 1, stop, inner, inner_ends) < 0:
                    return -1
                at = stop + 1
                while at < end and data[at] in (32, 9, 10, 13):
                    at += 1
                if at >= end or data[at] != 58:
                    return -1
                at += 1
                state = _VALUE
                continue
        elif byte == 93 and state == _LIST_END_OR_VALUE:
            closes = True
        else:
            if depth == 1:
                value_at = at
            is_text = (kind == TEXT and depth == 1) or (kind == CHAT and depth == 3)
            if byte == 34:
                stop = text_end(data, words, at + 1, end)
                if stop < 0 or stop - at - 1 > max_bytes or (kind == CHAT and depth < 3):
                    return -1
                at = stop + 1
            elif byte in (123, 91):
                if is_text or depth == MAX_DEPTH:
                    return -1
                if kind == CHAT and byte != (91 if depth == 1 else 123):
                    return -1
                depth += 1
                is_object[depth], base[depth] = byte == 123, keys
                state = _OBJECT_END_OR_KEY if byte == 123 else _LIST_END_OR_VALUE
                at += 1
                continue
            elif byte == 110:
                if not is_word(data, at, end, _NULL) or (kind == CHAT and depth == 2):
                    return -1
                at += 4
            elif kind == CHAT and depth < 3:
                return -1
            elif byte == 116:
                if not is_word(data, at, end, _TRUE):
                    return -1
                at += 4
            elif byte == 102:
                if not is_word(data, at, end, _FALSE):
                    return -1
                at += 5
            else:
                at, is_plain = number_end(data, at, end)
                if at < 0 or (is_text and not is_plain):
                    return -1
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
        return -1
    if out > begin:
        rest[out] = 125
        out += 1
    return out
