"""Cut delimited text into records and cells: one pass over bytes, every byte looked at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled

FINE, STRAY_QUOTE, UNTERMINATED = 0, 1, 2
"""What may be wrong with the quotes of a record."""

_LF, _CR = 10, 13


class Scan(NamedTuple):
    """
    What one pass found.

    Shapes: N records, of which G are good (fine quotes, C cells); spans (G, 2 C).
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]  # without the line end; of a flawed record only its first line
    lines: NDArray[np.int64]  # line ends before the record
    cells: NDArray[np.int64]  # 0 where the quotes are flawed
    flaws: NDArray[np.int8]
    spans: NDArray[
        np.int64
    ]  # start, end of each cell; start is inverted (~) where quotes are doubled
    consumed: int  # bytes up to the first record that is not whole
    line_ends: int  # among the consumed bytes
    rescanned: int  # bytes looked at again because quotes were flawed


def scan(
    data: NDArray[np.uint8],
    delimiter: int,
    quote: int,
    columns: int,
    *,
    at_end: bool,
    give_up: bool = False,
    max_records: int = 1 << 62,
    max_rescanned: int = 1 << 30,
) -> Scan:
    """
    Find the records of ``data``, which begins where a record begins; blank lines are none.

    A quote counts only at the beginning of a cell (-1: never); two within quotes are one. Where a
    record's quotes are flawed, it is its first line, and the next record begins on the next line.

    Keeps: the same records however a text is cut into pieces, if each piece begins where the former
    was consumed and the last is ``at_end``. ``give_up`` on quotes still open at its end.
    """
    room = min(int(np.count_nonzero(data == _LF)) + 1, max_records)
    starts, ends, lines, cells = (np.empty(room, np.int64) for _ in range(4))
    flaws = np.empty(room, np.int8)
    spans = np.empty((min(room, len(data) // max(columns, 1) + 1), 2 * columns), np.int64)
    count, good, consumed, line_ends, rescanned = _scan(
        data, delimiter, quote, columns, at_end, give_up, max_rescanned,
        starts, ends, lines, cells, flaws, spans,
    )  # fmt: skip
    per_record = (starts[:count], ends[:count], lines[:count], cells[:count], flaws[:count])
    return Scan(*per_record, spans[:good], consumed, line_ends, rescanned)


def gather(
    data: NDArray[np.uint8], spans: NDArray[np.int64], column: int, quote: int
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """
    Copy the cells of one ``column`` into one Arrow string buffer, doubled quotes made single.

    Shapes: spans (G, 2 C) -> offsets (G + 1,), bytes (offsets[-1],).
    """
    offsets = np.zeros(len(spans) + 1, np.int64)
    starts, ends = spans[:, 2 * column], spans[:, 2 * column + 1]
    np.cumsum(ends - np.where(starts < 0, ~starts, starts), out=offsets[1:])
    gathered = np.empty(offsets[-1], np.uint8)
    _gather(data, starts, ends, quote, offsets, gathered)
    return offsets, gathered[: offsets[-1]]


@compiled
def _scan(  # noqa: PLR0917 - compiled functions take no keywords
    data: Any,
    delimiter: int,
    quote: int,
    columns: int,
    at_end: bool,  # noqa: FBT001
    give_up: bool,  # noqa: FBT001
    max_rescanned: int,
    starts: Any,
    ends: Any,
    lines: Any,
    cells: Any,
    flaws: Any,
    spans: Any,
) -> Any:
    size = len(data)
    count = good = line = rescanned = 0
    at = 0
    while at < size and count < len(starts) and rescanned <= max_rescanned:
        if data[at] == _LF:
            at += 1
            line += 1
            continue
        if data[at] == _CR:
            if at + 1 == size:
                if not at_end:
                    break
                at += 1
                continue
            if data[at + 1] == _LF:
                at += 2
                line += 1
                continue
        start, first_line, cell, flaw = at, line, 0, FINE
        whole = ended = False
        while not ended:
            begin, doubled = at, False
            if quote >= 0 and at < size and data[at] == quote:
                begin += 1
                at += 1
                while True:
                    while at < size and data[at] != quote:
                        line += data[at] == _LF
                        at += 1
                    if at + 1 < size and data[at + 1] == quote:
                        doubled = True
                        at += 2
                        continue
                    break
                end = at
                at += 1
                if at >= size and not at_end:
                    if give_up and start == 0 and at > size:
                        flaw = UNTERMINATED
                    ended = True
                elif at > size:
                    flaw = UNTERMINATED
                    ended = True
                elif at == size:
                    ended = whole = True
                elif data[at] == delimiter:
                    at += 1
                elif data[at] == _LF:
                    ended = whole = True
                elif data[at] == _CR and at + 1 < size and data[at + 1] == _LF:
                    at += 1
                    ended = whole = True
                elif data[at] == _CR and at + 1 == size:
                    if at_end:
                        at += 1
                        whole = True
                    ended = True
                else:
                    flaw = STRAY_QUOTE if line == first_line else UNTERMINATED
                    ended = True
            else:
                while at < size and data[at] != delimiter and data[at] != _LF:
                    at += 1
                end = at
                if at == size:
                    ended, whole = True, at_end
                elif data[at] == delimiter:
                    at += 1
                else:
                    ended = whole = True
                if ended and end > begin and data[end - 1] == _CR:
                    end -= 1
            if cell < columns and good < len(spans):
                spans[good, 2 * cell] = ~begin if doubled else begin
                spans[good, 2 * cell + 1] = end
            cell += 1
        if flaw != FINE:
            seen, at, line = at, start, first_line
            while at < size and data[at] != _LF:
                at += 1
            if at == size and not at_end:
                at = start
                break
            rescanned += max(0, seen - at)
            end = at
            if end > start and data[end - 1] == _CR:
                end -= 1
            cell = 0
        elif not whole:
            at, line = start, first_line
            break
        else:
            end = at
            if end > start and data[end - 1] == _CR:
                end -= 1
            good += cell == columns
        starts[count], ends[count], lines[count] = start, end, first_line
        cells[count], flaws[count] = cell, flaw
        count += 1
        if at < size:  # stands on the line feed
            at += 1
            line += 1
    return count, good, at, line, rescanned


@compiled
def _gather(  # noqa: PLR0917
    data: Any, starts: Any, ends: Any, quote: int, offsets: Any, gathered: Any
) -> None:
    """Move ``offsets`` back by what doubled quotes save."""
    out = np.uint64(0)  # unsigned positions need no check for a negative one, twice as fast
    for row in range(len(starts)):
        offsets[row] = out
        if starts[row] >= 0:
            start, length = np.uint64(starts[row]), np.uint64(ends[row] - starts[row])
            for at in range(length):
                gathered[out + np.uint64(at)] = data[start + np.uint64(at)]
            out += length
        else:
            inside, end = ~starts[row], ends[row]
            while inside < end:
                gathered[out] = data[inside]
                inside += 2 if data[inside] == quote else 1
                out += np.uint64(1)
    offsets[len(starts)] = out
