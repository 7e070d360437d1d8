"""Buckets and the pairs they give: all of a small bucket, a star of a large one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.candidates import (
    SMALL_BUCKET,
    buckets,
    mark_members,
    most_pairs,
    pairs_within,
)


def pairs_of(members, sides, leaders=1):
    """List the pairs of one bucket; ``sides`` has a row for each possible member."""
    bounds = np.array([[0, len(members)]])
    room = np.empty((int(most_pairs(bounds, leaders).sum()), 2), np.int64)
    count = pairs_within(bounds, np.array(members), np.array(sides), leaders, SMALL_BUCKET, room)
    return [tuple(pair) for pair in room[:count].tolist()]


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.integers(0, 5)))
def test_buckets_are_runs_of_equal_keys(keys):
    """Every run of two or more, none of one."""
    keys = sorted(keys)
    found = [(start, stop) for start, stop in buckets(np.array(keys, np.uint64)).tolist()]
    runs = [(keys.index(key), keys.index(key) + keys.count(key)) for key in sorted(set(keys))]
    assert found == [(start, stop) for start, stop in runs if stop - start > 1]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=SMALL_BUCKET))
def test_a_small_bucket_gives_every_pair_that_may_meet(sides):
    """First sides agree, second sides differ."""
    expected = [
        (i, j)
        for i, j in combinations(range(len(sides)), 2)
        if sides[i][0] == sides[j][0] and sides[i][1] != sides[j][1]
    ]
    assert sorted(pairs_of(range(len(sides)), sides)) == expected


def test_a_large_bucket_gives_a_star():
    """Each member meets the first one, whichever rows the members are."""
    members = list(range(5, 105))
    sides = [(0, row) for row in range(105)]
    assert pairs_of(members, sides) == [(5, member) for member in members[1:]]


@pytest.mark.parametrize("leaders", [2, 8])
def test_a_large_bucket_with_sides(leaders):
    """Each member meets the first of every other side, also of one that begins behind it, once."""
    side = [0] * 40 + [1] * 40 + [0]
    found = pairs_of(range(81), [(0, value) for value in side], leaders)
    assert sorted(found) == [(0, j) for j in range(40, 80)] + [(i, 40) for i in range(1, 40)] + [
        (40, 80)
    ]
    assert len(set(found)) == len(found)


def test_only_buckets_in_which_rows_may_meet_are_marked():
    """A bucket of one side marks nobody."""
    marked = np.zeros(4, np.bool_)
    sides = np.array([(0, 0), (0, 0), (0, 0), (0, 1)])
    mark_members(np.array([[0, 2], [2, 4]]), np.arange(4), sides, marked)
    assert marked.tolist() == [False, False, True, True]
