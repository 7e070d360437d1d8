"""Tokens against their text, and against the spans that count."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.buffers import text_buffers
from curator.kernels.spell import mask_tokens, spell

WORDS = [b"", b"a", b"b", b"ab", "é".encode(), "é".encode()[:1], "é".encode()[1:], b"abababab"]
WORDS += [b"ababababab", b"ababababaa"]
TOKEN_OFFSETS = np.cumsum([0, *map(len, WORDS)])
TOKEN_DATA = np.frombuffer(b"".join(WORDS), np.uint8)


def laid(rows, dtype):
    """Rows of numbers end to end, and where each begins."""
    offsets = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    return np.array([item for row in rows for item in row], dtype), offsets


def spelled(rows, texts):
    ids, offsets = laid(rows, np.int32)
    buffers = text_buffers(pl.Series(texts, dtype=pl.String))
    return spell(ids, offsets, *buffers, TOKEN_OFFSETS, TOKEN_DATA)


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(st.integers(0, 9), max_size=6), st.text("abé ", max_size=6))))
def test_same_as_joining_the_words_of_each_row(rows):
    """True where the words are the text, and only there are the starts told."""
    ids, texts = [row for row, _ in rows], [text for _, text in rows]
    words = [b"".join(WORDS[token] for token in row) for row in ids]
    texts += [word.decode(errors="replace") for word in words]
    starts, is_spelled = spelled(ids + ids, texts)
    pairs = list(zip(ids + ids, words + words, texts, strict=True))
    assert is_spelled.tolist() == [word == text.encode() for _, word, text in pairs]
    assert starts.tolist() == [
        sum(len(WORDS[token]) for token in row[:place]) if word == text.encode() else -1
        for row, word, text in pairs
        for place in range(len(row))
    ]


def test_one_byte_too_many_too_few_or_other_is_no_spelling():
    """And neither is an id that nobody knows."""
    rows = [[3, 1], [3, 1], [3, 1], [3, 1], [10], [-1], [], []]
    texts = ["aba", "abab", "ab", "abb", "a", "a", "", "a"]
    _, is_spelled = spelled(rows, texts)
    assert is_spelled.tolist() == [True, False, False, False, False, False, True, False]


def test_a_long_word_is_held_against_the_text_to_its_end():
    """Not its first eight bytes only, in the middle of all texts and at their end."""
    texts = ["ababababab", "ababababaa", "ababababab", "abababab", "ababababab"]
    _, is_spelled = spelled([[8], [9], [9], [8], [8]], texts)
    assert is_spelled.tolist() == [True, True, False, False, True]
    assert not spelled([[9]], ["ababababab"])[1].any()


def test_many_rows_are_shared_out_whole():
    """More than one thread's share, in order."""
    rows = [[3] * (row % 5) for row in range(2_000)]
    starts, is_spelled = spelled(rows, ["ab" * (row % 5) for row in range(2_000)])
    assert is_spelled.all()
    assert starts.tolist() == [2 * place for row in rows for place in range(len(row))]


def cut(points):
    """Sorted points as half-open spans, one after another."""
    return list(zip(points[::2], points[1::2], strict=False))


def masked(rows, spans):
    tokens, offsets = laid(rows, np.int64)
    held, span_offsets = laid(spans, np.int64)
    tokens, held = tokens.reshape(-1, 2), held.reshape(-1, 2)
    return mask_tokens(
        offsets, *map(np.ascontiguousarray, tokens.T), span_offsets,
        *map(np.ascontiguousarray, held.T),
    )  # fmt: skip


def expected(tokens, spans):
    """One row's mask, and whether a token lies across an edge, one token at a time."""
    spans = [(a, b) for a, b in spans if a < b]
    near = [[(a, b) for a, b in spans if a < max(e, s + 1) and b > s] for s, e in tokens]
    across = [
        any(s < a or e > b for a, b in found) for (s, e), found in zip(tokens, near, strict=True)
    ]
    return [int(bool(found)) for found in near], any(across)


TOKENS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 4)), max_size=8).map(
    lambda pairs: [(start, start + size) for start, size in sorted(pairs)]
)
SPANS = st.lists(st.integers(0, 24), max_size=8).map(sorted).map(cut)


@settings(deadline=None)
@given(st.lists(st.tuples(TOKENS, SPANS)))
def test_same_as_holding_each_token_against_each_span(rows):
    """Whatever tokens overlap or leave out, and whatever spans touch or are empty."""
    mask, straddles = masked([tokens for tokens, _ in rows], [spans for _, spans in rows])
    told = [expected(tokens, spans) for tokens, spans in rows]
    assert mask.tolist() == [one for row, _ in told for one in row]
    assert straddles.tolist() == [across for _, across in told]


def test_edges_as_they_should_be():
    """Exact, across the start, across the end, around, and two tokens that share a character."""
    rows = [[(0, 2), (2, 4), (4, 5)], [(1, 3)], [(3, 5)], [(0, 9)], [(2, 4), (2, 4), (4, 6)]]
    mask, straddles = masked(rows, [[(2, 4)]] * 5)
    assert mask.tolist() == [0, 1, 0, 1, 1, 1, 1, 1, 0]
    assert straddles.tolist() == [False, True, True, True, False]
