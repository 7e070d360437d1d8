"""Pairs worth comparing: all of a small bucket, and those that span a large one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled

SMALL_BUCKET = 32
"""Members up to which every pair of a bucket is compared, unless a caller can afford more."""


@compiled
def buckets(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """
    Find where equal keys begin and end; those that stand alone are left out.

    Shapes: keys (N,) ascending -> (buckets, 2), half-open.
    """
    bounds = np.empty((keys.size // 2, 2), np.int64)
    count, start = 0, 0
    for at in range(1, keys.size + 1):
        if at == keys.size or keys[at] != keys[start]:
            if at - start > 1:
                bounds[count, 0], bounds[count, 1] = start, at
                count += 1
            start = at
    return bounds[:count]


def most_pairs(
    bounds: NDArray[np.int64], leaders: int, small: int = SMALL_BUCKET
) -> NDArray[np.int64]:
    """Bound the pairs that each bucket can give. Shapes: bounds (B, 2) -> (B,)."""
    size = bounds[:, 1] - bounds[:, 0]
    return np.where(size <= small, size * (size - 1) // 2, size * leaders)


@compiled
def mark_members(
    bounds: NDArray[np.int64],
    members: NDArray[np.int64],
    sides: NDArray[np.int64],
    marked: NDArray[np.bool_],
) -> None:
    """
    Mark the members of buckets in which anything may meet.

    Shapes: bounds (B, 2), members (M,), sides (N, 2) as in ``pairs_within`` -> marked (N,).
    """
    for bucket in range(bounds.shape[0]):
        start, stop = bounds[bucket]
        mixed = False
        for at in range(start + 1, stop):
            mixed = mixed or sides[members[at], 1] != sides[members[start], 1]
        if mixed:
            for at in range(start, stop):
                marked[members[at]] = True


@compiled
def pairs_within(  # noqa: PLR0917 - compiled functions take no keywords
    bounds: NDArray[np.int64],
    members: NDArray[np.int64],
    sides: NDArray[np.int64],
    leaders: int,
    small: int,
    pairs: NDArray[np.int64],
) -> int:
    """
    Write pairs of members of one bucket, the smaller first, and return how many there are.

    Two may meet if their first side agrees and their second differs. A bucket of up to ``small``
    members gives every such pair. In a larger one each meets the ``leaders``: the first member of
    each of the first so many second sides.

    Shapes: bounds (B, 2), members (M,) ascending in a bucket, sides (N, 2) -> pairs (P, 2).
    """
    count = 0
    first = np.empty(leaders, np.int64)
    for bucket in range(bounds.shape[0]):
        start, stop = bounds[bucket]
        is_small = stop - start <= small
        leading = 0
        for at in range(start, start if is_small else stop):
            known = leading == leaders
            for step in range(leading):
                known = known or sides[first[step], 1] == sides[members[at], 1]
            if not known:
                first[leading] = members[at]
                leading += 1
        for at in range(start, stop):
            member = members[at]
            leads = False
            for step in range(leading):
                leads = leads or first[step] == member
            for step in range(at - start if is_small else leading):
                other = members[start + step] if is_small else first[step]
                if sides[other, 0] != sides[member, 0] or sides[other, 1] == sides[member, 1]:
                    continue
                if other < member or not leads:  # two leaders meet once
                    pairs[count, 0], pairs[count, 1] = min(other, member), max(other, member)
                    count += 1
    return count
