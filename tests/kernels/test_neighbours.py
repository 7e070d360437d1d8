"""The sparse search for neighbours, held against a dense table of all products."""

import numpy as np
import pytest

from curator.kernels.neighbours import neighbours


def sparse(table):
    """Give the rows of a table as offsets, dims and weights."""
    rows, dims = np.nonzero(table)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(table)))])
    return offsets.astype(np.int64), dims.astype(np.int32), table[rows, dims].astype(np.float32)


def inverted(table):
    """Give the columns of a table as starts, rows and impacts."""
    starts, rows, impacts = sparse(table.T)
    return starts, rows, impacts


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_what_the_dense_table_finds(seed):
    """Whole numbers, so that ties are many and exact; none is given of its own owner."""
    draw = np.random.default_rng(seed)
    asked, held = (draw.integers(0, 3, (n, 7)) * draw.integers(0, 2, (n, 7)) for n in (12, 30))
    mine, theirs = draw.integers(0, 4, 12), draw.integers(0, 4, 30)
    found, best = neighbours(*sparse(asked), mine, *inverted(held), theirs, 5)
    for query, row in enumerate(asked):
        sums = held @ row
        able = [i for i in range(30) if sums[i] > 0 and theirs[i] != mine[query]]
        wanted = sorted(able, key=lambda i: (-sums[i], i))[:5]
        assert [i for i in found[query] if i >= 0] == wanted
        assert best[query, : len(wanted)].tolist() == [sums[i] for i in wanted]


def test_nothing_shared_finds_nothing():
    """An empty query and a query of other dimensions both come back empty."""
    asked, held = np.array([[0, 0], [1, 0]]), np.array([[0, 1]])
    owners = np.zeros(2, np.int64)
    found, _ = neighbours(*sparse(asked), owners, *inverted(held), owners[:1] + 1, 2)
    assert found.tolist() == [[-1, -1], [-1, -1]]
