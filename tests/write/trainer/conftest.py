"""Examples of given lengths in given packs, and what each pack holds of them."""

import itertools
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from curator.write.trainer.shards import SplitTokens
from curator.write.trainer.tokens import Packs, Segments


class Row(NamedTuple):
    """A pack, or an example, as any reader should find it."""

    ids: list[int]
    labels: list[int]
    lengths: list[int]


def tokens(packs: list[list[int]], **given: Any) -> SplitTokens:
    """Lay out packs of examples of these lengths; the last third of each example is trained on."""
    lengths = [length for pack in packs for length in pack]
    order = np.random.default_rng(7).permutation(len(lengths))
    offsets = np.concatenate([[0], np.cumsum(np.array(lengths, np.int64)[order])]).astype(np.int64)
    ids = np.arange(offsets[-1], dtype=np.int32) % 30_000 + 100
    mask = np.zeros(ids.size, np.uint8)
    for begin, end in itertools.pairwise(offsets):
        mask[end - (end - begin + 2) // 3 : end] = 1
    bounds = np.concatenate([[0], np.cumsum([len(pack) for pack in packs])]).astype(np.int64)
    segments = Segments(ids, mask, offsets)
    settings = {"max_length": 4096, "shard_tokens": 1 << 26, "vocab_size": 32_000} | given
    return SplitTokens(
        split="train",
        segments=segments,
        packs=Packs(bounds, np.argsort(order).astype(np.int64)),
        **settings,
    )


def example(held: SplitTokens, index: int) -> Row:
    """Read one example, token by token."""
    begin, end = held.segments.offsets[index : index + 2]
    ids = held.segments.ids[begin:end].tolist()
    mask = held.segments.mask[begin:end]
    labels = [one if counts else -100 for one, counts in zip(ids, mask, strict=True)]
    return Row(ids, labels, [len(ids)])


def rows(held: SplitTokens) -> list[Row]:
    """Read all packs, example by example."""
    found = []
    for begin, end in zip(held.packs.offsets, held.packs.offsets[1:], strict=False):
        parts = [example(held, index) for index in held.packs.segments[begin:end]]
        found.append(Row(*([one for part in parts for one in part[k]] for k in range(3))))
    return found


@pytest.fixture(scope="session")
def laid() -> SimpleNamespace:
    """Give ``tokens``, ``rows`` and ``example``."""
    return SimpleNamespace(tokens=tokens, rows=rows, example=example)
