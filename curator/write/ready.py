"""Lines that are ready to be written, and others that come among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Ready:
    """L lines that have passed their schema, by the rows of a source that they come from."""

    numbers: Places  # (L,) of the rows, rising
    offsets: Places  # (L + 1,)
    data: Bytes  # a line break after each line
    rows: int  # a row may be several lines
    special: int  # rows with functions or weights of 0
    fields_left_out: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    fields: Mapping[str, int] = field(default_factory=dict)  # the line in which each is the first

    def places(self, numbers: Places) -> Places:
        """Say how many of the lines come before each of the rows ``numbers``."""
        found: Places = np.searchsorted(self.numbers, numbers)
        return found


@dataclass(frozen=True, kw_only=True)
class ReadyRows:
    """Rows whose fate is known: lines of some splits, and rows that are left out."""

    lines: Mapping[str, Ready] = field(default_factory=dict)
    left_out: pl.DataFrame | None = None  # file, row, line, reason

    def __len__(self) -> int:
        """Count the records."""
        written = sum(ready.rows for ready in self.lines.values())
        return written + (0 if self.left_out is None else self.left_out.height)


NOTHING = Ready(
    numbers=np.zeros(0, np.int64),
    offsets=np.zeros(1, np.int64),
    data=np.zeros(0, np.uint8),
    rows=0,
    special=0,
)


def merged(ready: Ready, places: Places, offsets: Places, data: Bytes) -> Iterator[memoryview]:
    """Give the bytes of all lines in order: so many ready ones come before each of the others."""
    bounds = [0, *(np.flatnonzero(np.diff(places)) + 1).tolist(), len(places)]
    last = 0
    for start, end in pairwise(bounds):
        if start < end:
            place = int(places[start])
            yield ready.data[ready.offsets[last] : ready.offsets[place]].data
            yield data[offsets[start] : offsets[end]].data
            last = place
    yield ready.data[ready.offsets[last] :].data


def first_bytes(
    ready: Ready, places: Places, offsets: Places, fields: Mapping[str, int]
) -> dict[str, int]:
    """Say at which byte of all lines each field comes up first, in ready lines or the others."""
    found = {
        name: int(ready.offsets[places[line]] + offsets[line] - offsets[0])
        for name, line in fields.items()
    }
    for name, line in ready.fields.items():
        before = np.searchsorted(places, line, side="right")
        at = int(ready.offsets[line] + offsets[before] - offsets[0])
        found[name] = min(at, found.get(name, at))
    return found
