"""Put examples together into packs, whole ones, so that little of a pack is left empty."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.errors import WriteError
from curator.write.trainer.tokens import Packs


class Plan(NamedTuple):
    """Packs in the order in which they are written, and how close they come to the fewest."""

    packs: Packs
    lower_bound: int  # no packing, however clever, has fewer packs
    fill: float  # tokens / (packs x max_length); 1 where there is nothing to pack


def plan(
    lengths: NDArray[np.int64], max_length: int, *, max_segments: int | None, seed: int
) -> Plan:
    """
    Group examples into packs by best-fit decreasing over all of them.

    The longest goes first, ties by index, each into the fullest pack that has room for it; of
    equally full ones into the one that has been so longest, as TRL does. The examples of a pack
    stand in the order of their indices, and the packs in an order drawn with ``seed``.

    Shapes: lengths (N,), in tokens.
    Keeps:  every index exactly once; no pack above max_length tokens or max_segments examples;
            same input, same packs, and as many of them whatever the order of the lengths.
    Raises: WriteError naming the first example that is empty or too long. Nothing is cut.
    Source: best-fit decreasing, arXiv:2404.10830.

    >>> lengths = np.array([5, 3, 2, 6])
    >>> packs, lower_bound, fill = plan(lengths, 8, max_segments=None, seed=0)
    >>> [group.tolist() for group in np.split(packs.segments, packs.offsets[1:-1])]
    [[2, 3], [0, 1]]
    >>> lower_bound, fill
    (2, 1.0)
    """
    from curator.kernels.packing import best_fit, grouped

    lengths = np.asarray(lengths, np.int64)
    _check(lengths, max_length)
    if not lengths.size:
        return Plan(Packs.single(0), lower_bound=0, fill=1.0)
    total = int(lengths.sum())
    capacity = min(max_length, total)  # the same packs, without a table of the longer lengths
    most = max_segments or lengths.size
    _, longest_first = grouped(capacity - lengths, capacity)
    pack_of, count = best_fit(lengths, longest_first, capacity, most)
    offsets, segments = grouped(_shuffled(count, seed)[pack_of], count)
    return Plan(
        Packs(offsets, segments),
        lower_bound=lower_bound(lengths, capacity, most),
        fill=total / (count * max_length),
    )


def lower_bound(lengths: NDArray[np.int64], capacity: int, most: int) -> int:
    """
    Count packs that no packing can do without.

    For every k up to half of the capacity: examples of more than half each need a pack. Those of
    more than capacity - k share it with none of k or more; the others lend their room, and their
    ``most`` - 1 places, to those from k to half. What does not fit there needs packs of its own.

    Shapes: lengths (N,) of 1 to capacity.
    Source: L2 of Martello and Toth, Knapsack Problems (1990), 8.3; the count of places is ours.

    >>> lower_bound(np.array([6, 6, 6, 4, 4]), capacity=9, most=5)  # 26 tokens would fit in 3
    4
    >>> lower_bound(np.array([1, 1, 1, 1, 1]), capacity=9, most=2)
    3
    """
    number = np.bincount(lengths, minlength=capacity + 1)
    size = number * np.arange(capacity + 1)
    number, size = np.cumsum(number), np.cumsum(size)  # of those of at most this length
    half = capacity // 2
    k = np.arange(half + 1)
    below = np.maximum(k - 1, 0)
    alone = lengths.size - number[capacity - k]
    large, large_size = number[capacity - k] - number[half], size[capacity - k] - size[half]
    room = large * capacity - large_size
    places = large * (most - 1)
    more_size = np.maximum(size[half] - size[below] - room, 0)
    more = np.maximum(number[half] - number[below] - places, 0)
    needed = np.maximum(-(-more_size // capacity), -(-more // most))
    return int((alone + large + needed).max())


def _check(lengths: NDArray[np.int64], max_length: int) -> None:
    wrong = np.flatnonzero((lengths < 1) | (lengths > max_length))
    if wrong.size:
        tokens = int(lengths[wrong[0]])
        raise WriteError(
            f"{tokens:,} tokens do not fit a pack of {max_length:,}"
            if tokens > 0
            else "an example without tokens cannot stand in a pack",
            where=f"example {wrong[0]}",
        )


def _shuffled(count: int, seed: int) -> NDArray[np.int64]:
    """Give each pack its place: packs by a hash of their number, the same in every version."""
    from curator.kernels.hashing import xxh64

    numbers = np.arange(count, dtype="<i8")
    tickets = xxh64(np.arange(count + 1) * 8, numbers.view(np.uint8), seed)
    places = np.empty(count, np.int64)
    places[np.argsort(tickets, kind="stable")] = numbers
    return places
