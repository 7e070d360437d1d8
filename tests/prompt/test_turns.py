"""Messages laid flat and nested again."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from curator.prompt.turns import Turns

LISTS = st.lists(st.lists(st.booleans(), max_size=4), max_size=6)


def turns(rows):
    struct = pl.Struct({"flag": pl.Boolean})
    return Turns.of(
        pl.Series("m", [[{"flag": f} for f in row] for row in rows], dtype=pl.List(struct))
    )


@given(LISTS)
def test_nesting_undoes_laying_flat(rows):
    """No message changes its record."""
    assert [[m["flag"] for m in row] for row in turns(rows).lists().to_list()] == rows


@given(LISTS)
def test_the_last_of_each_record_is_found(rows):
    """-1 stands for none, and no record answers for another."""
    flat = turns(rows)
    ends = np.cumsum([0, *map(len, rows)])
    plain = [
        max((int(s) + i for i, f in enumerate(row) if f), default=-1)
        for s, row in zip(ends, rows, strict=False)
    ]
    assert flat.last(flat.flat["flag"].to_numpy()).tolist() == plain


@given(LISTS)
def test_leading_messages_stop_at_the_first_that_fails(rows):
    """Each record begins anew."""
    flat = turns(rows)
    plain = [all(row[: i + 1]) for row in rows for i in range(len(row))]
    assert flat.is_leading(flat.flat["flag"].to_numpy()).tolist() == plain


@given(LISTS)
def test_where_keeps_records_that_lose_everything(rows):
    """Every record stays, perhaps empty."""
    flat = turns(rows)
    kept = flat.where(flat.flat["flag"].to_numpy())
    assert [[m["flag"] for m in row] for row in kept.lists().to_list()] == [
        [f for f in row if f] for row in rows
    ]
