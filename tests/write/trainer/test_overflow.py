"""Rows that are too long: refused, left out, cut at the end or at turns, each token accounted."""

import doctest
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import WriteError
from curator.kernels.gather import gather
from curator.write.trainer import overflow
from curator.write.trainer.overflow import Fitted, fit, refuse

MAX = 6
ROWS = st.lists(st.lists(st.integers(0, 1), max_size=16), max_size=8)


def fitted(rows, how, starts=(), max_length=MAX) -> Fitted:
    """Fit ``rows``, written as masks; ``starts`` are those of the only row that is too long."""
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    mask = np.array([token for row in rows for token in row], np.uint8)
    return fit(mask, offsets, how, max_length, turn_starts=lambda _: starts)


def pieces(made):
    return [tuple(piece) for piece in np.array(made.pieces).T.tolist()]


def left_out(made):
    return [(gone.row, gone.start, gone.stop, gone.part, gone.detail) for gone in made.left_out]


@settings(deadline=None)  # the first call compiles
@given(ROWS, st.sampled_from(["drop", "truncate_end", "split_turns"]), st.sets(st.integers(-2, 20)))
def test_every_token_goes_to_one_place(rows, how, starts):
    """A token is in one piece, left out, or past the end of a cut row; pieces fit and count."""
    made = fitted(rows, how, starts)
    for row, mask in enumerate(rows):
        spans = [(start, stop) for of, start, stop, _, _ in pieces(made) if of == row]
        assert all(stop - start <= MAX and sum(mask[start:stop]) > 0 for start, stop in spans)
        spans += [(gone.start, gone.stop) for gone in made.left_out if gone.row == row]
        end = len(mask) - int(made.truncated[row])
        assert [t for span in sorted(spans) for t in range(*span)] == list(range(end))
        assert end == len(mask) or how == "truncate_end"
    went = made.trained + made.context + made.truncated + made.dropped
    assert went.tolist() == [len(mask) for mask in rows]
    assert made.trained.tolist() == [
        sum(sum(rows[row][start:stop]) for of, start, stop, _, _ in pieces(made) if of == row)
        for row in range(len(rows))
    ]


@settings(deadline=None)  # the first call compiles
@given(ROWS, st.sampled_from(["drop", "truncate_end", "split_turns"]), st.sets(st.integers(-2, 20)))
def test_pieces_are_laid_out_for_the_copy(rows, how, starts):
    """Copying the stretches gives each piece's own tokens, one after another."""
    made = fitted(rows, how, starts)
    flat = np.arange(sum(map(len, rows)), dtype=np.int32)
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    bounds, places = made.pieces.stretches(offsets)
    ids, _ = gather(flat, flat.astype(np.uint8), bounds, places)
    wanted = [
        t for row, a, b, _, _ in pieces(made) for t in range(offsets[row] + a, offsets[row] + b)
    ]
    assert ids.tolist() == wanted


@pytest.mark.parametrize("how", ["error", "drop", "truncate_end", "split_turns"])
def test_rows_that_fit_stay_as_they_are(how):
    """A row of exactly the greatest length fits; one that trains nothing is left out, any length."""
    made = fitted([[0, 1], [0, 0], [1] * 6, [0] * 9, []], how)
    assert pieces(made) == [(0, 0, 2, 0, 1), (2, 0, 6, 0, 6)]
    assert left_out(made) == [
        (1, 0, 2, None, "nothing to train on"),
        (3, 0, 9, None, "nothing to train on"),
        (4, 0, 0, None, "nothing to train on"),
    ]


def test_rows_that_are_too_long_are_an_error():
    """The first is named, all are counted, and the longest says how far to raise the limit."""
    made = fitted([[1], [1] * 3120, [0] * 9999, [1] * 4000], "error", max_length=2048)
    with pytest.raises(WriteError) as error:
        refuse(made.left_out, name="id-{}".format)
    assert str(error.value) == (
        "row id-1: too long: 3,120 tokens, max_length is 2,048"
        " (2 rows are too long, the longest has 4,000 tokens)\n"
        "  hint: set max_length: 4000, or overflow: drop, truncate_end or split_turns"
    )


