"""Draws that a seed repeats."""

from collections import Counter
from itertools import islice

from curator.bank.choice import drawn


def test_every_number_is_drawn_once():
    """An order of all, however many there are."""
    assert [sorted(drawn(n, "seed")) for n in (0, 1, 9)] == [[], [0], list(range(9))]
    assert list(drawn(9, "seed")) == list(drawn(9, "seed")) != list(drawn(9, "other"))


def test_a_few_of_very_many_cost_next_to_nothing():
    """The rest is never laid out."""
    assert len(set(islice(drawn(10**12, "\ud800"), 100))) == 100


def test_no_order_is_favoured():
    """Six orders of three, each about as often as the others."""
    seen = Counter(tuple(drawn(3, str(seed))) for seed in range(3000))
    assert len(seen) == 6
    assert all(400 < count < 600 for count in seen.values())
