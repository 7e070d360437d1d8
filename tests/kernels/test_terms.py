"""Terms of texts against a plain version."""

import re
from collections import Counter
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.buffers import text_buffers
from curator.kernels.terms import PIECE, WORD, most_terms, terms

ALL = (1 << 64) - 1
TEXTS = st.lists(st.text("abcdeZ9 .é你好\u0e01\U0001f600", max_size=12) | st.text(), max_size=5)


def key_of(term: str, key: int) -> int:
    """Hash the bytes one by one, then mix the bits."""
    for byte in term.encode():
        key = ((key ^ byte) * 0x100000001B3) & ALL
    key = ((key ^ (key >> 33)) * 0xFF51AFD7ED558CCD) & ALL
    return key ^ (key >> 33)


def plain(text: str, piece: int, head: int) -> list[tuple[int, int]]:
    """Cut one text with regular expressions."""
    keys = []
    for found in re.findall(r"[a-zA-Z0-9\u0080-\U0010ffff]+", text):
        word = "".join(char.lower() if char.isascii() else char for char in found)
        size = 2 if max(word) >= "\u0800" else piece
        padded = f" {word} "
        cuts = range(len(padded) - size + 1) if size else range(0)
        keys += [key_of(word, int(WORD)), *(key_of(padded[i : i + size], int(PIECE)) for i in cuts)]
        if max(word) < "\u0800" and len(word) > head > 0:
            keys += [key_of(word[:head], int(PIECE))]
    return sorted(Counter(keys).items())


@given(TEXTS, st.sampled_from([0, 3, 4]), st.sampled_from([0, 2]))
def test_agrees_with_the_plain_version(texts: list[str], piece: int, head: int) -> None:
    """Every word, piece and head of every text once, with its count, ascending."""
    buffers = text_buffers(pl.Series(texts, dtype=pl.String))
    starts, keys, counts = terms(*buffers, piece, head, most_terms(*buffers, piece, head))
    found = list(zip(keys.tolist(), counts.tolist(), strict=True))
    assert [found[a:b] for a, b in pairwise(starts)] == [plain(text, piece, head) for text in texts]
