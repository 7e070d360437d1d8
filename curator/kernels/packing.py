"""Best-fit decreasing: the longest first, each into the fullest pack that has room for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def grouped(keys: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    List the places of each key from 0 to ``count`` - 1, smallest place first.

    Shapes: keys (N,) -> offsets (count + 1,), places (N,); those of key k are
            places[offsets[k]:offsets[k + 1]].
    """
    offsets = np.zeros(count + 1, np.int64)
    for key in keys:
        offsets[key + 1] += 1
    for key in range(count):
        offsets[key + 1] += offsets[key]
    places, at = np.empty(keys.size, np.int64), offsets[:-1].copy()
    for place in range(keys.size):
        places[at[keys[place]]] = place
        at[keys[place]] += 1
    return offsets, places


@compiled
def _mark(tree: NDArray[np.bool_], leaf: int) -> None:
    """Say that a leaf is in use, and so everything above it."""
    while leaf > 0 and not tree[leaf]:
        tree[leaf] = True
        leaf >>= 1


@compiled
def _clear(tree: NDArray[np.bool_], leaf: int) -> None:
    """Say that a leaf is no longer in use, nor anything above it that has no other."""
    tree[leaf] = False
    leaf >>= 1
    while leaf > 0 and not tree[2 * leaf] and not tree[2 * leaf + 1]:
        tree[leaf] = False
        leaf >>= 1


@compiled
def _seek(tree: NDArray[np.bool_], leaf: int) -> int:
    """Find the first leaf in use from ``leaf`` on; 0 where there is none."""
    while not tree[leaf]:
        while leaf & 1:  # a right child: what lies to its right is its parent's
            leaf >>= 1
        if leaf == 0:
            return 0
        leaf += 1
    while leaf < tree.size // 2:
        leaf = 2 * leaf if tree[2 * leaf] else 2 * leaf + 1
    return leaf


@compiled
def best_fit(
    lengths: NDArray[np.int64], order: NDArray[np.int64], capacity: int, most: int
) -> tuple[NDArray[np.int64], int]:
    """
    Put each item, in ``order``, into the pack with the least room that holds it.

    Of packs with equal room the one that has had it longest is taken. A pack of ``most`` items is
    full. Each step costs the logarithm of ``capacity``: packs queue up by their room, and a tree
    over the rooms in use finds the smallest that is large enough.

    Shapes: lengths (N,) of 1 to capacity, order (N,) -> pack of each item (N,), number of packs.
    """
    width = 1
    while width <= capacity:
        width *= 2
    in_use = np.zeros(2 * width, np.bool_)  # the leaf of room r is width + r
    first = np.full(capacity + 1, -1, np.int64)
    last = np.empty(capacity + 1, np.int64)
    behind = np.empty(lengths.size, np.int64)
    items = np.zeros(lengths.size, np.int64)
    pack_of = np.empty(lengths.size, np.int64)
    packs = 0
    for item in order:
        leaf = _seek(in_use, width + lengths[item])
        if leaf == 0:
            pack, room = packs, capacity
            packs += 1
        else:
            room = leaf - width
            pack = first[room]
            first[room] = behind[pack]
            if first[room] < 0:
                _clear(in_use, leaf)
        pack_of[item] = pack
        items[pack] += 1
        room -= lengths[item]
        if room > 0 and items[pack] < most:
            behind[pack] = -1
            if first[room] < 0:
                first[room] = pack
                _mark(in_use, width + room)
            else:
                behind[last[room]] = pack
            last[room] = pack
    return pack_of, packs
