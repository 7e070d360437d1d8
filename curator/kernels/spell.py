"""Tokens held against the text that they should spell, and against the stretches of it to mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.buffers import share
from curator.kernels.compiled import compiled

WORD = 8  # bytes that are compared at once
_MASKS = np.tril(np.full((WORD + 1, WORD), 255, np.uint8), -1).view(np.uint64).ravel()


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
    padded = np.concatenate([token_data, np.zeros(WORD, np.uint8)])
    token_words = _words(padded)[token_offsets[:-1]]
    text_words = _words(text_data)

    def rows(first: int, last: int) -> None:
        _spell(
            ids, offsets, text_offsets, text_data, text_words,
            token_offsets, token_data, token_words, _MASKS, starts, is_spelled, first, last,
        )  # fmt: skip

    share(offsets.size - 1, rows)
    return starts, is_spelled


def _words(data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Show the eight bytes from each place on as one number, without a copy."""
    return np.ndarray((max(data.size - WORD + 1, 0),), np.uint64, data, strides=(1,))


@compiled
def _spell(  # noqa: PLR0917 - compiled functions take no keywords
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    text_offsets: NDArray[np.int64],
    text_data: NDArray[np.uint8],
    text_words: NDArray[np.uint64],
    token_offsets: NDArray[np.int64],
    token_data: NDArray[np.uint8],
    token_words: NDArray[np.uint64],
    masks: NDArray[np.uint64],
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
            first = token_offsets[token]
            size = token_offsets[token + 1] - first
            if size > stop - at:
                same = False
                break
            starts[place] = at - base
            checked = 0
            if at < text_words.size:  # not the last bytes of all texts
                if (text_words[at] ^ token_words[token]) & masks[min(size, WORD)]:
                    same = False
                    break
                checked = WORD
            while checked < size and token_data[first + checked] == text_data[at + checked]:
                checked += 1
            if checked < size:
                same = False
                break
            at += size
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
