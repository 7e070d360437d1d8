"""Likeness that is found out late against all of it at once."""

import numpy as np

from curator.kernels.likeness import catch_up


def test_a_point_is_caught_up_with_those_it_has_not_seen() -> None:
    """What is known stays, what is new may only raise it, and no other point is looked at."""
    points = np.array([[3, 1], [2, 5], [-1, 4]], np.int16)
    nearest = np.array([-(2**31), 99, -(2**31)], np.int32)
    seen = np.array([0, 1, 0])
    chosen = np.array([2, 0, 1])
    catch_up(points, 0, chosen, 2, seen, nearest)
    catch_up(points, 1, chosen, 2, seen, nearest)
    assert nearest.tolist() == [10, 99, -(2**31)]
    assert seen.tolist() == [2, 2, 0]
    catch_up(points, 0, chosen, 3, seen, nearest)
    assert nearest[0] == 11
