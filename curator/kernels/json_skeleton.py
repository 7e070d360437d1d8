"""
The skeleton of JSON rows: what is left of a row without blanks, texts and numbers.

    {"messages": [{"role": "user", "content": "Is it late?"}], "n": 17}
    {"messages":[{"role":"user","content":"x"}],"n":0}

Rows with one skeleton have the same fields, types and lists, so whatever does not look at the texts
themselves can be decided once for all of them. A skeleton is JSON like its row: a text becomes
``"x"``, a blank one ``" "``, an empty one ``""``, a number ``0``; these are its *slots*. The values
of kept names stand in it as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled
from curator.kernels.json_tokens import Bytes, Places, Words
from curator.kernels.json_walk import MAX_DEPTH, MAX_KEYS, Names, walk

Mask = npt.NDArray[np.bool_]


class Skeletons(NamedTuple):
    """
    The skeletons of N rows, and where the S values stand that they leave out.

    A span is the start and end of a text between its quotes, or of a number; an inverted start (~)
    says that the text has escapes.
    """

    is_sound: Mask  # (N,) JSON that every reader understands alike; other rows have no skeleton
    offsets: Places  # (N + 1,)
    data: Bytes
    slot_offsets: Places  # (N + 1,)
    spans: Places  # (S, 2)
    openings: Bytes  # (S,) the first byte that is not blank; 0 where there is none
    text_bytes: Places  # (N,) of all texts in slots


def skeletons(
    data: Bytes,
    starts: Places,
    ends: Places,
    *,
    kept: tuple[str, ...] = (),
    inside: tuple[str, ...] | None = None,
    lists: tuple[str, ...] = (),
    box_depth: int = 0,
    max_bytes: int = 1 << 30,
    with_slots: bool = True,
) -> Skeletons:
    """
    Take each row apart into its skeleton and its slots.

    Texts and numbers of ``kept`` names stay; ASCII without escapes and no longer than
    MAX_KEPT_BYTES, and not one that could be taken for a slot.

    Some values can be one slot each, ``0e0`` in the skeleton: where ``inside`` is given, that of
    any other field of a row; what stands between the brackets of a list by a name in ``lists``,
    ``[0e0]``; what stands in a list or an object that is the value of a field so deep as
    ``box_depth`` (1: of the row itself), ``[0e0]`` or ``{"":0e0}``. Empty ones show that they are.
    Without ``with_slots``, all that is said of slots is left out: it says nothing, and takes no
    time.

    Shapes: data (B,), starts and ends (N,).
    Keeps:  a row is sound only where it is an object in UTF-8 that RFC 8259 allows, no key repeated
            or written with escapes, no half surrogate pair, no text beyond ``max_bytes``, nothing
            nested deeper than MAX_DEPTH. One that is not may still be sound to a careful reader.
    """
    field_depth = 0 if inside is None else 1
    words = data[: len(data) // 8 * 8].view(np.uint64)
    rows, size = len(starts), int((ends - starts).sum())
    is_sound = np.zeros(rows, dtype=np.bool_)
    offsets, slot_offsets = (np.zeros(rows + 1, dtype=np.int64) for _ in range(2))
    text_bytes = np.zeros(rows, dtype=np.int64)
    written = np.empty(2 * size, dtype=np.uint8)
    spans = np.empty((size // 64, 2), dtype=np.int64)
    openings = np.empty(size // 64, dtype=np.uint8)
    row = 0
    while True:
        row = _skeletons(
            row, data, words, starts, ends, Names.of(kept), Names.of(inside or ()), field_depth,
            Names.of(lists), box_depth, max_bytes, with_slots, is_sound, offsets, written,
            slot_offsets, spans, openings, text_bytes,
        )  # fmt: skip
        if row == rows:
            break
        most = 2 * len(openings) + int(ends[row] - starts[row])
        spans, openings = np.resize(spans, (most, 2)), np.resize(openings, most)
    slots = slot_offsets[-1]
    return Skeletons(
        is_sound,
        offsets,
        written[: offsets[-1]],
        slot_offsets,
        spans[:slots],
        openings[:slots],
        text_bytes,
    )


@compiled
def _skeletons(  # noqa: PLR0917 - compiled functions take no keywords
    row: int,
    data: Bytes,
    words: Words,
    starts: Places,
    ends: Places,
    kept: Names,
    inside: Names,
    field_depth: int,
    lists: Names,
    box_depth: int,
    max_bytes: int,
    with_slots: bool,  # noqa: FBT001
    is_sound: Mask,
    offsets: Places,
    written: Bytes,
    slot_offsets: Places,
    spans: Places,
    openings: Bytes,
    text_bytes: Places,
) -> int:
    """Go on at ``row``; give the first that more slots are needed for than there may be left."""
    is_object = np.zeros(MAX_DEPTH + 1, dtype=np.bool_)
    base = np.zeros(MAX_DEPTH + 1, dtype=np.int64)
    key_starts = np.zeros(MAX_KEYS, dtype=np.int64)
    key_ends = np.zeros(MAX_KEYS, dtype=np.int64)
    out, slots = offsets[row], slot_offsets[row]
    while row < len(starts):
        if slots + (ends[row] - starts[row]) // 2 > len(openings):
            return row
        wrote, filled = walk(
            data, words, starts[row], ends[row], kept, inside, field_depth, lists, box_depth,
            max_bytes, written, out, spans, openings, slots, is_object, base, key_starts, key_ends,
        )  # fmt: skip
        if wrote >= 0:
            is_sound[row], out = True, wrote
        if wrote >= 0 and with_slots:
            for slot in range(slots, filled):
                start, end = spans[slot]
                is_text = start < 0 or data[start - 1] == 34
                text_bytes[row] += (end - (~start if start < 0 else start)) * is_text
            slots = filled
        row += 1
        offsets[row], slot_offsets[row] = out, slots
    return row
