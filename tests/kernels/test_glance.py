"""Which texts hold one of the wanted bytes."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.buffers import text_buffers
from curator.kernels.glance import holding


@settings(deadline=None)
@given(
    st.lists(st.text("ab\t\x7fé—", max_size=8)), st.sets(st.sampled_from(list("\t\x7fé—".encode())))
)
def test_same_as_looking_at_each_text(texts, bytes_wanted):
    """The loop finds what a set intersection finds, whatever the texts and the bytes."""
    wanted = np.zeros(256, np.uint8)
    wanted[list(bytes_wanted)] = 1
    found = holding(*text_buffers(pl.Series(texts, dtype=pl.String)), wanted)
    assert found.tolist() == [bool(set(text.encode()) & bytes_wanted) for text in texts]
