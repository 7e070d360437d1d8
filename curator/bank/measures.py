"""How good a choice of exemplars is: what it covers, how it repeats itself, what it foretells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.embed import Features
from curator.kernels.neighbours import neighbours

Rows = NDArray[np.int64]
Vectors = NDArray[np.float32]
BLOCK_CELLS = 1 << 24  # likenesses of vectors that are held at a time
TIE = 1e-13  # a row; less than cosines of vectors can be told apart by


class Neighbours(NamedTuple):
    """For each row asked, the chosen most like it, best first."""

    places: Rows  # (Q, k) into the chosen; -1 where no more share anything
    likeness: NDArray[np.float64]  # (Q, k) cosines


def nearest(
    features: Features | Vectors, asked: Rows, chosen: Rows, k: int, owners: Rows | None = None
) -> Neighbours:
    """
    Give each row ``asked`` its ``k`` most similar ``chosen`` rows; ties go to the one chosen first.

    Shapes: asked (Q,) and chosen (S,) are rows of ``features``, sparse ones or vectors (N, D) of
            unit length; owners (N,): with them, no row is given one of its own owner, so never
            itself.
    """
    if owners is None:
        mine, theirs = np.full(asked.size, -1), np.full(chosen.size, -2)
    else:
        mine, theirs = owners[asked], owners[chosen]
    if isinstance(features, np.ndarray):
        return _nearest_vectors(features[asked], features[chosen], mine, theirs, k)
    offsets, dims, weights = _taken(features, asked)
    held, held_dims, impacts = _taken(features, chosen)
    order = np.argsort(held_dims, kind="stable")
    rows = np.repeat(np.arange(chosen.size, dtype=np.int32), np.diff(held))[order]
    starts = np.zeros(features.width + 1, np.int64)
    np.cumsum(np.bincount(held_dims, minlength=features.width), out=starts[1:])
    return Neighbours(
        *neighbours(offsets, dims, weights, mine, starts, rows, impacts[order], theirs, k)
    )


def coverage(features: Features | Vectors, asked: Rows, chosen: Rows) -> float:
    """Give how like its nearest chosen row a row is, on average; a chosen row is covered wholly."""
    best = nearest(features, asked, chosen, 1).likeness
    return float(best.mean()) if asked.size else 0.0


def redundancy(features: Features | Vectors, chosen: Rows) -> float:
    """Give how alike two of the chosen rows are, on average over all pairs."""
    if chosen.size < 2:
        return 0.0
    if isinstance(features, np.ndarray):
        held = features[chosen].astype(np.float64)
        apart = float((held.sum(0) ** 2).sum() - (held**2).sum())
        return apart / (chosen.size * (chosen.size - 1))
    _, dims, weights = _taken(features, chosen)
    exact = weights.astype(np.float64)
    together = np.bincount(dims, weights=exact, minlength=features.width)
    pairs = chosen.size * (chosen.size - 1)
    return float((together @ together - exact @ exact) / pairs)


def majority(places: Rows, labels: Rows) -> Rows:
    """
    Give the label that most of each row's neighbours have; a tie goes to the nearest of them.

    Shapes: places (Q, k), -1 for none; labels (S,), not negative -> (Q,), -1 without neighbours.
    """
    queries, k = places.shape
    if not queries or not k or not labels.size:
        return np.full(queries, -1, np.int64)
    told = np.where(places >= 0, labels[places], -1)
    votes = np.zeros((queries, k), np.int64)
    for other in range(k):  # one pass a neighbour, over all queries at once
        votes += (told == told[:, other : other + 1]) & (told >= 0)
    best = votes.argmax(axis=1)  # the first of the largest: the nearest
    return np.asarray(told[np.arange(queries), best], np.int64)


def evenness(counts: NDArray[np.int64]) -> float:
    """Give 1 where all labels are as frequent, 0 where one has all: entropy over its largest."""
    if counts.size < 2 or not counts.sum():
        return 1.0 if counts.size == 1 else 0.0
    share = counts[counts > 0] / counts.sum()
    return float(abs(-(share * np.log(share)).sum()) / np.log(counts.size))


def _nearest_vectors(
    asked: Vectors, chosen: Vectors, mine: Rows, theirs: Rows, k: int
) -> Neighbours:
    """Compare all pairs, some rows at a time; what is not like at all is no neighbour."""
    most = min(k, len(chosen))
    places = np.full((len(asked), k), -1, np.int64)
    likeness = np.zeros((len(asked), k))
    step = max(BLOCK_CELLS // max(len(chosen), 1), 1)
    for first in range(0, len(asked) if most else 0, step):
        block = slice(first, first + step)
        near = (asked[block] @ chosen.T).astype(np.float64)
        near[mine[block][:, None] == theirs] = 0
        unlike = TIE * np.arange(len(chosen)) - near  # of equals the one chosen first
        best = np.argpartition(unlike, most - 1, axis=1)[:, :most]
        order = np.argsort(np.take_along_axis(unlike, best, axis=1), axis=1)
        best = np.take_along_axis(best, order, axis=1)
        found = np.take_along_axis(near, best, axis=1)
        places[block, :most] = np.where(found > 0, best, -1)
        likeness[block, :most] = np.maximum(found, 0)
    return Neighbours(places, likeness)


def _taken(features: Features, rows: Rows) -> tuple[Rows, NDArray[np.int32], NDArray[np.float32]]:
    """Give some rows of ``features``, in the order asked for."""
    lengths = np.diff(features.offsets)[rows]
    offsets = np.zeros(rows.size + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    shift = np.repeat(features.offsets[:-1][rows] - offsets[:-1], lengths)
    at = np.arange(offsets[-1]) + shift
    return offsets, features.dims[at], features.weights[at]
