"""XXH64 is what the reference library says."""

import polars as pl
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.buffers import text_buffers
from curator.kernels.hashing import xxh64


def hashed(texts, seed=0):
    return xxh64(*text_buffers(pl.Series(texts, dtype=pl.String)), seed).tolist()


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.text(max_size=100)), st.integers(0, 2**63 - 1))
def test_equals_the_reference(texts, seed):
    """Any texts, any seed."""
    assert hashed(texts, seed) == [xxhash.xxh64_intdigest(text.encode(), seed) for text in texts]


@pytest.mark.parametrize("length", [0, 1, 3, 4, 7, 8, 31, 32, 33, 63, 64, 300_000])
def test_every_way_to_end(length):
    """Lengths around each block size, alone and behind another text."""
    text = "".join(chr(33 + number % 90) for number in range(length))
    expected = xxhash.xxh64_intdigest(text.encode(), 0)
    assert hashed([text, "x", text]) == [expected, xxhash.xxh64_intdigest(b"x", 0), expected]


def test_a_published_value():
    """The hash of nothing, as the specification's own test has it."""
    assert hashed([""]) == [0xEF46DB3751D8E999]
