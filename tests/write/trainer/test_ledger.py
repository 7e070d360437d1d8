"""The token ledger: every token in one column, and the sum closes or says so."""

import doctest

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from curator.write.trainer import ledger
from curator.write.trainer.ledger import TokenCounts, TokenLedger

SPLITS = st.sampled_from(["test", "train", "validation"])
ROW = st.tuples(SPLITS, *[st.integers(0, 2**40)] * 4)


def counted(rows):
    """Give the ledger of rows of (split, trained, context, truncated, dropped)."""
    went = np.array([row[1:] for row in rows], np.int64).reshape(-1, 4)
    names = ("trained", "context", "truncated", "dropped")
    return TokenLedger.of(
        pl.Series([row[0] for row in rows], dtype=pl.String),
        tokens=went.sum(axis=1),
        **dict(zip(names, went.T, strict=True)),
    )


@given(st.lists(ROW, max_size=9), st.lists(ROW, max_size=9))
def test_sums_close_by_split_and_by_batch(some, others):
    """Two batches added are the batch of both; totals are the sums of the columns."""
    both = counted([*some, *others])
    assert counted(some) + counted(others) == both
    assert both.is_closed
    assert both.total.trained == sum(row[1] for row in [*some, *others])
    assert both.total.tokens == sum(sum(row[1:]) for row in [*some, *others])


def test_a_lost_token_shows_even_where_splits_make_up_for_each_other():
    """One token too few in train and one too many in test do not close."""
    split = pl.Series(["train", "test"])
    assert TokenLedger.of(split, tokens=np.array([5, 5]), trained=np.array([5, 5])).is_closed
    assert not TokenLedger.of(split, tokens=np.array([5, 5]), trained=np.array([4, 6])).is_closed


def test_the_sentence_says_where_tokens_went():
    """The sum of all splits in one line, and each of them for JSON, in the usual order."""
    made = counted([("test", 1, 2, 3, 4), ("train", 4_000, 8_000, 0, 45), ("test", 1, 0, 0, 0)])
    assert made.sentence() == (
        "tokens in 12,056 = trained 4,002 + context 8,002 + truncated 3 + dropped 49"
    )
    test = {"tokens": 11, "trained": 2, "context": 2, "truncated": 3, "dropped": 4}
    train = {"tokens": 12_045, "trained": 4_000, "context": 8_000, "truncated": 0, "dropped": 45}
    total = {"tokens": 12_056, "trained": 4_002, "context": 8_002, "truncated": 3, "dropped": 49}
    assert made.as_dict() == {**total, "splits": {"train": train, "test": test}}
    assert list(made.splits) == ["train", "test"]


def test_no_rows():
    """Nothing in, nothing lost."""
    assert TokenLedger().is_closed
    assert TokenLedger().total == TokenCounts()
    assert counted([]) == TokenLedger()


def test_the_example_of_the_docstring():
    """What the docstring shows is what is printed."""
    assert doctest.testmod(ledger).failed == 0
