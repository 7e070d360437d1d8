"""Equal texts share a number, and only they do."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels import distinct as module
from curator.kernels.buffers import text_buffers
from curator.kernels.distinct import distinct


def numbered(texts):
    """Number texts one by one with a dict."""
    known = {}
    return [known.setdefault(text, len(known)) for text in texts], [texts.index(t) for t in known]


@given(st.lists(st.text(max_size=3) | st.sampled_from(["", "a", "b" * 40, "b" * 39 + "c"])))
def test_texts_are_numbered_as_a_dict_numbers_them(texts):
    """In the order in which they first come."""
    numbers, firsts = distinct(*text_buffers(pl.Series(texts, dtype=pl.String)))
    assert (numbers.tolist(), firsts.tolist()) == numbered(texts)


def test_texts_of_one_hash_are_told_apart(monkeypatch):
    """No hash is believed."""
    monkeypatch.setattr(module, "xxh64", lambda offsets, *_: np.zeros(len(offsets) - 1, np.uint64))
    texts = ["one", "two", "one", "", "six", "two"]
    numbers, firsts = distinct(*text_buffers(pl.Series(texts)))
    assert (numbers.tolist(), firsts.tolist()) == numbered(texts)
