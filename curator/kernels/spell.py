"""Tokens held against the text that they should spell, and against the stretches of it to mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.buffers import share
from curator.kernels.compiled import compiled


def spell(  # noqa: PLR0917 - arrays as in the other kernels
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    text_offsets: NDArray[np.int64],
    text_data: NDArray[np.uint8],
    token_offsets: NDArray[np.int64],
    token_data: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """
    Tell where each token begins, and whether the tokens of a row, joined, are its text.

    Shapes: ids (T,), offsets (N + 1,): the tokens of each row; text_offsets (N + 1,), text_data:
            its text; token_offsets (V + 1,), token_data: what each id spells
            -> starts (T,), is_spelled (N,).
    Units:  bytes from the start of the row's text; -1 in a row that is not spelled.
    """
    starts, is_spelled = np.empty(ids.size, np.int64), np.empty(offsets.size - 1, np.bool_)

    def rows(first: int, last: int) -> None:
        _spell(
            ids, offsets, text_offsets, text_data, token_offsets, token_data,
            starts, is_spelled, first, last,
        )  # fmt: skip

    share(offsets.size - 1, rows)
    return starts, is_spelled


@compiled
def _spell(  # noqa: PLR0917 - compiled functions take no keywords
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    text_offsets: NDArray[np.int64],
    text_data: NDArray[np.uint8],
    token_offsets: NDArray[np.int64],
    token_data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    is_spelled: NDArray[np.bool_],
    first_row: int,
    last_row: int,
) -> None:
    known = token_offsets.size - 1
    for row in range(first_row, last_row):
        base, stop = text_offsets[row], text_offsets[row + 1]
        at, same = base, True
        for place in range(offsets[row], offsets[row + 1]):
            token = ids[place]
            if token < 0 or token >= known:
                same = False
                break
            first, last = token_offsets[token], token_offsets[token + 1]
            if last - first > stop - at:
                same = False
                break
            starts[place] = at - base
            for byte in range(first, last):
                if token_data[byte] != text_data[at]:
                    same = False
                at += 1
            if not same:
                break
        is_spelled[row] = same and at == stop
        if not is_spelled[row]:
            starts[offsets[row] : offsets[row + 1]] = -1


@compiled
def mask_tokens(  # noqa: PLR0917 - compiled functions take no keywords
    offsets: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    span_offsets: NDArray[np.int64],
    span_starts: NDArray[np.int64],
    span_ends: NDArray[np.int64],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """
    Mark the tokens that lie in a span of their row, and the rows where one lies across its edge.

    A token without bytes counts as the place where it stands; a span without bytes holds none.

    Shapes: offsets (N + 1,), starts, ends (T,): tokens by row, in reading order; span_offsets
            (N + 1,), span_starts, span_ends (K,): sorted and disjoint in each row
            -> mask (T,), straddles (N,).
    """
    mask = np.zeros(starts.size, np.uint8)
    straddles = np.zeros(offsets.size - 1, np.bool_)
    for row in range(offsets.size - 1):
        span, last = span_offsets[row], span_offsets[row + 1]
        for place in range(offsets[row], offsets[row + 1]):
            start, end = starts[place], ends[place]
            while span < last and span_ends[span] <= start:
                span += 1
            near = span
            while near < last and span_starts[near] < max(end, start + 1):
                if span_starts[near] < span_ends[near]:
                    mask[place] = 1
                    if start < span_starts[near] or end > span_ends[near]:
                        straddles[row] = True
                near += 1
    return mask, straddles
