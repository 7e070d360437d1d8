"""Stretches add up, whatever their length."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.totals import totals


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.lists(st.integers(0, 255), max_size=9), max_size=9))
def test_equals_the_plain_version(stretches):
    """Empty stretches give 0, and sums do not wrap at 255."""
    offsets = np.concatenate([[0], np.cumsum([len(stretch) for stretch in stretches])])
    values = np.array([value for stretch in stretches for value in stretch], np.uint8)
    assert totals(values, offsets.astype(np.int64)).tolist() == [sum(some) for some in stretches]
