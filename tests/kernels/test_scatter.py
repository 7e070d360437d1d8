"""Stretches of bytes, copied to places of their own."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.scatter import scatter


@given(st.lists(st.binary(max_size=9), max_size=9), st.randoms(use_true_random=False))
def test_each_stretch_lands_at_its_place(stretches, random):
    """The bytes are those that Python's slices would have put there."""
    data = b"".join(stretches)
    ends = np.cumsum([0, *map(len, stretches)]).astype(np.int64)
    order = random.sample(range(len(stretches)), len(stretches))
    shuffled = [stretches[i] for i in order]
    places = np.empty(len(stretches), np.int64)
    places[order] = np.cumsum([0, *map(len, shuffled)])[:-1]
    out = np.zeros(len(data), np.uint8)
    scatter(out, places, np.frombuffer(data, np.uint8), ends[:-1], ends[1:])
    assert out.tobytes() == b"".join(shuffled)
