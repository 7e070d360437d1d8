"""Exact similarity of sets: what Python's sets say."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.jaccard import jaccard

SETS = st.lists(st.sets(st.integers(0, 2**64 - 1) | st.integers(0, 9)), min_size=2, max_size=6)


def found(sets, threshold=0.0):
    """Compare every pair of ``sets``; return pairs and similarities."""
    starts = np.cumsum([0, *map(len, sets)])
    values = np.array([value for one in sets for value in sorted(one)], np.uint64)
    pairs = np.array([(i, j) for i in range(len(sets)) for j in range(i)], np.int64)
    similarity = np.full(len(pairs), np.nan)
    jaccard(starts, values, pairs, threshold, similarity)
    return pairs.tolist(), similarity.tolist()


@settings(deadline=None)  # the first call compiles
@given(SETS)
def test_equals_the_plain_version(sets):
    """Shared over all, for every pair of sets, and 0 where both are empty."""
    for (i, j), similarity in zip(*found(sets), strict=True):
        assert similarity == len(sets[i] & sets[j]) / max(1, len(sets[i] | sets[j]))


@settings(deadline=None)
@given(SETS, st.sampled_from([0.1, 0.3, 0.5, 2 / 3, 0.7, 0.8, 1.0]))
def test_a_threshold_only_hides_what_lies_below(sets, threshold):
    """At or above the threshold nothing changes; below it everything is 0."""
    whole, cut = found(sets)[1], found(sets, threshold)[1]
    assert cut == [value if value >= threshold - 1e-9 else 0.0 for value in whole]


def test_a_pair_on_the_threshold_stays():
    """Seven of ten is 0.7, although 0.7 is no binary fraction."""
    assert found([set(range(7)), set(range(10))], threshold=0.7)[1] == [0.7]