def test_one_row_that_is_too_long_needs_no_total():
    """Rows that train nothing are no error, and not counted."""
    made = fitted([[1] * 7, [0] * 9], "error")
    with pytest.raises(WriteError, match=r"^row 0: too long: 7 tokens, max_length is 6\n  hint"):
        refuse(made.left_out, name=str)
    refuse(made.left_out[1:], name=str)


def test_drop_leaves_the_row_out():
    """The reason gives both numbers."""
    made = fitted([[1] * 3120, [1]], "drop", max_length=2048)
    assert pieces(made) == [(1, 0, 1, 0, 1)]
    assert left_out(made) == [(0, 0, 3120, None, "too long: 3,120 tokens, max_length is 2,048")]
    assert made.left_out[0].reason == "too long"


def test_truncate_end_cuts_the_end():
    """What is cut counts as truncated, unless nothing that trains is left: then all is dropped."""
    made = fitted([[0, 1] * 4, [0] * 6 + [1]], "truncate_end")
    assert pieces(made) == [(0, 0, 6, 0, 3)]
    assert made.truncated.tolist() == [2, 0]
    assert left_out(made) == [(1, 0, 7, None, "nothing to train on in its first 6 tokens of 7")]
    assert made.dropped.tolist() == [0, 7]


def test_split_turns_cuts_where_turns_start():
    """Three turns of 3 tokens go two and one; each piece is as long as can be."""
    made = fitted([[1], [0, 0, 1] * 3], "split_turns", [0, 3, 6])
    assert pieces(made) == [(0, 0, 1, 0, 1), (1, 0, 6, 0, 2), (1, 6, 9, 1, 1)]
    assert left_out(made) == []


def test_split_turns_leaves_out_what_it_cannot_use():
    """A turn that is too long by itself, and a piece that trains nothing, are left out by name."""
    row = [0] * 5 + [1] * 8 + [0, 1]
    made = fitted([row], "split_turns", [5, 13])
    assert pieces(made) == [(0, 13, 15, 2, 1)]
    assert left_out(made) == [
        (0, 0, 5, 0, "nothing to train on in part 0"),
        (0, 5, 13, 1, "turn too long: 8 tokens, max_length is 6"),
    ]


@settings(deadline=None)  # the first call compiles
@given(st.sets(st.integers(1, 29)), st.integers(1, 30))
def test_split_turns_makes_as_few_pieces_as_fit(starts, max_length):
    """Where every turn fits, no choice of cuts has fewer pieces."""
    bounds = [0, *sorted(starts), 30]
    max_length = max(max_length, *(b - a for a, b in pairwise(bounds)))
    fewest = {0: 0}
    for i, stop in enumerate(bounds[1:], 1):
        fewest[stop] = 1 + min(fewest[a] for a in bounds[:i] if stop - a <= max_length)
    made = fitted([[1] * 30], "split_turns", starts, max_length)
    assert len(pieces(made)) == fewest[30]


def test_only_rows_that_are_cut_are_asked_for_their_turns():
    """Finding turns costs a rendering: rows that fit are not asked, nor any when rows are dropped."""
    asked = []

    def starts(row):
        asked.append(row)
        return [4]

    mask, offsets = np.ones(12, np.uint8), np.array([0, 2, 10, 12])
    for how in ("drop", "truncate_end", "split_turns"):
        made = fit(mask, offsets, how, 4, turn_starts=starts)
    assert asked == [1]
    assert made.pieces.part.tolist() == [0, 0, 1, 0]


def test_the_example_of_the_docstring():
    """What the docstrings show is what is printed."""
    assert doctest.testmod(overflow).failed == 0
