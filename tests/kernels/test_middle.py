"""The middle of points."""

import numpy as np

from curator.kernels.middle import middle


def test_the_middle_is_a_point_of_unit_length() -> None:
    """Three along one axis and four along another: 3, 4 and 5, scaled to 1024."""
    points = np.array([[1, 0]] * 3 + [[0, 1]] * 4, np.int16)
    assert middle(points).tolist() == [614, 819]


def test_points_that_cancel_have_no_middle() -> None:
    """Nothing is divided by nothing."""
    assert middle(np.array([[5, 0], [-5, 0]], np.int16)).tolist() == [0, 0]
