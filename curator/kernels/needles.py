"""Tell which rows hold one of a few short texts in their bytes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def rows_with(data: Bytes, starts: Places, ends: Places, needles: tuple[bytes, ...]) -> Mask:
    """
    Mark the rows in which one of ``needles`` stands; none of them may be empty.

    Shapes: data (B,), starts and ends (N,) -> (N,).
    """
    marked = np.zeros(len(starts), dtype=np.bool_)
    if needles:
        packed = np.frombuffer(b"".join(needles), dtype=np.uint8)
        stops = np.cumsum([len(needle) for needle in needles], dtype=np.int64)
        begins = np.zeros(256, dtype=np.bool_)
        begins[[needle[0] for needle in needles]] = True
        _rows_with(data, starts, ends, packed, stops, begins, marked)
    return marked


@compiled
def _rows_with(  # noqa: PLR0917 - compiled functions take no keywords
    data: Bytes,
    starts: Places,
    ends: Places,
    packed: Bytes,
    stops: Places,
    begins: Mask,
    marked: Mask,
) -> None:
    for row in range(len(starts)):
        end = ends[row]
        at = starts[row]
        while at < end and not marked[row]:
            if begins[data[at]]:
                first = 0
                for needle in range(len(stops)):
                    size = stops[needle] - first
                    if at + size <= end:
                        same = 0
                        while same < size and packed[first + same] == data[at + same]:
                            same += 1
                        if same == size:
                            marked[row] = True
                            break
                    first = stops[needle]
            at += 1
