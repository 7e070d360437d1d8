"""Cut a file of JSON into its rows: lines, or the elements of one list or object."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

_SPACE = b" \t\r"
_STRIDE = 64


def cut_lines(data: Bytes) -> tuple[Places, Places, Places, int]:
    """
    Find the lines that are not blank: their starts, ends and numbers from 0; and count all lines.

    Keeps: an end stands before the line feed; a last line needs none.
    """
    ends = _line_ends(data)
    starts = np.concatenate([ends[:1] * 0, ends[:-1] + 1])
    numbers = np.arange(len(ends))
    filled = ends > starts
    first = data[np.minimum(starts, max(data.size - 1, 0))]
    for at in np.flatnonzero(filled & np.isin(first, np.frombuffer(_SPACE, np.uint8))):
        filled[at] = bool(data[starts[at] : ends[at]].tobytes().strip(_SPACE))
    return starts[filled], ends[filled], numbers[filled], len(ends)


@compiled
def _line_ends(data: Bytes) -> Places:
    """Find the line feeds, and the end of the data where none stands before it."""
    count = 0
    for byte in data:
        count += byte == 10
    ends = np.empty(count + 1, dtype=np.int64)
    found = at = 0
    size = len(data)
    while at + _STRIDE <= size:
        feeds = np.uint8(0)
        for step in range(_STRIDE):  # of a constant length and in bytes: a few instructions
            feeds |= np.uint8(data[at + step] == 10)
        if feeds:
            for here in range(at, at + _STRIDE):
                if data[here] == 10:
                    ends[found] = here
                    found += 1
        at += _STRIDE
    for here in range(at, size):
        if data[here] == 10:
            ends[found] = here
            found += 1
    if size and data[-1] != 10:
        ends[found] = size
        found += 1
    return ends[:found]


@compiled
def cut_elements(  # noqa: PLR0917 - compiled functions take no keywords
    data: Bytes, at: int, closing: int, starts: Places, ends: Places, numbers: Places
) -> tuple[int, int, int, bool]:
    """
    Cut the inside of a list or object at its commas, up to the bracket ``closing``.

    Begins at ``at``, just behind a bracket or comma.
    Returns how many whole elements were found, where the next begins, the line feeds before it, and
    whether the closing bracket was met. An element may be empty: two commas in a row.
    """
    found = lines = depth = 0
    start, start_lines = at, 0
    is_text = is_escaped = False
    for here in range(at, len(data)):
        byte = data[here]
        if byte == 10:
            lines += 1
        if is_text:
            if is_escaped:
                is_escaped = False
            elif byte == 92:
                is_escaped = True
            elif byte == 34:
                is_text = False
        elif byte == 34:
            is_text = True
        elif byte in (91, 123):
            depth += 1
        elif depth and byte in (93, 125):
            depth -= 1
        elif depth == 0 and byte in (44, closing):
            first, last, first_line = start, here, start_lines
            while first < last and data[first] in (32, 9, 10, 13):
                first_line += data[first] == 10
                first += 1
            while last > first and data[last - 1] in (32, 9, 10, 13):
                last -= 1
            starts[found], ends[found], numbers[found] = first, last, first_line
            found += 1
            start, start_lines = here + 1, lines
            if byte != 44 or found == len(starts):
                return found, start, start_lines, byte != 44
    return found, start, start_lines, False
