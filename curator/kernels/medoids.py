"""Group points around centres and choose the member nearest to each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from curator.kernels.budget import ceiling
from curator.kernels.middle import middle
from curator.kernels.ngrams import UNIT

ROUNDS = 10
"""Assignments after which clusters count as found, settled or not."""

Draw = Callable[[int], float]
"""Gives a number in [0, 1) for each cluster to be seeded."""


def medoids(
    points: NDArray[np.int16], count: int, costs: NDArray[np.int64], budget: int, draw: Draw
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Find ``count`` clusters, the largest first, and choose of each the point nearest its middle.

    Each choice leaves enough of the budget for the cheapest others; a cluster of which nothing can
    be afforded is stood for by the nearest point that can. Ties go to the lower index.

    Shapes: points (N, D) with dot products below 2**24, costs (N,) -> (K,) indices, (K,) sizes of
            their clusters; K is up to min(count, N).
    Source: spherical k-means, Dhillon and Modha 2001, seeded by k-means++, Arthur and
            Vassilvitskii 2007.
    """
    count = min(count, len(points))
    whole = points.astype(np.float32)
    centres = whole[_seeds(whole, count, draw)]
    home = np.argmax(whole @ centres.T, axis=1) if count else np.zeros(0, np.int64)
    for _ in range(ROUNDS):
        for cluster in range(count):
            if (home == cluster).any():
                centres[cluster] = middle(points[home == cluster])
        former, home = home, np.argmax(whole @ centres.T, axis=1)
        if (home == former).all():
            break
    sizes = np.bincount(home, minlength=count)
    order = np.lexsort((np.arange(count), -sizes))
    by_cost, is_chosen = np.argsort(costs, kind="stable"), np.zeros(len(points), np.bool_)
    chosen: list[int] = []
    for cluster in order.tolist():
        most = ceiling(costs, by_cost, is_chosen, count - len(chosen), budget)
        score = (whole @ centres[cluster]).astype(np.float64)
        score[home == cluster] += 4 * UNIT * UNIT  # members before all others
        score[is_chosen | (costs > most)] = -np.inf
        found = int(np.argmax(score))
        if score[found] == -np.inf:
            break
        chosen.append(found)
        is_chosen[found] = True
        budget -= int(costs[found])
    return np.array(chosen, np.int64), sizes[order][: len(chosen)]


def _seeds(whole: NDArray[np.float32], count: int, draw: Draw) -> list[int]:
    """Draw points with a chance that grows with the square of their distance to those drawn."""
    seeds: list[int] = []
    distance = np.ones(len(whole))
    for cluster in range(count):
        reach = np.cumsum(distance)
        total = reach[-1]
        if total > 0:
            drawn = int(np.searchsorted(reach, draw(cluster) * total, side="right"))
        else:  # only repeats of what was drawn are left
            drawn = next(row for row in range(len(whole)) if row not in seeds)
        seeds.append(min(drawn, len(whole) - 1))
        away = np.maximum(UNIT * UNIT - (whole @ whole[seeds[-1]]).astype(np.float64), 0)
        distance = away if cluster == 0 else np.minimum(distance, away)
        distance[seeds] = 0
    return seeds
