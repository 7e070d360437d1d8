"""Fill shares with whole groups, stratum by stratum, carrying what one stratum could not take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def fill(
    stratum: NDArray[np.int64],
    size: NDArray[np.int64],
    wanted: NDArray[np.float64],
    opens: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """
    Give each group one share: the groups of a stratum lie on a line that the shares cut.

    A group belongs to the share in which its middle lies. What a stratum gave too much or too
    little is taken back from the next one, so that errors never add up. Where ``opens`` holds, the
    stratum's first group goes to the first share whatever the carry says.

    Shapes: stratum (G,) ascending, size (G,), wanted (S, P) in rows, opens (S,) -> (G,) share.
    """
    groups, shares = stratum.shape[0], wanted.shape[1]
    taken_by = np.empty(groups, np.int64)
    carry = np.zeros(shares)
    room = np.empty(shares)
    first = 0
    while first < groups:
        now = stratum[first]
        for share in range(shares):
            room[share] = wanted[now, share] + carry[share]
            carry[share] = room[share]
        share, end, begin = 0, room[0], 0.0
        group = first
        while group < groups and stratum[group] == now:
            while share < shares - 1 and begin + size[group] / 2 > end:
                share += 1
                end += room[share]
            taken = 0 if group == first and opens[now] else share
            taken_by[group] = taken
            carry[taken] -= size[group]
            begin += size[group]
            group += 1
        first = group
    return taken_by
