"""Texts as vectors: lexical features, cached vectors, models in a folder and at an address."""

import numpy as np
import polars as pl
import pytest

from curator.embed import features, open_embedder


def dense(texts: list[str | None]) -> np.ndarray:
    """Lay sparse features out as a table."""
    found = features(pl.Series(texts, dtype=pl.String))
    table = np.zeros((len(texts), found.width))
    row = np.repeat(np.arange(len(texts)), np.diff(found.offsets))
    table[row, found.dims] = found.weights
    return table


def test_features_are_cosines_of_words() -> None:
    """Case and punctuation do not count, a shared word does, and a typo leaves shared pieces."""
    table = dense(["Where is my refund?", "WHERE IS MY REFUND", "my refnd", "close the account"])
    likeness = table @ table.T
    assert likeness[0, 1] == pytest.approx(1.0)
    assert 0 < likeness[0, 2] < 1
    assert likeness[0, 3] == 0


def test_a_text_without_words_is_an_empty_row() -> None:
    """Punctuation, nothing and null have no features, and break no other row."""
    assert np.linalg.norm(dense(["...", "", None, "word"]), axis=1) == pytest.approx([0, 0, 0, 1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÜBERWEISUNG", "überweisung"),
        ("“refund”", "refund"),
        ("a — b", "a b"),
        ("don\u2019t", "don't"),
    ],
)
def test_other_letters_and_signs(one: str, other: str) -> None:
    """Case and punctuation beyond ASCII do not count either."""
    table = dense([one, other, "something else"])
    assert table[0] @ table[1] == pytest.approx(1.0)


def test_a_script_without_spaces_is_cut_into_pairs() -> None:
    """Two Chinese sentences with a word in common are alike, though no space parts the words."""
    table = dense(["我的退款在哪里", "退款还没有到", "关闭账户"])
    assert table[0] @ table[1] > 0
    assert table[0] @ table[2] == 0


def test_the_lexical_embedder_is_dense_and_of_unit_length() -> None:
    """Whoever needs a dense vector gets one without a model."""
    vectors = open_embedder(None).embed(["where is my refund", "WHERE is my refund!", ""])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 0], abs=1e-6)
    assert vectors[0] @ vectors[1] == pytest.approx(1.0)
