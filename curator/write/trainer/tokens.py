"""Tokens of many examples laid flat, the packs they stand in, and packs in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.kernels.gather import gather_labels

IGNORED = -100
"""The label of a token that is not trained on, as every trainer knows it."""


class Segments(NamedTuple):
    """S examples as tokens: example ``s`` has tokens ``offsets[s]:offsets[s + 1]``."""

    ids: NDArray[np.int32]  # (T,) may be mapped from a file
    mask: NDArray[np.uint8]  # (T,) 1 where the token is trained on
    offsets: NDArray[np.int64]  # (S + 1,)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each example, (S,)."""
        return np.diff(self.offsets)


class Packs(NamedTuple):
    """P packs of S examples: pack ``p`` holds ``segments[offsets[p]:offsets[p + 1]]``, in order."""

    offsets: NDArray[np.int64]  # (P + 1,)
    segments: NDArray[np.int64]  # (S,) each example once

    @staticmethod
    def single(count: int) -> Packs:
        """Give each of ``count`` examples a pack of its own, in order."""
        return Packs(np.arange(count + 1), np.arange(count))


class Block(NamedTuple):
    """Some packs in order: pack ``p`` has tokens ``pack_offsets[p]:pack_offsets[p + 1]``."""

    ids: NDArray[np.int32]  # (t,)
    labels: NDArray[np.int32]  # (t,) the id, or IGNORED; not shifted
    pack_offsets: NDArray[np.int64]  # (p + 1,)
    seq_lengths: NDArray[np.int32]  # (s,) tokens of each segment
    seq_offsets: NDArray[np.int64]  # (p + 1,) where each pack's segments begin in seq_lengths


def blocks(segments: Segments, packs: Packs, max_tokens: int) -> Iterator[Block]:
    """Give the packs in order, as many at a time as have ``max_tokens``, but at least one."""
    lengths = segments.lengths[packs.segments]
    before = np.concatenate([[0], np.cumsum(lengths)])
    tokens_before = before[packs.offsets]
    first, count = 0, packs.offsets.size - 1
    while first < count:
        fits = np.searchsorted(tokens_before, tokens_before[first] + max_tokens, side="right") - 1
        last = max(int(fits), first + 1)
        members = slice(packs.offsets[first], packs.offsets[last])
        ids, labels = gather_labels(
            segments.ids, segments.mask, segments.offsets, packs.segments[members], IGNORED
        )
        yield Block(
            ids=ids,
            labels=labels,
            pack_offsets=tokens_before[first : last + 1] - tokens_before[first],
            seq_lengths=lengths[members].astype(np.int32),
            seq_offsets=packs.offsets[first : last + 1] - packs.offsets[first],
        )
        first = last
