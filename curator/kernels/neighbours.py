"""The rows of one sparse set most like each row of another: only what shares is compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled


@compiled
def neighbours(  # noqa: PLR0917 - compiled functions take no keywords
    offsets: NDArray[np.int64],
    dims: NDArray[np.int32],
    weights: NDArray[np.float32],
    owners: NDArray[np.int64],
    starts: NDArray[np.int64],
    rows: NDArray[np.int32],
    impacts: NDArray[np.float32],
    row_owners: NDArray[np.int64],
    most: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """
    Give each query its ``most`` rows with the largest dot products; ties go to the lower row.

    Query q is ``weights[offsets[q]:offsets[q + 1]]`` at ``dims``; dimension d stands in
    ``rows[starts[d]:starts[d + 1]]`` with ``impacts``. A row of the query's owner is never given.

    Shapes: offsets (Q + 1,), owners (Q,), starts (D + 1,), rows, impacts (P,), row_owners (N,)
            -> rows (Q, most), -1 where there are no more, and dot products (Q, most).
    """
    queries, count = offsets.shape[0] - 1, row_owners.shape[0]
    found = np.full((queries, most), -1, np.int64)
    best = np.zeros((queries, most))
    sums = np.zeros(count)
    touched = np.empty(count, np.int64)
    for query in range(queries):
        met = 0
        for place in range(offsets[query], offsets[query + 1]):
            weight = np.float64(weights[place])
            for at in range(starts[dims[place]], starts[dims[place] + 1]):
                row = rows[at]
                if sums[row] == 0.0:
                    touched[met] = row
                    met += 1
                sums[row] += weight * np.float64(impacts[at])
        for slot in range(met):
            row = touched[slot]
            total = sums[row]
            sums[row] = 0.0
            if row_owners[row] == owners[query]:
                continue
            place = most
            while place > 0 and (
                found[query, place - 1] < 0
                or best[query, place - 1] < total
                or (best[query, place - 1] == total and found[query, place - 1] > row)
            ):
                place -= 1
            if place == most:
                continue
            for behind in range(most - 1, place, -1):
                best[query, behind] = best[query, behind - 1]
                found[query, behind] = found[query, behind - 1]
            best[query, place] = total
            found[query, place] = row
    return found, best
