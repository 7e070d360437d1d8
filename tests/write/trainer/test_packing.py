"""Packs: every example once, none cut, as few packs as whole-set best fit gives."""

import doctest
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import WriteError
from curator.write.trainer import packing
from curator.write.trainer.packing import lower_bound, plan
from curator.write.trainer.tokens import Packs

MAX = 12
LENGTHS = st.lists(st.integers(1, MAX), max_size=40)
CAPS = st.none() | st.integers(1, 6)


def members(packs):
    return [group.tolist() for group in np.split(packs.segments, packs.offsets[1:-1])]


def planned(lengths, max_length=MAX, max_segments=None, seed=0):
    return plan(np.array(lengths, np.int64), max_length, max_segments=max_segments, seed=seed)


@settings(deadline=None)  # the first call compiles
@given(LENGTHS, CAPS, st.integers(-(2**63), 2**63 - 1))
def test_every_example_stands_whole_in_one_pack(lengths, cap, seed):
    """No index is lost or doubled, no pack is too long, holds too many, or is empty."""
    made = planned(lengths, max_segments=cap, seed=seed)
    packs = members(made.packs) if lengths else []
    assert sorted(made.packs.segments.tolist()) == list(range(len(lengths)))
    assert all(0 < sum(lengths[i] for i in pack) <= MAX for pack in packs)
    assert all(len(pack) <= (cap or len(lengths)) for pack in packs)
    assert made.lower_bound <= len(packs)
    assert made.fill == (sum(lengths) / (len(packs) * MAX) if packs else 1.0)


@settings(deadline=None)  # the first call compiles
@given(LENGTHS, CAPS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_pack(lengths, cap, rng):
    """Shuffled rows are packed in the same lengths; the same rows give the same bytes."""
    turned = rng.sample(lengths, len(lengths))
    one, other = (planned(given, max_segments=cap) for given in (lengths, turned))
    shapes = [
        sorted(sorted(given[i] for i in pack) for pack in members(made.packs))
        for given, made in ((lengths, one), (turned, other))
    ]
    assert shapes[0] == shapes[1]
    again = planned(lengths, max_segments=cap)
    assert again.packs.segments.tobytes() == one.packs.segments.tobytes()


def fewest(lengths, capacity, most):
    """Try every subset as the pack of the first example: the true optimum of a few."""
    if not lengths:
        return 0
    first, rest = lengths[0], lengths[1:]
    best = len(lengths)
    for size in range(min(most, len(lengths))):
        for others in combinations(range(len(rest)), size):
            if first + sum(rest[i] for i in others) <= capacity:
                left = [x for i, x in enumerate(rest) if i not in others]
                best = min(best, 1 + fewest(left, capacity, most))
    return best


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 6))
def test_the_lower_bound_is_one(lengths, most):
    """The best of all packings never has fewer packs than the bound says."""
    assert lower_bound(np.array(lengths), 9, most) <= fewest(lengths, 9, most)


def test_the_lower_bound_sees_more_than_the_sum():
    """Of 26 tokens in packs of 9, three 6s need a pack each, and no 4 goes beside a 6."""
    assert lower_bound(np.array([6, 6, 6, 4, 4]), 9, 5) == 4
    assert lower_bound(np.array([5, 5, 5]), 9, 3) == 3
    assert lower_bound(np.array([5, 1, 1, 1, 1]), 9, 2) == 3


def test_packs_are_shuffled_by_the_seed_and_by_nothing_else():
    """The order is pinned: a release of NumPy or numba that changed it would change files."""
    lengths = [9, 8, 7, 6, 5, 4]
    assert members(planned(lengths, 9, seed=0).packs) == [[4, 5], [0], [3], [1], [2]]
    assert members(planned(lengths, 9, seed=1).packs) == [[0], [2], [3], [1], [4, 5]]


def test_packs_are_not_sorted_by_length():
    """The longest examples, planned first, are read all over the set."""
    lengths = list(range(1, 1001))
    packs = planned(lengths, 1000, seed=7).packs
    first = np.array([max(pack) for pack in members(packs)])
    assert abs(np.corrcoef(first, np.arange(first.size))[0, 1]) < 0.2


def test_nothing_to_pack():
    """No rows make no packs, packed or not."""
    made = planned([])
    assert (made.packs.offsets.tolist(), made.lower_bound, made.fill) == ([0], 0, 1.0)
    assert made.packs.segments.size == 0
    assert Packs.single(0).offsets.tolist() == [0]
    assert Packs.single(2).segments.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        ([2048, 3120, 9999], "example 1: 3,120 tokens do not fit a pack of 2,048"),
        ([1, 0, 3120], "example 1: an example without tokens cannot stand in a pack"),
    ],
)
def test_what_cannot_be_packed_is_named(lengths, words):
    """Too long or empty: the caller has dealt with both before."""
    with pytest.raises(WriteError) as error:
        planned(lengths, 2048)
    assert str(error.value) == words


def test_a_capacity_far_above_the_tokens_costs_nothing():
    """Models that name no limit say 10^30 tokens; the tables are as long as the rows."""
    made = planned([3, 2], max_length=10**30)
    assert members(made.packs) == [[0, 1]]
    assert made.lower_bound == 1


def test_the_example_of_the_docstring():
    """What the docstrings show is what is printed."""
    assert doctest.testmod(packing).failed == 0
