"""The walk over one JSON row that writes its skeleton and finds its slots."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled
from curator.kernels.json_tokens import (
    Bytes,
    Places,
    Words,
    index_of,
    is_word,
    number_end,
    opening_of,
    text_end,
)

Mask = npt.NDArray[np.bool_]

MAX_DEPTH = 64
MAX_KEYS = 512  # of all objects that are open at one place
MAX_KEPT_BYTES = 64
"""Longer values of kept names are slots like any other text; a longer number is an odd row."""

_PLAIN, _KEPT, _LIST, _FIELD = 0, 1, 2, 3
"""What a name says of its value; a _LIST may be any box that is one slot."""
_OBJECT_END_OR_KEY, _KEY, _VALUE, _LIST_END_OR_VALUE, _AFTER = 0, 1, 2, 3, 4


class Names(NamedTuple):
    """Names, packed for compiled loops."""

    data: Bytes  # one after the other
    ends: Places

    @staticmethod
    def of(names: tuple[str, ...]) -> Names:
        """Pack ``names``."""
        raw = [name.encode() for name in names]
        ends = np.cumsum([len(each) for each in raw], dtype=np.int64)
        return Names(np.frombuffer(b"".join(raw), dtype=np.uint8), ends)


_TRUE = np.frombuffer(b"true", dtype=np.uint8)
_FALSE = np.frombuffer(b"false", dtype=np.uint8)
_NULL = np.frombuffer(b"null", dtype=np.uint8)
_WHOLE = np.frombuffer(b"0e0", dtype=np.uint8)  # a number that stands for any values


@compiled
def walk(  # noqa: PLR0911, PLR0917 - every doubt ends the walk
    data: Bytes,
    words: Words,
    at: int,
    end: int,
    kept: Names,
    inside: Names,
    field_depth: int,
    lists: Names,
    box_depth: int,
    max_bytes: int,
    written: Bytes,
    out: int,
    spans: Places,
    openings: Bytes,
    slots: int,
    is_object: Mask,
    base: Places,
    key_starts: Places,
    key_ends: Places,
) -> tuple[int, int]:
    """Walk over one row: where its skeleton and its slots end (-1: it is not sound)."""
    while at < end and data[at] in (32, 9, 10, 13):
        at += 1
    if at >= end or data[at] != 123:
        return -1, 0
    written[out] = 123
    at, out = at + 1, out + 1
    depth, keys, state = 1, 0, _OBJECT_END_OR_KEY
    is_object[1], base[1] = True, 0
    said = _PLAIN
    # a value that becomes one slot: why (_PLAIN: none does), how deep its name stands, where it
    # began, and what was written before it
    whole, whole_depth, whole_at, whole_out, whole_slots = _PLAIN, 0, at, out, slots
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
                written[out] = 44
                at, out = at + 1, out + 1
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
                said = _PLAIN
                if whole == _PLAIN:
                    if (
                        depth == field_depth
                        and index_of(data, at + 1, stop, inside.data, inside.ends) < 0
                    ):
                        said = _FIELD
                    elif index_of(data, at + 1, stop, kept.data, kept.ends) >= 0:
                        said = _KEPT
                    elif index_of(data, at + 1, stop, lists.data, lists.ends) >= 0:
                        said = _LIST
                out = _copy(data, at, stop + 1, written, out)
                at = stop + 1
                while at < end and data[at] in (32, 9, 10, 13):
                    at += 1
                if at >= end or data[at] != 58:
                    return -1, 0
                written[out] = 58
                at, out = at + 1, out + 1
                state = _VALUE
                continue
        elif byte == 93 and state == _LIST_END_OR_VALUE:
            closes = True
        else:
            state = _AFTER
            if said == _FIELD:
                whole, whole_depth, whole_at, whole_out, whole_slots = said, depth, at, out, slots
            if byte == 34:
                stop, is_escaped = text_end(data, words, at + 1, end)
                if stop < 0 or stop - at - 1 > max_bytes:
                    return -1, 0
                start, at = at + 1, stop + 1
                opening = opening_of(data, start, stop)
                written[out] = 34
                out += 1
                if said == _KEPT and not is_escaped and _can_stay(data, start, stop, opening):
                    out = _copy(data, start, stop, written, out)
                else:
                    spans[slots, 0], spans[slots, 1] = ~start if is_escaped else start, stop
                    openings[slots] = opening
                    slots += 1
                    if stop > start:
                        written[out] = 120 if opening else 32
                        out += 1
                written[out] = 34
                out += 1
            elif byte in (123, 91):
                if depth == MAX_DEPTH:
                    return -1, 0
                written[out] = byte
                at, out = at + 1, out + 1
                if (said == _LIST and byte == 91) or (depth == box_depth and whole == _PLAIN):
                    whole, whole_depth = _LIST, depth
                    whole_at, whole_out, whole_slots = at, out, slots
                said = _PLAIN
                depth += 1
                is_object[depth], base[depth] = byte == 123, keys
                state = _OBJECT_END_OR_KEY if byte == 123 else _LIST_END_OR_VALUE
                continue
            elif byte in (110, 116, 102):
                word = _NULL if byte == 110 else _TRUE if byte == 116 else _FALSE
                if not is_word(data, at, end, word):
                    return -1, 0
                out = _copy(data, at, at + len(word), written, out)
                at += len(word)
            else:
                stop = number_end(data, at, end)
                if stop < 0:
                    return -1, 0
                if said == _KEPT:
                    if stop - at > MAX_KEPT_BYTES or is_word(data, at, stop, _WHOLE):
                        return -1, 0
                    out = _copy(data, at, stop, written, out)
                else:
                    spans[slots, 0], spans[slots, 1], openings[slots] = at, stop, byte
                    slots += 1
                    written[out] = 48
                    out += 1
                at = stop
            said = _PLAIN
        stop = at
        if closes:
            state = _AFTER
            keys = base[depth]
            depth -= 1
            at += 1
            if whole != _LIST or whole_depth != depth:
                written[out] = byte
                out += 1
        if whole != _PLAIN and whole_depth == depth:
            if whole == _FIELD or out > whole_out:
                out, slots = whole_out, whole_slots
                spans[slots, 0], spans[slots, 1] = whole_at, stop if whole == _LIST else at
                openings[slots] = data[whole_at]
                slots += 1
                if whole == _LIST and byte == 125:
                    written[out], written[out + 1], written[out + 2] = 34, 34, 58
                    out += 3
                out = _copy(_WHOLE, 0, 3, written, out)
            if whole == _LIST:
                written[out] = byte
                out += 1
            whole = _PLAIN
        if depth == 0:
            break
    while at < end and data[at] in (32, 9, 10, 13):
        at += 1
    return (out, slots) if at == end else (-1, 0)


@compiled
def _copy(data: Bytes, start: int, stop: int, written: Bytes, out: int) -> int:
    for here in range(start, stop):
        written[out] = data[here]
        out += 1
    return out


@compiled
def _can_stay(data: Bytes, start: int, stop: int, opening: int) -> bool:
    """Say whether a text without escapes can stand in a skeleton: it is short, ASCII, no slot."""
    size = stop - start
    if opening == 0 or size > MAX_KEPT_BYTES or (size == 1 and opening == 120):
        return False
    for here in range(start, stop):  # noqa: SIM110 - compiled
        if data[here] > 126:
            return False
    return True
