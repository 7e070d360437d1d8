"""Texts as arrays of bytes and offsets, whatever the Series looked like before."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from curator.kernels.buffers import as_lists, list_buffers, share, text_buffers


def texts_of(series):
    offsets, data = text_buffers(series)
    return [data[start:stop].tobytes().decode() for start, stop in pairwise(offsets)]


@pytest.mark.parametrize("texts", [[], [""], [None], ["a", None, "", "é😀", "x" * 5000]])
def test_every_text_lies_between_its_offsets(texts):
    """Bytes between two offsets are the text; a null is empty."""
    assert texts_of(pl.Series(texts, dtype=pl.String)) == [text or "" for text in texts]


def test_slices_and_chunks():
    """A slice of a Series in several chunks gives its own texts only."""
    series = pl.concat([pl.Series(["a", "bc"]), pl.Series(["def", "g"])], rechunk=False)
    assert texts_of(series.slice(1, 2)) == ["bc", "def"]


@pytest.mark.parametrize("count", [0, 1, 255, 10_000])
def test_shares_cover_everything_once(count):
    """Each item falls into exactly one share."""
    hits = np.zeros(count, np.int64)

    def work(start, stop):
        hits[start:stop] += 1

    share(count, work)
    assert (hits == 1).all()


def test_an_error_in_a_share_is_raised():
    """What goes wrong in a thread is not lost there."""
    with pytest.raises(ZeroDivisionError):
        share(10_000, lambda start, _: start // 0)


@pytest.mark.parametrize("lists", [[], [[]], [[1, 2], [], [3]]])
def test_lists_survive_the_way_through_arrays(lists):
    """Lists from arrays and back are the same lists, empty ones included."""
    series = pl.Series(lists, dtype=pl.List(pl.UInt64))
    again = as_lists(*list_buffers(series))
    assert again.dtype == series.dtype
    assert again.to_list() == lists
