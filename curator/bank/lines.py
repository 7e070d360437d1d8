"""Lines of a JSON Lines file: found by their offsets, parsed when somebody asks for one."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from curator.errors import SourceError

PIECE_BYTES = 1 << 24  # looked through for line breaks at a time


class Lines:
    """
    The objects of a file, line by line: a read-only sequence that threads may share.

    What is mapped stays readable if the file is replaced. ``offsets`` (N + 1,) say where lines
    begin; without them the file is looked through once.
    """

    def __init__(self, path: Path, offsets: NDArray[np.int64] | None = None) -> None:
        """Map the file. Raises: SourceError where it cannot be read."""
        self.path = path
        try:
            with path.open("rb") as file:
                is_empty = not file.read(1)
                self._data = (
                    b"" if is_empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                )
        except OSError as error:
            raise SourceError(f"cannot be read: {error.strerror}", where=str(path)) from error
        self._offsets = _line_starts(self._data) if offsets is None else offsets

    def __len__(self) -> int:
        """Count the lines."""
        return len(self._offsets) - 1

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Parse all lines, one by one."""
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Parse one line, counted from 0. Raises: SourceError for a line that is no object."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        start, stop = int(self._offsets[number]), int(self._offsets[number + 1])
        try:
            parsed = orjson.loads(self._data[start:stop])
        except orjson.JSONDecodeError as error:
            raise SourceError(f"is not JSON: {error}", where=f"{self.path}:{number + 1}") from error
        if not isinstance(parsed, dict):
            raise SourceError("is no JSON object", where=f"{self.path}:{number + 1}")
        return parsed


def _line_starts(data: bytes | mmap.mmap) -> NDArray[np.int64]:
    """Give where each line begins, and where the last one ends. Shapes: (N + 1,)."""
    parts = [np.zeros(1, np.int64)]
    for first in range(0, len(data), PIECE_BYTES):
        piece = np.frombuffer(data[first : first + PIECE_BYTES], np.uint8)
        parts.append(np.flatnonzero(piece == ord("\n")) + (first + 1))
    starts = np.concatenate(parts)
    return starts if starts[-1] == len(data) else np.append(starts, len(data))
