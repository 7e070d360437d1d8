"""Rows that hold one of a few texts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.needles import rows_with

WORDS = st.lists(st.binary(min_size=1, max_size=3), max_size=4)


@given(
    rows=st.lists(st.text("abcU:\\é", max_size=8)), needles=WORDS | st.just([b"U:", b"\\u", b"ab"])
)
def test_the_rows_marked_are_those_that_hold_a_needle(rows, needles):
    """No hit reaches over the end of a row into the next."""
    encoded = [row.encode() for row in rows]
    ends = np.cumsum([len(row) for row in encoded], dtype=np.int64)
    starts = ends - np.array([len(row) for row in encoded], dtype=np.int64)
    data = np.frombuffer(b"".join(encoded) or b"\0", dtype=np.uint8)
    marked = rows_with(data, starts, ends, tuple(needles))
    assert marked.tolist() == [any(needle in row for needle in needles) for row in encoded]
