"""What a choice may cost: never so much that the others cannot be paid for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.budget import ceiling, in_order

COSTS = st.lists(st.integers(0, 9), min_size=1, max_size=12)


def test_a_choice_leaves_room_for_the_cheapest_others() -> None:
    """Of a budget of 10, with two more to choose at 1 and 2, 7 may be spent."""
    costs = np.array([5, 1, 9, 2])
    by_cost, is_chosen = np.argsort(costs), np.zeros(4, bool)
    assert ceiling(costs, by_cost, is_chosen, 3, 10) == 7
    is_chosen[1] = True
    assert ceiling(costs, by_cost, is_chosen, 2, 9) == 7


@given(COSTS, st.integers(1, 14), st.integers(0, 9))
def test_items_are_taken_in_order_where_the_rest_stays_affordable(costs, count, more) -> None:
    """Agrees with trying each item in turn against the cheapest of all others left."""
    count = min(count, len(costs))
    budget = sum(sorted(costs)[:count]) + more
    plain, spent = [], 0
    for item, cost in enumerate(costs):
        others = [costs[i] for i in range(len(costs)) if i not in plain and i != item]
        needed = sum(sorted(others)[: count - len(plain) - 1])
        if len(plain) < count and spent + cost + needed <= budget:
            plain.append(item)
            spent += cost
    taken = in_order(np.array(costs), count, budget).tolist()
    assert taken == plain
    assert len(taken) == count
