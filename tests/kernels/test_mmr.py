"""Marginal relevance against a plain version."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.middle import middle
from curator.kernels.mmr import mmr

POINTS = st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=1, max_size=20)


@given(POINTS, st.integers(1, 25), st.sampled_from([0, 0.25, 0.5, 1]))
def test_agrees_with_the_plain_version(points: list[list[int]], count: int, trade_off) -> None:
    """The most typical first, then typical less redundant; the lower index wins ties."""
    whole = np.array(points, int)
    relevance = whole @ middle(np.array(points, np.int16)).astype(int)
    chosen = [int(np.argmax(relevance))]
    while len(chosen) < min(count, len(points)):
        likeness = (whole @ whole[chosen].T).max(1)
        score = 1.0 * trade_off * relevance - (1 - trade_off) * likeness
        score[chosen] = -np.inf
        chosen.append(int(np.argmax(score)))
    none = np.zeros(len(points), np.int64)
    assert mmr(np.array(points, np.int16), count, none, 0, trade_off).tolist() == chosen


@pytest.mark.parametrize(("budget", "chosen"), [(9, [0, 2]), (4, [1, 2])])
def test_the_budget_decides_what_can_be_had(budget: int, chosen: list[int]) -> None:
    """The most typical is too dear where the cheapest other could not be paid for any more."""
    points = np.array([[1023, 50], [1024, 0], [-100, 1019]], np.int16)
    assert mmr(points, 2, np.array([7, 2, 2]), budget, 0.5).tolist() == chosen
