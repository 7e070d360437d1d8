"""Tokens held against the stretches of text that should count, and counted by who says them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.kernels.buffers import share
from curator.kernels.compiled import compiled

Ints = NDArray[np.int64]


class Tokens(NamedTuple):
    """T tokens of N rows: which, where each lies in the bytes of its row, and whether it counts."""

    offsets: Ints  # (N + 1,)
    ids: NDArray[np.int32]
    starts: Ints
    ends: Ints
    mask: NDArray[np.uint8]


class Stretches(NamedTuple):
    """K stretches of N rows, sorted and disjoint in each row."""

    offsets: Ints  # (N + 1,) where those of each row begin
    starts: Ints  # (K,)
    ends: Ints


class Audit(NamedTuple):
    """What was found, by row, by span or by piece."""

    is_exact: NDArray[np.bool_]  # (N,) the tokens that count are those in spans, and fill them
    span_last: Ints  # the last token of each span, or -1
    prompt_stop: Ints  # (N,) the first token that begins where the prompt ends or behind it, or -1
    prompt_from: Ints  # (N,) the last control token of the prompt, or its first token
    spoken: Ints  # (N, R + 1) written tokens by role; the last: in no region
    trained: Ints  # tokens of each piece that count


def audit(  # noqa: PLR0917 - arrays as in the other kernels
    tokens: Tokens,
    control_bytes: Ints,
    prompt_bytes: Ints,
    spans: Stretches,
    regions: Stretches,
    roles: NDArray[np.int8],
    role_count: int,
    pieces: Stretches,
) -> Audit:
    """
    Go once over the tokens of each row, with its spans, its regions and its pieces.

    A token is taken for a control token where it has the bytes of one: that of what is unknown
    may stand for any text.

    Shapes: control_bytes (V,) by id, 0 for others, prompt_bytes (N,) or -1, roles of the regions.
    Units:  spans and regions in bytes of the row, pieces in tokens of the row.
    """
    rows = tokens.offsets.size - 1
    found = Audit(
        is_exact=np.ones(rows, np.bool_),
        span_last=np.full(spans.starts.size, -1, np.int64),
        prompt_stop=np.full(rows, -1, np.int64),
        prompt_from=tokens.offsets[:-1].copy(),
        spoken=np.zeros((rows, role_count + 1), np.int64),
        trained=np.zeros(pieces.starts.size, np.int64),
    )

    def part(first: int, last: int) -> None:
        _audit(
            *tokens, control_bytes, prompt_bytes, *spans, *regions, roles, *pieces,
            found.is_exact, found.span_last, found.prompt_stop, found.prompt_from,
            found.spoken, found.trained, first, last,
        )  # fmt: skip

    share(rows, part)
    return found


@compiled
def _audit(  # noqa: PLR0917 - compiled functions take no keywords
    offsets: Ints,
    ids: NDArray[np.int32],
    starts: Ints,
    ends: Ints,
    mask: NDArray[np.uint8],
    control_bytes: Ints,
    prompt_bytes: Ints,
    span_offsets: Ints,
    span_starts: Ints,
    span_ends: Ints,
    region_offsets: Ints,
    region_starts: Ints,
    region_ends: Ints,
    roles: NDArray[np.int8],
    piece_offsets: Ints,
    piece_starts: Ints,
    piece_ends: Ints,
    is_exact: NDArray[np.bool_],
    span_last: Ints,
    prompt_stop: Ints,
    prompt_from: Ints,
    spoken: Ints,
    trained: Ints,
    first_row: int,
    last_row: int,
) -> None:
    nobody = spoken.shape[1] - 1
    for row in range(first_row, last_row):
        span, last_span = span_offsets[row], span_offsets[row + 1]
        region, last_region = region_offsets[row], region_offsets[row + 1]
        piece, last_piece = piece_offsets[row], piece_offsets[row + 1]
        prompt = prompt_bytes[row]
        for place in range(offsets[row], offsets[row + 1]):
            start = starts[place]
            end = max(ends[place], start + 1)  # a token without bytes lies where it stands
            while span < last_span and span_ends[span] <= start:
                span += 1
            is_touched = span < last_span and span_starts[span] < end
            is_inside = is_touched and span_starts[span] <= start and end <= span_ends[span]
            if is_touched:
                span_last[span] = place
            if is_touched != is_inside or is_touched != (mask[place] == 1):
                is_exact[row] = False
            if start < prompt:
                length = control_bytes[ids[place]]
                if length > 0 and length == ends[place] - start:
                    prompt_from[row] = place
            elif prompt >= 0 and prompt_stop[row] < 0:
                prompt_stop[row] = place
            here = place - offsets[row]
            while piece < last_piece and piece_ends[piece] <= here:
                piece += 1
            if piece < last_piece and piece_starts[piece] <= here:
                trained[piece] += mask[place]
                while region < last_region and region_ends[region] <= start:
                    region += 1
                is_said = region < last_region and region_starts[region] <= start
                spoken[row, roles[region] if is_said else nobody] += 1
        for filled in range(span_offsets[row], last_span):
            if span_last[filled] < 0:
                is_exact[row] = False
