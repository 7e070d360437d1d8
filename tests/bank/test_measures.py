"""What is measured of a choice, on texts so small that a person can check it."""

import numpy as np
import polars as pl
import pytest

from curator.bank import measures
from curator.embed import features

TEXTS = pl.Series(["lost card", "lost card", "high fee", "dog", "my lost card today"])


def places(*rows):
    return np.array(rows, np.int64)


def test_what_is_chosen_is_covered_wholly_and_what_shares_nothing_not_at_all():
    """The mean over all rows asked of the likeness to the nearest chosen one."""
    spoken = features(TEXTS)
    assert measures.coverage(spoken, places(0, 1), places(0)) == pytest.approx(1)
    assert measures.coverage(spoken, places(0, 3), places(0)) == pytest.approx(0.5)
    assert measures.coverage(spoken, places(3), places(0)) == 0


def test_redundancy_is_the_mean_likeness_of_all_pairs():
    """As a loop over the pairs gives it."""
    spoken = features(TEXTS)
    dense = np.zeros((5, spoken.width))
    for row in range(5):
        part = slice(spoken.offsets[row], spoken.offsets[row + 1])
        dense[row, spoken.dims[part]] = spoken.weights[part]
    loop = np.mean([dense[i] @ dense[j] for i in range(5) for j in range(5) if i != j])
    assert measures.redundancy(spoken, np.arange(5)) == pytest.approx(loop, abs=1e-6)
    assert measures.redundancy(spoken, places(0)) == 0


def test_no_row_is_given_one_of_its_own_owner():
    """Left out in turn: a row is not its own neighbour, nor is what belongs to it."""
    owners = np.array([0, 0, 1, 2, 3])
    near = measures.nearest(features(TEXTS), places(0), np.arange(5), 3, owners)
    assert near.places.tolist() == [[4, -1, -1]]


def test_vectors_are_measured_as_sparse_rows_are(monkeypatch):
    """The same texts laid out in full give the same neighbours and numbers, however cut."""
    spoken = features(TEXTS)
    dense = np.zeros((5, spoken.width), np.float32)
    for row in range(5):
        part = slice(spoken.offsets[row], spoken.offsets[row + 1])
        dense[row, spoken.dims[part]] = spoken.weights[part]
    owners, every = np.array([0, 0, 1, 2, 3]), np.arange(5)
    for cells in (1, 1 << 24):
        monkeypatch.setattr(measures, "BLOCK_CELLS", cells)
        for held in (None, owners):
            near = measures.nearest(dense, every, places(4, 1, 0), 2, held)
            same = measures.nearest(spoken, every, places(4, 1, 0), 2, held)
            assert near.places.tolist() == same.places.tolist()
            assert near.likeness == pytest.approx(same.likeness, abs=1e-6)
    assert measures.redundancy(dense, every) == pytest.approx(measures.redundancy(spoken, every))
    assert measures.nearest(dense, every, places(), 2).places.tolist() == [[-1, -1]] * 5


def test_a_tie_of_votes_goes_to_the_nearest():
    """Two and two: the label that stands first."""
    labels = np.array([7, 8, 8, 7, 9])
    assert measures.majority(np.array([[0, 1, 2, 3], [4, 1, 2, -1]]), labels).tolist() == [7, 8]
    assert measures.majority(np.array([[-1, -1]]), labels).tolist() == [-1]
    assert measures.majority(np.zeros((2, 0), np.int64), labels).tolist() == [-1, -1]


def test_evenness_counts_labels_that_have_nothing():
    """All alike is 1, one alone is 0, and what is missing takes its share away."""
    assert measures.evenness(np.array([2, 2, 2])) == pytest.approx(1)
    assert measures.evenness(np.array([6, 0, 0])) == 0
    assert measures.evenness(np.array([3, 3, 0])) == pytest.approx(np.log(2) / np.log(3))
    assert measures.evenness(np.array([5])) == 1
