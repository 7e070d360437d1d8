"""Votes of neighbours against a plain version."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.votes import margins

ROWS = st.lists(
    st.tuples(st.integers(-5, 5), st.integers(-5, 5), st.integers(0, 2), st.integers(0, 1)),
    min_size=1,
    max_size=15,
)


@given(ROWS, st.integers(1, 4))
def test_agrees_with_the_plain_version(rows, neighbours: int) -> None:
    """The most similar of other folds vote; own share less that of the strongest other."""
    plain = []
    for x, y, label, fold in rows:
        found = [
            (max(x * a + y * b, 0) * (other != fold), -at, of)
            for at, (a, b, of, other) in enumerate(rows)
        ]
        votes = dict.fromkeys(range(3), 0)
        for weight, _, of in sorted(found, reverse=True)[:neighbours]:
            votes[of] += weight
        best = max(votes[other] for other in votes if other != label)
        plain.append((votes[label] - best) / max(sum(votes.values()), 1))
    points, labels, folds = np.split(np.array(rows), [2, 3], axis=1)
    got = margins(points.astype(np.int16), labels[:, 0], folds[:, 0], neighbours)
    assert got.tolist() == plain


def test_one_of_a_kind_has_no_margin() -> None:
    """What nothing is like is neither right nor wrong."""
    points = np.array([[9, 0], [0, 9], [0, 9]], np.int16)
    got = margins(points, np.array([0, 1, 1]), np.array([0, 1, 2]), 2)
    assert got.tolist() == [0, 1, 1]
