"""The row that stands for others is named, and only the others are listed."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from curator.refine.standing import merged

SPLITS = [None, "train", "validation", "test"]
ROWS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(SPLITS)), max_size=12)


@given(ROWS, st.randoms(use_true_random=False))
def test_one_row_of_each_kind_stands_whatever_the_order(kinds, rng):
    """The strongest split stands, then the smallest position; shuffling changes nothing."""
    rows = [(position, f"r{position}", split, kind) for position, (kind, split) in enumerate(kinds)]
    strength = {"test": 0, "validation": 1}
    stands = {
        kind: min((strength.get(r[2], 2), r[0], r[1]) for r in rows if r[3] == kind)[2]
        for kind in {kind for kind, _ in kinds}
    }
    shuffled = rng.sample(rows, len(rows))
    schema = {"position": pl.Int64, "id": pl.String, "split": pl.String, "kind": pl.Int64}
    found = merged(pl.LazyFrame(shuffled, schema=schema, orient="row"), "kind").collect()
    expected = {(r[1], stands[r[3]]) for r in rows if r[1] != stands[r[3]]}
    assert set(found.select("id", "merged_into").rows()) == expected
