"""
Agreement beyond chance: Krippendorff's alpha, Fleiss' and Cohen's kappa, many resamples at once.

Ours, in NumPy alone: a recipe's gate needs alpha wherever a recipe runs, and a coefficient that
takes a weight for each row gives a thousand resamples in one matrix product.

Shapes: U rows that several people answered, V values, B resamples. ``counts`` (U, V) says how many
        people gave a row a value, each row at least two; ``weights`` (B, U) how often a resample
        holds the row. Every coefficient gives (B,), nan where nothing but one value was said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Floats = NDArray[np.float64]
CHUNK_CELLS = 2_000_000
"""Weights held at once."""


def alpha(counts: Floats, values: Floats, weights: Floats, level: Level) -> Floats:
    """
    Krippendorff's alpha; rows may have any number of answers from two up.

    Units:  values are what interval and ratio measure by; ordinal takes their order.
    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.
    """
    answers = counts.sum(axis=1)
    marginals = weights @ counts
    total = marginals.sum(axis=1)
    if level == "ordinal":
        # the distance between two ordered values is that of their middle ranks
        ranks = marginals.cumsum(axis=1) - marginals / 2
        ranks -= ((marginals * ranks).sum(axis=1) / total)[:, None]
        share = counts / (answers - 1)[:, None]
        squares = ((weights @ (share * answers[:, None])) * ranks**2).sum(axis=1)
        products = (weights * ((share @ ranks.T) * (counts @ ranks.T)).T).sum(axis=1)
        observed = 2 * (squares - products)
        expected = 2 * total * (marginals * ranks**2).sum(axis=1)
    else:
        apart = _distances(values, level)
        observed = weights @ (((counts @ apart) * counts).sum(axis=1) / (answers - 1))
        expected = ((marginals @ apart) * marginals).sum(axis=1)
    return _beyond_chance(observed * (total - 1), expected, marginals)


def _distances(values: Floats, level: Level) -> Floats:
    """Square the distance of any two values."""
    one, other = values[:, None], values[None, :]
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "interval":
        return np.asarray((one - other) ** 2)
    both = one + other
    return np.asarray(np.divide(one - other, both, out=np.zeros_like(both), where=both != 0) ** 2)


def fleiss(counts: Floats, weights: Floats) -> Floats:
    """
    Fleiss' kappa; rows with more answers than others weigh no more in the agreement.

    Source: Fleiss (1971), Measuring nominal scale agreement among many raters; for unequal numbers
            of answers Fleiss, Levin and Paik (2003), 18.3.
    """
    answers = counts.sum(axis=1)
    same = ((counts**2).sum(axis=1) - answers) / (answers * (answers - 1))
    marginals = weights @ counts
    chance = ((marginals / marginals.sum(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return _beyond_chance(1 - (weights @ same) / weights.sum(axis=1), 1 - chance, marginals)


def cohen(one: Floats, other: Floats, weights: Floats) -> Floats:
    """
    Cohen's kappa; ``one`` and ``other`` (U, V) are 1 where that person gave the row the value.

    Source: Cohen (1960), A coefficient of agreement for nominal scales.
    """
    rows = weights.sum(axis=1)
    same = weights @ (one * other).sum(axis=1) / rows
    chance = ((weights @ one) * (weights @ other)).sum(axis=1) / rows**2
    return _beyond_chance(1 - same, 1 - chance, weights @ (one + other))


def _beyond_chance(observed: Floats, expected: Floats, marginals: Floats) -> Floats:
    """Give 1 - observed / expected disagreement; nan where nothing but one value was said."""
    is_open = (marginals > 0).sum(axis=1) > 1
    ratio = np.divide(observed, expected, out=np.full(len(expected), np.nan), where=is_open)
    return np.asarray(1 - ratio)


def resamples(rows: int, times: int, seed: int) -> Iterator[Floats]:
    """Draw ``rows`` rows with replacement, ``times`` times, some draws (B, U) at once."""
    chance = np.random.default_rng(seed)
    step = max(1, CHUNK_CELLS // rows)
    for start in range(0, times, step):
        drawn = chance.multinomial(rows, np.full(rows, 1 / rows), size=min(step, times - start))
        yield drawn.astype(np.float64)


def interval(draws: Floats, share: float = 0.95) -> tuple[float, float] | None:
    """Give the percentile interval; None where under half of the draws say anything."""
    known = draws[~np.isnan(draws)]
    if 2 * len(known) < len(draws) or not len(known):
        return None
    tail = 100 * (1 - share) / 2
    low, high = (float(one) for one in np.percentile(known, [tail, 100 - tail]))
    return low, high


def one_hot(codes: NDArray[Any], values: int) -> Floats:
    """Give (U, V) with 1 at the code of each row."""
    return np.asarray(np.eye(values)[codes])
