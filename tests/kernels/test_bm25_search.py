"""The search of an inverted index against adding everything up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.bm25_search import bm25_search, place


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("most", [1, 8, 9000])
def test_agrees_with_the_plain_version(seed: int, most: int) -> None:
    """Rare and common terms, ties, masks and barred rows, over several windows."""
    rng = np.random.default_rng(seed)
    count, asked = int(rng.integers(1, 12_000)), int(rng.integers(0, 9))
    holds = [rng.random(count) < rng.choice([0.0005, 0.02, 0.3, 1.0]) for _ in range(asked)]
    rows = [np.flatnonzero(has).astype(np.int32) for has in holds]
    impacts = [rng.integers(1, rng.choice([3, 60_000]), has.size).astype(np.uint16) for has in rows]
    factors = rng.integers(1, 4, asked)
    peaks = np.array([some.max(initial=0) for some in impacts], np.int64)
    order = np.argsort(factors * peaks, kind="stable")
    ends = np.cumsum([0, *(some.size for some in rows)])
    sums = np.zeros(count, np.int64)
    for factor, has, some in zip(factors, rows, impacts, strict=True):
        sums[has] += factor * some.astype(np.int64)
    is_allowed = rng.random(count) < 0.8
    groups = rng.integers(-1, 5, count).astype(np.int32)
    barred_groups, barred_rows = (
        np.array([-1, 3], np.int32),
        np.flatnonzero(rng.random(count) < 0.1),
    )
    free = is_allowed & ~np.isin(groups, barred_groups)
    free[barred_rows] = False
    best = [row for row in np.argsort(-sums, kind="stable") if free[row] and sums[row]][:most]

    found, scores = bm25_search(
        ends[:-1][order], ends[1:][order], factors[order], peaks[order],
        np.concatenate([np.zeros(0, np.int32), *rows]),
        np.concatenate([np.zeros(0, np.uint16), *impacts]),
        count, is_allowed, groups, barred_groups, barred_rows, most,
    )  # fmt: skip
    assert found.tolist() == best
    assert scores.tolist() == sums[best].tolist()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=40), st.integers(1, 9))
def test_of_equal_sums_the_lower_rows_are_kept(sums: list[int], most: int) -> None:
    """Whatever comes in between, a later row never pushes out one that is as good."""
    one, size = np.zeros(1, np.int64), np.full(1, len(sums))
    rows, impacts = np.arange(len(sums), dtype=np.int32), np.array(sums, np.uint16)
    found, _ = bm25_search(
        one, size, one + 1, one + max(sums), rows, impacts, len(sums), np.zeros(0, np.bool_),
        np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64), most,
    )  # fmt: skip
    assert found.tolist() == sorted(rows.tolist(), key=lambda row: (-sums[row], row))[:most]


def test_rows_out_of_order_harm_nobody() -> None:
    """A damaged index gives wrong answers, never memory that is not its own."""
    rows = np.array([5, 2_000_000_000, -7, 1, 90_000, 3], np.int32)
    one, six = np.zeros(1, np.int64), np.full(1, 6)
    found, _ = bm25_search(
        one, six, one + 1, one + 9, rows, np.ones(6, np.uint16), 10, np.zeros(0, np.bool_),
        np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64), 3,
    )  # fmt: skip
    assert set(found.tolist()) <= set(range(10))


def test_postings_are_placed_by_term() -> None:
    """Each posting goes behind those of its term, and the ends move on."""
    ends = np.array([0, 2])
    rows, impacts = np.zeros(3, np.int32), np.zeros(3, np.uint16)
    given = (np.array([1, 0, 0]), np.array([4, 4, 6], np.int32), np.array([7, 8, 9], np.uint16))
    place(*given, ends, rows, impacts)
    assert (rows.tolist(), impacts.tolist(), ends.tolist()) == ([4, 6, 4], [8, 9, 7], [2, 3])
