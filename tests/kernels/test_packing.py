"""The compiled best fit does what trying every pack would."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.packing import best_fit, grouped

CAPACITY = 13
LENGTHS = st.lists(st.integers(1, CAPACITY), max_size=40)


def plain(lengths, order, capacity, most):
    """Look at every pack for every item: O(N x P)."""
    packs, when = [], []  # members of each pack, and the step at which it got its last
    for step, item in enumerate(order):
        room = [capacity - sum(lengths[i] for i in pack) for pack in packs]
        fits = [p for p, pack in enumerate(packs) if room[p] >= lengths[item] and len(pack) < most]
        best = min(fits, key=lambda p: (room[p], when[p]), default=len(packs))
        if best == len(packs):
            packs.append([])
            when.append(step)
        packs[best].append(item)
        when[best] = step
    return packs


def found(lengths, order, capacity, most):
    order = np.array(order, np.int64)
    pack_of, count = best_fit(np.array(lengths, np.int64), order, capacity, most)
    return [[int(i) for i in order if pack_of[i] == pack] for pack in range(count)]


@settings(deadline=None)  # the first call compiles
@given(LENGTHS, st.integers(1, 8), st.data())
def test_equals_the_plain_version(lengths, most, data):
    """In any order of the items the queues and the tree give the packs that a search gives."""
    order = data.draw(st.permutations(range(len(lengths))))
    assert found(lengths, order, CAPACITY, most) == plain(lengths, order, CAPACITY, most)


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.integers(1, 2048), max_size=120))
def test_equals_the_plain_version_in_wide_packs(lengths):
    """Longest first, in packs of 2,048 tokens."""
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    assert found(lengths, order, 2048, 99) == plain(lengths, order, 2048, 99)


def test_of_equal_packs_the_one_that_waited_longest_is_taken():
    """Pack 1 gets its room of 3 before pack 0 does, so the next item goes there."""
    lengths = [3, 5, 2, 3]
    assert found(lengths, [0, 1, 2, 3], 8, 9) == [[0, 1], [2, 3]]
    assert found([4, 6, 3, 2, 3], [0, 1, 2, 3, 4], 9, 9) == [[0, 3, 4], [1, 2]]


def test_a_full_count_closes_a_pack():
    """With two items a pack, room for a third is of no use."""
    assert found([2, 2, 2, 2, 2], range(5), 10, 2) == [[0, 1], [2, 3], [4]]


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.integers(0, 6), max_size=30))
def test_places_are_grouped_by_key(keys):
    """A group lists its places in order, and there is one group a key, empty or not."""
    offsets, places = grouped(np.array(keys, np.int64), 7)
    groups = [places[offsets[k] : offsets[k + 1]].tolist() for k in range(7)]
    assert groups == [[i for i, key in enumerate(keys) if key == k] for k in range(7)]
