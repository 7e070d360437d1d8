"""Hashed lexical features against a plain version."""

import re
from math import log, sqrt

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.buffers import text_buffers
from curator.kernels.ngrams import ALIKE, BUCKETS, GRAIN, UNIT, directions, features, rarities

MASK = 2**64 - 1


def terms(text: str) -> list[tuple[int, int]]:
    """Give the hashed terms of a text with their weights, by Python's integers."""

    def fnv(data: bytes, basis: int) -> int:
        for byte in data:
            basis = ((basis ^ byte) * 0x100000001B3) & MASK
        return basis

    lower = bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in text.encode())
    words = re.findall(rb"[a-z0-9\x80-\xff]+", lower)
    clean = b" " + b"".join(word + b" " for word in words)
    grams = [clean[i : i + 4] for i in range(len(clean) - 3)]
    keys = [(fnv(word, 0xCBF29CE484222325), 2) for word in words]
    keys += [(fnv(gram, 0x9E3779B97F4A7C15), 1) for gram in grams]
    mixed = [(((key ^ key >> 33) * 0xFF51AFD7ED558CCD) & MASK, weight) for key, weight in keys]
    return [(key ^ key >> 33, weight) for key, weight in mixed]


def plain(text: str, dims: int, rarity: list[int]) -> list[int]:
    """Say it once more, one term after the other."""
    sums = [0] * dims
    for key, weight in terms(text):
        told = weight * rarity[(key >> 40) % len(rarity)]
        sums[key % dims] += told if key >> 63 else -told
    scale = UNIT / sqrt(sum(map(abs, sums)) or 1)
    return [round(sqrt(abs(count)) * scale) * (1 if count > 0 else -1) for count in sums]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_agrees_with_the_plain_version(texts: list[str]) -> None:
    """The compiled loop gives the same whole numbers, whatever terms weigh."""
    buffers = text_buffers(pl.Series(texts, dtype=pl.String))
    for rarity in (ALIKE, np.arange(1, 8, dtype=np.int32), rarities(*buffers)):
        found = features(*buffers, 16, rarity)
        assert found.tolist() == [plain(text, 16, rarity.tolist()) for text in texts]


@given(st.lists(st.text(max_size=30), max_size=5))
def test_a_term_is_the_rarer_the_fewer_texts_have_it(texts: list[str]) -> None:
    """However often one text has it; a term of no text weighs most."""
    holders = [0] * BUCKETS
    for text in texts:
        for bucket in {(key >> 40) % BUCKETS for key, _ in terms(text)}:
            holders[bucket] += 1
    told = {count: (1 + log((1 + len(texts)) / (1 + count))) ** 2 for count in set(holders)}
    found = rarities(*text_buffers(pl.Series(texts, dtype=pl.String)))
    assert found.tolist() == [round(GRAIN * told[count]) for count in holders]


def test_threads_change_nothing(monkeypatch) -> None:
    """Texts cut into parts give what they give in one."""
    buffers = text_buffers(pl.Series([f"question {i} of the ferry" for i in range(700)]))
    weights = rarities(*buffers)
    monkeypatch.setattr(pl, "thread_pool_size", lambda: 1)
    assert rarities(*buffers).tolist() == weights.tolist()
    whole = features(*buffers, 64, weights).tolist()
    for threads in (1, 2, 5):
        monkeypatch.setattr(pl, "thread_pool_size", lambda count=threads: count)
        assert rarities(*buffers).tolist() == weights.tolist()
        assert directions(*buffers, 64, weights).tolist() == whole


def test_vectors_have_equal_length() -> None:
    """Every text with a word has length UNIT, up to rounding."""
    texts = pl.Series(["a", "two words", "a longer text with more words in it " * 9])
    lengths = np.linalg.norm(features(*text_buffers(texts), 256, ALIKE).astype(float), axis=1)
    assert np.allclose(lengths, UNIT, rtol=0.01)
