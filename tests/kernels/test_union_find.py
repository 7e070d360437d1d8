"""Components: the smallest connected point, whatever the order of the edges."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.union_find import components

POINTS = 12
EDGES = st.lists(st.tuples(st.integers(0, POINTS - 1), st.integers(0, POINTS - 1)), max_size=20)


def found(edges):
    ends = np.array(edges, np.int64).reshape(-1, 2)
    return components(POINTS, ends[:, 0].copy(), ends[:, 1].copy()).tolist()


def plain(edges):
    """Spread the smallest point along the edges until nothing changes."""
    root = list(range(POINTS))
    for _ in range(POINTS):
        for one, other in edges:
            root[one] = root[other] = min(root[one], root[other])
    return root


@settings(deadline=None)  # the first call compiles
@given(EDGES)
def test_equals_the_plain_version(edges):
    """The compiled loop agrees with spreading the smallest point by hand."""
    assert found(edges) == plain(edges)


@settings(deadline=None)  # the first call compiles
@given(EDGES, st.randoms(use_true_random=False))
def test_order_and_direction_do_not_matter(edges, rng):
    """Shuffled and turned edges give the same components."""
    turned = [edge[::-1] if rng.random() < 0.5 else edge for edge in edges]
    rng.shuffle(turned)
    assert found(turned) == found(edges)


def test_a_long_chain_is_one_component():
    """Two hundred thousand points in a row, linked from the far end, all belong to the first."""
    ends = np.arange(200_000, dtype=np.int64)[::-1]
    assert not components(ends.size, ends[:-1].copy(), ends[1:].copy()).any()


def test_no_edges():
    """Without edges every point stands for itself."""
    assert components(3, np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == [0, 1, 2]
