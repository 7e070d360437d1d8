"""Exemplars stand in the order asked for, whatever the order of choice."""

import pytest

from curator.bank.order import ordered

CHOSEN = [
    {"label": "a", "messages": [{"content": "long long"}, {"content": "x"}]},
    {"label": "a", "messages": [{"content": None}, {"content": "x"}]},
    {"label": "b", "messages": [{"content": "mid"}, {"content": "x"}]},
    {"messages": [{"content": "mid"}, {"content": "x"}], "context": "with a long passage"},
]


@pytest.mark.parametrize(
    ("order", "places"),
    [
        ("as_chosen", [0, 1, 2, 3]),
        ("nearest_last", [3, 2, 1, 0]),
        ("short_first", [1, 2, 0, 3]),
        ("label_interleaved", [0, 2, 3, 1]),
    ],
)
def test_each_order(order, places):
    """Ties keep the order of choice; no label counts as one."""
    assert ordered(CHOSEN, order) == places
