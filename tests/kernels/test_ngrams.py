"""Hashed lexical features against a plain version."""

import re
from math import sqrt

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.buffers import text_buffers
from curator.kernels.ngrams import UNIT, features

MASK = 2**64 - 1


def plain(text: str, dims: int) -> list[int]:
    """Say it once more with Python's integers."""

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
    sums = [0] * dims
    for key, weight in keys:
        mixed = ((key ^ key >> 33) * 0xFF51AFD7ED558CCD) & MASK
        mixed ^= mixed >> 33
        sums[mixed % dims] += weight if mixed >> 63 else -weight
    scale = UNIT / sqrt(sum(map(abs, sums)) or 1)
    return [round(sqrt(abs(count)) * scale) * (1 if count > 0 else -1) for count in sums]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_agrees_with_the_plain_version(texts: list[str]) -> None:
    """The compiled loop gives the same whole numbers."""
    found = features(*text_buffers(pl.Series(texts, dtype=pl.String)), 16)
    assert found.tolist() == [plain(text, 16) for text in texts]


def test_vectors_have_equal_length() -> None:
    """Every text with a word has length UNIT, up to rounding."""
    texts = pl.Series(["a", "two words", "a longer text with more words in it " * 9])
    lengths = np.linalg.norm(features(*text_buffers(texts), 256).astype(float), axis=1)
    assert np.allclose(lengths, UNIT, rtol=0.01)
