"""Words, shingles and band keys, held against plain Python versions of the same definition."""

import doctest
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels import minhash
from curator.kernels.buffers import text_buffers

CJK = "\u3040-\u9fff"
SEPARATOR = (
    "\x00-/:-@[-`{-\x7f\u00a0\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf"
    "\u2000-\u206f\u3000-\u303f\uff00-\uff0f\ufeff"
)
WORD = re.compile(f"[{CJK}]|[^{CJK}{SEPARATOR}]+")
ALPHABET = st.sampled_from("aAbB9 \n.,-_\u00e9\u00aa\u00bf\u00a0\u200b\u2019中の。가😀\ufeff\uff0c")
TEXTS = st.lists(st.text(ALPHABET) | st.text(), min_size=1, max_size=5)


def words_of(text):
    """Find the words with a regular expression; only ASCII is lower-cased."""
    return [re.sub("[A-Z]", lambda m: m[0].lower(), word) for word in WORD.findall(text)]


def shingles_of(text):
    words = words_of(text)
    return [tuple(words[at : at + 3]) for at in range(max(min(1, len(words)), len(words) - 2))]


def buffers(texts):
    return text_buffers(pl.Series(texts, dtype=pl.String))


def signed(texts, rows=5):
    signatures = np.full((len(texts), 2 + 128 // rows), 7, np.uint32)
    minhash.sign(*buffers(texts), rows, signatures)
    return signatures


@settings(deadline=None)  # the first call compiles
@given(TEXTS)
def test_shingles_are_those_of_the_plain_version(texts):
    """Equal shingles have equal hashes, others do not, in the same order."""
    starts, values = minhash.shingles(*buffers(texts))
    expected = [shingles_of(text) for text in texts]
    assert np.diff(starts).tolist() == [len(one) for one in expected]
    flat = [shingle for one in expected for shingle in one]
    assert len(set(zip(flat, values.tolist(), strict=True))) == len(set(flat))
    assert len(set(values.tolist())) == len(set(flat))


@settings(deadline=None)
@given(TEXTS)
def test_texts_have_one_key_if_they_have_the_same_words(texts):
    """Keys group texts as the list of their words does; 0 means no words."""
    keys = minhash.same_words(*buffers(texts)).tolist()
    expected = [tuple(words_of(text)) for text in texts]
    assert len(set(keys)) == len(set(zip(keys, expected, strict=True))) == len(set(expected))
    assert [key == 0 for key in keys] == [not words for words in expected]


@settings(deadline=None)
@given(TEXTS)
def test_a_signature_begins_with_the_key_of_the_words(texts):
    """The first two cells hold the key, and no words means zeros all over."""
    signatures = signed(texts)
    keys = signatures[:, 0].astype(np.uint64) << np.uint64(32) | signatures[:, 1]
    assert keys.tolist() == minhash.same_words(*buffers(texts)).tolist()
    assert ((signatures[:, 2:] == 0).all(axis=1) == (keys == 0)).all()
    assert ((signatures[:, 2:] != 0).all(axis=1) == (keys != 0)).all()


def test_a_band_depends_on_the_set_of_shingles_only():
    """Repeats and order of shingles change the key of the words but no band."""
    once, twice, other = signed(["a b c a b c", "a b c a b c a b c", "a b c d"])
    assert (once[2:] == twice[2:]).all()
    assert (once[:2] != twice[:2]).any()
    assert (once[2:] != other[2:]).any()


@pytest.mark.parametrize("shared", [30, 60, 82, 95])
def test_bands_meet_as_often_as_the_formula_says(shared):
    """Texts of 100 shingles that begin alike meet with probability 1 - (1 - s^5)^25."""
    rng = np.random.default_rng(5)
    similarity = shared / (200 - shared)
    texts = []
    for words in rng.integers(1 << 40, size=(2000, 202)).astype(str).tolist():
        start = words[: shared + 2]
        texts += [
            " ".join(start + words[shared + 2 : 102]),
            " ".join(start + words[102 + shared :]),
        ]
    bands = signed(texts)[:, 2:]
    met = (bands[::2] == bands[1::2]).any(axis=1).mean()
    assert met == pytest.approx(1 - (1 - similarity**5) ** 25, abs=0.025)


def test_a_very_long_text():
    """A text of 300,000 characters has as many shingles as its words say."""
    starts, _ = minhash.shingles(*buffers(["x " * 150_000, "中" * 100_000]))
    assert np.diff(starts).tolist() == [149_998, 99_998]


def test_examples_in_docstrings():
    """What the docstrings show is what happens."""
    assert doctest.testmod(minhash).failed == 0
