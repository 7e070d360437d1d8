"""Which bytes of a row's text are trained on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.records import ROLES
from curator.write.trainer.options import TrainOn
from curator.write.trainer.rendered import Rendered

_ASSISTANT = ROLES.index("assistant")


class Spans(NamedTuple):
    """Byte spans of N rows: those of row ``i`` are ``offsets[i]:offsets[i + 1]``, in order."""

    offsets: NDArray[np.int64]  # (N + 1,)
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def trained_spans(
    rendered: Rendered, messages: NDArray[np.int64], weights: NDArray[np.int8], train_on: TrainOn
) -> Spans:
    """
    Give the bytes that count: of the completion, of all assistants, or all of them.

    A message of weight 0 never counts, whatever is trained on. Where all counts, a span ends at
    the end of the generation prompt and another begins: no token may lie across it.

    Shapes: messages (N + 1,), where each row's messages begin in weights (M,), of 0 and 1.
    """
    weight = weights[messages[rendered.row] + rendered.message]
    if train_on == "all":
        return _outside(rendered, weight == 0)
    is_trained = (rendered.role == _ASSISTANT) & (weight != 0)
    if train_on == "completion":
        is_trained &= rendered.message == np.diff(messages)[rendered.row] - 1
    rows, starts, ends = rendered.row, rendered.start, rendered.end
    return _spans(len(rendered.texts), rows[is_trained], starts[is_trained], ends[is_trained])


def whole(lengths: NDArray[np.int64]) -> Spans:
    """Give each row, of so many bytes, one span that is all of it."""
    rows = np.arange(lengths.size)
    return _spans(lengths.size, rows, np.zeros_like(lengths), lengths)


def _outside(rendered: Rendered, is_hole: NDArray[np.bool_]) -> Spans:
    """Give what lies around the holes of each row, and around the end of its prompt."""
    lengths = rendered.texts.str.len_bytes().to_numpy().astype(np.int64)
    every, asked = np.arange(lengths.size), np.flatnonzero(rendered.prompt_bytes >= 0)
    prompt = rendered.prompt_bytes[asked]  # a hole without bytes
    # sorted by row, each stretch begins at 0 or behind a hole, and ends at one or at the end
    before = np.concatenate([every, rendered.row[is_hole], asked])
    starts = np.concatenate([np.zeros_like(lengths), rendered.end[is_hole], prompt])
    ends = np.concatenate([lengths, rendered.start[is_hole], prompt])
    rows = np.sort(before)
    starts, ends = starts[np.lexsort((starts, before))], ends[np.lexsort((ends, before))]
    return _spans(lengths.size, rows, starts, ends)


def _spans(
    count: int, rows: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Spans:
    is_some = starts < ends
    per_row = np.bincount(rows[is_some], minlength=count)
    offsets = np.concatenate([[0], np.cumsum(per_row)]).astype(np.int64)
    return Spans(offsets, starts[is_some], ends[is_some])
